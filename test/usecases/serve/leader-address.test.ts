/** The address in the Lease is believed only where it is that of the pod that holds it. */
import assert from 'node:assert/strict';
import {known, unknown} from '../../../src/core/known.js';
import {seconds} from '../../../src/core/time.js';
import type {Cluster, ServingPod} from '../../../src/kubernetes/cluster.js';
import {LeaderAddress} from '../../../src/usecases/serve/leader-address.js';
import {FakeTimers} from '../../support/fake-timers.js';

const pod = (name: string, ip: string | null): ServingPod => ({
  name,
  ip,
  isReady: true,
  isEnding: false,
  httpPort: 8080,
});

const timers = (): FakeTimers => new FakeTimers();

const asked = (
  answer: () => Awaited<ReturnType<Cluster['listServingPods']>>,
  clock = timers(),
  inCluster = true,
): {readonly address: LeaderAddress; readonly questions: () => number} => {
  let questions = 0;
  const cluster = {inCluster, listServingPods: () => (questions++, Promise.resolve(answer()))};
  return {
    address: new LeaderAddress(cluster, 'frigate', clock, new AbortController().signal),
    questions: () => questions,
  };
};

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

const held = {leads: false, holder: 'frigate-health-a_0123abcd', address: 'http://10.42.0.7:8080'};

describe('the address of the replica that acts', () => {
  it('is that of the pod that holds the Lease, asked once', async () => {
    const {address, questions} = asked(() =>
      known([pod('frigate-health-b', '10.42.0.8'), pod('frigate-health-a', '10.42.0.7')]),
    );
    address.noted(held);
    assert.equal(address.current, null, 'not before it is confirmed');
    await settled();
    address.noted(held);
    assert.deepEqual([address.current, questions()], [held.address, 1]);
    address.noted({...held, leads: true});
    assert.equal(address.current, null, 'this one acts now');
  });

  for (const [what, pods, address] of [
    ['another host', [pod('frigate-health-a', '10.42.0.7')], 'http://10.42.0.66:8080'],
    ['the host of another pod', [pod('frigate-health-b', '10.42.0.7')], 'http://10.42.0.7:8080'],
    ['a name, whatever it resolves to', [pod('frigate-health-a', '10.42.0.7')], 'http://frigate-health-a:8080'],
    ['no URL', [pod('frigate-health-a', '10.42.0.7')], '10.42.0.7'],
    [
      'a user name that looks like the address',
      [pod('frigate-health-a', '10.42.0.7')],
      'http://10.42.0.7@10.42.0.66:8080',
    ],
    ['a pod without an address yet', [pod('frigate-health-a', null)], 'http://10.42.0.7:8080'],
  ] as const)
    it(`is not believed where it is ${what}`, async () => {
      const {address: one} = asked(() => known(pods));
      one.noted({...held, address});
      await settled();
      assert.equal(one.current, null);
    });

  it('takes IPv6 as it stands in a URL', async () => {
    const {address} = asked(() => known([pod('frigate-health-a', 'fd00::7')]));
    address.noted({...held, address: 'https://[fd00::7]:8080'});
    await settled();
    assert.equal(address.current, 'https://[fd00::7]:8080');
  });

  it('is asked again where the pods could not be read, not at each renewal', async () => {
    const clock = timers();
    let answer: ReturnType<typeof known<readonly ServingPod[]>> | ReturnType<typeof unknown> = unknown(
      'forbidden',
      '403',
    );
    const {address, questions} = asked(() => answer, clock);
    address.noted(held);
    address.noted(held);
    await settled();
    assert.deepEqual([address.current, questions()], [null, 1]);
    answer = known([pod('frigate-health-a', '10.42.0.7')]);
    await clock.advance(seconds(5));
    address.noted(held);
    await settled();
    assert.deepEqual([address.current, questions()], [held.address, 2]);
  });

  it('needs no pod on the machine of a person', () => {
    const {address, questions} = asked(() => known([]), timers(), false);
    address.noted(held);
    assert.deepEqual([address.current, questions()], [held.address, 0]);
  });

  it('is none where nobody acts', () => {
    const {address} = asked(() => known([]));
    address.noted({leads: false, holder: null, address: null});
    assert.equal(address.current, null);
  });
});

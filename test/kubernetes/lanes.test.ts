/** The bound of the questions that are under way at once. */
import assert from 'node:assert/strict';
import {lanes} from '../../src/kubernetes/api/lanes.js';
import {resources, type Ask} from '../../src/kubernetes/api/resources.js';
import {settled} from '../support/fake-timers.js';

const list: Ask = {verb: 'list', resource: resources.Pod, namespace: null, name: null};
const never = new AbortController().signal;

describe('the lanes to the API server', () => {
  it('let so many through at once, the others in the order in which they came', async () => {
    const {through} = lanes(2);
    const begun: number[] = [];
    const ends: Array<() => void> = [];
    const ask = (number: number): Promise<null> =>
      through(list, never, () => {
        begun.push(number);
        return new Promise<null>((resolve) => ends.push(() => resolve(null)));
      });
    const all = [1, 2, 3, 4].map(ask);
    await settled();
    assert.deepEqual(begun, [1, 2]);
    ends[1]?.();
    await settled();
    assert.deepEqual(begun, [1, 2, 3]);
    for (let index = 0; index < 4; index += 1) {
      ends[index]?.();
      await settled();
    }
    await Promise.all(all);
    assert.deepEqual(begun, [1, 2, 3, 4]);
  });

  it('are free again after a question that failed', async () => {
    const {through} = lanes(1);
    await assert.rejects(
      through(list, never, () => Promise.reject(new Error('a bug'))),
      /a bug/,
    );
    assert.equal(await through(list, never, () => Promise.resolve(7)), 7);
  });

  it('answer null to one whose time is up while it waits, and forget it', async () => {
    const {through} = lanes(1);
    const first = Promise.withResolvers<number>();
    const asked = through(list, never, () => first.promise);
    const ending = new AbortController();
    const late = through(list, ending.signal, () => assert.fail('asked'));
    ending.abort();
    assert.equal(await late, null);
    assert.equal(await through(list, ending.signal, () => assert.fail('asked')), null);
    first.resolve(1);
    assert.equal(await asked, 1);
    assert.equal(await through(list, never, () => Promise.resolve(2)), 2);
  });

  it('never hold up the Lease or a restart', async () => {
    const {through} = lanes(1);
    void through(list, never, () => new Promise(() => undefined));
    for (const ask of [
      {verb: 'update', resource: resources.Lease, namespace: 'a', name: 'frigate-health'},
      {verb: 'patch', resource: resources.Deployment, namespace: 'a', name: 'frigate'},
    ] as const)
      assert.equal(await through(ask, never, () => Promise.resolve('done')), 'done');
  });
});

/** The token that `open` brings to the daemon. */
import assert from 'node:assert/strict';
import {known, unknown, type Known} from '../../../src/core/known.js';
import {later, minutes, type Duration} from '../../../src/core/time.js';
import type {AccountToken} from '../../../src/kubernetes/cluster.js';
import {accountTokens, userTokens, type TokenSource} from '../../../src/usecases/open/token.js';
import {FakeTimers} from '../../support/fake-timers.js';

const {signal} = new AbortController();

interface Stage {
  readonly timers: FakeTimers;
  readonly source: TokenSource;
  readonly asked: Duration[];
  away: boolean;
}

/** Each token has the number of the request; the API server gives `length`. */
const stage = (length: Duration | null): Stage => {
  const timers = new FakeTimers();
  const asked: Duration[] = [];
  const answer = (): Known<AccountToken> =>
    one.away
      ? unknown('timeout', 'no answer')
      : known({token: `token-${asked.length}`, expiresAt: length === null ? null : later(timers.now(), length)});
  const source = accountTokens(
    {
      serverTime: () => timers.now(),
      createAccountToken: (request) => {
        assert.deepEqual([request.namespace, request.account], ['nvr', 'viewer']);
        asked.push(request.length);
        return Promise.resolve(answer());
      },
    },
    {namespace: 'nvr', account: 'viewer'},
    timers,
  );
  const one: Stage = {timers, source, asked, away: false};
  return one;
};

const tokenOf = async (source: TokenSource): Promise<string> => {
  const token = await source.read(signal);
  return token.known ? token.value : token.why.code;
};

describe('the token of a ServiceAccount', () => {
  it('is asked for once, for an hour, and renewed before it ends', async () => {
    const {timers, source, asked} = stage(minutes(60));
    assert.deepEqual(await Promise.all([tokenOf(source), tokenOf(source)]), ['token-1', 'token-1']);
    await timers.advance(minutes(47));
    assert.equal(await tokenOf(source), 'token-1');
    await timers.advance(minutes(2));
    assert.equal(await tokenOf(source), 'token-2');
    assert.deepEqual(asked, [minutes(60), minutes(60)]);
  });

  it('is renewed in time where the API server gives a shorter one', async () => {
    const {timers, source} = stage(minutes(10));
    await tokenOf(source);
    await timers.advance(minutes(9));
    assert.equal(await tokenOf(source), 'token-2');
  });

  it('is used to its end where no new one is given, and not longer', async () => {
    const one = stage(minutes(60));
    await tokenOf(one.source);
    one.away = true;
    await one.timers.advance(minutes(55));
    assert.equal(await tokenOf(one.source), 'token-1');
    await one.timers.advance(minutes(6));
    assert.equal(await tokenOf(one.source), 'timeout');
  });

  it('is replaced at once when the daemon refused it, whatever its stamp says', async () => {
    const {source} = stage(null);
    assert.equal(await tokenOf(source), 'token-1');
    source.renew();
    assert.equal(await tokenOf(source), 'token-2');
  });
});

describe('the token of the user', () => {
  const sourceOf = (token: Known<string | null>): TokenSource =>
    userTokens(
      {userToken: {read: () => Promise.resolve(token), renew: () => undefined}, context: 'home', inCluster: false},
      new FakeTimers(),
    );

  it('is that of the kubeconfig', async () => {
    assert.deepEqual(await sourceOf(known('mine')).read(signal), known('mine'));
  });

  it('is missing where the user has a certificate', async () => {
    const token = await sourceOf(known(null)).read(signal);
    assert.equal(
      token.known ? '' : token.why.message,
      'The user of context home has no bearer token, and the daemon asks for one',
    );
  });
});

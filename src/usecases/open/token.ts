/** The bearer token that the daemon gets: that of the user of the kubeconfig, or one of a ServiceAccount that is renewed in time. */
import {known, unknown, type Known} from '../../core/known.js';
import {minutes, seconds, type Duration} from '../../core/time.js';
import {within, type Timers} from '../../core/timers.js';
import type {Cluster} from '../../kubernetes/cluster.js';

const READ_LIMIT = seconds(20);
/** What is asked for; the API server may give another length. */
const LENGTH = minutes(60);
/** Of the length: from here on a new one is asked for, and the old one is used where that fails. */
const RENEWED_AT = 0.8;

export interface TokenSource {
  /** Whose it is, in words. */
  readonly owner: string;
  read(signal: AbortSignal): Promise<Known<string>>;
  /** The daemon refused it: it is read again. */
  renew(): void;
}

export const userTokens = (
  {userToken, context, inCluster}: Pick<Cluster, 'userToken' | 'context' | 'inCluster'>,
  timers: Timers,
): TokenSource => ({
  owner: inCluster ? 'the account of this pod' : `the user of context ${context}`,
  async read(signal) {
    const token = await userToken.read(within(timers, READ_LIMIT, signal));
    if (!token.known) return token;
    return token.value === null
      ? unknown('misconfigured', `The user of context ${context} has no bearer token, and the daemon asks for one`)
      : known(token.value);
  },
  renew: () => userToken.renew(),
});

interface Held {
  readonly token: string;
  /** By the monotonic clock. */
  readonly renewAt: number;
  readonly endsAt: number;
}

export const accountTokens = (
  cluster: Pick<Cluster, 'createAccountToken' | 'serverTime'>,
  {namespace, account}: {readonly namespace: string; readonly account: string},
  timers: Timers,
): TokenSource => {
  let held: Held | null = null;
  let asking: Promise<Known<string>> | null = null;

  const ask = async (): Promise<Known<string>> => {
    const asked = timers.monotonic();
    // Not under the signal of one request: others wait for it too.
    const answer = await cluster.createAccountToken({namespace, account, length: LENGTH}, timers.timeout(READ_LIMIT));
    if (!answer.known) return answer;
    const {token, expiresAt} = answer.value;
    const length: Duration | number =
      expiresAt === null ? LENGTH : Math.max(0, expiresAt - (cluster.serverTime() ?? timers.now()));
    held = {token, renewAt: asked + length * RENEWED_AT, endsAt: asked + length};
    return known(token);
  };

  return {
    owner: `ServiceAccount ${namespace}/${account}`,
    async read() {
      const now = timers.monotonic();
      if (held !== null && now < held.renewAt) return known(held.token);
      const old = held;
      const answer = await (asking ??= ask().finally(() => {
        asking = null;
      }));
      return !answer.known && old !== null && held === old && now < old.endsAt ? known(old.token) : answer;
    },
    renew() {
      held = null;
    },
  };
};

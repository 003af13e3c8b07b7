/** Where the replica that acts answers, as far as that may be believed: callers' tokens are sent there. */
import {isIP} from 'node:net';
import {SERVE_LABELS} from '../../core/serving.js';
import {seconds, since} from '../../core/time.js';
import {within, type Timers} from '../../core/timers.js';
import type {Cluster} from '../../kubernetes/cluster.js';
import type {LeaderStatus} from './leader.js';

const LIMIT = seconds(5);
/** What was not confirmed is asked again after this. */
const ASK_AGAIN = seconds(5);

type Holder = Pick<LeaderStatus, 'leads' | 'holder' | 'address'>;

/**
 * The address stands in an annotation of the Lease, which more may write than should see a token. In the cluster it is believed only
 * where it is the address of the very pod that holds the Lease, among the pods of the daemon. On a person's machine there is no such
 * pod, and whoever runs a replica there has the same kubeconfig.
 */
export class LeaderAddress {
  readonly #cluster: Pick<Cluster, 'inCluster' | 'listServingPods'>;
  readonly #namespace: string;
  readonly #timers: Timers;
  readonly #signal: AbortSignal;
  #status: Holder = {leads: false, holder: null, address: null};
  /** `HOLDER ADDRESS` that was confirmed. */
  #confirmed: string | null = null;
  #askedAt: ReturnType<Timers['now']> | null = null;

  /** `signal`: of the whole daemon. */
  constructor(
    cluster: Pick<Cluster, 'inCluster' | 'listServingPods'>,
    namespace: string,
    timers: Timers,
    signal: AbortSignal,
  ) {
    this.#cluster = cluster;
    this.#namespace = namespace;
    this.#timers = timers;
    this.#signal = signal;
  }

  /** After each answer about the Lease. */
  noted(status: Holder): void {
    this.#status = status;
    const {leads, holder, address} = status;
    if (leads || holder === null || address === null || !this.#cluster.inCluster) return;
    if (this.#confirmed !== keyOf(holder, address)) void this.#confirm(holder, address);
  }

  /** `null`: this replica acts, or where the other one answers is not known for certain. */
  get current(): string | null {
    const {leads, holder, address} = this.#status;
    if (leads || holder === null || address === null) return null;
    return !this.#cluster.inCluster || this.#confirmed === keyOf(holder, address) ? address : null;
  }

  async #confirm(holder: string, address: string): Promise<void> {
    const now = this.#timers.now();
    if (this.#askedAt !== null && since(this.#askedAt, now) < ASK_AGAIN) return;
    this.#askedAt = now;
    const pods = await this.#cluster.listServingPods(
      this.#namespace,
      SERVE_LABELS,
      within(this.#timers, LIMIT, this.#signal),
    );
    const host = hostIn(address);
    if (pods.known && host !== null && pods.value.some(({name, ip}) => ip === host && name === podOf(holder)))
      this.#confirmed = keyOf(holder, address);
  }
}

const keyOf = (holder: string, address: string): string => `${holder} ${address}`;

/** A replica's identity is the name of its pod and a random suffix (serve.ts). */
const podOf = (holder: string): string => holder.slice(0, Math.max(0, holder.lastIndexOf('_')));

/** The IP address of a URL; `null`: it has none. */
const hostIn = (address: string): string | null => {
  const host = (URL.parse(address)?.hostname ?? '').replace(/^\[(.*)\]$/, '$1');
  return isIP(host) === 0 ? null : host;
};

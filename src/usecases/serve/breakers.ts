/**
 * The breakers of `serve`, one for each outgoing dependency. The API server's reads and the notifications are held back while theirs is
 * open; a Frigate's only records, for the questions to a silent one are the evidence. Nothing holds back the Lease, a write of the state or the patch.
 */
import {unknown, type Known, type UnknownCode} from '../../core/known.js';
import type {Timers} from '../../core/timers.js';
import type {Cluster} from '../../kubernetes/cluster.js';
import type {DependencyBreaker as BreakerStatus, InstanceId} from '../../outcome/fleet.js';
import type {Channel} from '../../notify/channel.js';
import type {Delivery} from '../../notify/mailer.js';
import type {PassPorts} from '../../pass/ports.js';
import {DependencyBreaker, type BreakerOptions} from './dependency-breaker.js';

/** With these a read says that the API server is away; any other answer is one. */
const AWAY: ReadonlySet<UnknownCode> = new Set<UnknownCode>(['unreachable', 'timeout', 'server-error', 'throttled']);

/** The reads of a cluster that `serve` repeats. */
type Reads = Pick<Cluster, 'listFrigates' | 'missingPermissions' | 'readConfigMap' | 'readCronJob' | 'listClaims'>;

export class Breakers {
  readonly #clock: Timers;
  readonly #options: BreakerOptions;
  readonly #kubernetes: DependencyBreaker;
  readonly #frigates = new Map<InstanceId, DependencyBreaker>();
  /** One for each notification channel, by its name. */
  readonly #channels = new Map<string, DependencyBreaker>();

  constructor(clock: Timers, options: BreakerOptions) {
    this.#clock = clock;
    this.#options = options;
    this.#kubernetes = new DependencyBreaker('kubernetes', clock, options);
  }

  /** Those of Frigates only where something failed. */
  get statuses(): readonly BreakerStatus[] {
    return [
      this.#kubernetes.status,
      ...[...this.#channels.values()].map(({status}) => status),
      ...[...this.#frigates.values()].map(({status}) => status).filter(({failures}) => failures > 0),
    ];
  }

  /** A Frigate that is gone has none. */
  forget(id: InstanceId): void {
    this.#frigates.delete(id);
  }

  /** The cluster with its repeated reads behind the breaker. */
  cluster(cluster: Cluster): Cluster {
    const guarded: Reads = {
      listFrigates: (...asked) => this.#read(() => cluster.listFrigates(...asked)),
      missingPermissions: (...asked) => this.#read(() => cluster.missingPermissions(...asked)),
      readConfigMap: (...asked) => this.#read(() => cluster.readConfigMap(...asked)),
      readCronJob: (...asked) => this.#read(() => cluster.readCronJob(...asked)),
      listClaims: (...asked) => this.#read(() => cluster.listClaims(...asked)),
    };
    return {...cluster, ...guarded};
  }

  /** The channels, all of them, each behind a new breaker of its own. */
  channels(channels: readonly Channel[]): readonly Channel[] {
    // Those that were there before are gone, and their breakers with them.
    this.#channels.clear();
    return channels.map((channel) => this.#channel(channel));
  }

  /** The ports for one Frigate with its breaker. */
  ports(id: InstanceId, ports: PassPorts): PassPorts {
    const frigate = this.#frigates.get(id) ?? new DependencyBreaker(`frigate ${id}`, this.#clock, this.#options);
    this.#frigates.set(id, frigate);
    return {
      ...ports,
      openFrigate: async (...asked) => {
        frigate.permits();
        const opened = await ports.openFrigate(...asked);
        const [, signal] = asked;
        if (opened.stats.known) frigate.succeeded();
        else if (!signal.aborted) frigate.failed(opened.stats.why.message);
        return opened;
      },
    };
  }

  #channel(channel: Channel): Channel {
    const breaker = new DependencyBreaker(`notify ${channel.name}`, this.#clock, this.#options);
    this.#channels.set(channel.name, breaker);
    const guarded = async (deliver: () => Promise<Delivery>): Promise<Delivery> => {
      const {lastError} = breaker.status;
      if (!breaker.permits())
        return {kind: 'failed', why: `not tried: it failed again and again (${lastError ?? 'no reason'})`};
      const delivery = await deliver();
      if (delivery.kind === 'failed') breaker.failed(delivery.why);
      else breaker.succeeded();
      return delivery;
    };
    return {...channel, send: (notification, signal) => guarded(() => channel.send(notification, signal))};
  }

  async #read<T>(ask: () => Promise<Known<T>>): Promise<Known<T>> {
    if (!this.#kubernetes.permits()) {
      const {lastError} = this.#kubernetes.status;
      return unknown('unreachable', lastError ?? 'the API server does not answer');
    }
    const answer = await ask();
    if (!answer.known && AWAY.has(answer.why.code)) this.#kubernetes.failed(answer.why.message);
    else this.#kubernetes.succeeded();
    return answer;
  }
}

/**
 * Which Frigates there are: by watches, by a relist now and then, by the targets file, and by Consul. What was found last is kept where the API
 * server does not answer, and a list that shrinks a lot at once is believed only when the next relist says the same.
 */
import {minutes, type Duration, type Instant} from '../../core/time.js';
import {seconds} from '../../core/time.js';
import {within, type Timers} from '../../core/timers.js';
import type {Cluster, FoundFrigate} from '../../kubernetes/cluster.js';
import {instanceId, type DiscoveryStatus, type FrigateTarget, type InstanceId} from '../../outcome/fleet.js';
import type {Journal} from '../../pass/journal.js';
import {OUTSIDE_NAMESPACE} from '../../pass/notify.js';
import {refreshableSleep, type RefreshableSleep} from '../watch/refreshable-sleep.js';
import {believe, believeNothing, type Belief, type Listed} from './believe.js';
import type {StaticTarget, TargetsFile} from './targets-file.js';

const LIST_LIMIT = seconds(15);
/** The same trouble is said again after this. */
const SAID_AGAIN = minutes(15);

/** Follows another source of Frigates until the signal; `error`: why nothing newer is known of it. Never rejects. */
export type FollowTargets = (
  onTargets: (targets: readonly FrigateTarget[], error: string | null) => void,
  timers: Timers,
  signal: AbortSignal,
) => Promise<void>;

export interface DiscoveryOptions {
  readonly cluster: Pick<Cluster, 'listFrigates' | 'serverTime'> & {
    readonly watches: Pick<Cluster['watches'], 'frigates'>;
  };
  readonly clock: Timers;
  /** `null`: all. */
  readonly namespaces: readonly string[] | null;
  readonly podSelector: string | null;
  /** From one relist to the next. */
  readonly refreshEvery: Duration;
  /** `null`: there is no targets file. Called at each relist. */
  readonly readTargets: (() => TargetsFile) | null;
  /** `null`: Consul is not asked. */
  readonly follow: FollowTargets | null;
  readonly journal: Journal;
  readonly onTargets: (targets: readonly FrigateTarget[]) => void;
  readonly onStatus: (status: Partial<DiscoveryStatus>) => void;
}

/** What is known of one namespace, or of all at once. */
interface Part {
  readonly found: readonly FoundFrigate[];
  /** Why nothing newer is known; `null`: this is how it stands. */
  readonly error: string | null;
}

export class Discovery {
  readonly #options: DiscoveryOptions;
  readonly #parts = new Map<string | null, Part>();
  readonly #sleep: RefreshableSleep;
  #belief: Belief = believeNothing;
  #static: readonly StaticTarget[] = [];
  #staticError: string | null = null;
  /** What the source that is followed says. */
  #followed: {readonly targets: readonly FrigateTarget[]; readonly error: string | null} = {targets: [], error: null};
  #said: {readonly text: string; readonly at: number} | null = null;

  constructor(options: DiscoveryOptions) {
    this.#options = options;
    this.#sleep = refreshableSleep(options.clock);
  }

  /** Every namespace was listed once, well or not. */
  get synced(): boolean {
    return this.#scopes().every((scope) => this.#parts.has(scope));
  }

  get targets(): Listed {
    return this.#belief.targets;
  }

  refresh(): void {
    this.#sleep.ring();
  }

  /** Until the signal ends it. */
  async run(signal: AbortSignal): Promise<void> {
    const {follow, clock} = this.#options;
    const onTargets = (targets: readonly FrigateTarget[], error: string | null): void => {
      if (signal.aborted) return;
      this.#followed = {targets, error};
      this.#settle(false);
    };
    await Promise.all([
      ...this.#scopes().map((scope) => this.#watch(scope, signal)),
      this.#relistAgain(signal),
      follow?.(onTargets, clock, signal),
    ]);
  }

  #scopes(): ReadonlyArray<string | null> {
    return this.#options.namespaces ?? [null];
  }

  #watch(namespace: string | null, signal: AbortSignal): Promise<void> {
    const {cluster, podSelector} = this.#options;
    return cluster.watches.frigates(
      {namespace, podSelector},
      (news) => {
        if (signal.aborted) return;
        if (news.kind === 'trouble') this.#missed(namespace, news.why.message);
        else this.#parts.set(namespace, {found: news.value, error: null});
        this.#settle(false);
      },
      signal,
    );
  }

  async #relistAgain(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.#relist(signal);
      await this.#sleep.wait(this.#options.refreshEvery, signal);
    }
  }

  async #relist(signal: AbortSignal): Promise<void> {
    const {cluster, clock, podSelector, readTargets, onStatus} = this.#options;
    const limited = within(clock, LIST_LIMIT, signal);
    const answers = await Promise.all(
      this.#scopes().map(
        async (namespace) => [namespace, await cluster.listFrigates({namespace, podSelector}, limited)] as const,
      ),
    );
    if (signal.aborted) return;
    for (const [namespace, answer] of answers) {
      if (answer.known) this.#parts.set(namespace, {found: answer.value, error: null});
      else this.#missed(namespace, answer.why.message);
    }
    if (readTargets !== null) {
      const file = readTargets();
      this.#staticError = file.ok ? null : file.error;
      if (file.ok) this.#static = file.targets;
    }
    if (answers.some(([, {known}]) => known)) onStatus({lastRelistAt: this.#now()});
    this.#settle(true);
  }

  #missed(namespace: string | null, error: string): void {
    this.#parts.set(namespace, {found: this.#parts.get(namespace)?.found ?? [], error});
  }

  #settle(confirms: boolean): void {
    const {journal, onTargets, onStatus} = this.#options;
    const before = this.#belief;
    this.#belief = believe(before, this.#listed(), confirms);
    const {targets, doubted} = this.#belief;
    if (doubted > 0 && before.doubted === 0)
      journal('discovery.doubted', {
        missing: doubted,
        known: before.targets.size,
        summary: `${doubted} of ${before.targets.size} Frigates are missing at once: not believed until the next relist says the same`,
      });
    const errors = [
      ...[...this.#parts.values()].flatMap(({error}) => (error === null ? [] : [error])),
      ...(this.#staticError === null ? [] : [this.#staticError]),
      ...(this.#followed.error === null ? [] : [this.#followed.error]),
      ...(doubted > 0 ? [`${doubted} of ${before.targets.size} Frigates are missing in the newest list`] : []),
    ];
    const lastError = errors[0] ?? null;
    this.#say(lastError);
    onStatus({lastError});
    for (const [id, {kind, foundBy}] of targets)
      if (!before.targets.has(id)) journal('target.found', {frigate: id, kind, foundBy});
    for (const id of before.targets.keys()) if (!targets.has(id)) journal('target.gone', {frigate: id});
    onTargets([...targets.values()]);
  }

  #listed(): Listed {
    const listed = new Map<InstanceId, FrigateTarget>();
    const errors = [...this.#parts.values()].map(({error}) => error);
    const away = errors.length > 0 && errors.every((error) => error !== null);
    for (const target of this.#followed.targets) listed.set(target.id, target);
    for (const target of this.#static) {
      const {kind, name} = target;
      const namespace = kind === 'url' ? OUTSIDE_NAMESPACE : target.namespace;
      const url = kind === 'url' ? target.url : null;
      const id = instanceId(namespace, name);
      // What is observed at its URL is there whatever the API server does.
      const stale = away && url === null;
      const lastError = stale ? (errors[0] ?? null) : null;
      listed.set(id, {id, namespace, name, kind, url, foundBy: 'targets-file', stale, lastError});
    }
    for (const {found, error} of this.#parts.values())
      for (const {kind, namespace, name, by} of found) {
        const id = instanceId(namespace, name);
        listed.set(id, {id, namespace, name, kind, url: null, foundBy: by, stale: error !== null, lastError: error});
      }
    return listed;
  }

  #say(error: string | null): void {
    const at = this.#options.clock.monotonic();
    if (error === null) {
      this.#said = null;
      return;
    }
    if (this.#said?.text === error && at - this.#said.at < SAID_AGAIN) return;
    this.#said = {text: error, at};
    this.#options.journal('discovery.failed', {reason: error});
  }

  #now(): Instant {
    return this.#options.cluster.serverTime() ?? this.#options.clock.now();
  }
}

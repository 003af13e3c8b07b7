/**
 * Notify: what waits in the outbox goes to every channel that it concerns, all channels at once, each within its own limit (B-35).
 * What was delivered is marked for that channel, the rest waits for the next pass: one that is away delays no other.
 */
import {compose, type AlertContext} from '../core/incident/compose.js';
import {noticeOf, openNotice} from '../core/incident/notice.js';
import {due, markTried, pending, settleDeliveries} from '../core/incident/outbox.js';
import {kindAndName} from '../core/observation/workload.js';
import type {OutboxEntry, State} from '../core/state/state.js';
import {seconds, type Instant} from '../core/time.js';
import {within} from '../core/timers.js';
import type {Channel, Notification, Standing} from '../notify/channel.js';
import type {Delivery} from '../notify/mailer.js';
import type {Journal} from './journal.js';
import type {PassPorts} from './ports.js';
import type {RecalledState, StateStore} from './state-store.js';

/** After a notification the state is stored within this time, whatever remains of the pass. */
const STORE_LIMIT = seconds(8);

interface Attempt {
  readonly channel: Channel;
  /** `null`: what stands was said again. */
  readonly entry: OutboxEntry | null;
  readonly delivery: Delivery;
}

/** A channel that breaks is a channel that fails: the pass and the other channels go on. */
const caught = (sending: Promise<Delivery>): Promise<Delivery> =>
  sending.catch((error: unknown) => ({kind: 'failed', why: error instanceof Error ? error.message : String(error)}));

const notificationOf = (entry: OutboxEntry, state: State, context: AlertContext): Notification => ({
  notice: noticeOf(entry, state, context),
  mail: {id: `<${entry.key}@frigate-health>`, ...compose(entry, state, context)},
});

const standingOf = (state: State, context: AlertContext): Standing => {
  const {namespace, workload, now, version} = context;
  const {kind, name} = workload;
  return {
    frigate: {namespace, name, workload: kind === null ? name : kindAndName({kind, name})},
    health: state.decisions.at(-1)?.health ?? 'unknown',
    at: now,
    version,
    notice: openNotice(state, context),
  };
};

/** Sends one channel all its notifications of this pass, in order; after a failure nothing more. */
const sendAll = async (
  channel: Channel,
  entries: readonly OutboxEntry[],
  state: State,
  context: AlertContext,
  signal: AbortSignal,
): Promise<readonly Attempt[]> => {
  const attempts: Attempt[] = [];
  for (const entry of entries) {
    if (signal.aborted) return attempts;
    const delivery = await caught(channel.send(notificationOf(entry, state, context), signal));
    attempts.push({channel, entry, delivery});
    // One server, one trouble: the others would fail alike and take their ten seconds each.
    if (delivery.kind === 'failed' && delivery.rejected !== true) return attempts;
  }
  if (channel.refresh === undefined || signal.aborted) return attempts;
  try {
    const delivery = await channel.refresh(standingOf(state, context), signal);
    return delivery === null ? attempts : [...attempts, {channel, entry: null, delivery}];
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return [...attempts, {channel, entry: null, delivery: {kind: 'failed', why}}];
  }
};

const report = (journal: Journal, {channel: {name}, entry, delivery}: Attempt): void => {
  if (delivery.kind === 'failed') {
    journal('alert.failed', {channel: name, ...(entry === null ? {} : {key: entry.key}), reason: delivery.why});
    return;
  }
  if (entry === null) return;
  const {refused} = delivery;
  journal('alert.sent', {
    channel: name,
    key: entry.key,
    kind: entry.kind,
    ...(refused === undefined ? {} : {refused}),
  });
  if (refused !== undefined)
    journal('warning', {
      summary: `the mail server does not take mail for ${refused.join(', ')}`,
      fix: 'correct FRIGATE_HC_ALERT_EMAIL',
    });
};

const notify = async (
  ports: PassPorts,
  state: State,
  now: Instant,
  journal: Journal,
  signal: AbortSignal,
): Promise<State> => {
  const {channels, settings} = ports;
  const context = contextOf(ports, state, now);
  const perChannel = await Promise.all(
    channels.map((channel) =>
      sendAll(channel, due(state, channel, now, settings.policy.interval), state, context, signal),
    ),
  );
  const attempts = perChannel.flat();
  for (const attempt of attempts) report(journal, attempt);
  const marked = attempts.reduce(
    (before, {channel, entry, delivery}) =>
      entry === null
        ? before
        : markTried(before, entry.key, channel.name, delivery.kind === 'failed' ? delivery.why : null, now),
    state,
  );
  const tried = new Set(attempts.map(({entry}) => entry?.key));
  for (const {key} of pending(state).filter((entry) => !tried.has(entry.key)))
    journal('alert.waiting', {
      key,
      reason:
        channels.length === 0
          ? 'no alert channel is configured'
          : signal.aborted
            ? 'no time left in this pass'
            : 'its channels are tried again later',
    });
  return settleDeliveries(marked, channels, now);
};

export interface Notified {
  readonly state: State;
  /** Why it is not stored what was sent: then it may be sent once more. `null`: it is, or nothing was sent. */
  readonly unstored: string | null;
  /** The state as it stands in the cluster now; `null`: that is not known. */
  readonly recalledState: RecalledState | null;
}

/** Sends what waits and stores what was sent. A mark that is lost only makes one notification come twice (docs/how-it-decides.md, "The restart"). */
export const notifyAndStore = async (
  ports: PassPorts,
  store: StateStore,
  recalledState: RecalledState,
  now: Instant,
  journal: Journal,
  signal: AbortSignal,
): Promise<Notified> => {
  const state = await notify(ports, recalledState.state, now, journal, signal);
  if (state === recalledState.state) return {state, unstored: null, recalledState};
  // In its own time: what is sent is sent, also where the pass has none left.
  const outcome = await store.store(recalledState, state, within(ports.clock, STORE_LIMIT));
  if (outcome.kind === 'done') return {state, unstored: null, recalledState: outcome.value};
  const reason = outcome.kind === 'conflict' ? outcome.why : outcome.why.message;
  journal('state.failed', {reason, after: 'alerts'});
  return {state, unstored: reason, recalledState: null};
};

/** Instead of a namespace, for a Frigate that runs outside Kubernetes. */
export const OUTSIDE_NAMESPACE = 'static';

/** What a notification says of the place; `check` and `notify` say the same. */
export const contextOf = (
  {namespace, cluster, settings, version, outside}: PassPorts,
  {target}: State,
  now: Instant,
): AlertContext => ({
  // Its state is kept in the namespace of `serve`, which says nothing of where it runs.
  namespace: outside === undefined ? namespace : OUTSIDE_NAMESPACE,
  ...(outside === undefined ? {} : {outside: outside.url}),
  workload: {kind: target?.kind ?? null, name: target?.name ?? settings.workload},
  cluster: cluster.inCluster ? null : cluster.context,
  version,
  now,
  hints: {cronJob: settings.cronJobName, mode: settings.policy.mode},
});

/** The state, beside the workload that it is about: for the commands that show or change it without asking Frigate. */
import {singleWorkload, type Workload} from '../core/observation/workload.js';
import {notAsked, type UnknownReason} from '../core/known.js';
import type {Duration} from '../core/time.js';
import type {Settings} from '../settings/settings.js';
import {daemonMayAct, inForce, installedChecker} from './in-force.js';
import {failureOf} from './access.js';
import {within} from '../core/timers.js';
import {comparedWith, StateStore, type RecalledState} from './state-store.js';
import type {PassPorts} from './ports.js';

export interface LoadedState {
  readonly store: StateStore;
  readonly recalledState: RecalledState;
  /** `null` where it is not there, or could not be read. */
  readonly workload: Workload | null;
  /** Where no Frigate is, what was searched; `null` where one is, or where that is not known. */
  readonly missing: string | null;
  /** The settings in force: limits and interval of the installed checker, where this shell gives none. */
  readonly settings: Settings;
  /** Why the CronJob could not be read; `null`: it could, or there is none. */
  readonly unreadCronJob: UnknownReason | null;
}

/** Throws CommandFailure where the state cannot be read. */
export const loadState = async (
  {cluster, clock, settings, namespace}: PassPorts,
  limit: Duration,
  signal: AbortSignal,
): Promise<LoadedState> => {
  const store = new StateStore(cluster, namespace, settings.stateName);
  const [recalled, search, cronJob] = await Promise.all([
    store.recall(within(clock, limit, signal)),
    cluster.findWorkload(
      {
        namespace,
        name: settings.workload,
        kind: null,
        podSelector: settings.podSelector,
        exact: settings.workloadGiven,
      },
      within(clock, limit, signal),
    ),
    cluster.readCronJob(namespace, settings.cronJobName, within(clock, limit, signal)),
  ]);
  if (!recalled.soundness.known) throw failureOf(recalled.soundness.why);
  const now = cluster.serverTime() ?? clock.now();
  const daemon = daemonMayAct(recalled, now)
    ? await cluster.readDaemon(namespace, within(clock, limit, signal))
    : notAsked();
  const {servedAt} = recalled.state;
  const installed = installedChecker({settings, namespace}, {cronJob, daemon, servedAt, now});
  const workload = singleWorkload(search);
  const missing = search.known && search.value.found === 'none' ? search.value.searchedFor : null;
  return {
    store,
    recalledState: comparedWith(recalled, workload),
    workload,
    missing,
    settings: inForce(settings, installed),
    unreadCronJob: cronJob.known ? null : cronJob.why,
  };
};

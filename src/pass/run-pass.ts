/** One pass (docs/how-it-decides.md): observe → assess → diagnose → decide → act → store → notify, under one deadline. */
import type {RestartRequest} from '../core/decision/situation.js';
import type {Permission} from '../core/observation/observation.js';
import type {State} from '../core/state/state.js';
import {isServed, SERVE} from '../core/serving.js';
import {milliseconds, seconds, type Duration, type Instant} from '../core/time.js';
import {within} from '../core/timers.js';
import {carryOut, journalJudged, type PassEnd} from './carry-out.js';
import type {Journal} from './journal.js';
import {judge, type Judgement} from './judge.js';
import {beginObserving, observeRest, type ObservedPass, type ObserveOptions} from './observe.js';
import {resourceOf, reviewIsDue, permissionsFor, type PermissionsReviewed} from './permissions.js';
import {guardMemoryOf, StateStore, wipeNotifiedAt} from './state-store.js';
import type {PassPorts} from './ports.js';

/** What remains of the deadline after observing: for the writes and the mails. Of a short deadline half. */
const WRITING_TIME = seconds(20);

export interface PassOptions {
  readonly request: RestartRequest | null;
  /** Decides, notifies and stores, but does not act; the decision says "would restart". */
  readonly dryRun: boolean;
}

export interface Pass {
  readonly observed: ObservedPass;
  readonly judgement: Judgement;
  readonly end: PassEnd;
  readonly state: State;
}

/** `serve` is at work: this pass observed no more than that. */
export interface ServedPass {
  readonly servedAt: Instant;
  readonly by: string;
}

export const isServedPass = (pass: Pass | ServedPass): pass is ServedPass => 'servedAt' in pass;

/** A pass whatever else is at work. */
export const runPass = async (
  ports: PassPorts,
  options: PassOptions,
  journal: Journal,
  signal: AbortSignal,
): Promise<Pass> => {
  const pass = await passOrServed(ports, options, journal, signal, false);
  if (isServedPass(pass)) throw new Error('a pass was left to serve that nobody wanted to leave');
  return pass;
};

/** A pass where `serve` does not do the same all the time: the CronJob beside it is its dead-man's switch. */
export const runPassUnlessServed = (
  ports: PassPorts,
  options: PassOptions,
  journal: Journal,
  signal: AbortSignal,
): Promise<Pass | ServedPass> => passOrServed(ports, options, journal, signal, true);

const passOrServed = async (
  ports: PassPorts,
  options: PassOptions,
  journal: Journal,
  signal: AbortSignal,
  leaves: boolean,
): Promise<Pass | ServedPass> => {
  const {settings, clock, namespace} = ports;
  const store = new StateStore(ports.cluster, namespace, settings.stateName);
  const deadline = within(clock, settings.deadline, signal);
  const observing = within(clock, observingTime(settings.deadline), signal);
  const asked: ObserveOptions = {
    kind: null,
    permissions: (reviewed) => permissionsDue(ports, options, reviewed),
    cronJob: 'none',
  };
  const begun = await beginObserving(ports, store, asked, observing);
  const {servedAt, lastPass} = begun.recalledState.state;
  const served = isServed(servedAt, begun.serverTime ?? begun.localClock, settings.policy.interval);
  if (leaves && served && servedAt !== null) return {servedAt, by: lastPass?.by ?? SERVE};
  const observed = await observeRest(ports, begun, asked, observing);
  const decidedAt = clock.monotonic();
  const {observation, recalledState} = observed;
  const now = observation.at;
  journal('observed', {via: observation.via, took: Object.fromEntries(observed.timings)});

  const policy = options.dryRun ? {...settings.policy, mode: 'dry-run' as const} : settings.policy;
  const judgement = judge(observed, {
    policy,
    attemptId: ports.newId(),
    by: ports.runner,
    request: options.request,
    alerting: ports.channels.length > 0,
    wipeNotifiedAt: wipeNotifiedAt(recalledState, now),
    guard: guardMemoryOf(recalledState),
  });
  journalJudged(journal, judgement, observed.reading);
  const {end, state} = await carryOut(ports, store, {observed, judgement, decidedAt}, journal, {
    interruption: signal,
    deadline,
  });
  return {observed, judgement, end, state};
};

/** What this pass may need before it ends, reviewed while there is time to notify. */
const permissionsDue = (
  {settings, namespace}: PassPorts,
  {dryRun}: PassOptions,
  reviewed: PermissionsReviewed,
): readonly Permission[] => {
  if (!reviewIsDue(reviewed)) return [];
  const kind = reviewed.workload?.kind ?? reviewed.recalledState.state.target?.kind ?? null;
  const workload = {resource: resourceOf(kind ?? 'Deployment'), name: reviewed.workload?.name ?? settings.workload};
  // The search is the same for every kind. Which one would be patched is not known before it was found once, and to name another is to ask for too much.
  const acts = kind !== null && !dryRun && settings.policy.mode !== 'observe';
  return permissionsFor({
    namespace,
    workload,
    stateName: settings.stateName,
    cronJobName: null,
    via: settings.via,
    mode: acts ? 'act' : 'observe',
  });
};

const observingTime = (deadline: Duration): Duration => milliseconds(deadline - Math.min(WRITING_TIME, deadline / 2));

/** `check`: one look, or looks until it is well. Reads only; what automatic repair would do comes from the same `decide`. */
import type {CheckId} from '../core/finding.js';
import {notAsked} from '../core/known.js';
import type {WorkloadKind} from '../core/observation/workload.js';
import {humanDuration, milliseconds, seconds, type Duration} from '../core/time.js';
import {EXIT} from '../report/exit-code.js';
import type {CheckReport} from '../report/report.js';
import {buildReport} from './build-report.js';
import type {CheckOptions, Context} from './context.js';
import {within} from './deadline.js';
import {judge} from './judge.js';
import {lastMailFailure, observe} from './observe.js';
import {openWorld} from './open-world.js';
import {pause} from './pause.js';
import {rightsToLook} from './rights.js';
import {StateStore} from './state-store.js';
import type {World} from './world.js';

/** Between two looks of `--wait`. */
const LOOK_AGAIN = seconds(5);
const HEARTBEAT = seconds(15);
const FIND_LIMIT = seconds(10);

/** Time does not cure these: waiting ends at once (check-ux R10). */
const permanent: ReadonlySet<CheckId> = new Set<CheckId>(['FRG-102', 'FRG-201']);

export const runCheck = async (context: Context, options: CheckOptions): Promise<CheckReport> => {
  const {world, close} = await openWorld(context, 'check');
  try {
    return options.wait === null
      ? await look(world, options, context.signal)
      : await lookUntilWell(world, options, options.wait, context);
  } finally {
    await close();
  }
};

/**
 * With -A the one Frigate of the cluster names the namespace. Of several or none FRG-201 tells, and nothing is looked at: the
 * one that happens to be in the own namespace is not what was asked for.
 */
const everywhere = async (world: World, kind: WorkloadKind | null, signal: AbortSignal): Promise<World> => {
  const {settings} = world;
  const search = await world.cluster.findWorkload(
    {
      namespace: null,
      name: settings.workloadGiven ? settings.workload : null,
      kind,
      podSelector: settings.podSelector,
      exact: settings.workloadGiven,
    },
    within(FIND_LIMIT, signal),
  );
  if (search.known && search.value.found === 'one') return {...world, namespace: search.value.workload.namespace};
  const pods = search.known ? notAsked('there is no single workload') : search;
  return {...world, cluster: {...world.cluster, locate: () => Promise.resolve({search, pods})}};
};

const look = async (outset: World, options: CheckOptions, signal: AbortSignal): Promise<CheckReport> => {
  const world = options.allNamespaces ? await everywhere(outset, options.kind, signal) : outset;
  const {settings, clock, namespace} = world;
  const begun = clock.monotonic();
  const store = new StateStore(world.cluster, namespace, settings.stateName);
  const sight = await observe(
    world,
    store,
    {
      kind: options.kind,
      rights: ({workload}) => rightsToLook(settings, namespace, options.kind, workload),
      cronJob: true,
      mailFailure: lastMailFailure,
    },
    within(settings.deadline, signal),
  );
  const judgement = judge(sight, {
    policy: settings.policy,
    attemptId: 'check',
    by: world.runner,
    request: null,
    alerting: false,
    toldOfWipe: null,
  });
  return buildReport(world, sight, judgement, {
    only: options.only.length === 0 ? null : new Set(options.only),
    skip: new Set(options.skip),
    failOn: options.failOn,
    duration: clock.monotonic() - begun,
  });
};

/** Looks again until the result is below `--fail-on`; tells when the cause changes, and that it still looks. */
const lookUntilWell = async (
  world: World,
  options: CheckOptions,
  wait: Duration,
  {signal}: Context,
): Promise<CheckReport> => {
  const {clock} = world;
  const begun = clock.monotonic();
  let told = '';
  let toldAt = begun;
  for (;;) {
    const report = await look(world, options, signal);
    if (report.summary.exitCode === 0 || signal.aborted) return report;
    if (report.checks.some((check) => check.status === 'critical' && permanent.has(check.id))) return report;
    const left = wait - (clock.monotonic() - begun);
    if (left <= LOOK_AGAIN) return {...report, summary: {...report.summary, exitCode: EXIT.waitRanOut}};
    const cause = `${report.summary.health}: ${report.diagnosis.summary}`;
    if (cause !== told || clock.monotonic() - toldAt >= HEARTBEAT) {
      options.told(`Waiting, ${humanDuration(milliseconds(left))} left: ${cause}`);
      told = cause;
      toldAt = clock.monotonic();
    }
    await pause(LOOK_AGAIN, signal);
    // Interrupted while waiting: the last look is what is known; another one with a dead signal would see nothing.
    if (abortedBy(signal)) return report;
  }
};

const abortedBy = (signal: AbortSignal): boolean => signal.aborted;

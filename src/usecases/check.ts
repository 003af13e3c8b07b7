/** `check`: one report of each Frigate, at once or when it is well. Reads only; what automatic repair would do comes from the same `decide`. */
import {notAsked} from '../core/known.js';
import {singleWorkload, type WorkloadKind} from '../core/observation/workload.js';
import {seconds} from '../core/time.js';
import type {FoundFrigate} from '../kubernetes/cluster.js';
import type {CheckReport} from '../outcome/check-report.js';
import {inOrder} from './in-order.js';
import {buildReport} from './build-report.js';
import {waitUntilWell, type CheckOnce} from './check-wait.js';
import type {CheckOptions, Context} from '../pass/context.js';
import {within} from '../core/timers.js';
import {judge, onlyJudging} from '../pass/judge.js';
import {observe} from '../pass/observe.js';
import {openPorts} from '../pass/open-ports.js';
import {permissionsToObserve} from '../pass/permissions.js';
import {StateStore} from '../pass/state-store.js';
import type {PassPorts} from '../pass/ports.js';

const FIND_LIMIT = seconds(10);
/** As many Frigates are checked at a time: beyond it they would only wait for each other's connections. */
const AT_A_TIME = 8;

/** One report; with -A one for each Frigate that is found, by namespace and name. Never empty. */
export const runCheck = async (context: Context, options: CheckOptions): Promise<readonly CheckReport[]> => {
  const {ports, close} = await openPorts(context, 'check');
  try {
    const found = options.allNamespaces ? await severalFrigates(ports, options.kind, context.signal) : [];
    if (found.length === 0) return [await checkIn(ports, options, context.signal)];
    const askCustom = sharedAsking(ports, options, context.signal);
    return await inOrder(found, AT_A_TIME, (frigate) =>
      checkIn(
        {
          ...ports,
          namespace: frigate.namespace,
          settings: {...ports.settings, workload: frigate.name, workloadGiven: true},
        },
        {...options, kind: frigate.kind, allNamespaces: false},
        context.signal,
        askCustom,
      ),
    );
  } finally {
    await close();
  }
};

/** Those that -A means, where they are several. Of one or none the ordinary search reports more: what it took for Frigate, and why. */
const severalFrigates = async (
  {cluster, settings, clock}: PassPorts,
  kind: WorkloadKind | null,
  signal: AbortSignal,
): Promise<readonly FoundFrigate[]> => {
  const listed = await cluster.listFrigates(
    {namespace: null, podSelector: settings.podSelector},
    within(clock, FIND_LIMIT, signal),
  );
  const meant = (listed.known ? listed.value : []).filter(
    (frigate) =>
      (kind === null || frigate.kind === kind) && (!settings.workloadGiven || frigate.name === settings.workload),
  );
  return meant.length > 1 ? meant : [];
};

/** Asks the checks of the user's own, beside each observation. */
type AskCustom = () => Promise<void>;

/** Of several Frigates: once for all of them, and where they are observed again and again, as often as each check wants. */
const sharedAsking = ({custom}: PassPorts, {wait}: CheckOptions, signal: AbortSignal): AskCustom => {
  if (custom === undefined) return () => Promise.resolve();
  if (wait !== null) return () => custom.askDue(signal);
  const asked = custom.ask(signal);
  return () => asked;
};

/** The use case in given ports. */
export const checkIn = async (
  ports: PassPorts,
  options: CheckOptions,
  signal: AbortSignal,
  askCustom: AskCustom = () => ports.custom?.ask(signal) ?? Promise.resolve(),
): Promise<CheckReport> => {
  const observeAgain = (): Promise<CheckOnce> => observeOnce(ports, options, signal, askCustom);
  return options.wait === null
    ? (await observeAgain()).report
    : waitUntilWell(ports, options, options.wait, observeAgain, signal);
};

/**
 * With -A the one Frigate of the cluster names the namespace. If none is found, FRG-201 says so and nothing is observed: what
 * happens to be in the own namespace is not what was asked for.
 */
const everywhere = async (ports: PassPorts, kind: WorkloadKind | null, signal: AbortSignal): Promise<PassPorts> => {
  const {settings} = ports;
  const search = await ports.cluster.findWorkload(
    {
      namespace: null,
      name: settings.workloadGiven ? settings.workload : null,
      kind,
      podSelector: settings.podSelector,
      exact: settings.workloadGiven,
    },
    within(ports.clock, FIND_LIMIT, signal),
  );
  const workload = singleWorkload(search);
  if (workload !== null) return {...ports, namespace: workload.namespace};
  const pods = search.known ? notAsked('there is no single workload') : search;
  return {...ports, cluster: {...ports.cluster, locate: () => Promise.resolve({search, pods})}};
};

const observeOnce = async (
  outset: PassPorts,
  options: CheckOptions,
  signal: AbortSignal,
  askCustom: AskCustom,
): Promise<CheckOnce> => {
  const ports = options.allNamespaces ? await everywhere(outset, options.kind, signal) : outset;
  const {settings, clock, namespace} = ports;
  const begun = clock.monotonic();
  const store = new StateStore(ports.cluster, namespace, settings.stateName);
  // Beside the observation, each within its own deadline: the decision knows nothing of it.
  const [observed] = await Promise.all([
    observe(
      ports,
      store,
      {
        kind: options.kind,
        permissions: ({workload}) => permissionsToObserve(settings, namespace, options.kind, workload),
        cronJob: 'judged',
      },
      within(clock, settings.deadline, signal),
    ),
    askCustom(),
  ]);
  const inForce: PassPorts = {...ports, settings: observed.settings};
  const judgement = judge(observed, onlyJudging(inForce));
  const report = buildReport(inForce, observed, judgement, {
    only: options.only.length === 0 ? null : new Set(options.only),
    skip: new Set(options.skip),
    failOn: options.failOn,
    duration: clock.monotonic() - begun,
    custom: ports.custom?.findings(judgement.findings, observed.observation) ?? [],
  });
  return {report, observed, findings: judgement.findings};
};

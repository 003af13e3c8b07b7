/** FRG-702: is memory short, on the host or under the pod's limit, for longer than a moment? */
import {run} from '../../fix.js';
import type {Snapshot} from '../../observation/frigate.js';
import {notAsked} from '../../known.js';
import {humanDuration} from '../../time.js';
import {isBad} from '../../finding.js';
import {defineCheck, type CheckContext, type CheckResult} from '../check.js';
import {onCluster} from '../kubectl.js';
import {newestSnapshot} from '../evidence/snapshots.js';
import {
  byCheck,
  bySetup,
  bySource,
  evidence,
  inconclusive,
  notApplicable,
  rounded,
  unobserved,
} from '../evidence/wording.js';
import {sampleOf} from '../evidence/resource-samples.js';
import {largest} from '../evidence/process-names.js';
import {sustainedFor} from '../evidence/sustained.js';

/** Percent. */
const FULL = 95;

export const memoryUse = defineCheck('FRG-702', {
  category: 'resources',
  cause: 'memory',
  needs: ['FRG-302'],
  after: ['FRG-205'],
  docs: {
    what: "The memory use of the host, and the working set of Frigate's container against its limit. On a host without free memory the kernel kills any process: the database, the kubelet or Frigate.",
    limits:
      'Warning when the host, or the working set of the container against its limit, is at 95 % or more in two samples in a row (or in all samples of the hour); a single sample is info. Never critical by itself. The processes in the evidence are as Frigate lists them: pages that they share count for each.',
    cure: 'Nothing: a new pod needs the same memory. FRG-205 reports the case in which the limit left terminated processes behind.',
    next: 'Find what uses the memory of the node. Under a limit: see FRG-205.',
    source: 'Frigate, frigate/util/services.py: `frigate.full_system` is the whole host (0.14 to 0.17).',
  },
  fix: ({observation}) => [
    run(`kubectl${onCluster(observation)} top node`),
    run(`kubectl${onCluster(observation)} top pod -A --sort-by=memory`),
  ],
  judge: (context) => {
    const {stats} = context.observation.frigate;
    const snapshot = newestSnapshot(context);
    if (!stats.known || snapshot === null)
      return stats.known
        ? notApplicable('No statistics of this container yet', byCheck('FRG-302'))
        : unobserved(stats.why);
    return judgeMemory(context, snapshot);
  },
});

const judgeMemory = (context: CheckContext, snapshot: Snapshot): CheckResult => {
  const {
    use: [, , host, pod],
  } = sampleOf(context.observation, snapshot);
  if (host === null && pod === null) return notReported(context, snapshot);
  const facts = {
    evidenceAt: snapshot.lastUpdated,
    evidence: [
      ...(host === null ? [] : [evidence('memory of the host', rounded(host), FULL, '%')]),
      ...(pod === null ? [] : [evidence('memory used of the limit', rounded(pod), FULL, '%')]),
      ...largest(snapshot, 'memory', '%'),
    ],
  };
  if (host !== null && host >= FULL) return {...fullHost(context, host), ...facts};
  if (pod !== null && pod >= FULL) return {...fullPod(context, pod), ...facts};
  return {
    status: 'ok',
    summary:
      host === null
        ? `Frigate uses ${Math.round(pod ?? 0)} % of its memory limit`
        : `Memory of the host at ${Math.round(host)} %`,
    ...facts,
  };
};

const notReported = ({observation}: CheckContext, {systemMemory}: Snapshot): CheckResult => {
  const use = observation.memoryUse ?? notAsked();
  if (systemMemory !== null) return inconclusive('impossible-value', 'Memory use of the host is not known');
  return notApplicable(
    'Neither the memory of the host nor the use of the container is known',
    use.known ? bySetup('no-memory-use') : bySource(use.why),
  );
};

const fullHost = (context: CheckContext, host: number): CheckResult => {
  const lasting = sustainedFor(context, ({use: [, , used]}) => used !== null && used >= FULL);
  const what = `Memory of the host at ${Math.round(host)} %`;
  return lasting === null
    ? {status: 'info', summary: `${what}, in one sample`}
    : {status: 'warning', cause: 'node', summary: `${what} for ${humanDuration(lasting)} (limit ${FULL} %)`};
};

const fullPod = (context: CheckContext, pod: number): CheckResult => {
  const lasting = sustainedFor(context, ({use: [, , , used]}) => used !== null && used >= FULL);
  const what = `Frigate uses ${Math.round(pod)} % of its memory limit`;
  if (lasting === null) return {status: 'info', summary: `${what}, in one sample`};
  const limit = context.finding('FRG-205');
  return {
    status: 'warning',
    summary: `${what} for ${humanDuration(lasting)} (limit ${FULL} %)`,
    ...(isBad(limit) ? {because: byCheck(limit.id), ...(limit.fix === null ? {} : {fix: limit.fix})} : {}),
  };
};

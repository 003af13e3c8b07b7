/** FRG-702: is memory short, on the host or under the pod's limit, for longer than a moment? */
import type {Snapshot} from '../../observation/frigate.js';
import {humanDuration} from '../../time.js';
import {isBad} from '../../finding.js';
import type {Check, CheckContext, Verdict} from '../check.js';
import {onCluster} from '../kubectl.js';
import {template} from '../facts.js';
import {newestSnapshot} from '../snapshots.js';
import {evidence, notApplicable, rounded, unseen} from '../wording.js';
import {lookAt} from './look.js';
import {largest} from './process-names.js';
import {sustainedFor} from './sustained.js';

/** Percent. */
const FULL = 95;

export const memoryUse: Check = {
  id: 'FRG-702',
  title: 'memory use',
  category: 'resources',
  cause: 'memory',
  needs: ['FRG-302'],
  after: ['FRG-205'],
  docs: {
    what: "The memory of the host, and what Frigate's processes use of the pod's limit. On a host without memory the kernel ends what it likes, and that may be the database, the kubelet or Frigate.",
    limits:
      "Warning when the host, or the sum of Frigate's processes against its limit, is at 95 % or more in two looks in a row (or in all looks of the hour); a single look is info. Never critical by itself: pages that processes share (/dev/shm above all) count once for each of them, so the sum is more than what is used. Where no limit is set the sum counts only when nobody tells the host's own memory.",
    cure: 'Nothing: what runs needs it again. FRG-205 tells of the case in which the limit left dead processes behind.',
    next: 'Look for what takes the memory of the node. Under a limit: see FRG-205.',
    source:
      "Frigate, frigate/util/services.py: `mem` of cpu_usages is a share of the cgroup's limit where one is set, of the host's memory otherwise; `frigate.full_system` is the whole host (0.14 to 0.17).",
  },
  fix: ({observation}) =>
    `kubectl${onCluster(observation)} top node; kubectl${onCluster(observation)} top pod -A --sort-by=memory  # what takes the memory?`,
  judge: (context) => {
    const {stats} = context.observation.frigate;
    const snapshot = newestSnapshot(context);
    if (!stats.known || snapshot === null)
      return stats.known ? notApplicable('No snapshot of this container yet', 'FRG-302') : unseen(stats.why);
    return judgeMemory(context, snapshot);
  },
};

const judgeMemory = (context: CheckContext, snapshot: Snapshot): Verdict => {
  const {
    use: [, , host, pod],
  } = lookAt(context.observation, snapshot);
  const limited = (template(context.observation)?.memoryLimit ?? null) !== null;
  if (host === null && pod === null) return notTold(snapshot);
  const seen = {
    evidenceAt: snapshot.lastUpdated,
    evidence: [
      ...(host === null ? [] : [evidence('memory of the host', rounded(host), FULL, '%')]),
      ...(pod === null
        ? []
        : [
            evidence(
              `sum of Frigate's processes, of the ${limited ? 'limit' : 'host'}`,
              rounded(pod),
              ...(limited || host === null ? [FULL] : [undefined]),
              '%',
            ),
          ]),
      ...largest(snapshot, 'memory', '%'),
    ],
  };
  if (host !== null && host >= FULL) return {...fullHost(context, host), ...seen};
  if (pod !== null && pod >= FULL && (limited || host === null)) return {...fullPod(context, pod, limited), ...seen};
  return {
    status: 'ok',
    summary:
      host === null
        ? `Frigate's processes use ${Math.round(pod ?? 0)} % of the ${limited ? 'limit' : "host's memory"}`
        : `The host's memory is at ${Math.round(host)} %`,
    ...seen,
  };
};

const notTold = ({usages}: Snapshot): Verdict =>
  usages === null
    ? notApplicable('This Frigate does not tell what memory is used', 'no cpu_usages')
    : {
        status: 'unknown',
        summary: "The memory that Frigate's processes use cannot be read",
        because: 'no number of cpu_usages that can be',
      };

const fullHost = (context: CheckContext, host: number): Verdict => {
  const lasting = sustainedFor(context, ({use: [, , used]}) => used !== null && used >= FULL);
  const what = `The host's memory is at ${Math.round(host)} %`;
  return lasting === null
    ? {status: 'info', summary: `${what} in this look`}
    : {status: 'warning', cause: 'node', summary: `${what}, for ${humanDuration(lasting)} by now`};
};

const fullPod = (context: CheckContext, pod: number, limited: boolean): Verdict => {
  const lasting = sustainedFor(context, ({use: [, , , used]}) => used !== null && used >= FULL);
  const what = `Frigate's processes use ${Math.round(pod)} % of the ${limited ? 'memory limit' : "host's memory"}, shared pages counted several times`;
  if (lasting === null) return {status: 'info', summary: `${what}, in this look`};
  const limit = context.finding('FRG-205');
  return {
    status: 'warning',
    summary: `${what}, for ${humanDuration(lasting)} by now`,
    ...(limited && isBad(limit) ? {because: limit.id, ...(limit.fix === null ? {} : {fix: limit.fix})} : {}),
  };
};

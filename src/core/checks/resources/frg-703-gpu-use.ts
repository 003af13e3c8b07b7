/** FRG-703: does the GPU have headroom, and can its statistics be read? */
import {note, run} from '../../fix.js';
import type {GpuUsage, Snapshot} from '../../observation/frigate.js';
import {days, humanDuration, since} from '../../time.js';
import {defineCheck, type CheckContext, type CheckResult} from '../check.js';
import {frigateIn} from '../kubectl.js';
import {containerStart} from '../evidence/facts.js';
import {newestSnapshot, olderThan} from '../evidence/snapshots.js';
import {byCheck, bySetup, evidence, listed, notApplicable, rounded, unobserved} from '../evidence/wording.js';
import {busiestGpu} from '../evidence/resource-samples.js';
import {sustainedFor} from '../evidence/sustained.js';

/** Percent. */
const FULL = 95;
/** Within this time after its last statistics the failure of a GPU is a change; later it is the normal state. */
const NEWS = days(7);
/** After a second failure with the same arguments Frigate does not read it again until its next start (0.12 to 0.17). */
const GIVEN_UP = 'error-gpu';

export const gpuUse = defineCheck('FRG-703', {
  category: 'resources',
  cause: 'node',
  needs: ['FRG-302'],
  settles: true,
  docs: {
    what: 'The load of the GPU that decodes or detects, and whether Frigate can still read its statistics.',
    limits:
      'Warning when a GPU is at 95 % or more in two samples in a row (or in all samples of the hour). Warning when its statistics can no longer be read but could be within the last 7 days: the GPU or its driver was lost. Statistics that could never be read are info: a permission is missing, and no fault is known. Skipped where Frigate names no GPU.',
    cure: 'Nothing for certain: unreadable statistics do not prove that decoding is broken, and a lost GPU is a fault of the host.',
    next: 'For a full GPU: lower the resolution or the frames per second of detect, or use the substreams of the cameras. For unreadable statistics: query the GPU itself inside the pod, and read the kernel log of the node.',
    source:
      'Frigate, frigate/stats/util.py and frigate/util/services.py: values of -1 (0.12, 0.13) or empty texts (from 0.14) once, `error-gpu` after that (0.12 to 0.17), no entry at all for an hour (0.18). For Intel the capability CAP_PERFMON is needed to read them.',
  },
  fix: ({observation}) => [
    note('Check whether the GPU responds:'),
    run(`kubectl exec ${frigateIn(observation)} -- sh -c 'vainfo || nvidia-smi'`),
  ],
  judge: (context) => {
    const {stats} = context.observation.frigate;
    const snapshot = newestSnapshot(context);
    if (!stats.known || snapshot === null)
      return stats.known
        ? notApplicable('No statistics of this container yet', byCheck('FRG-302'))
        : unobserved(stats.why);
    return {...judgeGpus(context, snapshot), evidenceAt: snapshot.lastUpdated};
  },
});

const judgeGpus = (context: CheckContext, snapshot: Snapshot): CheckResult => {
  const gpus = [...snapshot.gpus].sort((a, b) => (a.name < b.name ? -1 : 1));
  const busiest = busiestGpu(gpus);
  const facts = gpus.flatMap(({name, load}) =>
    load === null ? [] : [evidence(`load of ${name}`, rounded(load), FULL, '%')],
  );
  if (busiest !== null && busiest.load >= FULL) return {...fullGpu(context, busiest), evidence: facts};
  const failed = gpus.filter((gpu) => gpu.failed);
  if (failed.length > 0)
    return {
      ...unread(context, failed),
      evidence: [...facts, evidence('cannot be read', listed(failed.map(({name}) => name)))],
    };
  if (busiest !== null)
    return {
      status: 'ok',
      summary: `GPU ${busiest.name} at ${Math.round(busiest.load)} %`,
      evidence: facts,
    };
  if (gpus.length > 0)
    return notApplicable(`GPU ${listed(gpus.map(({name}) => name))} reports no load`, bySetup('no-gpu-load'));
  return absent(context, snapshot);
};

const fullGpu = (context: CheckContext, {name, load}: {readonly name: string; readonly load: number}): CheckResult => {
  const lasting = sustainedFor(context, ({use: [, , , , used]}) => used !== null && used >= FULL);
  const what = `GPU ${name} at ${Math.round(load)} %`;
  if (lasting === null) return {status: 'info', summary: `${what}, in one sample`};
  return {
    status: 'warning',
    cause: 'config',
    summary: `${what} for ${humanDuration(lasting)} (limit ${FULL} %)`,
    fix: [note('Lower detect.fps or the resolution of detect, or use a smaller stream of the cameras for it.')],
  };
};

/** The first failure may be a single one; it persists when Frigate itself no longer reads the GPU. */
const unread = (context: CheckContext, failed: readonly GpuUsage[]): CheckResult => {
  const before = workedBefore(context);
  const what = 'GPU statistics cannot be read';
  if (before === null) return {status: 'info', summary: `${what}; decoding may work all the same`};
  const lasting =
    failed.some(({name}) => name === GIVEN_UP) || olderThan(newestSnapshot(context)?.version ?? null, 0, 18) === false;
  return lasting
    ? {
        status: 'warning',
        summary: `${what}; those of ${before.name} were readable until ${humanDuration(before.ago)} ago`,
      }
    : {status: 'info', summary: `${what}, in one sample`};
};

/** From 0.18 on a GPU that failed is left out for an hour: within one container, and so one configuration, its absence means that. */
const absent = (context: CheckContext, {version}: Snapshot): CheckResult => {
  const before = workedBefore(context);
  const started = containerStart(context.observation);
  if (
    before === null ||
    olderThan(version, 0, 18) !== false ||
    started === null ||
    (context.memory.gpu?.at ?? started) <= started
  ) {
    return notApplicable('Frigate names no GPU', bySetup('no-gpu'));
  }
  return {
    status: 'warning',
    summary: `GPU statistics of ${before.name} cannot be read for ${humanDuration(before.ago)}`,
    evidence: [evidence('gpu_usages', 'none')],
  };
};

const workedBefore = ({
  memory: {gpu},
  now,
}: CheckContext): {readonly name: string; readonly ago: ReturnType<typeof since>} | null => {
  const ago = gpu === null ? null : since(gpu.at, now);
  return gpu === null || ago === null || ago > NEWS ? null : {name: gpu.name, ago};
};

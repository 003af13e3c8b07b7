/** FRG-701: is the CPU saturated? */
import type {Snapshot} from '../../observation/frigate.js';
import {humanDuration} from '../../time.js';
import {defineCheck, type CheckContext, type CheckResult} from '../check.js';
import {processor, shortageFix} from '../evidence/detector-processor.js';
import {template} from '../evidence/facts.js';
import {delivers, judgedCameras} from '../evidence/judged-cameras.js';
import {newestSnapshot} from '../evidence/snapshots.js';
import {byCheck, bySetup, evidence, inconclusive, notApplicable, rounded, unobserved} from '../evidence/wording.js';
import {sampleOf, podCpuOf} from '../evidence/resource-samples.js';
import {largest} from '../evidence/process-names.js';
import {sustainedFor} from '../evidence/sustained.js';

/** Percent of all cores of the host, or of the pod's limit, from which on it is full. */
const FULL = 95;
/** A camera loses nothing of importance while this share of its frames is processed. */
const SERVED = 0.9;

export const cpuUse = defineCheck('FRG-701', {
  category: 'resources',
  cause: 'node',
  needs: ['FRG-302'],
  settles: true,
  docs: {
    what: "The CPU use of the whole host, and what Frigate's processes use of the pod's CPU limit where one is set. Without CPU everything appears faulty at once: frames are skipped, detectors become slow, recordings have gaps. Another workload on the node can cause that as well as Frigate itself.",
    limits:
      "Warning when the host, or the CPU limit, is at 95 % or more in two samples in a row (or in all samples of the hour). A single sample is info, and so is a full host while the frames of every camera are still processed. Never critical. Frigate 0.14 to 0.17 reports the CPU of the host; for other versions the share of the node's cores that Frigate itself uses is compared.",
    cure: 'Nothing: a new pod has the same CPU, and uses more of it while it starts.',
    next: 'Find what uses the CPU. If it is Frigate: decode on the GPU, lower detect.fps or the resolution of detect, run detection on a device. If it is the limit: raise or remove it.',
    source:
      'Frigate, frigate/util/services.py: cpu_usages is percent of a core for each process, `frigate.full_system` the whole host (0.14 to 0.17). Measured on 0.17.2: another workload at load 40 reduced 5 frames/s to 1.5 and raised 20 ms to 200 ms.',
  },
  fix: (context) => shortageFix(context, 'host'),
  judge: (context) => {
    const {stats} = context.observation.frigate;
    const snapshot = newestSnapshot(context);
    if (!stats.known || snapshot === null)
      return stats.known
        ? notApplicable('No statistics of this container yet', byCheck('FRG-302'))
        : unobserved(stats.why);
    return judgeProcessor(context, snapshot);
  },
});

const judgeProcessor = (context: CheckContext, snapshot: Snapshot): CheckResult => {
  const {
    use: [host, cores],
  } = sampleOf(context.observation, snapshot);
  const limit = template(context.observation)?.cpuLimit ?? null;
  const limited = limit !== null && limit > 0 ? limit : null;
  if (host === null && (cores === null || limited === null)) return notReported(snapshot);
  const facts = {
    evidenceAt: snapshot.lastUpdated,
    evidence: [
      ...(host === null
        ? []
        : [
            evidence(
              snapshot.systemCpu === null ? "Frigate's share of the node's CPU" : 'CPU of the host',
              rounded(host),
              FULL,
              '%',
            ),
          ]),
      ...(cores === null
        ? []
        : [evidence('cores used by Frigate', rounded(cores), ...(limited === null ? [] : [limited]))]),
      ...largest(snapshot, 'cpu', '% of a core'),
    ],
  };
  if (limited !== null && cores !== null && shareOf(cores, limited) >= FULL)
    return {...fullLimit(context, cores, limited), ...facts};
  if (host !== null && host >= FULL) return {...fullHost(context, ofHost(snapshot, host)), ...facts};
  return {status: 'ok', summary: whatIsUsed(host === null ? null : ofHost(snapshot, host), cores, limited), ...facts};
};

const shareOf = (cores: number, limit: number): number => (cores / limit) * 100;

/** Up to 0.11 Frigate reported nothing about its processes; a row without a number is a different case. */
const notReported = ({usages}: Snapshot): CheckResult =>
  usages !== null && podCpuOf(usages) === null
    ? inconclusive('impossible-value', 'CPU use of Frigate is not known')
    : notApplicable('This Frigate version does not report CPU use', bySetup('no-cpu-numbers'));

const fullLimit = (context: CheckContext, cores: number, limit: number): CheckResult => {
  const lasting = sustainedFor(context, ({use: [, used]}) => used !== null && shareOf(used, limit) >= FULL);
  const what = `Frigate uses ${Math.round(shareOf(cores, limit))} % of its CPU limit`;
  return lasting === null
    ? {status: 'info', summary: `${what}, in one sample`}
    : {
        status: 'warning',
        cause: 'config',
        summary: `${what} for ${humanDuration(lasting)} (limit ${FULL} %): the kernel throttles it`,
        fix: shortageFix(context, 'limit'),
      };
};

/** Where Frigate does not report the CPU of the host, only its own share is known. */
const ofHost = ({systemCpu}: Snapshot, host: number): string =>
  systemCpu === null
    ? `Frigate uses ${Math.round(host)} % of the node's CPU`
    : `CPU of the host at ${Math.round(host)} %`;

const fullHost = (context: CheckContext, what: string): CheckResult => {
  const lasting = sustainedFor(context, ({use: [used]}) => used !== null && used >= FULL);
  if (lasting === null) return {status: 'info', summary: `${what}, in one sample`};
  if (!losesFrames(context)) return {status: 'info', summary: `${what}, but no frames are lost`};
  return {status: 'warning', summary: `${what} for ${humanDuration(lasting)} (limit ${FULL} %), and frames are lost`};
};

/** A host may be full of work with low priority. Frigate lacks CPU when cameras lose frames that no faulty detector explains. */
const losesFrames = (context: CheckContext): boolean =>
  processor(context).short &&
  judgedCameras(context).some(
    (camera) => delivers(camera) === true && (camera.rates.process ?? 0) < SERVED * (camera.rates.camera ?? 0),
  );

const whatIsUsed = (host: string | null, cores: number | null, limit: number | null): string =>
  [
    ...(host === null ? [] : [host]),
    ...(cores === null ? [] : [`Frigate uses ${rounded(cores)} cores${limit === null ? '' : ` of ${limit}`}`]),
  ].join(', ');

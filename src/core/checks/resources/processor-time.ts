/** FRG-701: is there CPU to be had? */
import type {Snapshot} from '../../observation/frigate.js';
import {humanDuration} from '../../time.js';
import type {Check, CheckContext, Verdict} from '../check.js';
import {processor, shortageFix} from '../detectors/processor.js';
import {template} from '../facts.js';
import {delivers, judgedCameras} from '../judged-cameras.js';
import {newestSnapshot} from '../snapshots.js';
import {evidence, notApplicable, rounded, unseen} from '../wording.js';
import {lookAt, podCpuOf} from './look.js';
import {largest} from './process-names.js';
import {sustainedFor} from './sustained.js';

/** Percent of all cores of the host, or of the pod's limit, from which on it is full. */
const FULL = 95;
/** A camera loses nothing worth the name while so much of what it delivers is processed. */
const SERVED = 0.9;

export const processorTime: Check = {
  id: 'FRG-701',
  title: 'CPU use',
  category: 'resources',
  cause: 'node',
  needs: ['FRG-302'],
  settles: true,
  docs: {
    what: "The CPU of the whole host, and what Frigate's processes use of the pod's CPU limit where one is set. Without CPU everything looks sick at once: frames are skipped, detectors become slow, recordings stutter. A neighbour on the node does that as well as Frigate itself.",
    limits:
      "Warning when the host, or the CPU limit, is at 95 % or more in two looks in a row (or in all looks of the hour). A single look is info, and so is a full host while every camera's frames are processed all the same. Never critical. Frigate 0.14 to 0.17 tells the host's CPU; for others the part of the node's cores that Frigate itself uses is looked at.",
    cure: 'Nothing: a new pod finds the same CPU, and takes more of it while it starts.',
    next: "Look for what takes the CPU. Is it Frigate: decode with the graphics card, lower detect.fps or detect's resolution, give detection to a device. Is it the limit: raise it, or take it away.",
    source:
      'Frigate, frigate/util/services.py: cpu_usages is percent of a core for each process, `frigate.full_system` the whole host (0.14 to 0.17). Measured on 0.17.2: a neighbour at load 40 made 1.5 of 5 frames/s and 200 ms of 20.',
  },
  fix: (context) => shortageFix(context, 'host'),
  judge: (context) => {
    const {stats} = context.observation.frigate;
    const snapshot = newestSnapshot(context);
    if (!stats.known || snapshot === null)
      return stats.known ? notApplicable('No snapshot of this container yet', 'FRG-302') : unseen(stats.why);
    return judgeProcessor(context, snapshot);
  },
};

const judgeProcessor = (context: CheckContext, snapshot: Snapshot): Verdict => {
  const {
    use: [host, cores],
  } = lookAt(context.observation, snapshot);
  const limit = template(context.observation)?.cpuLimit ?? null;
  const limited = limit !== null && limit > 0 ? limit : null;
  if (host === null && (cores === null || limited === null)) return notTold(snapshot);
  const seen = {
    evidenceAt: snapshot.lastUpdated,
    evidence: [
      ...(host === null
        ? []
        : [
            evidence(
              snapshot.systemCpu === null ? "Frigate's part of the node's CPU" : 'CPU of the host',
              rounded(host),
              FULL,
              '%',
            ),
          ]),
      ...(cores === null
        ? []
        : [evidence('cores that Frigate uses', rounded(cores), ...(limited === null ? [] : [limited]))]),
      ...largest(snapshot, 'cpu', '% of a core'),
    ],
  };
  if (limited !== null && cores !== null && shareOf(cores, limited) >= FULL)
    return {...fullLimit(context, cores, limited), ...seen};
  if (host !== null && host >= FULL) return {...fullHost(context, ofHost(snapshot, host)), ...seen};
  return {status: 'ok', summary: whatIsUsed(host === null ? null : ofHost(snapshot, host), cores, limited), ...seen};
};

const shareOf = (cores: number, limit: number): number => (cores / limit) * 100;

/** Up to 0.11 Frigate told nothing of its processes; a row without a number is another thing. */
const notTold = ({usages}: Snapshot): Verdict =>
  usages !== null && podCpuOf(usages) === null
    ? {
        status: 'unknown',
        summary: "The CPU that Frigate's processes use cannot be read",
        because: 'no number of cpu_usages that can be',
      }
    : notApplicable(
        'This Frigate does not tell what CPU is used',
        "neither the host's CPU nor a limit to hold its own against",
      );

const fullLimit = (context: CheckContext, cores: number, limit: number): Verdict => {
  const lasting = sustainedFor(context, ({use: [, used]}) => used !== null && shareOf(used, limit) >= FULL);
  const what = `Frigate uses ${Math.round(shareOf(cores, limit))} % of its CPU limit`;
  return lasting === null
    ? {status: 'info', summary: `${what} in this look`}
    : {
        status: 'warning',
        cause: 'config',
        summary: `${what}, for ${humanDuration(lasting)} by now: the kernel slows it down`,
        fix: shortageFix(context, 'limit'),
      };
};

/** Where Frigate does not tell the host's CPU, only its own part of it is known. */
const ofHost = ({systemCpu}: Snapshot, host: number): string =>
  systemCpu === null
    ? `Frigate itself takes ${Math.round(host)} % of the node's CPU`
    : `The host's CPU is at ${Math.round(host)} %`;

const fullHost = (context: CheckContext, what: string): Verdict => {
  const lasting = sustainedFor(context, ({use: [used]}) => used !== null && used >= FULL);
  if (lasting === null) return {status: 'info', summary: `${what} in this look`};
  if (!losesFrames(context)) return {status: 'info', summary: `${what}, and no frame is lost by it`};
  return {status: 'warning', summary: `${what}, for ${humanDuration(lasting)} by now, and frames are lost`};
};

/** A host may be full of work that yields. It takes from Frigate what it needs when cameras lose frames that no sick detector explains. */
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

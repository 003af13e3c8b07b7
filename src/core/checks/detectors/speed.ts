/** FRG-401: has a detector become slow? */
import type {DetectorStats} from '../../observation/frigate.js';
import type {Check, CheckContext, Verdict} from '../check.js';
import {onCluster, restartCommand} from '../kubectl.js';
import {inferenceOf, newestSnapshot} from '../snapshots.js';
import {evidence, listed, notApplicable, rounded, unseen} from '../wording.js';
import {baselineOf, detectorsOf, neverInferred} from './history.js';
import {processor, shortageFix} from './processor.js';

/** Slower than this many times its own healthy speed is a change, not the hardware. */
const SLOWER = 2;

interface Speed {
  readonly name: string;
  readonly state: 'well' | 'slow' | 'always-slow' | 'unused' | 'unreadable';
  readonly inference: number | null;
  readonly limit: number;
  readonly baseline: number | null;
}

export const speed: Check = {
  id: 'FRG-401',
  title: 'inference speed',
  category: 'detectors',
  cause: 'detector',
  needs: ['FRG-302'],
  settles: true,
  docs: {
    what: 'The moving average of how long one inference takes, for every detector, against its limit and against its own healthy speed under the same Frigate version: 90 ms is normal for a CPU and sick for a Coral.',
    limits:
      'Critical over 100 ms (`FRIGATE_HC_INFERENCE_THRESHOLD_MS`, or per detector) and more than twice its own baseline. Slow from the first look or since a change of version is a warning. Exactly 10.0 before the first inference says nothing; no number, or one of hours, is unknown.',
    cure: 'A restart opens the device again and gives the process a new start. It does nothing against a neighbour that takes the CPU, or a CPU limit that is too low: then it is a warning that names them.',
    next: "Look at the node's CPU, at the temperature of the device and at what else uses it.",
    source:
      'Frigate 0.17.2 frigate/object_detection/base.py: new = (9 · old + sample) / 10, starts at 10 ms. Measured on 0.17.2: a detector held to 1 % of a core took 100–180 ms; a neighbour at load 40 made 200 ms of 20.',
  },
  fix: ({observation}) => `kubectl${onCluster(observation)} top node  # CPU free? then: ${restartCommand(observation)}`,
  judge: (context) => {
    const {stats} = context.observation.frigate;
    if (!stats.known) return unseen(stats.why);
    const speeds = detectorsOf(context).map((detector) => speedOf(context, detector));
    if (speeds.length === 0)
      return {status: 'unknown', summary: 'The statistics name no detector', because: 'detectors is empty'};
    return judgeSpeeds(context, speeds);
  },
};

const speedOf = (context: CheckContext, {name, inferenceSpeed}: DetectorStats): Speed => {
  const {policy, memory} = context;
  const limit = policy.inferenceLimits.get(name) ?? policy.inferenceLimit;
  const inference = inferenceOf(inferenceSpeed);
  const baseline = baselineOf(memory, newestSnapshot(context)?.version ?? null, name)?.inference ?? null;
  const seen = {name, inference, limit, baseline};
  if (inference === null) return {...seen, state: 'unreadable'};
  if (neverInferred(context, name)) return {...seen, state: 'unused'};
  if (inference <= limit) return {...seen, state: 'well'};
  return {...seen, state: baseline !== null && inference > SLOWER * baseline ? 'slow' : 'always-slow'};
};

const judgeSpeeds = (context: CheckContext, speeds: readonly Speed[]): Verdict => {
  const evidenceAt = newestSnapshot(context)?.lastUpdated ?? null;
  const of = (state: Speed['state']): readonly Speed[] => speeds.filter((each) => each.state === state);
  const names = (some: readonly Speed[]): string => listed(some.map(({name}) => name));
  const slow = of('slow');
  if (slow.length > 0) return {...becameSlow(context, slow), evidenceAt};
  const always = of('always-slow');
  if (always.length > 0) {
    return {
      status: 'warning',
      summary: `${names(always)} ${always.length === 1 ? 'has been slow since it was' : 'have been slow since they were'} first seen: ${timesOf(always)}`,
      evidence: always.map(asEvidence),
      evidenceAt,
    };
  }
  const unreadable = of('unreadable');
  if (unreadable.length > 0)
    return {
      status: 'unknown',
      summary: `The inference speed of ${names(unreadable)} cannot be read`,
      because: 'no number, or one that cannot be',
      evidenceAt,
    };
  if (of('unused').length === speeds.length)
    return notApplicable('No inference since the start', 'exactly 10.0 ms is the initial value');
  return {
    status: 'ok',
    summary: `Inference takes ${timesOf(of('well'))}`,
    evidence: speeds.map(asEvidence),
    evidenceAt,
  };
};

const becameSlow = (context: CheckContext, slow: readonly Speed[]): Verdict => {
  const cpu = processor(context);
  const what = `${listed(slow.map(({name}) => name))} became slow: ${timesOf(slow)}`;
  const seen = [
    ...slow.map(asEvidence),
    ...slow.map(({name, baseline}) => evidence(`${name} baseline`, rounded(baseline ?? 0), undefined, 'ms')),
    evidence('cpu', cpu.why),
  ];
  if (!cpu.short) return {status: 'critical', cure: 'restart', summary: what, evidence: seen};
  return {
    status: 'warning',
    summary: `${what}, while the CPU may be the cause`,
    evidence: seen,
    because: cpu.why,
    cause: cpu.where === 'limit' ? 'config' : cpu.where === 'host' ? 'node' : 'detector',
    fix: shortageFix(context, cpu.where === 'limit' ? 'limit' : 'host'),
  };
};

const asEvidence = ({name, inference, limit}: Speed): ReturnType<typeof evidence> =>
  evidence(name, inference === null ? null : rounded(inference), limit, 'ms');

const timesOf = (speeds: readonly Speed[]): string =>
  listed(speeds.map(({inference}) => `${rounded(inference ?? 0)} ms`));

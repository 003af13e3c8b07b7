/** FRG-401: has a detector become slow? */
import {note, run} from '../../fix.js';
import type {DetectorStats} from '../../observation/frigate.js';
import {defineCheck, type CheckContext, type CheckResult} from '../check.js';
import {onCluster, restartCommand} from '../kubectl.js';
import {inferenceOf, newestSnapshot} from '../evidence/snapshots.js';
import {bySetup, evidence, inconclusive, listed, notApplicable, rounded, unobserved} from '../evidence/wording.js';
import {baselineOf, detectorsOf, neverInferred} from '../evidence/detector-history.js';
import {errorOfDetector, reportedByDetector} from '../evidence/detector-errors.js';
import {reportedBy} from '../evidence/errors.js';
import {forecastText} from '../evidence/trend.js';
import {workTrend} from '../evidence/work-trend.js';
import {processor, shortageFix} from '../evidence/detector-processor.js';

/** Slower than this many times its own healthy speed is a change, not the hardware. */
const SLOWER = 2;

interface Speed {
  readonly name: string;
  readonly state: 'well' | 'slow' | 'always-slow' | 'unused' | 'unreadable';
  readonly inference: number | null;
  readonly limit: number;
  readonly baseline: number | null;
}

export const inferenceSpeed = defineCheck('FRG-401', {
  category: 'detectors',
  cause: 'detector',
  needs: ['FRG-302'],
  settles: true,
  docs: {
    what: 'The moving average of how long one inference takes, for every detector, against its limit and against its own healthy speed under the same Frigate version: 90 ms is normal for a CPU and far too slow for a Coral.',
    limits:
      'Critical over 100 ms (`FRIGATE_HC_INFERENCE_THRESHOLD_MS`, or per detector) and more than twice its own baseline. Slow since the first observation or since a change of version is a warning; so is one that becomes slower for 2 h or more and will be at its limit within 24 h. Exactly 10.0 before the first inference means nothing; a missing or an impossible number is unknown.',
    cure: 'A restart opens the device again in a new process. It does nothing against another workload that uses the CPU, or a CPU limit that is too low: then it is a warning that names them. Nor does it for an error that the detector itself reports, such as a remote detector that does not answer: that line is quoted.',
    next: 'Check the CPU of the node, the temperature of the device and what else uses it.',
    source:
      'Frigate 0.17.2 frigate/object_detection/base.py: new = (9 · old + sample) / 10, starts at 10 ms. Measured on 0.17.2: a detector limited to 1 % of a core took 100–180 ms; another workload at load 40 raised 20 ms to 200 ms.',
  },
  fix: ({observation}) => [
    run(`kubectl${onCluster(observation)} top node`),
    note('If CPU is free:'),
    restartCommand(observation),
  ],
  judge: (context) => {
    const {stats} = context.observation.frigate;
    if (!stats.known) return unobserved(stats.why);
    const speeds = detectorsOf(context).map((detector) => speedOf(context, detector));
    if (speeds.length === 0)
      return inconclusive('no-detector-listed', 'Inference speed is not known: the statistics name no detector');
    return judgeSpeeds(context, speeds);
  },
});

const speedOf = (context: CheckContext, {name, inferenceSpeed}: DetectorStats): Speed => {
  const {policy, memory} = context;
  const limit = policy.inferenceLimits.get(name) ?? policy.inferenceLimit;
  const inference = inferenceOf(inferenceSpeed);
  const baseline = baselineOf(memory, newestSnapshot(context)?.version ?? null, name)?.inference ?? null;
  const measured = {name, inference, limit, baseline};
  if (inference === null) return {...measured, state: 'unreadable'};
  if (neverInferred(context, name)) return {...measured, state: 'unused'};
  if (inference <= limit) return {...measured, state: 'well'};
  return {...measured, state: baseline !== null && inference > SLOWER * baseline ? 'slow' : 'always-slow'};
};

const judgeSpeeds = (context: CheckContext, speeds: readonly Speed[]): CheckResult => {
  const evidenceAt = newestSnapshot(context)?.lastUpdated ?? null;
  const of = (state: Speed['state']): readonly Speed[] => speeds.filter((each) => each.state === state);
  const names = (some: readonly Speed[]): string => listed(some.map(({name}) => name));
  const slow = of('slow');
  if (slow.length > 0) return {...becameSlow(context, slow), evidenceAt};
  const always = of('always-slow');
  if (always.length > 0) {
    return {
      status: 'warning',
      summary: `${nounOf(always)} ${names(always)} slow since first observed: inference takes ${timesOf(always)} (limit ${limitOf(always)} ms)`,
      evidence: always.map(asEvidence),
      evidenceAt,
    };
  }
  const unreadable = of('unreadable');
  if (unreadable.length > 0)
    return {
      ...inconclusive('impossible-value', `Inference speed of ${nounOf(unreadable)} ${names(unreadable)} is not known`),
      evidenceAt,
    };
  if (of('unused').length === speeds.length)
    return notApplicable('No inference since the start', bySetup('no-inference-yet'));
  const rising = becomesSlower(context, speeds);
  if (rising !== null) return {...rising, evidenceAt};
  return {
    status: 'ok',
    summary: `Inference takes ${timesOf(of('well'))}`,
    evidence: speeds.map(asEvidence),
    evidenceAt,
  };
};

/** Over hours, and towards the limit: said before it is reached. */
const becomesSlower = (context: CheckContext, speeds: readonly Speed[]): CheckResult | null => {
  const [slowest] = speeds
    .flatMap(({inference, ...speed}) => (inference === null || speed.state !== 'well' ? [] : [{...speed, inference}]))
    .sort((a, b) => b.inference - a.inference);
  if (slowest === undefined) return null;
  const {name, inference, limit} = slowest;
  const trend = workTrend(context, 'inference', {value: inference, limit});
  if (trend === null) return null;
  return {
    status: 'warning',
    object: {kind: 'Detector', name},
    summary: `Detector ${name} becomes slower: inference takes ${rounded(inference)} ms (limit ${limit} ms)${forecastText(trend)}`,
    evidence: [
      ...speeds.map(asEvidence),
      evidence(`${name} rises an hour`, rounded(trend.anHour), undefined, 'ms'),
      evidence('cpu', processor(context).why),
    ],
    fix: [
      run(`kubectl${onCluster(context.observation)} top node`),
      note('Check the temperature of the device and what else uses it. No restart is made for a trend.'),
    ],
  };
};

const becameSlow = (context: CheckContext, slow: readonly Speed[]): CheckResult => {
  const cpu = processor(context);
  const what = `${nounOf(slow)} ${listed(slow.map(({name}) => name))} slow: inference takes ${timesOf(slow)} (limit ${limitOf(slow)} ms)`;
  const facts = [
    ...slow.map(asEvidence),
    ...slow.map(({name, baseline}) => evidence(`${name} baseline`, rounded(baseline ?? 0), undefined, 'ms')),
    evidence('cpu', cpu.why),
  ];
  const error = errorOfDetector(context);
  if (error !== null)
    return {status: 'critical', ...reportedByDetector(context, error, facts), summary: `${what}; ${reportedBy(error)}`};
  if (!cpu.short) return {status: 'critical', cure: 'restart', summary: what, evidence: facts};
  return {
    status: 'warning',
    summary: `${what}; ${cpu.why}`,
    evidence: facts,
    because: {kind: 'no-restart', why: 'cpu-short'},
    cause: cpu.where === 'limit' ? 'config' : cpu.where === 'host' ? 'node' : 'detector',
    fix: shortageFix(context, cpu.where === 'limit' ? 'limit' : 'host'),
  };
};

const asEvidence = ({name, inference, limit}: Speed): ReturnType<typeof evidence> =>
  evidence(name, inference === null ? null : rounded(inference), limit, 'ms');

const nounOf = ({length}: readonly Speed[]): string => (length === 1 ? 'Detector' : 'Detectors');

const limitOf = (speeds: readonly Speed[]): string => listed([...new Set(speeds.map(({limit}) => `${limit}`))]);

const timesOf = (speeds: readonly Speed[]): string =>
  listed(speeds.map(({inference}) => `${rounded(inference ?? 0)} ms`));

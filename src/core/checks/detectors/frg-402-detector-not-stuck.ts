/** FRG-402: does a detector hang inside an inference, against which Frigate's own watchdog acts? */
import {note, run, type Step} from '../../fix.js';
import type {DetectorStats, Snapshot} from '../../observation/frigate.js';
import type {Observation} from '../../observation/observation.js';
import {latest, seconds, since, type Instant} from '../../time.js';
import {defineCheck, type CheckContext, type CheckResult} from '../check.js';
import {frigateIn, restartCommand} from '../kubectl.js';
import {isRunning, tally} from '../evidence/facts.js';
import {latchedEvidence} from '../evidence/latched.js';
import {eventsInWindow, logComplete} from '../evidence/log-events.js';
import {newestSnapshot} from '../evidence/snapshots.js';
import {byCheck, evidence, inconclusive, listed, notApplicable, plural, unobserved} from '../evidence/wording.js';
import {detectorsOf, pidChanges} from '../evidence/detector-history.js';

/** Frigate's own limit: over it its watchdog acts (frigate/watchdog.py). */
const STUCK = seconds(10);
/** From "Force killing" to "Detection process has exited" and the new start. */
const SUCCESSOR = seconds(60);
const CHANGES_AN_HOUR = 3;
const CHANGES_IN_THREE_HOURS = 6;

/** One reason to call a detector stuck; `detectors` is empty where the log does not name them. */
interface Trouble {
  readonly what: string;
  readonly detectors: readonly string[];
  readonly at: Instant | null;
  readonly latched: boolean;
}

export const detectorNotStuck = defineCheck('FRG-402', {
  category: 'detectors',
  cause: 'detector',
  needs: ['FRG-202'],
  after: ['FRG-302'],
  blindWithout: ['FRG-301'],
  settles: true,
  docs: {
    what: 'Four signs of a detector that hangs in the middle of an inference: a `detection_start` that was over 10 s old when the snapshot was taken, "stuck" lines in the log, a kill without a new process after it, and a process that is replaced repeatedly.',
    limits:
      'Critical when `last_updated − detection_start` exceeds 10 s; more than 2 stuck events in the log window; "Force killing" and no new process within 60 s; or 3 replacements in 60 min or 6 in 3 h. If other detectors still work, the stuck one is named and nothing is restarted.',
    cure: 'A restart opens the device in a new process. Frigate itself recovers from a single hang within 46 s, which never leads to a restart; a device that hangs again after restarts is not cured by more of them (R-10).',
    next: "USB: another port, a powered hub, the cable. PCIe and GPU: the node's kernel log.",
    source:
      'Frigate 0.17.2 frigate/watchdog.py, frigate/object_detection/base.py. Measured on 0.17.2 with a detector stopped inside an inference: Frigate replaced it after 46 s. In 516 polls of a healthy Frigate 21 appeared stuck when compared with the present time, none when the snapshot was compared with itself.',
  },
  fix: ({observation}) => [logsOf(observation), note('Then:'), restartCommand(observation)],
  judge: (context) => {
    if (!isRunning(context.observation)) return notApplicable("Frigate's container is not running", byCheck('FRG-203'));
    const troubles = [
      ...hangingNow(context),
      ...killedWithoutSuccessor(context),
      ...stuckEvents(context),
      ...replacedOften(context),
    ];
    return troubles.length > 0 ? hanging(context, troubles) : noneStuck(context);
  },
});

const logsOf = (observation: Observation): Step =>
  run(`kubectl logs ${frigateIn(observation)} | grep -E 'stuck|Force killing|has exited'`);

const hanging = (context: CheckContext, troubles: readonly Trouble[]): CheckResult => {
  const named = [...new Set(troubles.flatMap(({detectors}) => detectors))].sort();
  const all = detectorNames(context);
  const alone = all.length > 0 && all.every((name) => named.includes(name));
  const newest = troubles.reduce<Instant | null>(
    (at, trouble) => (at === null ? trouble.at : trouble.at === null ? at : latest(at, trouble.at)),
    null,
  );
  const [first] = troubles;
  return {
    status: 'critical',
    outage: alone,
    faults: named.map((name) => `detector:${name}`),
    cure: alone ? 'restart' : 'none',
    persistence: troubles.some(({latched}) => latched) ? 'latched' : 'sample',
    evidenceAt: newest,
    summary: `${named.length > 0 ? `Detector ${listed(named)}` : 'A detector'}: ${first?.what ?? 'stuck'}${alone ? '' : '; no restart, because other detectors may still work'}`,
    evidence: troubles.map(({what, detectors}) => evidence(listed(detectors) || 'detector', what)),
    ...(alone
      ? {}
      : {
          fix: [
            logsOf(context.observation),
            note('Check the device of the detector: its cable, its driver, its temperature.'),
          ],
        }),
    ...(named.length === 1 && named[0] !== undefined ? {object: {kind: 'Detector', name: named[0]}} : {}),
  };
};

const noneStuck = (context: CheckContext): CheckResult => {
  const {
    log,
    frigate: {stats},
  } = context.observation;
  if (!stats.known) return unobserved(stats.why);
  if (!log.known) return unobserved(log.why);
  if (!log.value.complete)
    return inconclusive('log-incomplete', 'Whether a detector is stuck is not known: the log was not read to its end');
  return {status: 'ok', summary: 'No detector is stuck', evidenceAt: newestSnapshot(context)?.lastUpdated ?? null};
};

/** The snapshot against itself, never against the present time: by the latter a healthy busy detector appears 10–19 s old. */
const hangingNow = (context: CheckContext): readonly Trouble[] => {
  const newest = newestSnapshot(context);
  // Frozen statistics repeat one inference.
  if (newest === null || newest.lastUpdated === null || context.finding('FRG-302').status === 'critical') return [];
  const at = newest.lastUpdated;
  return detectorsOf(context).flatMap((detector) => {
    const age = inferenceAge(newest, detector);
    return age !== null && age > STUCK
      ? [
          {
            what: `inference stuck for ${Math.round(age / 1000)} s (limit ${STUCK / 1000} s)`,
            detectors: [detector.name],
            at,
            latched: false,
          },
        ]
      : [];
  });
};

/** Milliseconds that the inference under way had taken at the snapshot; `null`: none, or one from before this process. */
const inferenceAge = ({lastUpdated, uptime}: Snapshot, {detectionStart}: DetectorStats): number | null => {
  if (detectionStart === null || !Number.isFinite(detectionStart) || detectionStart <= 0 || lastUpdated === null)
    return null;
  const age = lastUpdated - detectionStart * 1000;
  // `last_updated` has whole seconds, so an inference may appear to begin a little before the process.
  return uptime !== null && age > uptime + STUCK ? null : age;
};

const stuckEvents = (context: CheckContext): readonly Trouble[] => {
  const events = eventsInWindow(context, 'detector-stuck');
  if (!events.known || events.value.count <= context.policy.stuckEvents) return [];
  return [
    {
      what: `${plural(events.value.count, 'stuck event')} in the log window (limit ${context.policy.stuckEvents})`,
      detectors: onlyDetector(context),
      at: events.value.last,
      latched: false,
    },
  ];
};

/** SIGKILL does not end a process in uninterruptible sleep; Frigate's watchdog then waits without end (frigate/watchdog.py). */
const killedWithoutSuccessor = (context: CheckContext): readonly Trouble[] => {
  const kill = tally(context.observation, 'detector-force-kill');
  const latched = latchedEvidence(context, 'detector-force-kill');
  const at = kill?.last ?? latched?.at ?? null;
  if (at === null || since(at, context.now) <= SUCCESSOR || succeeded(context, at)) return [];
  if (latched === null && !logComplete(context)) return [];
  return [
    {
      what: `killed, and no new process started within ${SUCCESSOR / 1000} s`,
      detectors: onlyDetector(context),
      at,
      latched: true,
    },
  ];
};

const succeeded = (context: CheckContext, kill: Instant): boolean => {
  const after = (['detector-exited', 'detector-started'] as const).some(
    (signature) => (tally(context.observation, signature)?.last ?? 0) >= kill,
  );
  return after || detectorsOf(context).some(({name}) => (pidChanges(context, name).last ?? 0) >= kill);
};

const replacedOften = (context: CheckContext): readonly Trouble[] =>
  detectorsOf(context).flatMap(({name}) => {
    const {hour, threeHours, last} = pidChanges(context, name);
    if (hour < CHANGES_AN_HOUR && threeHours < CHANGES_IN_THREE_HOURS) return [];
    const what =
      hour >= CHANGES_AN_HOUR
        ? `process replaced ${hour} times in 60 min (limit ${CHANGES_AN_HOUR - 1})`
        : `process replaced ${threeHours} times in 3 h (limit ${CHANGES_IN_THREE_HOURS - 1})`;
    return [{what, detectors: [name], at: last, latched: false}];
  });

/** The log does not name the detector; with a single one there is no doubt. */
const onlyDetector = (context: CheckContext): readonly string[] => {
  const names = detectorNames(context);
  return names.length === 1 ? names : [];
};

/** The detectors of this Frigate: as the statistics name them, else as the configuration and the stored baselines do. */
const detectorNames = (context: CheckContext): readonly string[] => {
  const listedNames = detectorsOf(context).map(({name}) => name);
  if (listedNames.length > 0) return listedNames;
  const {config} = context.observation.frigate;
  const configured = config.known ? [...config.value.detectors.keys()] : [];
  return [...new Set([...configured, ...context.memory.baselines.map(({detector}) => detector)])].sort();
};

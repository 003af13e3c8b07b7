/** FRG-402: does Frigate's own watchdog fight with a detector? */
import type {DetectorStats, Snapshot} from '../../observation/frigate.js';
import {latest, seconds, since, type Instant} from '../../time.js';
import type {Check, CheckContext, Verdict} from '../check.js';
import {frigateIn, restartCommand} from '../kubectl.js';
import {isRunning, tally} from '../facts.js';
import {latchedEvidence} from '../latched.js';
import {eventsInWindow, logComplete} from '../log-events.js';
import {newestSnapshot} from '../snapshots.js';
import {evidence, listed, notApplicable, plural, unseen} from '../wording.js';
import {detectorsOf, pidChanges} from './history.js';

/** Frigate's own limit: over it its watchdog acts (frigate/watchdog.py). */
const STUCK = seconds(10);
/** From "Force killing" to "Detection process has exited" and the new start. */
const SUCCESSOR = seconds(60);
const CHANGES_AN_HOUR = 3;
const CHANGES_IN_THREE_HOURS = 6;

/** One reason to call a detector stuck; `detectors` is empty where the log does not say which. */
interface Trouble {
  readonly what: string;
  readonly detectors: readonly string[];
  readonly at: Instant | null;
  readonly latched: boolean;
}

export const stuck: Check = {
  id: 'FRG-402',
  title: 'detector not stuck',
  category: 'detectors',
  cause: 'detector',
  needs: ['FRG-202'],
  after: ['FRG-302'],
  blindWithout: ['FRG-301'],
  settles: true,
  docs: {
    what: 'Four traces of a detector that hangs in the middle of an inference: a `detection_start` that was over 10 s old when the snapshot was taken, "stuck" lines in the log, a kill that got no successor, and a process that is replaced again and again.',
    limits:
      'Critical when `last_updated − detection_start` exceeds 10 s; more than 2 stuck events in the log window; "Force killing" and no new process within 60 s; or 3 replacements in 60 min or 6 in 3 h. One of several detectors: named, and the good ones are not killed for it.',
    cure: 'A restart gives the device to a new process. A single hang is healed by Frigate itself within 46 s and never leads to a restart; a device that hangs again after restarts is not cured by more of them (R-10).',
    next: "USB: another port, a powered hub, the cable. PCIe and GPU: the node's kernel log.",
    source:
      'Frigate 0.17.2 frigate/watchdog.py, frigate/object_detection/base.py. Measured on 0.17.2 with a detector stopped inside an inference: Frigate replaced it after 46 s. Of 516 polls of a healthy Frigate 21 looked stuck by the age against now, none by the snapshot against itself.',
  },
  fix: ({observation}) =>
    `kubectl logs ${frigateIn(observation)} | grep -E 'stuck|Force killing|has exited'  # then: ${restartCommand(observation)}`,
  judge: (context) => {
    if (!isRunning(context.observation)) return notApplicable("Frigate's container does not run", 'FRG-203');
    const troubles = [
      ...hangingNow(context),
      ...killedWithoutSuccessor(context),
      ...stuckEvents(context),
      ...replacedOften(context),
    ];
    return troubles.length > 0 ? told(context, troubles) : quiet(context);
  },
};

const told = (context: CheckContext, troubles: readonly Trouble[]): Verdict => {
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
    cure: alone ? 'restart' : 'none',
    persistence: troubles.some(({latched}) => latched) ? 'latched' : 'sample',
    evidenceAt: newest,
    summary: `${named.length > 0 ? `Detector ${listed(named)}` : 'A detector'}: ${first?.what ?? 'stuck'}${alone ? '' : '; the others work, so no restart'}`,
    evidence: troubles.map(({what, detectors}) => evidence(listed(detectors) || 'detector', what)),
    ...(named.length === 1 && named[0] !== undefined ? {object: {kind: 'Detector', name: named[0]}} : {}),
  };
};

const quiet = (context: CheckContext): Verdict => {
  const {
    log,
    frigate: {stats},
  } = context.observation;
  if (!stats.known) return unseen(stats.why);
  if (!log.known) return unseen(log.why);
  if (!log.value.complete)
    return {status: 'unknown', summary: 'The log was not read to its end', because: 'what was not read proves nothing'};
  return {status: 'ok', summary: 'No detector hangs', evidenceAt: newestSnapshot(context)?.lastUpdated ?? null};
};

/** The snapshot against itself, never against now: a healthy busy detector looks 10–19 s old by the latter. */
const hangingNow = (context: CheckContext): readonly Trouble[] => {
  const newest = newestSnapshot(context);
  // Frozen statistics repeat one inference for ever.
  if (newest === null || newest.lastUpdated === null || context.finding('FRG-302').status === 'critical') return [];
  const at = newest.lastUpdated;
  return detectorsOf(context).flatMap((detector) => {
    const age = inferenceAge(newest, detector);
    return age !== null && age > STUCK
      ? [
          {
            what: `one inference has run for ${Math.round(age / 1000)} s`,
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
  // `last_updated` has whole seconds, so an inference may seem to begin a little before the process.
  return uptime !== null && age > uptime + STUCK ? null : age;
};

const stuckEvents = (context: CheckContext): readonly Trouble[] => {
  const events = eventsInWindow(context, 'detector-stuck');
  if (!events.known || events.value.count <= context.policy.stuckEvents) return [];
  return [
    {
      what: `${plural(events.value.count, 'stuck event')} in the window (limit ${context.policy.stuckEvents})`,
      detectors: onlyDetector(context),
      at: events.value.last,
      latched: false,
    },
  ];
};

/** SIGKILL does not end a process in uninterruptible sleep; Frigate's watchdog then waits for ever (frigate/watchdog.py). */
const killedWithoutSuccessor = (context: CheckContext): readonly Trouble[] => {
  const kill = tally(context.observation, 'detector-force-kill');
  const latched = latchedEvidence(context, 'detector-force-kill');
  const at = kill?.last ?? latched?.at ?? null;
  if (at === null || since(at, context.now) <= SUCCESSOR || succeeded(context, at)) return [];
  if (latched === null && !logComplete(context)) return [];
  return [{what: 'killed, and no new process followed', detectors: onlyDetector(context), at, latched: true}];
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
    const what = hour >= CHANGES_AN_HOUR ? `replaced ${hour} times in 60 min` : `replaced ${threeHours} times in 3 h`;
    return [{what, detectors: [name], at: last, latched: false}];
  });

/** The log does not say which detector it means; with a single one there is no doubt. */
const onlyDetector = (context: CheckContext): readonly string[] => {
  const names = detectorNames(context);
  return names.length === 1 ? names : [];
};

/** The detectors of this Frigate: as the statistics name them, else as the configuration and the memory do. */
const detectorNames = (context: CheckContext): readonly string[] => {
  const seen = detectorsOf(context).map(({name}) => name);
  if (seen.length > 0) return seen;
  const {config} = context.observation.frigate;
  const configured = config.known ? [...config.value.detectors.keys()] : [];
  return [...new Set([...configured, ...context.memory.baselines.map(({detector}) => detector)])].sort();
};

/** FRG-302: do the statistics still move? */
import type {Memory} from '../../memory.js';
import type {Observation} from '../../observation/observation.js';
import {humanDuration, minutes, offset, seconds, since, type Duration, type Instant} from '../../time.js';
import type {Check, CheckContext, Verdict} from '../check.js';
import {frigateIn, restartCommand} from '../kubectl.js';
import {frigateContainer} from '../facts.js';
import {mediaAnswers} from '../media-mount.js';
import {olderThan} from '../snapshots.js';
import {evidence, unseen} from '../wording.js';

/** Normal is up to 21 s, and up to 30 s in the first half minute (measured on 0.17.2). */
const SUSPICIOUS = seconds(45);
const FROZEN = seconds(90);
/** Two whole seconds of the `Date` header and of `last_updated`, and a little network. */
const CLOCK_GRAIN = seconds(5);
/** What the age of a healthy snapshot may vary by between two passes. */
const NORMAL_AGE = seconds(45);

export const fresh: Check = {
  id: 'FRG-302',
  title: 'stats fresh',
  category: 'frigate',
  cause: 'process',
  needs: ['FRG-301'],
  after: ['FRG-606'],
  docs: {
    what: 'Compares `service.last_updated` with the `Date` of the same reply. From 0.14 on the API serves a stored snapshot: when the thread that makes it is dead or blocked, everything looks healthy for ever while recording of all cameras has stopped.',
    limits:
      'Warning over 45 s, critical over 90 s, or when the snapshot is still the one of the pass before. Old but advancing, or in the future, is a clock fault (FRG-103), not this.',
    cure: 'A restart cures a dead or blocked thread. A hung media mount freezes the statistics too, and then the new pod cannot even start: on a network mount a restart needs FRG-606 to be well.',
    next: 'Look for `Exception in thread` in the log (FRG-605), and whether the media mount answers (FRG-606).',
    source:
      'Frigate 0.14+ frigate/stats/emitter.py: a 15 s loop without try. Measured on 0.17.2: a stopped manager process, a brief database lock and a hanging media mount each froze the numbers for ever, with HTTP 200 in milliseconds.',
  },
  fix: ({observation}) =>
    `kubectl exec ${frigateIn(observation)} -- timeout 5 stat -f /media/frigate/recordings  # when it answers: ${restartCommand(observation)}`,
  judge: (context) => {
    const {stats} = context.observation.frigate;
    if (!stats.known) return unseen(stats.why);
    const {snapshot, date} = stats.value;
    if (snapshot.lastUpdated === null) {
      return olderThan(snapshot.version, 0, 12) === true
        ? {status: 'ok', summary: 'This Frigate makes its statistics at every request'}
        : {
            status: 'unknown',
            summary: 'The statistics carry no last_updated',
            because: 'service.last_updated is missing',
          };
    }
    return judgeAge(context, snapshot.lastUpdated, date);
  },
};

const judgeAge = (context: CheckContext, lastUpdated: Instant, date: Instant | null): Verdict => {
  const age = offset(lastUpdated, date ?? context.now);
  const seen = [evidence('age', Math.round(age / 1000), FROZEN / 1000, 's')];
  const well: Verdict = {
    status: 'ok',
    summary: `The newest snapshot is ${humanDuration(since(lastUpdated, date ?? context.now))} old`,
    evidence: seen,
    evidenceAt: lastUpdated,
  };
  // Where the clock of the snapshots is ahead, the time since the last pass says more than their age.
  if (unmoved(context, lastUpdated)) return frozen(context, Math.max(age, sincePass(context)), lastUpdated);
  if (age + CLOCK_GRAIN < 0) {
    return {
      ...well,
      status: 'info',
      summary: `The snapshot is ${humanDuration(since(date ?? context.now, lastUpdated))} in the future: a clock fault (FRG-103)`,
    };
  }
  if (age <= SUSPICIOUS) return well;
  if (advancing(context, lastUpdated, age)) {
    return {...well, status: 'info', summary: 'The snapshot looks old but advances: a clock fault (FRG-103)'};
  }
  if (date === null) {
    return {
      ...well,
      status: 'unknown',
      summary: 'The snapshot looks old, but the reply carries no Date to hold it against',
      because: 'no Date header',
    };
  }
  if (age <= FROZEN)
    return {
      ...well,
      status: 'warning',
      summary: `The newest snapshot is ${humanDuration(since(lastUpdated, date))} old`,
    };
  return frozen(context, age, lastUpdated);
};

const frozen = (context: CheckContext, age: number, lastUpdated: Instant): Verdict => {
  const mount = mediaAnswers(context);
  return {
    status: 'critical',
    persistence: 'standstill',
    evidenceAt: lastUpdated,
    cure: mount.restartMayHelp ? 'restart' : 'none',
    cause: mount.hangs ? 'storage' : 'process',
    summary: `The statistics have stood still for ${humanDuration(seconds(Math.max(0, Math.round(age / 1000))))}${mount.restartMayHelp ? '' : `; ${mount.why}`}`,
    evidence: [
      evidence('age', Math.round(age / 1000), FROZEN / 1000, 's'),
      evidence('media mount', mount.type ?? 'not known'),
      evidence('FRG-606', mount.probe),
    ],
    ...(mount.restartMayHelp ? {} : {because: mount.why}),
  };
};

/** How long ago the pass was that remembered; the end of the log that it read stands for its time, else one interval. */
const sincePass = ({memory, now, policy}: CheckContext): Duration =>
  memory.logCursor === null ? policy.interval : since(memory.logCursor, now);

const sameContainer = (memory: Memory, observation: Observation): boolean =>
  memory.containerId !== null && memory.containerId === frigateContainer(observation)?.id;

/** The snapshot is still the one of an earlier pass, long enough ago: it does not advance, whatever the clocks say. */
const unmoved = (context: CheckContext, lastUpdated: Instant): boolean =>
  sameContainer(context.memory, context.observation) &&
  context.memory.lastUpdated === lastUpdated &&
  context.memory.logCursor !== null &&
  sincePass(context) > FROZEN;

/**
 * Age and advance since the last pass together exceed the time since then: the clock of the snapshots is set back, they move.
 * A clock that stands `age` behind is believed only while the advance itself is that of a living Frigate.
 */
const advancing = (context: CheckContext, lastUpdated: Instant, age: number): boolean => {
  const before = context.memory.lastUpdated;
  if (before === null || !sameContainer(context.memory, context.observation)) return false;
  const passed = sincePass(context);
  const advance = offset(before, lastUpdated);
  return passed >= minutes(1) && Math.abs(advance - passed) <= NORMAL_AGE && age + advance > passed + NORMAL_AGE;
};

/** FRG-302: are the statistics still updated? */
import {note, run} from '../../fix.js';
import type {Baselines} from '../../state/baselines.js';
import type {Observation} from '../../observation/observation.js';
import {humanDuration, milliseconds, minutes, offset, seconds, since, type Duration, type Instant} from '../../time.js';
import {defineCheck, type CheckContext, type CheckResult} from '../check.js';
import {frigateIn, restartCommand} from '../kubectl.js';
import {frigateContainer} from '../evidence/facts.js';
import {mediaAnswers} from '../evidence/media-mount.js';
import {olderThan} from '../evidence/snapshots.js';
import {byCheck, evidence, inconclusive, unobserved} from '../evidence/wording.js';

/** Normal is up to 21 s, and up to 30 s in the first half minute (measured on 0.17.2). */
const SUSPICIOUS = seconds(45);
const FROZEN = seconds(90);
/** Two whole seconds of the `Date` header and of `last_updated`, and a little network. */
const CLOCK_GRAIN = seconds(5);
/** What the age of a healthy snapshot may vary by between two passes. */
const NORMAL_AGE = seconds(45);

export const statisticsFresh = defineCheck('FRG-302', {
  category: 'frigate',
  cause: 'process',
  needs: ['FRG-301'],
  after: ['FRG-606'],
  provenAfter: {
    least: seconds(60),
    source:
      'measured on 0.17.2: 207 snapshots of Frigate came 15 or 16 s apart; after 36 s two are missing, after 60 s three and the segments with them',
  },
  docs: {
    what: 'Compares `service.last_updated` with the `Date` of the same reply. From 0.14 on the API serves a stored snapshot: when the thread that makes it is terminated or blocked, all statistics stay healthy while recording of all cameras has stopped.',
    limits:
      'Warning over 45 s, critical over 90 s, or when the snapshot is still that of the previous pass. Old but advancing (another snapshot was observed less than 45 s ago), or in the future, is a clock fault (FRG-103), not this.',
    cure: 'A restart cures a terminated or blocked thread. A hung media mount freezes the statistics too, and then the new pod cannot even start: on a network mount a restart needs FRG-606 to be ok.',
    next: 'Search the log for `Exception in thread` (FRG-605), and check whether the recordings mount responds (FRG-606).',
    source:
      'Frigate 0.14+ frigate/stats/emitter.py: a 15 s loop without try. Measured on 0.17.2: a stopped manager process, a brief database lock and a hanging media mount each froze the statistics until the next restart, with HTTP 200 in milliseconds.',
  },
  fix: ({observation}) => [
    run(`kubectl exec ${frigateIn(observation)} -- timeout 5 stat -f /media/frigate/recordings`),
    note('If the mount responds within 5 s:'),
    restartCommand(observation),
  ],
  judge: (context) => {
    const {stats} = context.observation.frigate;
    if (!stats.known) return unobserved(stats.why);
    const {snapshot, date} = stats.value;
    if (snapshot.lastUpdated === null) {
      return olderThan(snapshot.version, 0, 12) === true
        ? {status: 'ok', summary: 'This Frigate version computes its statistics at every request'}
        : inconclusive('no-last-updated', 'Age of the statistics is not known: they contain no last_updated');
    }
    return judgeAge(context, snapshot.lastUpdated, date);
  },
});

const judgeAge = (context: CheckContext, lastUpdated: Instant, date: Instant | null): CheckResult => {
  const age = offset(lastUpdated, date ?? context.now);
  const facts = [evidence('age', Math.round(age / 1000), FROZEN / 1000, 's')];
  const well: CheckResult = {
    status: 'ok',
    summary: `Statistics are ${humanDuration(since(lastUpdated, date ?? context.now))} old`,
    evidence: facts,
    evidenceAt: lastUpdated,
  };
  // Where the clock of the snapshots is ahead, the time since the last pass is more reliable than their age.
  const standing = standsFor(context, lastUpdated);
  if (standing > FROZEN) return frozen(context, Math.max(age, standing), lastUpdated);
  if (age + CLOCK_GRAIN < 0) {
    return {
      ...well,
      status: 'info',
      summary: `Statistics are stamped ${humanDuration(since(date ?? context.now, lastUpdated))} in the future: a clock fault (FRG-103)`,
    };
  }
  if (age <= SUSPICIOUS) return well;
  const sinceOther = sinceAnother(context, lastUpdated);
  if (sinceOther <= SUSPICIOUS || advancing(context, lastUpdated, age)) {
    return {...well, status: 'info', summary: 'Statistics appear old but advance: a clock fault (FRG-103)'};
  }
  if (date === null) {
    return {
      ...well,
      ...inconclusive('no-date', 'Statistics appear old, but the reply has no Date header to compare them with'),
    };
  }
  if (Math.min(age, sinceOther) <= FROZEN)
    return {
      ...well,
      status: 'warning',
      because: {kind: 'not-judged'},
      summary: `Statistics are ${humanDuration(since(lastUpdated, date))} old (limit ${humanDuration(SUSPICIOUS)})`,
    };
  return frozen(context, Math.min(age, sinceOther), lastUpdated);
};

const frozen = (context: CheckContext, age: number, lastUpdated: Instant): CheckResult => {
  const mount = mediaAnswers(context);
  return {
    status: 'critical',
    // In every way that was measured the recording of all cameras stops with them.
    outage: true,
    persistence: 'standstill',
    evidenceAt: lastUpdated,
    cure: mount.restartMayHelp ? 'restart' : 'none',
    cause: mount.hangs ? 'storage' : 'process',
    summary: `Statistics frozen for ${humanDuration(seconds(Math.max(0, Math.round(age / 1000))))} (limit ${humanDuration(FROZEN)})${mount.restartMayHelp ? '' : `; ${mount.why}`}`,
    evidence: [
      evidence('age', Math.round(age / 1000), FROZEN / 1000, 's'),
      evidence('recordings mount', mount.type ?? 'not known'),
      evidence('FRG-606', mount.probe),
    ],
    ...(mount.restartMayHelp ? {} : {because: byCheck('FRG-606')}),
  };
};

/** How long ago the last stored pass was; the end of the log that it read stands for its time, else one interval. */
const sincePass = ({memory, now, policy}: CheckContext): Duration =>
  memory.logCursor === null ? policy.interval : since(memory.logCursor, now);

const sameContainer = (memory: Baselines, observation: Observation): boolean =>
  memory.containerId !== null && memory.containerId === frigateContainer(observation)?.id;

/** For how long the snapshot has been that of earlier passes: so long it does not advance, whatever the clocks show. */
const standsFor = (context: CheckContext, lastUpdated: Instant): Duration => {
  const {memory, observation, now} = context;
  if (!sameContainer(memory, observation)) return seconds(0);
  const {logCursor, statisticsObserved: observed = null} = memory;
  return milliseconds(
    Math.max(
      logCursor !== null && memory.lastUpdated === lastUpdated ? sincePass(context) : 0,
      observed?.lastUpdated === lastUpdated ? since(observed.first, now) : 0,
    ),
  );
};

/** Since when another snapshot was observed: this one is no older, whatever its stamp says. Infinite where no pass observed another. */
const sinceAnother = ({memory, observation, now}: CheckContext, lastUpdated: Instant): number => {
  const observed = memory.statisticsObserved ?? null;
  if (!sameContainer(memory, observation) || observed === null) return Infinity;
  const otherAt = observed.lastUpdated === lastUpdated ? observed.otherAt : observed.last;
  return otherAt === null ? Infinity : since(otherAt, now);
};

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

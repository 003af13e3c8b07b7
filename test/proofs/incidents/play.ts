/** Plays an incident through the real street: scan the log, assess, diagnose, remember, decide, and compose what is sent. */
import {compose, type ComposedAlert} from '../../../src/core/incident/compose.js';
import {pending} from '../../../src/core/incident/outbox.js';
import {markDelivered} from '../../support/delivered.js';
import type {Decision} from '../../../src/core/decision/decision.js';
import type {Diagnosis} from '../../../src/core/diagnosis/diagnosis.js';
import type {Finding} from '../../../src/core/finding.js';
import {known, notAsked, type Known} from '../../../src/core/known.js';
import type {LogEvidence} from '../../../src/core/observation/log.js';
import type {Observation} from '../../../src/core/observation/observation.js';
import type {Policy} from '../../../src/core/policy.js';
import {freshState} from '../../../src/core/state/codec.js';
import type {OutboxEntry, State} from '../../../src/core/state/state.js';
import {
  days,
  hours,
  later,
  milliseconds,
  minutes,
  seconds,
  type Duration,
  type Instant,
} from '../../../src/core/time.js';
import {LogScanner} from '../../../src/frigate/log/scan.js';
import {judge} from '../../../src/pass/judge.js';
import {
  aContainer,
  ago,
  anObservation,
  aPod,
  aPolicy,
  aWorkload,
  now,
  type ObservationChanges,
} from '../../support/observation.js';
import {shifted} from '../support/shifted.js';
import type {LogLine, Moment, Story} from './incident.js';

const INTERVAL = minutes(5);
/** Enough to learn what is normal here. */
const HEALTHY_PASSES = 6;
const PASSES = 9;
/** From the order until the new container runs. */
const ROLLOUT = seconds(35);
const LOG_WINDOW = minutes(10);
/** The log of a container of which nothing is known is read from its beginning, at most so far back. */
const FIRST_WINDOW = hours(6);

export interface Pass {
  /** 1 is the first one after the beginning; 0 and less are before it. */
  readonly number: number;
  /** From the beginning of the outage. */
  readonly since: Duration;
  readonly findings: readonly Finding[];
  readonly diagnosis: Diagnosis;
  readonly decision: Decision;
}

export interface Played {
  readonly passes: readonly Pass[];
  readonly mails: ReadonlyArray<{
    readonly pass: number;
    readonly kind: OutboxEntry['kind'];
    readonly mail: ComposedAlert;
  }>;
}

/** How often it is observed once the outage began, and by which policy it is judged. */
export interface Pace {
  readonly every: Duration;
  readonly policy: Policy;
}

/** As the CronJob does. */
export const CRON_JOB: Pace = {every: INTERVAL, policy: aPolicy()};

/** How long an incident is played from its beginning. */
export const lengthOf = ({passes = PASSES}: Story): Duration => milliseconds(passes * INTERVAL);

/**
 * @param phase Seconds from the beginning of the outage to the first pass after it.
 * @param pace The healthy time before is observed once in an interval, whatever the pace. While a rollout lasts nothing is observed:
 *   the stories say what is there before and after it.
 */
export const play = (story: Story, phase: number, {every, policy}: Pace = CRON_JOB): Played => {
  let state: State = freshState;
  const passes: Pass[] = [];
  const mails: Array<Played['mails'][number]> = [];
  const restarts: Restart[] = [];
  const first = story.fromTheFirstLook === true ? 1 : 1 - HEALTHY_PASSES;
  const last = every === INTERVAL ? (story.passes ?? PASSES) : Math.floor(lengthOf(story) / every);
  for (let number = first; number <= last; number += 1) {
    const since = milliseconds(seconds(phase) + (number - 1) * (number < 1 ? INTERVAL : every));
    const rollout = restarts.at(-1);
    if (rollout !== undefined && since < rollout.at + ROLLOUT) continue;
    const clocks = story.clocks?.(since) ?? milliseconds(0);
    const at = later(now, milliseconds(since + clocks));
    const observation = shifted(
      observe(
        story,
        {since, restarts: restarts.length},
        restarts.at(-1) ?? null,
        number === first || number === 1 ? FIRST_WINDOW : LOG_WINDOW,
      ),
      clocks,
    );
    const reading = number === first ? 'fresh' : 'sound';
    const attemptId = `attempt-${number}`;
    const {findings, diagnosis, decision} = judge(
      {
        observation,
        recalledState: {state, reading, soundness: observation.state, map: null, guard: null, setAside: null},
        reading,
        timings: new Map(),
      },
      {policy, attemptId, by: 'a proof', request: null, alerting: true, wipeNotifiedAt: null, guard: null},
    );
    passes.push({number, since, findings, diagnosis, decision});
    state = decision.next;
    if (decision.attempt !== null) {
      restarts.push({id: attemptId, at: since});
      state = {
        ...state,
        restarts: state.restarts.map((restart) =>
          restart.id === attemptId ? {...restart, phase: 'acted', settledAt: at} : restart,
        ),
      };
    }
    for (const entry of pending(state)) {
      mails.push({
        pass: number,
        kind: entry.kind,
        mail: compose(entry, state, {
          namespace: 'frigate',
          workload: {kind: 'Deployment', name: 'frigate'},
          cluster: 'home',
          version: '1.0.0',
          now: at,
          hints: {cronJob: 'frigate-health', mode: 'active'},
        }),
      });
      state = markDelivered(state, entry.key, at);
    }
  }
  return {passes, mails};
};

interface Restart {
  readonly id: string;
  /** Since the outage began. */
  readonly at: Duration;
}

/** Built as if this moment were the builders' `now`, and then moved to when it is. */
const observe = (story: Story, moment: Moment, last: Restart | null, window: Duration): Observation => {
  const cured = story.restartCures && moment.restarts > 0;
  const begun = moment.since >= 0 || story.fromTheFirstLook === true;
  const usual = story.always ?? {};
  const seen = begun && !cured ? merged(usual, story.see?.(moment) ?? {}) : usual;
  const started = last === null ? Number.NEGATIVE_INFINITY : last.at + ROLLOUT;
  return shifted(
    anObservation({
      ...(last === null ? {} : afterRestart(last, moment)),
      ...seen,
      log: seen.log ?? scanned(cured ? [] : (story.log ?? []), moment, started, window),
      previousLog:
        story.previousLog === undefined || !begun || cured
          ? notAsked('the container did not exit')
          : known(
              scan(
                story.previousLog.map(
                  (line, index, all) => [ago(seconds(120 + (all.length - 1 - index) / 10)), line] as const,
                ),
                LOG_WINDOW,
              ),
            ),
    }),
    moment.since,
  );
};

const merged = (usual: ObservationChanges, seen: ObservationChanges): ObservationChanges => ({
  ...usual,
  ...seen,
  frigate: {...usual.frigate, ...seen.frigate},
});

/** The pod and the workload as a restart of ours leaves them. */
const afterRestart = ({id, at}: Restart, {since, restarts}: Moment): ObservationChanges => {
  const rolledOut = ago(milliseconds(since - at));
  const started = later(rolledOut, ROLLOUT);
  return {
    workload: known({
      found: 'one',
      workload: aWorkload({restartedAt: rolledOut, attempt: id, annotated: true, revisions: [rolledOut, ago(days(2))]}),
    }),
    pods: known([
      aPod({
        uid: `pod-${restarts}`,
        createdAt: rolledOut,
        frigate: aContainer({id: `containerd://c${restarts + 1}`, state: {phase: 'running', startedAt: started}}),
      }),
    ]),
  };
};

/** What this container said in the window of this pass. */
const scanned = (lines: readonly LogLine[], {since}: Moment, started: number, window: Duration): Known<LogEvidence> => {
  const from = Math.max(since - window, started) / 1000;
  const said = lines.flatMap(({line, ...when}) =>
    timesOf(when, from, since / 1000).map(
      (second) => [later(now, milliseconds(Math.round(second * 1000) - since)), line] as const,
    ),
  );
  return known(scan(said, window));
};

const timesOf = (
  {at, every, until = Number.POSITIVE_INFINITY}: Omit<LogLine, 'line'>,
  from: number,
  to: number,
): readonly number[] => {
  const end = Math.min(until, to);
  if (every === undefined) return at >= from && at < end ? [at] : [];
  const times: number[] = [];
  for (let second = at + Math.max(0, Math.ceil((from - at) / every)) * every; second < end; second += every)
    times.push(second);
  return times;
};

const scan = (lines: ReadonlyArray<readonly [Instant, string]>, window: Duration): LogEvidence => {
  const scanner = new LogScanner({since: ago(window), to: now});
  scanner.push(
    Buffer.from(
      [...lines]
        .sort(([a], [b]) => a - b)
        .map(([at, line]) => `${new Date(at).toISOString()} ${line}\n`)
        .join(''),
    ),
  );
  return scanner.finish(true);
};

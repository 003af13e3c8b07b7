/**
 * Evidence with a duration (docs/serve.md, "How long a failure must last"): `decide` over every course of observations of one
 * Frigate, by steps of 5 s as `serve` judges and of 5 min as the CronJob does. A course is a failure that is observed on and on, on new
 * evidence or on the same, with up to two deviations at any step (`--long`: three). What a restart needs is written down here once more, in the time of the course itself.
 */
import {decide} from '../../../src/core/decide.js';
import {rules, type Rule} from '../../../src/core/decision/rules.js';
import type {CheckId, Finding} from '../../../src/core/finding.js';
import type {Policy} from '../../../src/core/policy.js';
import type {State, Streak} from '../../../src/core/state/state.js';
import {earlier, later, minutes, seconds, since, type Duration, type Instant} from '../../../src/core/time.js';
import {aFinding, aState, anInput, critical} from '../../support/decision.js';
import {aContainer, anObservation, aPolicy, now as start} from '../../support/observation.js';
import type {Cell} from '../support/print.js';

/** What one step shows; the first two are what an undisturbed course shows at each step. */
const moves = ['failure', 'nothing new', 'well', 'unknown', 'another container', 'away'] as const;
type Move = (typeof moves)[number];

/** A runner that is away judges nothing for so long. */
const AWAY = minutes(2);

/** The least time from the first evidence of an unbroken failure to its restart, as docs/serve.md has it: `fast`, `steady`. */
const NEEDED: ReadonlyArray<readonly [check: CheckId, fast: number, steady: number]> = [
  ['FRG-301', 20, 150],
  ['FRG-304', 45, 150],
  ['FRG-302', 60, 150],
  ['FRG-403', 75, 150],
  ['FRG-305', 120, 150],
  ['FRG-601', 150, 150],
];

/** It has no floor of its own. */
const ONE: CheckId = 'FRG-601';

/** A bug that is planted: the rules, or what is remembered from one step to the next. */
interface Plant {
  readonly what: string;
  readonly rules?: readonly Rule[];
  readonly remembered?: (next: State, before: State, now: Instant) => State;
}

interface Course {
  readonly check: CheckId;
  readonly policy: Policy;
  readonly every: Duration;
  /** From the first evidence to the restart. */
  readonly needed: Duration;
  /** What each step shows that does not deviate. */
  readonly usual: Extract<Move, 'failure' | 'nothing new'>;
}

/** One place in all courses: what is remembered, and what really happened so far. */
interface Place {
  readonly state: State;
  /** The first evidence of the failure that stands unbroken; `null`: it does not. */
  readonly failsSince: Instant | null;
  /** Distinct evidence of it. */
  readonly pieces: number;
  readonly newest: Instant;
  readonly container: number;
  readonly deviations: number;
}

interface Explored {
  readonly places: number;
  readonly restarts: number;
  /** The earliest restart that came too early, in words. */
  readonly tooEarly: string | null;
}

const findingsAt = (check: CheckId, move: Move, newest: Instant): readonly Finding[] => {
  if (move === 'well') return [];
  if (move === 'unknown')
    return [aFinding(check, {status: 'unknown', because: {kind: 'inconclusive', why: 'impossible-value'}})];
  return [critical(check, {cure: 'restart', evidenceAt: newest})];
};

const keyOf = ({state: {streak}, failsSince, pieces, newest, container, deviations}: Place): string =>
  [
    streak?.count,
    streak?.first,
    streak?.last,
    streak?.evidenceAt,
    streak?.containerId,
    failsSince,
    Math.min(pieces, 2),
    newest,
    container,
    deviations,
  ].join(' ');

/** What really happened, told by the moves alone. */
const happened = (place: Place, move: Move, now: Instant): Omit<Place, 'state' | 'deviations'> => {
  const {failsSince, pieces, newest, container} = place;
  switch (move) {
    case 'well':
      return {failsSince: null, pieces: 0, newest, container};
    case 'unknown':
    case 'nothing new':
      // The same snapshot shows a failure that was not observed before as well.
      return move === 'unknown' || failsSince !== null
        ? {failsSince, pieces, newest, container}
        : {failsSince: now, pieces: 1, newest, container};
    case 'another container':
      return {failsSince: now, pieces: 1, newest: now, container: container + 1};
    case 'failure':
    case 'away':
      return {failsSince: failsSince ?? now, pieces: pieces + 1, newest: now, container};
  }
};

const explore = (
  {check, policy, every, needed, usual}: Course,
  mostDeviations: number,
  plant: Plant | null,
): Explored => {
  const steps = Math.ceil((Math.max(needed, seconds(150)) + minutes(1)) / every) + 3;
  const seen = new Set<string>();
  let restarts = 0;
  let frontier = new Map<string, readonly [Place, Instant]>();
  const began: Place = {state: aState(), failsSince: null, pieces: 0, newest: start, container: 1, deviations: 0};
  frontier.set('start', [began, start]);
  for (let step = 0; step < steps; step += 1) {
    const next = new Map<string, readonly [Place, Instant]>();
    for (const [place, at] of frontier.values())
      for (const move of moves) {
        const deviations = place.deviations + (move === usual ? 0 : 1);
        if (deviations > mostDeviations) continue;
        const now = move === 'away' ? later(at, AWAY) : at;
        const truth = happened(place, move, now);
        const container = aContainer({id: `containerd://${truth.container}`});
        const decision = decide(
          anInput({
            state: place.state,
            findings: findingsAt(check, move, truth.newest),
            observation: anObservation({at: now}),
            container,
            policy,
            now,
          }),
          plant?.rules ?? rules,
        );
        if (decision.action === 'restart') {
          restarts += 1;
          const lasted = truth.failsSince === null ? 0 : since(truth.failsSince, now);
          if (lasted < needed || truth.pieces < 2)
            return {
              places: seen.size,
              restarts,
              tooEarly: `${check} ${policy.profile ?? 'CronJob'}: restarted after ${lasted / 1000} s and ${truth.pieces} observations, the last one "${move}"`,
            };
          continue;
        }
        const remembered = plant?.remembered?.(decision.next, place.state, now) ?? decision.next;
        // Only the streak is what this proof is about; the rest would make every place another one.
        const reached: Place = {...truth, deviations, state: aState({streak: remembered.streak})};
        const key = `${now} ${keyOf(reached)}`;
        if (seen.has(key)) continue;
        seen.add(key);
        next.set(key, [reached, later(now, every)]);
      }
    frontier = next;
  }
  return {places: seen.size, restarts, tooEarly: null};
};

const PROFILES = [undefined, 'steady', 'fast'] as const;

const courses: readonly Course[] = NEEDED.flatMap(([check, fast, steady]) =>
  PROFILES.flatMap((profile) =>
    [seconds(5), minutes(5)].flatMap((every): readonly Course[] => {
      // Without a profile it is the CronJob, whose passes are never so close together.
      if (profile === undefined && every < minutes(1)) return [];
      // What is the same for every check is played for one of them.
      if (profile !== 'fast' && check !== ONE) return [];
      const policy = profile === undefined ? aPolicy() : aPolicy({profile});
      const needed = seconds(profile === 'fast' ? fast : steady);
      const usual = check === ONE ? (['failure', 'nothing new'] as const) : (['failure'] as const);
      return usual.map((each) => ({check, policy, every, needed, usual: each}));
    }),
  ),
);

const withStreak =
  (change: (streak: Streak, now: Instant) => Streak): NonNullable<Plant['remembered']> =>
  (next, _before, now) =>
    next.streak === null ? next : {...next, streak: change(next.streak, now)};

const plants: readonly Plant[] = [
  {
    what: 'a floor is undercut: the first evidence is dated 10 s back',
    rules: rules.map((rule) =>
      rule.id !== 'R-05'
        ? rule
        : {
            ...rule,
            judge: (situation) =>
              rule.judge(
                situation.streak === null
                  ? situation
                  : {...situation, streak: {...situation.streak, first: earlier(situation.streak.first, seconds(10))}},
              ),
          },
    ),
  },
  {
    what: 'a floor is undercut: two observations are enough, however close together',
    rules: rules.map((rule) =>
      rule.id !== 'R-05'
        ? rule
        : {...rule, judge: (situation) => ((situation.streak?.count ?? 0) >= 2 ? null : rule.judge(situation))},
    ),
  },
  {
    what: 'one healthy observation does not end a failure',
    remembered: (next, before) => (next.streak === null ? {...next, streak: before.streak} : next),
  },
  {
    what: 'the failures of another container count on',
    remembered: (next, before) =>
      next.streak === null || before.streak === null
        ? next
        : {...next, streak: {...next.streak, first: before.streak.first, count: Math.max(2, next.streak.count)}},
  },
  {
    what: 'each poll of one snapshot counts',
    remembered: withStreak((streak, now) => ({...streak, count: streak.count + 1, last: now})),
  },
];

/** All courses with the rules as they are, then with each bug planted. */
export const lastingRows = (
  mostDeviations: number,
): {
  readonly rows: readonly Cell[][];
  readonly caught: readonly Cell[][];
  readonly places: number;
  readonly violations: readonly string[];
} => {
  const violations: string[] = [];
  let places = 0;
  const rows = courses.map((course): Cell[] => {
    const explored = explore(course, mostDeviations, null);
    places += explored.places;
    const name = `${course.check} ${course.policy.profile ?? 'CronJob'}, every ${course.every / 1000} s, ${course.usual === 'failure' ? 'on new evidence' : 'on the same evidence'}`;
    if (explored.tooEarly !== null) violations.push(`${name}: ${explored.tooEarly}`);
    if (explored.restarts === 0 && course.usual === 'failure') violations.push(`${name}: never restarted`);
    return [name, course.needed / 1000, explored.places, explored.restarts, explored.tooEarly ?? 'none too early'];
  });
  const caught = plants.map((plant): Cell[] => {
    const found = courses.reduce<string | null>(
      (first, course) => first ?? explore(course, mostDeviations, plant).tooEarly,
      null,
    );
    if (found === null) violations.push(`not caught: ${plant.what}`);
    return [plant.what, found ?? 'NOT CAUGHT'];
  });
  return {rows, caught, places, violations};
};

/** How old the newest recording segment of each camera is. */
import {memoize} from '../../memoize.js';
import type {Segment} from '../../observation/frigate.js';
import type {Observation} from '../../observation/observation.js';
import type {Policy} from '../../policy.js';
import {earlier, milliseconds, since, offset, seconds, type Duration, type Instant} from '../../time.js';
import type {CheckContext} from '../check.js';
import {containerStart} from './facts.js';
import {isJudged} from './judged-cameras.js';

/** Of one camera: twice Frigate's own rule of 120 s, less a little; long segments wait for their own end. */
const LEAST_LIMIT = seconds(180);

/**
 * Of all cameras at once: three segments and a minute. A recorder that works stores a segment at most 17 s after its end (10 s of the
 * next one, a turn each 5 s), and one that lags holds six of 10 s (frigate/record/maintainer.py, 0.13 to 0.18).
 */
const threeSegments = (length: Duration): Duration => milliseconds(3 * length + seconds(60));

/** Segments of the usual 10 s, give or take a key frame. Where they last a minute the newest is up to four minutes old in good health. */
const USUAL_LENGTH = seconds(15);

/** Older than two segments and 40 s it may be the last one: worth a question to the mount and to go2rtc. */
const lastOf = ({length}: Segment): Duration => milliseconds(2 * length + seconds(40));

const isLate = (segment: Segment, age: Duration): boolean => segment.length <= USUAL_LENGTH && age > lastOf(segment);

export const mayHaveStopped = (segment: Segment, age: Duration): boolean => age > lastOf(segment);

/**
 * `fresh` · `overdue`: older than its limit, and this container has recorded that camera before ·
 * `never`: no segment since this container started, and it is older than the limit · `young`: the container is not ·
 * `gone`: the last hour holds none and the container is older than that hour: when it stopped is not known ·
 * `unknown`: the request had no answer.
 */
export type SegmentState = 'fresh' | 'overdue' | 'never' | 'young' | 'gone' | 'unknown';

export interface SegmentAge {
  readonly camera: string;
  readonly state: SegmentState;
  /** `null` where no segment was found. */
  readonly age: Duration | null;
  readonly limit: Duration;
  /** `fresh`, but older than this, which a recorder that works does not let it become: recording may have stopped. `null`: it is not. */
  readonly lateAfter: Duration | null;
  /** When the newest segment ended, by the API server's clock; `null` where none was found. */
  readonly endedAt: Instant | null;
}

/** What the ages follow from; a check's context is one. */
type AgeInput = Pick<CheckContext, 'observation' | 'policy' | 'now'>;

/** Only continuous retention proves anything: with motion or alert retention a quiet camera has old segments. */
const recordedCameras = ({observation, policy}: AgeInput): readonly string[] => {
  const {config} = observation.frigate;
  if (!config.known) return [];
  return config.value.cameras
    .filter(
      ({name, enabled, recordEnabled, continuous}) =>
        enabled && recordEnabled && continuous && isJudged({policy}, name),
    )
    .map(({name}) => name)
    .sort();
};

export const segmentAges = ({observation, policy, now}: AgeInput): readonly SegmentAge[] =>
  agesIn(observation, policy, now);

const agesIn = memoize((observation: Observation, policy: Policy, now: Instant): readonly SegmentAge[] => {
  const input = {observation, policy, now};
  const ages = recordedCameras(input).map((camera) => segmentAge(input, camera));
  const late = ages.map((each) => asLate(input, each));
  return late.some(({state}) => state === 'fresh') ? ages : late;
});

/** What is no fault of one camera yet is one of all: a segment that is older than three segments and a minute, in a container that recorded it. */
const asLate = (input: AgeInput, each: SegmentAge): SegmentAge => {
  const newest = input.observation.frigate.segments.get(each.camera);
  const started = containerStart(input.observation);
  if (each.state !== 'fresh' || each.age === null || newest?.known !== true || newest.value.found === 'none')
    return each;
  const {segment} = newest.value;
  const limit = threeSegments(segment.length);
  return each.age > limit && recordedHere(segment, started, clockOf(input)) ? {...each, state: 'overdue', limit} : each;
};

/** By this container, which is old enough to have recorded all that it should. */
const recordedHere = ({end}: Segment, started: Instant | null, clock: Instant): boolean =>
  started !== null && offset(started, clock) > LEAST_LIMIT && end >= started;

/** Segments end by Frigate's clock, so they are compared with the `Date` of its own reply where there is one, at the time when they were asked for. */
const clockOf = ({observation, now}: AgeInput): Instant => {
  const {stats, segmentsAt} = observation.frigate;
  const clock = stats.known && stats.value.date !== null ? stats.value.date : now;
  return segmentsAt === undefined ? clock : earlier(clock, since(segmentsAt, now));
};

/** Of Frigate itself: after a long start its container is old and nothing could be recorded yet. */
const uptimeOf = ({observation: {frigate}}: AgeInput): number =>
  (frigate.stats.known ? frigate.stats.value.snapshot.uptime : null) ?? Number.POSITIVE_INFINITY;

const segmentAge = (context: AgeInput, camera: string): SegmentAge => {
  const newest = context.observation.frigate.segments.get(camera);
  const none = {camera, age: null, limit: LEAST_LIMIT, lateAfter: null, endedAt: null};
  if (newest === undefined || !newest.known) return {...none, state: 'unknown'};
  const clock = clockOf(context);
  const started = containerStart(context.observation);
  const running = started === null ? null : Math.min(offset(started, clock), uptimeOf(context));
  if (newest.value.found === 'none') {
    if (running === null) return {...none, state: 'unknown'};
    if (running <= LEAST_LIMIT) return {...none, state: 'young'};
    return {...none, state: started !== null && started < newest.value.after ? 'gone' : 'never'};
  }
  const {segment} = newest.value;
  const limit = limitOf(segment);
  const age = milliseconds(Math.max(0, offset(segment.end, clock)));
  const found = {camera, age, limit, lateAfter: null, endedAt: earlier(context.now, age)};
  if (age <= limit)
    return {
      ...found,
      state: 'fresh',
      lateAfter: isLate(segment, age) && recordedHere(segment, started, clock) ? lastOf(segment) : null,
    };
  if (running === null) return {...found, state: 'unknown'};
  if (running <= limit) return {...found, state: 'young'};
  return {...found, state: started !== null && segment.end >= started ? 'overdue' : 'never'};
};

const limitOf = ({length}: Segment): Duration => milliseconds(Math.max(LEAST_LIMIT, 3 * length + seconds(60)));

/**
 * The camera's segments stopped while another camera's go on: only then do they show a fault of that camera's processes
 * and not of the disk, the database or the recorder. For the check that asks, they confirm what it sees already, so three
 * segments and a minute are enough.
 */
export const overdueWhileOthersRecord = (context: CheckContext, camera: string): boolean => {
  const ages = segmentAges(context);
  const stopped = ages.some((each) => each.camera === camera && asLate(context, each).state === 'overdue');
  return stopped && ages.some((each) => asLate(context, each).state === 'fresh');
};

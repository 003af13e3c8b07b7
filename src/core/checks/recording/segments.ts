/** How old the newest recording segment of each camera is. */
import {derived} from '../../derived.js';
import type {Segment} from '../../observation/frigate.js';
import type {Observation} from '../../observation/observation.js';
import type {Policy} from '../../policy.js';
import {milliseconds, offset, seconds, type Duration, type Instant} from '../../time.js';
import type {CheckContext} from '../check.js';
import {containerStart} from '../facts.js';
import {isJudged} from '../judged-cameras.js';

/** Twice Frigate's own rule of 120 s, less a little; long segments wait for their own end. */
const LEAST_LIMIT = seconds(180);

/**
 * `fresh` · `overdue`: older than its limit, and this container has recorded that camera before ·
 * `never`: no segment since this container started, and it is older than the limit · `young`: the container is not ·
 * `gone`: the last hour holds none and the container is older than that hour: when it stopped is not known ·
 * `unknown`: the question had no answer.
 */
export type SegmentState = 'fresh' | 'overdue' | 'never' | 'young' | 'gone' | 'unknown';

export interface SegmentAge {
  readonly camera: string;
  readonly state: SegmentState;
  /** `null` where no segment was found. */
  readonly age: Duration | null;
  readonly limit: Duration;
}

/** What the ages follow from; a check's context is one. */
type Asked = Pick<CheckContext, 'observation' | 'policy' | 'now'>;

/** Only continuous retention proves anything: with motion or alert retention a quiet camera has old segments. */
const recordedCameras = ({observation, policy}: Asked): readonly string[] => {
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

export const segmentAges = ({observation, policy, now}: Asked): readonly SegmentAge[] =>
  agesIn(observation, policy, now);

const agesIn = derived((observation: Observation, policy: Policy, now: Instant): readonly SegmentAge[] => {
  const asked = {observation, policy, now};
  return recordedCameras(asked).map((camera) => segmentAge(asked, camera));
});

/** Segments end by Frigate's clock, so they are held against the `Date` of its own reply where there is one. */
const clockOf = ({observation, now}: Asked): Instant => {
  const {stats} = observation.frigate;
  return stats.known && stats.value.date !== null ? stats.value.date : now;
};

const segmentAge = (context: Asked, camera: string): SegmentAge => {
  const newest = context.observation.frigate.segments.get(camera);
  if (newest === undefined || !newest.known) return {camera, state: 'unknown', age: null, limit: LEAST_LIMIT};
  const clock = clockOf(context);
  const started = containerStart(context.observation);
  const running = started === null ? null : offset(started, clock);
  if (newest.value.found === 'none') {
    const state =
      running === null
        ? 'unknown'
        : running <= LEAST_LIMIT
          ? 'young'
          : started !== null && started < newest.value.after
            ? 'gone'
            : 'never';
    return {camera, state, age: null, limit: LEAST_LIMIT};
  }
  const {segment} = newest.value;
  const limit = limitOf(segment);
  const age = milliseconds(Math.max(0, offset(segment.end, clock)));
  if (age <= limit) return {camera, state: 'fresh', age, limit};
  if (running === null) return {camera, state: 'unknown', age, limit};
  if (running <= limit) return {camera, state: 'young', age, limit};
  return {camera, state: started !== null && segment.end >= started ? 'overdue' : 'never', age, limit};
};

const limitOf = ({length}: Segment): Duration => milliseconds(Math.max(LEAST_LIMIT, 3 * length + seconds(60)));

/**
 * The camera's segments stopped while another camera's go on: only then do they speak of that camera's processes
 * and not of the disk, the database or the recorder.
 */
export const overdueWhileOthersRecord = (context: CheckContext, camera: string): boolean => {
  const ages = segmentAges(context);
  return (
    ages.some((each) => each.camera === camera && each.state === 'overdue') && ages.some(({state}) => state === 'fresh')
  );
};

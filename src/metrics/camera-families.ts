/** The metrics of the cameras: most of the series of a Frigate, so they can be left out (`--metrics-cameras`). */
import {delivers, type JudgedCamera as Camera} from '../core/checks/evidence/judged-cameras.js';
import {one, secondsOf, type Family, type Sample} from '../report/exposition.js';
import type {FrigateFacts} from './frigate-facts.js';

const each =
  (value: (camera: Camera, facts: FrigateFacts) => number | null) =>
  (facts: FrigateFacts): readonly Sample[] =>
    facts.cameras.flatMap((camera) => one(value(camera, facts), {camera: camera.name}));

/** The same judgement as FRG-501: fewer frames than a share of the configured rate are none. */
const isUp = (camera: Camera): number | null => {
  const up = delivers(camera);
  return up === null ? null : Number(up);
};

const share = (part: number | null, whole: number | null): number | null =>
  part === null || whole === null || whole <= 0 ? null : Math.min(1, Math.max(0, part / whole));

/** The end of the newest segment; where the last hour holds none, the beginning of that hour: it is no newer. */
const lastSegment = ({name, config}: Camera, {observed}: FrigateFacts): number | null => {
  if (config === null || !config.recordEnabled) return null;
  const newest = observed?.observation.frigate.segments.get(name);
  if (newest?.known !== true) return null;
  return secondsOf(newest.value.found === 'one' ? newest.value.segment.end : newest.value.after);
};

export const CAMERA_FAMILIES: ReadonlyArray<Family<FrigateFacts>> = [
  {
    name: 'camera_up',
    type: 'gauge',
    help: 'Whether the enabled camera delivers frames: 1 yes, 0 no.',
    labels: ['camera'],
    samples: each(isUp),
  },
  {
    name: 'camera_frames_per_second',
    type: 'gauge',
    help: 'Frames that arrive from the camera.',
    labels: ['camera'],
    samples: each(({rates}) => rates.camera),
  },
  {
    name: 'camera_processed_ratio',
    type: 'gauge',
    help: 'Share of the arriving frames that Frigate processes.',
    labels: ['camera'],
    samples: each(({rates}) => share(rates.process, rates.camera)),
  },
  {
    name: 'camera_skipped_ratio',
    type: 'gauge',
    help: 'Share of the arriving frames that Frigate skips.',
    labels: ['camera'],
    samples: each(({rates}) => share(rates.skipped, rates.camera)),
  },
  {
    name: 'camera_last_segment_timestamp_seconds',
    type: 'gauge',
    help: 'End of the newest recording segment; where the last hour holds none, the beginning of that hour. Only continuous="true" has to be recent.',
    labels: ['camera', 'continuous'],
    samples: (facts) =>
      facts.cameras.flatMap((camera) =>
        one(lastSegment(camera, facts), {
          camera: camera.name,
          continuous: String(camera.config?.continuous ?? false),
        }),
      ),
  },
  {
    name: 'cameras_omitted',
    type: 'gauge',
    help: 'Cameras of this Frigate over the bound of 64, which have no series.',
    labels: [],
    samples: ({camerasOmitted, snapshot}) => (snapshot === null ? [] : one(camerasOmitted)),
  },
];

/** Rows 11, 18 and 21 of the public reports: an API that cannot be observed, a Frigate without a history, clocks that are set back. */
import {known, notAsked, unknown} from '../../../src/core/known.js';
import {hours, milliseconds, minutes, type Duration} from '../../../src/core/time.js';
import {
  aCamera,
  aConfig,
  aContainer,
  aDetector,
  ago,
  aPod,
  aReading,
  cameraNames,
  type ObservationChanges,
} from '../../support/observation.js';
import type {Incident, Moment, Story} from './incident.js';
import {camerasAway, moving} from './sights.js';

const refusedByProxy: NonNullable<ObservationChanges['frigate']> = {
  liveness: [{via: 'proxy', verdict: 'dead', how: 'refused', detail: 'connection refused'}],
  stats: unknown('unreachable', 'GET /api/stats: connection refused'),
  backend: unknown('forbidden', 'pods/exec: 403'),
  history: unknown('unreachable', 'GET /api/stats/history: connection refused'),
  config: unknown('unreachable', 'GET /api/config: connection refused'),
  segments: new Map(),
  go2rtc: notAsked(),
};

/** Frigate up to 0.13 keeps no history: only passes see that a process is another one each time. */
const replacedWithoutHistory =
  (every: Duration, names: readonly string[]) =>
  ({since}: Moment): ObservationChanges => ({
    frigate: {
      history: unknown('not-found', 'GET /api/stats/history: 404'),
      stats: known(
        aReading({
          version: '0.12.1-367d724',
          cameras: cameraNames.map((name) => moving(aCamera(name), milliseconds(Math.max(0, since)))),
          detectors: names.map((name, index) =>
            aDetector(name, {pid: index > 0 || since < 0 ? 250 + index : 260 + Math.floor(since / every)}),
          ),
        }),
      ),
    },
  });

const withDetectors = (names: readonly string[]): Pick<Story, 'always'> => ({
  always: {
    frigate: {
      config: known(aConfig({detectors: new Map(names.map((name) => [name, 'edgetpu']))})),
      ...replacedWithoutHistory(minutes(10), names)({since: milliseconds(-1), restarts: 0}).frigate,
    },
  },
});

const STEP_AT = minutes(15);
const STEP = hours(2);
const stepped = (since: Duration): Duration => milliseconds(since >= STEP_AT ? 0 - STEP : 0);

/** A container that had run for this long when the outage began; a start that lies in the future is one of a clock that was set back. */
const ranFor =
  (age: Duration) =>
  ({since}: Moment): ObservationChanges => {
    const started = ago(milliseconds(age + since + stepped(since)));
    return {
      pods: known([aPod({createdAt: started, frigate: aContainer({state: {phase: 'running', startedAt: started}})})]),
    };
  };

const clocksBack = (
  row: string,
  what: string,
  away: readonly string[],
  health: 'degraded' | 'unhealthy',
): Incident => ({
  row,
  sources: 'held-out world',
  what,
  story: {
    clocks: stepped,
    see: (moment) => ({...ranFor(hours(1))(moment), ...camerasAway(moment.since, away)}),
    restartCures: false,
    passes: 48,
  },
  expected: {
    ideal: 'tell',
    restarts: 0,
    health,
    causes: ['camera', 'network'],
    finding: 'FRG-501',
    mails: [1, 2],
    lasts: true,
  },
});

export const reportIncidents: readonly Incident[] = [
  ...(
    [
      ['241', 'from its first pass on', true],
      ['241b', 'after it was healthy', false],
    ] as const
  ).map(([row, when, fromTheFirstLook]): Incident => ({
    row,
    sources: 'frigate#21779, kubernetes-the-hard-way#313',
    what: `the permissions of install, without exec: the only transport is refused ${when}`,
    story: {see: () => ({frigate: refusedByProxy}), restartCures: false, fromTheFirstLook, passes: 12},
    expected: {
      ideal: 'tell',
      restarts: 0,
      health: 'unknown',
      causes: [],
      finding: null,
      mails: [1, 1],
      // The checker's own trouble: when it has lasted three intervals.
      toldBy: 4,
      says: /refused[\s\S]*FRIGATE_HC_FRIGATE_API_PORT[\s\S]*install --via exec/,
      never: /silent|kubectl frigate-health restart/,
    },
  })),
  ...(
    [
      ['243', 10],
      ['243c', 5],
    ] as const
  ).map(([row, every]): Incident => ({
    row,
    sources: 'held-out world, 0.12',
    what: `one of two detectors is replaced every ${every} minutes; no history tells it`,
    story: {
      ...withDetectors(['coral', 'second']),
      see: replacedWithoutHistory(minutes(every), ['coral', 'second']),
      restartCures: false,
      passes: 24,
    },
    expected: {
      ideal: 'tell',
      restarts: 0,
      health: 'degraded',
      causes: ['detector'],
      finding: 'FRG-402',
      mails: [1, 1],
      toldBy: 8,
      says: /Detector coral/,
    },
  })),
  {
    row: '243b',
    sources: 'held-out world, 0.12',
    what: 'the only detector is replaced every 10 minutes, also after a restart',
    story: {
      ...withDetectors(['coral']),
      see: replacedWithoutHistory(minutes(10), ['coral']),
      restartCures: false,
      passes: 24,
    },
    expected: {
      ideal: 'restart',
      restarts: 1,
      health: 'unhealthy',
      causes: ['detector'],
      finding: 'FRG-402',
      mails: [1, 4],
      toldBy: 8,
      says: /Detector coral/,
    },
  },
  clocksBack('244', 'all clocks are set back two hours while one camera is away', ['back'], 'degraded'),
  clocksBack('244b', 'the same while no camera delivers', cameraNames, 'unhealthy'),
];

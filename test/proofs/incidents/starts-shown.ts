/**
 * Incidents whose beginning nobody observed: the checker was installed, or its state lost, while Frigate hung. What shows that this
 * container has worked stands in its log and in Kubernetes; what shows nothing must not end the patience with a start.
 */
import {known, unknown} from '../../../src/core/known.js';
import {hours, later, minutes, seconds, type Duration} from '../../../src/core/time.js';
import {
  aContainer,
  ago,
  aPod,
  aProbe,
  aTemplate,
  aWorkload,
  type ObservationChanges,
} from '../../support/observation.js';
import type {Incident, LogLine, Moment, Story} from './incident.js';
import {apiDead} from './sights.js';

const python = (logger: string, message: string, level = 'INFO'): string =>
  `[2026-03-01 06:20:05] ${logger.padEnd(30)} ${level.padEnd(8)}: ${message}`;

const request = (asked: string, status: number, upstream = '0.010'): string =>
  `192.0.2.50 - - [01/Mar/2026:06:20:05 +0000] "${asked} HTTP/1.1" ${status} 5110 "-" "HomeAssistant/2026.3" "-" request_time="0.011" upstream_response_time="${upstream}"`;

/** How long the container had run before the outage: longer than the start-up grace, shorter than what makes a start stand still. */
const AGE = minutes(25);

interface Readiness {
  readonly asks: string;
  /** When the pod became ready or lost it, since the outage began. */
  readonly changed: Duration;
  readonly ready: boolean;
}

/** The container of before the outage; after a restart of ours the harness gives its own. */
const container = ({since, restarts}: Moment, age: Duration, readiness?: Readiness): ObservationChanges =>
  restarts > 0
    ? {}
    : {
        ...(readiness === undefined
          ? {}
          : {
              workload: known({
                found: 'one',
                workload: aWorkload({template: aTemplate({readinessProbe: aProbe({path: readiness.asks})})}),
              }),
            }),
        pods: known([
          aPod({
            uid: 'pod-before',
            createdAt: ago((since + age) as Duration),
            conditions:
              readiness === undefined
                ? []
                : [
                    {
                      type: 'Ready',
                      status: readiness.ready ? 'True' : 'False',
                      reason: null,
                      message: null,
                      lastTransition: later(ago(since), readiness.changed),
                    },
                  ],
            frigate: aContainer({
              id: 'containerd://before',
              ready: readiness?.ready ?? true,
              state: {phase: 'running', startedAt: ago((since + age) as Duration)},
            }),
          }),
        ]),
      };

interface Unseen {
  readonly row: string;
  readonly sources: string;
  readonly what: string;
  readonly log?: readonly LogLine[];
  readonly age?: Duration;
  readonly readiness?: Readiness;
  readonly see?: () => ObservationChanges;
  readonly story?: Partial<Story>;
  readonly expected?: Partial<Incident['expected']>;
}

const unseen = ({row, sources, what, log = [], age = AGE, readiness, see, story, expected}: Unseen): Incident => ({
  row,
  sources,
  what,
  story: {
    see: (moment) => {
      const given = see?.() ?? apiDead('silent');
      const pod = container(moment, age, readiness);
      return {...pod, ...given, frigate: {...pod.frigate, ...given.frigate}};
    },
    log,
    restartCures: true,
    fromTheFirstLook: true,
    passes: 20,
    ...story,
  },
  expected: {
    ideal: 'restart',
    restarts: 1,
    // The first pass of a new checker never restarts; the second one has the evidence of two.
    restartBy: 2,
    health: 'healthy',
    causes: [],
    finding: 'FRG-301',
    mails: [1, 3],
    ...expected,
  },
});

/** Held as a start for as long as it is played: the same hang, of which nothing shows that it is one. */
const heldAsStart = (given: Unseen): Incident =>
  unseen({
    ...given,
    age: minutes(5),
    story: {restartCures: false, passes: 10, ...given.story},
    expected: {
      ideal: 'wait',
      restarts: 0,
      health: 'starting',
      causes: ['process'],
      finding: 'FRG-301',
      mails: [1, 2],
      ...given.expected,
    },
  });

const refused = (backend: 'answers' | 'not known'): ObservationChanges => {
  const {frigate} = apiDead('refused', 'connection refused');
  return {
    frigate: {...frigate, backend: backend === 'not known' ? unknown('forbidden', 'exec: 403') : known(backend)},
  };
};

const start = 0 - AGE / 1000;
const served: readonly LogLine[] = [{at: start + 18, line: python('frigate.api.fastapi_app', 'FastAPI started')}];
const answered: readonly LogLine[] = [{at: start + 60, every: 60, until: 0, line: request('GET /api/events', 200)}];
const portMoved: Unseen['expected'] = {
  ideal: 'tell',
  restarts: 0,
  health: 'degraded',
  causes: ['config'],
  mails: [1, 2],
  says: /FRIGATE_HC_FRIGATE_API_PORT/,
};
const never = {restartCures: false, passes: 24} as const;

export const shownStartIncidents: readonly Incident[] = [
  unseen({
    row: '231',
    sources: 'frigate#21779 seen by a new checker',
    what: 'a checker is installed while Frigate hangs; Home Assistant had its answers for hours',
    log: answered,
  }),
  unseen({
    row: '231b',
    sources: 'the same, nobody asked',
    what: 'the same, and the log shows only that the API began to serve',
    log: served,
  }),
  unseen({
    row: '231c',
    sources: 'frigate/app.py, 0.14',
    what: 'the same of 0.14, which does not log that its API serves: its capture processes run',
    log: [{at: start + 15, line: python('frigate.app', 'Capture process started for front: 353')}],
  }),
  unseen({
    row: '231d',
    sources: 'nginx-stop, measured on 0.17.2',
    what: 'the same for hours already: recordings go on and are logged, so that the start never seems to stand still',
    age: hours(3),
    log: [
      {at: -10_700, line: python('frigate.api.fastapi_app', 'FastAPI started')},
      {at: -10_000, every: 120, line: python('frigate.record.maintainer', 'Too many segments, keeping 6', 'WARNING')},
    ],
  }),
  ...(['not known', 'answers'] as const).map((backend, index) =>
    unseen({
      row: `232${index === 0 ? '' : 'b'}`,
      sources: 'frigate#18332, 0.18',
      what: `a new checker asks a port that was moved (behind it: ${backend}); others are answered on the new one`,
      log: [...served, {at: start + 60, every: 60, line: request('GET /api/events', 200)}],
      see: () => refused(backend),
      story: never,
      expected: portMoved,
    }),
  ),
  unseen({
    row: '232c',
    sources: 'frigate#18332, 0.18',
    what: 'the same, and the readiness probe of the template asks the new port',
    readiness: {asks: '/api/version', changed: seconds(start + 40), ready: true},
    see: () => refused('not known'),
    story: never,
    expected: portMoved,
  }),
  unseen({
    row: '232d',
    sources: 'frigate#21779',
    what: 'the same seen by a checker that knows the container before, and asks on while others are answered on the new port',
    age: minutes(4),
    log: [{at: -200, every: 60, line: request('GET /api/events', 200)}],
    see: () => refused('not known'),
    story: {...never, fromTheFirstLook: false},
    expected: portMoved,
  }),
  heldAsStart({
    row: '233',
    sources: 'logs/nginx-client-gave-up, 0.13',
    what: 'the access log shows only clients that gave up, and errors of nginx',
    log: [
      {at: -200, every: 10, line: request('GET /api/front/latest.jpg?h=371', 499, '-')},
      {at: -200.5, every: 10, line: request('GET /api/events', 502)},
      {at: -201, every: 10, line: request('GET /api/config', 500, '-')},
    ],
  }),
  heldAsStart({
    row: '233b',
    sources: 'nginx.conf, 0.13 to 0.18',
    what: 'go2rtc, the pages and the cache of nginx answer; the API does not',
    log: [
      {at: -200, every: 10, line: request('POST /api/go2rtc/webrtc?src=front', 200)},
      {at: -201, every: 10, line: request('GET /', 200, '-')},
      {at: -202, every: 10, line: request('GET /api/events', 200, '-')},
      {at: -203, every: 10, line: request('GET /clips/front.jpg?next=/api/events', 200)},
    ],
  }),
  heldAsStart({
    row: '234',
    sources: 'frigate#5866, #9581',
    what: 'a migration is the last step; answers stand in the log from before this container',
    log: [
      {at: -4000, every: 20, until: -310, line: request('GET /api/events', 200)},
      {at: -3990, line: python('frigate.api.fastapi_app', 'FastAPI started')},
      {at: -290, line: python('peewee_migrate.logs', 'Migrate "012_add_segment_size"')},
    ],
    story: never,
    expected: {says: /destroy the database/, mails: [1, 1]},
  }),
  heldAsStart({
    row: '234b',
    sources: 'frigate#5866, #9581',
    what: 'the same in one container: a process that served before is not the one that migrates',
    log: [
      {at: -295, line: python('frigate.api.fastapi_app', 'FastAPI started')},
      {at: -280, line: request('GET /api/events', 200)},
      {at: -260, line: python('peewee_migrate.logs', 'Migrate "012_add_segment_size"')},
    ],
    story: never,
    expected: {says: /destroy the database/, mails: [1, 1]},
  }),
  unseen({
    row: '235',
    sources: 'a template whose readiness asks Frigate',
    what: 'Frigate was ready for hours and hangs; nothing else shows that it worked',
    readiness: {asks: '/api/version', changed: seconds(90), ready: false},
  }),
  heldAsStart({
    row: '235b',
    sources: 'the other side of it',
    what: 'a container that has never been ready',
    readiness: {asks: '/api/version', changed: seconds(-310), ready: false},
  }),
  heldAsStart({
    row: '235c',
    sources: 'a readiness that asks nginx alone',
    what: 'the page of nginx makes the container ready; the API has never responded',
    readiness: {asks: '/', changed: seconds(-290), ready: true},
  }),
];

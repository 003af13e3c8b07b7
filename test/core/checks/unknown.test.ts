import assert from 'node:assert/strict';
import fc from 'fast-check';
import {becauseText} from '../../../src/core/because.js';
import {mutated, mutation} from '../../proofs/support/mutated.js';
import {assess} from '../../../src/core/checks/assess.js';
import {catalogue} from '../../../src/core/checks/catalogue.js';
import type {CheckId, Finding} from '../../../src/core/finding.js';
import {known, unknown, type UnknownCode} from '../../../src/core/known.js';
import type {Baselines} from '../../../src/core/state/baselines.js';
import type {Observation} from '../../../src/core/observation/observation.js';
import {days, hours, milliseconds, minutes, seconds} from '../../../src/core/time.js';
import {
  aCamera,
  aContainer,
  aDetector,
  aHistory,
  ago,
  aLog,
  aMemory,
  aMount,
  anEvent,
  anObservation,
  aPod,
  aPolicy,
  aReading,
  aSegment,
  aSnapshot,
  aTermination,
  cameraNames,
  mounts,
  usagesOf,
} from '../../support/observation.js';

interface Scenario {
  readonly name: string;
  readonly observation: Observation;
  readonly memory?: Baselines;
}

const dead = cameraNames.map((name) => aCamera(name, {cameraFps: 0}));
const oldSegments = new Map(cameraNames.map((name) => [name, aSegment(minutes(20))]));
const skipping = cameraNames.map((name) => aCamera(name, {processFps: 0.1, skippedFps: 5, detectionFps: 0}));
const onNetwork = mounts.map((mount) => (mount.path.startsWith('/media') ? {...mount, type: 'nfs4'} : mount));
const withoutCapture = {...aSnapshot(), usages: usagesOf(aSnapshot()).filter(({pid}) => pid !== 400)};

/** Each a fault of another kind, and health itself: the ground on which single things are made unknown. */
const scenarios: readonly Scenario[] = [
  {name: 'healthy', observation: anObservation()},
  {
    name: 'silent API',
    observation: anObservation({
      frigate: {
        liveness: [
          {via: 'proxy', verdict: 'dead', how: 'silent', detail: '10 s'},
          {via: 'exec', verdict: 'dead', how: 'silent', detail: '10 s'},
        ],
        stats: unknown('timeout', '/api/stats'),
        history: unknown('timeout', '/api/stats/history'),
      },
    }),
  },
  {
    name: 'frozen stats',
    observation: anObservation({
      frigate: {
        stats: known(aReading({lastUpdated: ago(minutes(10))})),
        history: known(aHistory(20, () => ({}), ago(minutes(10)))),
        segments: oldSegments,
      },
    }),
  },
  {
    name: 'frozen stats on a network mount that hangs',
    observation: anObservation({
      frigate: {
        stats: known(aReading({lastUpdated: ago(minutes(10)), mounts: onNetwork})),
        history: known(aHistory(20, () => ({mounts: onNetwork}), ago(minutes(10)))),
        segments: oldSegments,
        mountProbe: known({answered: false, detail: 'timeout'}),
      },
    }),
  },
  {
    name: 'dead capture process',
    observation: anObservation({
      frigate: {
        stats: known({snapshot: withoutCapture, date: null, latency: milliseconds(9)}),
        segments: new Map([...oldSegments].slice(0, 1)),
      },
    }),
  },
  {
    name: 'detector dead in silence',
    observation: anObservation({
      frigate: {stats: known(aReading({cameras: skipping})), history: known(aHistory(20, () => ({cameras: skipping})))},
    }),
  },
  {
    name: 'detector hung',
    observation: anObservation({
      frigate: {stats: known(aReading({detectors: [aDetector('coral', {detectionStart: ago(seconds(40)) / 1000})]}))},
    }),
  },
  {
    name: 'cameras gone',
    observation: anObservation({
      frigate: {
        stats: known(aReading({cameras: dead})),
        history: known(aHistory(20, () => ({cameras: dead}))),
        segments: oldSegments,
      },
      log: known(aLog({'camera-unreachable': 9})),
    }),
  },
  {
    name: 'cameras gone and go2rtc hangs',
    observation: anObservation({
      frigate: {
        stats: known(aReading({cameras: dead})),
        history: known(aHistory(20, () => ({cameras: dead}))),
        go2rtc: known({hung: true, after: milliseconds(5000)}),
      },
    }),
  },
  {name: 'recorder dead', observation: anObservation({frigate: {segments: oldSegments}})},
  {
    name: 'disk full',
    observation: anObservation({
      frigate: {
        segments: oldSegments,
        stats: known(
          aReading({mounts: mounts.map((mount) => (mount.path.startsWith('/media') ? {...mount, free: 0} : mount))}),
        ),
      },
      log: known(aLog({'no-space-left': 20})),
    }),
  },
  {
    name: 'cache full',
    observation: anObservation({
      frigate: {
        stats: known(
          aReading({
            cameras: dead,
            mounts: [...mounts.slice(0, 3), aMount('/tmp/cache', {total: 1000, used: 1000, free: 0, type: 'tmpfs'})],
          }),
        ),
        segments: oldSegments,
      },
      log: known(aLog({'cache-full': 20})),
    }),
  },
  {
    name: 'database thread dead',
    observation: anObservation({
      frigate: {segments: oldSegments, stats: known(aReading({lastUpdated: ago(minutes(10))}))},
      log: known(aLog({'database-locked': 1, 'database-thread-died': 1})),
    }),
  },
  {
    name: 'memory at its limit with a terminated process',
    observation: anObservation({
      frigate: {
        stats: known({
          snapshot: {...withoutCapture, usages: withoutCapture.usages.map((usage) => ({...usage, memory: 9}))},
          date: null,
          latency: milliseconds(9),
        }),
      },
    }),
  },
  {
    name: 'crash loop',
    observation: anObservation({
      pods: known([
        aPod({
          frigate: aContainer({
            ready: false,
            restartCount: 9,
            state: {phase: 'waiting', reason: 'CrashLoopBackOff', message: null},
            last: aTermination(),
          }),
        }),
      ]),
    }),
  },
  {
    name: 'slow detector',
    memory: aMemory({
      baselines: [{detector: 'coral', version: '0.17.2-3b4a1cf', inference: 9, samples: 40, since: ago(days(3))}],
      containerId: 'containerd://c1',
      frigateVersion: '0.17.2-3b4a1cf',
    }),
    observation: anObservation({
      frigate: {
        stats: known(aReading({detectors: [aDetector('coral', {inferenceSpeed: 180})]})),
        history: known(aHistory(20, () => ({detectors: [aDetector('coral', {inferenceSpeed: 180})]}))),
      },
    }),
  },
  {
    name: 'liveness kills',
    observation: anObservation({
      events: known([anEvent('Killing', 'Container frigate failed liveness probe')]),
      pods: known([aPod({frigate: aContainer({restartCount: 1, last: aTermination({finishedAt: ago(hours(0.5))})})})]),
    }),
  },
];

const ofCluster = [
  'apiServer',
  'missingPermissions',
  'workload',
  'pods',
  'node',
  'events',
  'claims',
  'log',
  'previousLog',
  'state',
  'cronJob',
] as const;
const ofFrigate = ['stats', 'history', 'config', 'go2rtc', 'mountProbe', 'mounts'] as const;
type Source = (typeof ofCluster)[number] | (typeof ofFrigate)[number] | 'liveness' | 'segments';
const sources: readonly Source[] = [...ofCluster, ...ofFrigate, 'liveness', 'segments'];
const codes: readonly UnknownCode[] = [
  'not-asked',
  'forbidden',
  'unauthorized',
  'not-found',
  'unreachable',
  'timeout',
  'throttled',
  'server-error',
  'garbled',
  'too-large',
  'starved',
  'failed',
];

const blinded = (observation: Observation, source: Source, code: UnknownCode): Observation => {
  const nothing = unknown(code, `${source}: ${code}`);
  const {frigate} = observation;
  switch (source) {
    case 'liveness':
      return {
        ...observation,
        frigate: {
          ...frigate,
          liveness: frigate.liveness.map(({via}) => ({via, verdict: 'unknown' as const, why: code})),
        },
      };
    case 'segments':
      return {
        ...observation,
        frigate: {...frigate, segments: new Map([...frigate.segments.keys()].map((name) => [name, nothing]))},
      };
    case 'stats':
    case 'history':
    case 'config':
    case 'go2rtc':
    case 'mountProbe':
    case 'mounts':
      return {...observation, frigate: {...frigate, [source]: nothing}};
    default:
      return {...observation, [source]: nothing};
  }
};

/** By name, so that a counterexample fits on a screen. */
const named = (name: string): Scenario => {
  const scenario = scenarios.find((candidate) => candidate.name === name);
  assert.ok(scenario);
  return scenario;
};

const findings = ({observation, memory = aMemory()}: Scenario): readonly Finding[] =>
  assess(observation, memory, aPolicy());
const asksForRestart = (scenario: Scenario): readonly CheckId[] =>
  findings(scenario)
    .filter(({status, cure}) => status === 'critical' && cure === 'restart')
    .map(({id}) => id);

describe('what is unknown', () => {
  it('is looked at on ground where restarts are asked for at all', () => {
    const asked = new Set(scenarios.flatMap((scenario) => asksForRestart(scenario)));
    assert.ok(asked.size >= 6, `only ${[...asked].join(', ')}`);
  });

  for (const scenario of scenarios) {
    const before = asksForRestart(scenario);
    it(`never adds a reason to restart (${scenario.name}: ${before.join(', ') || 'none'})`, () => {
      for (const source of sources) {
        for (const code of codes) {
          const after = asksForRestart({...scenario, observation: blinded(scenario.observation, source, code)});
          const added = after.filter((id) => !before.includes(id));
          assert.deepEqual(added, [], `${source}: ${code}`);
        }
      }
    });
  }

  it('is told by what is not known and why, neither of them twice', () => {
    for (const source of sources) {
      for (const code of codes) {
        for (const {id, status, summary, because} of findings({
          name: source,
          observation: blinded(anObservation(), source, code),
        })) {
          if (status !== 'unknown' || because === null) continue;
          assert.ok(
            summary !== '' && !becauseText(because).includes(summary),
            `${id} without ${source} (${code}): ${summary} | ${becauseText(because)}`,
          );
        }
      }
    }
  });

  it('in several places at once never makes a restart out of none', () => {
    const calm = scenarios.filter((scenario) => asksForRestart(scenario).length === 0).map(({name}) => name);
    fc.assert(
      fc.property(
        fc.constantFrom(...calm),
        fc.uniqueArray(fc.constantFrom(...sources), {minLength: 2, maxLength: 6}),
        fc.constantFrom(...codes),
        (name, blind, code) => {
          const scenario = named(name);
          const observation = blind.reduce((seen, source) => blinded(seen, source, code), scenario.observation);
          assert.deepEqual(asksForRestart({...scenario, observation}), [], `${name} without ${blind.join(', ')}`);
        },
      ),
      {numRuns: 300},
    );
  });

  it('never makes a check throw or disappear, whatever stands in an observation', () => {
    fc.assert(
      fc.property(fc.constantFrom(...scenarios.map(({name}) => name)), mutation, (name, change) => {
        const scenario = named(name);
        const observation = mutated(scenario.observation, change) as Observation;
        const answered = findings({...scenario, observation});
        assert.deepEqual(
          answered.map(({id}) => id),
          catalogue.map(({id}) => id),
        );
        for (const {status} of answered)
          assert.ok(['ok', 'info', 'warning', 'critical', 'unknown', 'skipped'].includes(status));
      }),
      {numRuns: 400},
    );
  });

  it('never makes a restart out of a healthy Frigate, whatever number one camera or detector shows', () => {
    const number = fc.oneof(
      fc.constant(null),
      fc.double(),
      fc.constantFrom(0, -1, 1e12, Number.NaN, Number.POSITIVE_INFINITY, 10),
    );
    fc.assert(
      fc.property(
        number,
        number,
        number,
        number,
        number,
        (cameraFps, processFps, skippedFps, inferenceSpeed, temperature) => {
          const changed = {
            cameras: cameraNames.map((name) =>
              aCamera(name, name === 'back' ? {cameraFps, processFps, skippedFps} : {}),
            ),
            detectors: [aDetector('coral', {inferenceSpeed, temperature})],
          };
          const observation = anObservation({frigate: {stats: known(aReading(changed))}});
          assert.deepEqual(asksForRestart({name: 'odd number', observation}), []);
        },
      ),
      {numRuns: 300},
    );
  });
});

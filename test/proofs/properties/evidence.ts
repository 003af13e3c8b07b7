/** Starts that make progress and errors that components report: what is seen may hold a restart, and never hastens one. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import {known, unknown} from '../../../src/core/known.js';
import {
  silentLog,
  type Component,
  type ErrorReport,
  type LogEvidence,
  type StartStep,
} from '../../../src/core/observation/log.js';
import type {Observation} from '../../../src/core/observation/observation.js';
import {earlier, milliseconds, minutes, seconds, type Instant} from '../../../src/core/time.js';
import {property, type Property} from './property.js';
import {anySituation, decided, situations, type Situation} from './situations.js';

const NEW = 'containerd://never-worked';

/** How the API of a container that has never worked is found. */
const how = fc.constantFrom('refused' as const, 'silent' as const, 'http-status' as const);

const kinds = fc.constantFrom<StartStep['kind'][]>(
  'migration',
  'vacuum',
  'backup',
  'file-move',
  'model-build',
  'model-download',
  'driver-install',
);

interface Start {
  /** Minutes since the container started. */
  readonly age: number;
  readonly how: 'refused' | 'silent' | 'http-status';
  /** Minutes since the last line that shows work; `null`: none. */
  readonly work: number | null;
  readonly step: {readonly kind: StartStep['kind']; readonly ended: boolean} | null;
}

const start: fc.Arbitrary<Start> = fc.record({
  age: fc.integer({min: 11, max: 340}),
  how,
  work: fc.option(fc.integer({min: 0, max: 59})),
  step: fc.option(fc.record({kind: kinds, ended: fc.boolean()})),
});

/** A step under way, a line or the end of a step in the last hour, or an age below it: one of them is progress. */
const makesProgress = ({age, work, step}: Start): boolean =>
  age < 60 || work !== null || (step !== null && (!step.ended || age - 1 < 60));

const logOf = (at: Instant, {age, work, step}: Start): LogEvidence => ({
  ...silentLog(earlier(at, minutes(10)), at),
  startStep: step === null ? null : {...step, at: earlier(at, minutes(age - 1)), text: 'a long step'},
  newestWork: work === null ? null : {at: earlier(at, minutes(Math.min(work, age))), text: 'a line'},
});

/** The same installation with a container that began anew and whose API has not answered; failures of it were counted. */
const begunAnew = ({observation, policy, state, reading}: Situation, begun: Start): Omit<Situation, 'name'> | null => {
  const pods = observation.pods.known ? observation.pods.value : [];
  const [pod] = pods;
  if (pod === undefined || pod.frigate === null) return null;
  const {at} = observation;
  const startedAt = earlier(at, minutes(begun.age));
  const silent = unknown('unreachable', 'GET /api/stats: no answer');
  const seen: Observation = {
    ...observation,
    pods: known([
      {
        ...pod,
        createdAt: startedAt,
        frigate: {...pod.frigate, id: NEW, last: null, state: {phase: 'running', startedAt}},
      },
    ]),
    frigate: {
      ...observation.frigate,
      liveness: (['proxy', 'exec'] as const).map((via) => ({
        via,
        verdict: 'dead',
        how: begun.how,
        detail: 'no answer',
      })),
      backend: begun.how === 'refused' ? known('refused') : observation.frigate.backend,
      stats: silent,
      history: silent,
      config: silent,
      segments: new Map(),
    },
    log: known(logOf(at, begun)),
  };
  const last = earlier(at, policy.interval);
  const streak = {
    count: 5,
    first: earlier(at, minutes(30)),
    last,
    podUid: pod.uid,
    containerId: NEW,
    cause: 'process' as const,
    evidenceAt: null,
  };
  return {
    observation: seen,
    policy,
    reading: reading === 'fresh' ? 'sound' : reading,
    state: {...state, streak, restarts: []},
  };
};

const components = fc.constantFrom<Component[]>(
  'recorder',
  'detector',
  'database',
  'camera',
  'go2rtc',
  'nginx',
  'mqtt',
  'frigate',
);

const report: fc.Arbitrary<{
  readonly component: Component;
  readonly ago: number;
  readonly count: number;
  readonly text: string;
}> = fc.record({
  component: components,
  ago: fc.integer({min: 0, max: 600}),
  count: fc.integer({min: 1, max: 500}),
  text: fc.string({maxLength: 120}),
});

const reporting = (observation: Observation, extra: readonly ErrorReport[]): Observation =>
  observation.log.known
    ? {...observation, log: known({...observation.log.value, errors: [...extra, ...observation.log.value.errors]})}
    : observation;

/** Situations that restart: there the line may only hold. */
const restarting = situations.filter((situation) => decided(situation).action === 'restart');

export const ofEvidence: readonly Property[] = [
  property(
    'a container that has never worked is not restarted while its start makes progress, and never in a migration',
    1,
    fc.property(anySituation, start, (situation, begun) => {
      const changed = begunAnew(situation, begun);
      if (changed === null) return;
      const {action, rule} = decided(changed);
      const inMigration = begun.step?.kind === 'migration' && !begun.step.ended;
      if (makesProgress(begun) || inMigration) assert.notEqual(action, 'restart', situation.name);
      // What stands still is not held by the start any more.
      else assert.notEqual(rule, 'R-06', situation.name);
    }),
  ),
  property(
    'an error line that nobody knows never hastens a restart',
    1,
    fc.property(
      fc.oneof(anySituation, fc.constantFrom(...restarting)),
      fc.array(report, {minLength: 1, maxLength: 4}),
      (situation, lines) => {
        const {observation} = situation;
        const errors = lines.map(({component, ago, count, text}): ErrorReport => {
          const at = earlier(observation.at, milliseconds(seconds(ago)));
          return {component, camera: null, kind: 'unknown', path: null, count, first: at, last: at, sample: text};
        });
        const before = decided(situation).action;
        const after = decided({...situation, observation: reporting(observation, errors)}).action;
        assert.ok(after !== 'restart' || before === 'restart', situation.name);
      },
    ),
  ),
];

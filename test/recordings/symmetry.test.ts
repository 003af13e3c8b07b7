/** Neither the names of cameras nor their order decide anything (docs/how-it-decides.md, "What always holds"), shown on every recorded fault. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import {assess} from '../../src/core/checks/assess.js';
import {mapKnown} from '../../src/core/known.js';
import {emptyBaselines, type Baselines} from '../../src/core/state/baselines.js';
import type {Snapshot} from '../../src/core/observation/frigate.js';
import type {LogEvidence} from '../../src/core/observation/log.js';
import type {Observation} from '../../src/core/observation/observation.js';
import {updateBaselines} from '../../src/core/baselines/update.js';
import {aPolicy} from '../support/observation.js';
import {recordings} from './facts.js';
import {playback} from './playback.js';
import {readRecording} from './recording.js';

const policy = aPolicy();
type Naming = (name: string) => string;

/** The same observation of cameras that are called otherwise and stand in another order. */
const renamed = (observation: Observation, name: Naming, reversed: boolean): Observation => {
  const order = <T>(items: readonly T[]): readonly T[] => (reversed ? [...items].reverse() : items);
  const snapshot = (seen: Snapshot): Snapshot => ({
    ...seen,
    cameras: order(seen.cameras.map((camera) => ({...camera, name: name(camera.name)}))),
    detectors: order(seen.detectors),
    mounts: order(seen.mounts),
    usages: seen.usages === null ? null : order(seen.usages),
    processes: new Map(order([...seen.processes])),
  });
  const log = (evidence: LogEvidence): LogEvidence => ({
    ...evidence,
    tallies: new Map(
      order([...evidence.tallies]).map(([signature, tally]) => [
        signature,
        {...tally, cameras: new Map(order([...tally.cameras]).map(([camera, count]) => [name(camera), count]))},
      ]),
    ),
  });
  const {frigate} = observation;
  return {
    ...observation,
    log: mapKnown(observation.log, log),
    frigate: {
      ...frigate,
      liveness: order(frigate.liveness),
      stats: mapKnown(frigate.stats, (reading) => ({...reading, snapshot: snapshot(reading.snapshot)})),
      history: mapKnown(frigate.history, (history) => history.map(snapshot)),
      config: mapKnown(frigate.config, (config) => ({
        ...config,
        cameras: order(config.cameras.map((camera) => ({...camera, name: name(camera.name)}))),
      })),
      segments: new Map(order([...frigate.segments]).map(([camera, segment]) => [name(camera), segment])),
    },
  };
};

/** What each pass found, without words: the cameras by the names that they had at first. */
const verdicts = (passes: readonly Observation[], original: Naming): readonly unknown[] => {
  let memory: Baselines = emptyBaselines;
  return passes.map((observation) => {
    const findings = assess(observation, memory, policy);
    memory = updateBaselines(memory, observation, findings, policy);
    return findings.map(({id, status, cure, cause, persistence, evidenceAt, immediate, cameras}) => ({
      id,
      status,
      cure,
      cause,
      persistence,
      evidenceAt,
      immediate,
      cameras: cameras.map(original).sort(),
    }));
  });
};

describe('order and names of cameras', () => {
  for (const [recorded, facts] of Object.entries(recordings)) {
    it(`do not matter in ${recorded}`, () => {
      const passes = [...playback(readRecording(recorded), facts, 210, {before: 2, after: 3})].map(
        ({observation}) => observation,
      );
      const plain = verdicts(passes, (name) => name);
      const names = fc.uniqueArray(
        fc.string({minLength: 1, maxLength: 20}).filter((name) => !name.startsWith('_replay_')),
        {minLength: 3, maxLength: 3},
      );
      fc.assert(
        fc.property(names, fc.boolean(), (others, reversed) => {
          const there = new Map(['back', 'front', 'garage'].map((name, index) => [name, others[index]!]));
          const back = new Map([...there].map(([name, other]) => [other, name]));
          const renamedPasses = passes.map((observation) =>
            renamed(observation, (name) => there.get(name) ?? name, reversed),
          );
          assert.deepEqual(
            verdicts(renamedPasses, (name) => back.get(name) ?? name),
            plain,
          );
        }),
        {numRuns: 8},
      );
    });
  }
});

/** Every recorded fault, at ten distances from the pass before it: the right findings, the right cure, and nothing before the fault. */
import assert from 'node:assert/strict';
import {readdirSync} from 'node:fs';
import {assess} from '../../src/core/checks/assess.js';
import {restartable, diagnose} from '../../src/core/diagnosis/diagnose.js';
import type {Diagnosis} from '../../src/core/diagnosis/diagnosis.js';
import type {CheckId, Finding} from '../../src/core/finding.js';
import {emptyBaselines, type Baselines} from '../../src/core/state/baselines.js';
import {updateBaselines} from '../../src/core/baselines/update.js';
import {aPolicy} from '../support/observation.js';
import {recordings, type Facts} from './facts.js';
import {playback} from './playback.js';
import {readRecording, type Recording} from './recording.js';

interface Judged {
  /** 1 is the first pass after the fault; 0 and less are before it. */
  readonly number: number;
  readonly findings: readonly Finding[];
  readonly diagnosis: Diagnosis;
}

const phases = Array.from({length: 10}, (_, index) => index * 30);
const passesBefore = 6;

const judged = (recording: Recording, facts: Facts, phase: number): readonly Judged[] => {
  let memory: Baselines = emptyBaselines;
  return [...playback(recording, facts, phase, {before: passesBefore})].map(({observation}, index) => {
    const findings = assess(observation, memory, aPolicy());
    memory = updateBaselines(memory, observation, findings, aPolicy());
    return {
      number: index - passesBefore + 1,
      findings,
      diagnosis: diagnose(findings, {paused: false, starting: false}),
    };
  });
};

const criticalOf = (findings: readonly Finding[]): readonly CheckId[] =>
  findings.filter(({status}) => status === 'critical').map(({id}) => id);
const told = ({number, findings}: Judged): string =>
  `pass ${number}: ${findings
    .filter(({status}) => status !== 'ok' && status !== 'skipped')
    .map(({id, status, cure, summary}) => `${id} ${status} ${cure}: ${summary}`)
    .join(' | ')}`;

describe('recorded faults', () => {
  it('are all described', () => {
    const files = readdirSync(new URL('../fixtures/recordings', import.meta.url)).map((file) =>
      file.replace(/\.json$/, ''),
    );
    assert.deepEqual(files.sort(), Object.keys(recordings).sort());
  });

  for (const [name, facts] of Object.entries(recordings)) {
    const {expected} = facts;
    describe(name, () => {
      let runs: ReadonlyArray<{readonly phase: number; readonly passes: readonly Judged[]}> = [];
      before(() => {
        const recording = readRecording(name);
        runs = phases.map((phase) => ({phase, passes: judged(recording, facts, phase)}));
      });

      it('shows nothing before the fault', () => {
        for (const {phase, passes} of runs) {
          for (const pass of passes.filter(({number}) => number < 1))
            assert.equal(pass.diagnosis.health, 'healthy', `phase ${phase}, ${told(pass)}`);
        }
      });

      it(`is ${expected.health}, ${expected.cause ?? 'no cause'}, from pass ${expected.within} on`, () => {
        for (const {phase, passes} of runs) {
          for (const pass of passes.filter(({number}) => number >= expected.within)) {
            const {health, cause} = pass.diagnosis;
            assert.deepEqual(
              {health, cause},
              {health: expected.health, cause: expected.cause},
              `phase ${phase}, ${told(pass)}`,
            );
          }
        }
      });

      it(`finds ${expected.critical.join(', ') || 'nothing'} and nothing that is not so`, () => {
        for (const {phase, passes} of runs) {
          for (const pass of passes.filter(({number}) => number >= expected.within)) {
            const critical = criticalOf(pass.findings);
            for (const id of expected.critical)
              assert.ok(critical.includes(id), `phase ${phase}: ${id} is missing, ${told(pass)}`);
            const strange = critical.filter(
              (id) => !expected.critical.includes(id) && expected.allowed?.includes(id) !== true,
            );
            assert.deepEqual(strange, [], `phase ${phase}, ${told(pass)}`);
          }
        }
      });

      it(expected.cure === 'restart' ? 'is cured by a restart' : 'is never restarted for', () => {
        for (const {phase, passes} of runs) {
          for (const pass of passes.filter(({number}) => number >= expected.within)) {
            assert.equal(pass.diagnosis.cure, expected.cure, `phase ${phase}, ${told(pass)}`);
            assert.equal(
              restartable(pass.findings, pass.diagnosis).length > 0,
              expected.cure === 'restart',
              `phase ${phase}, ${told(pass)}`,
            );
          }
        }
      });

      it('asks for a restart twice in a row only where one cures', () => {
        if (expected.cure === 'restart') assert.equal(facts.restartCured, true);
        for (const {phase, passes} of runs) {
          const asks = passes.map((pass) => restartable(pass.findings, pass.diagnosis));
          const early = asks
            .slice(0, passesBefore - 1 + expected.within)
            .flat()
            .filter(
              ({id}) =>
                expected.passing?.includes(id) !== true &&
                !expected.critical.includes(id) &&
                expected.allowed?.includes(id) !== true,
            );
          assert.deepEqual(
            early.map(({id}) => id),
            [],
            `phase ${phase}`,
          );
          const twice = asks.some((ask, index) => ask.length > 0 && (asks[index - 1]?.length ?? 0) > 0);
          assert.equal(twice, expected.cure === 'restart', `phase ${phase}`);
        }
      });

      it('rests on evidence that a second pass may count', () => {
        if (expected.cure !== 'restart') return;
        for (const {phase, passes} of runs) {
          let last: number | null = null;
          for (const pass of passes.filter(({number}) => number >= expected.within)) {
            for (const finding of restartable(pass.findings, pass.diagnosis).filter(
              ({persistence}) => persistence === 'sample',
            )) {
              const at = finding.evidenceAt;
              assert.ok(
                at === null || last === null || at > last,
                `phase ${phase}: ${finding.id} rests on what was counted before, ${told(pass)}`,
              );
            }
            last =
              passes.length > 0
                ? Math.max(
                    last ?? 0,
                    ...restartable(pass.findings, pass.diagnosis).map(({evidenceAt}) => evidenceAt ?? 0),
                  )
                : last;
          }
        }
      });
    });
  }
});

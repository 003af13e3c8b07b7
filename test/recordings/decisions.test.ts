/** Every recorded fault through the whole of assess, diagnose, remember and decide: the one restart where one cured it, none elsewhere. */
import assert from 'node:assert/strict';
import {assess} from '../../src/core/checks/assess.js';
import {decide} from '../../src/core/decide.js';
import type {Decision} from '../../src/core/decision/decision.js';
import {reasonText} from '../../src/core/decision/wording.js';
import {diagnose} from '../../src/core/diagnosis/diagnose.js';
import {updateBaselines} from '../../src/core/baselines/update.js';
import {freshState} from '../../src/core/state/codec.js';
import type {State} from '../../src/core/state/state.js';
import {chooseTarget} from '../../src/core/observation/target.js';
import {aPolicy} from '../support/observation.js';
import {recordings, type Facts} from './facts.js';
import {playback} from './playback.js';
import {readRecording} from './recording.js';

const phases = Array.from({length: 10}, (_, index) => index * 30);
const before = 6;
const policy = aPolicy();

interface Decided {
  /** 1 is the first pass after the fault. */
  readonly number: number;
  readonly decision: Decision;
}

/** Decides pass after pass until a restart is decided: what comes after it is another container. */
const decided = (name: string, facts: Facts, phase: number): readonly Decided[] => {
  let state: State = freshState;
  const results: Decided[] = [];
  for (const [index, {observation}] of [...playback(readRecording(name), facts, phase, {before})].entries()) {
    const findings = assess(observation, state.memory, policy);
    const search = observation.workload;
    assert.ok(search.known && search.value.found === 'one' && observation.pods.known);
    const choice = chooseTarget(search.value.workload, observation.pods.value);
    const decision = decide({
      state,
      reading: index === 0 ? 'fresh' : 'sound',
      observation,
      findings,
      diagnosis: diagnose(findings, {paused: false, starting: false}),
      memory: updateBaselines(state.memory, observation, findings, policy),
      pod: choice.pod,
      container: choice.chosen ? choice.container : null,
      policy,
      now: observation.at,
      attemptId: `attempt-${index}`,
      by: 'a test',
      request: null,
      alerting: true,
      wipeNotifiedAt: null,
    });
    state = decision.next;
    results.push({number: index - before + 1, decision});
    if (decision.action === 'restart') break;
  }
  return results;
};

describe('recorded faults, decided', () => {
  for (const [name, facts] of Object.entries(recordings)) {
    const {action, within} = facts.expected;
    it(`${name}: ${action}`, () => {
      for (const phase of phases) {
        const passes = decided(name, facts, phase);
        const told = passes
          .map(({number, decision}) => `${number}: ${decision.action} ${decision.rule} ${reasonText(decision.reason)}`)
          .join('\n');
        const restarts = passes.filter(({decision}) => decision.action === 'restart');
        if (action === 'restart') {
          assert.equal(restarts.length, 1, `phase ${phase}\n${told}`);
          const number = restarts[0]!.number;
          // N passes must see it; the first that may do so is `within`.
          assert.ok(
            number >= 2 && number <= within + policy.consecutiveFailures,
            `phase ${phase}: restarted in pass ${number}\n${told}`,
          );
        } else {
          assert.equal(restarts.length, 0, `phase ${phase}\n${told}`);
        }
        if (action === 'alert')
          assert.ok(passes.at(-1)!.decision.next.incident !== null, `phase ${phase}: nobody is told\n${told}`);
        assert.ok(
          passes.filter(({number}) => number < 1).every(({decision}) => decision.action === 'none'),
          `phase ${phase}: before the fault\n${told}`,
        );
      }
    });
  }
});

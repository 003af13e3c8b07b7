/** A long start is not a hang: what has never worked is starting until it is observed to stand still. */
import assert from 'node:assert/strict';
import {startOf, startProgress} from '../../../src/core/checks/evidence/start.js';
import {known, unknown} from '../../../src/core/known.js';
import type {LogEvidence, StartStep} from '../../../src/core/observation/log.js';
import type {Observation} from '../../../src/core/observation/observation.js';
import {emptyBaselines, type Baselines} from '../../../src/core/state/baselines.js';
import {updateBaselines} from '../../../src/core/baselines/update.js';
import type {PodTemplate, Probe} from '../../../src/core/observation/workload.js';
import {hours, milliseconds, minutes, seconds, type Duration} from '../../../src/core/time.js';
import {shifted} from '../../proofs/support/shifted.js';
import {
  aContainer,
  aFrigate,
  aLog,
  ago,
  anObservation,
  aPod,
  aPolicy,
  aProbe,
  aReading,
  aTemplate,
  aWorkload,
  now,
} from '../../support/observation.js';

const silent = unknown('timeout', 'no answer');

/** A container of this age that gives no answer, and what its log says. */
const starting = (age: Duration, log: Partial<LogEvidence> = {}): Observation =>
  anObservation({
    pods: known([aPod({frigate: aContainer({id: 'new', state: {phase: 'running', startedAt: ago(age)}})})]),
    frigate: {stats: silent, history: silent, config: silent, liveness: []},
    log: known(aLog({}, log)),
  });

const step = (at: Duration, changes: Partial<StartStep> = {}): StartStep => ({
  kind: 'model-build',
  at: ago(at),
  text: 'Generating yolov7-320.trt. This may take a few minutes.',
  ended: false,
  ...changes,
});

const work = (at: Duration): LogEvidence['newestWork'] => ({at: ago(at), text: 'a line'});

describe('the start of a container', () => {
  const cases: ReadonlyArray<readonly [what: string, given: Observation, standsStill: boolean]> = [
    ['has only begun', starting(minutes(5)), false],
    ['is silent for 59 minutes', starting(minutes(59)), false],
    ['is silent for 60 minutes', starting(minutes(60)), true],
    ['logs something from time to time', starting(hours(3), {newestWork: work(minutes(20))}), false],
    ['has logged nothing for an hour', starting(hours(3), {newestWork: work(minutes(61))}), true],
    ['builds a model since hours', starting(hours(5), {startStep: step(hours(5)), newestWork: work(hours(5))}), false],
    [
      'migrates the database since hours',
      starting(hours(5), {startStep: step(hours(5), {kind: 'migration'}), newestWork: work(hours(5))}),
      false,
    ],
    [
      'has ended its step and then nothing',
      starting(hours(3), {startStep: step(hours(2), {ended: true}), newestWork: work(hours(2))}),
      true,
    ],
    [
      'has gone on after its step and then nothing',
      starting(hours(3), {startStep: step(hours(2)), newestWork: work(minutes(90))}),
      true,
    ],
    ['speaks of a step of the container before', starting(hours(2), {startStep: step(hours(3))}), true],
  ];
  for (const [what, observation, standsStill] of cases) {
    it(`${standsStill ? 'stands still' : 'goes on'}: ${what}`, () => {
      assert.equal(startProgress({observation, memory: emptyBaselines})?.standsStill, standsStill);
    });
  }

  it('is over with the first valid answer, and stays so when the API falls silent', () => {
    const policy = aPolicy();
    const answered = anObservation({
      pods: starting(minutes(5)).pods,
      frigate: aFrigate({stats: known(aReading({}))}),
    });
    assert.equal(startProgress({observation: answered, memory: emptyBaselines}), null);
    const memory = updateBaselines(emptyBaselines, answered, [], policy);
    assert.equal(memory.start?.workedAt, now);
    assert.equal(startProgress({observation: starting(hours(2)), memory}), null);
  });

  it('is proven by nothing that a container before it did', () => {
    const before: Baselines = {
      ...emptyBaselines,
      containerId: 'old',
      lastUpdated: ago(hours(1)),
      start: {containerId: 'old', workedAt: ago(hours(9)), step: null, workLoggedAt: null},
    };
    assert.notEqual(startProgress({observation: starting(minutes(20)), memory: before}), null);
  });

  it('is taken as over where an earlier version remembered a snapshot of this container', () => {
    const memory: Baselines = {...emptyBaselines, containerId: 'new', lastUpdated: ago(minutes(5))};
    assert.equal(startProgress({observation: starting(hours(2)), memory}), null);
  });

  it('remembers its step when the log is read back no further', () => {
    const policy = aPolicy();
    const memory = updateBaselines(emptyBaselines, starting(minutes(30), {startStep: step(minutes(30))}), [], policy);
    const later = startOf({observation: starting(hours(2)), memory});
    assert.equal(later?.step?.kind, 'model-build');
    assert.equal(startProgress({observation: starting(hours(2)), memory})?.standsStill, false);
  });

  it('remembers when something else than an answer showed it to be over', () => {
    const policy = aPolicy();
    const shown = starting(minutes(30), {startShown: ago(minutes(20))});
    assert.equal(startProgress({observation: shown, memory: emptyBaselines}), null);
    const memory = updateBaselines(emptyBaselines, shown, [], policy);
    assert.deepEqual([memory.start?.workedAt, memory.start?.shownAt], [null, ago(minutes(20))]);
    assert.equal(startProgress({observation: starting(hours(2)), memory}), null);
  });

  it('is not over by a line of the container before', () => {
    const observation = starting(minutes(30), {startShown: ago(minutes(31))});
    assert.notEqual(startProgress({observation, memory: emptyBaselines}), null);
  });

  it('is not over by what is older than work on the database that has not ended', () => {
    const shown = ago(minutes(20));
    const given = (at: Duration, changes: Partial<StartStep> = {}): Observation =>
      starting(minutes(30), {startShown: shown, startStep: step(at, {kind: 'migration', ...changes})});
    const progress = (observation: Observation, memory = emptyBaselines): unknown =>
      startProgress({observation, memory});
    assert.notEqual(progress(given(minutes(10))), null);
    assert.notEqual(progress(given(minutes(20))), null);
    assert.equal(progress(given(minutes(10), {ended: true})), null);
    assert.equal(progress(given(minutes(29))), null);
    const memory = updateBaselines(emptyBaselines, starting(minutes(30), {startShown: shown}), [], aPolicy());
    assert.notEqual(progress(given(minutes(5)), memory), null);
  });

  it('is taken for granted of a container that nobody observed for six hours', () => {
    const start = startOf({observation: starting(hours(7)), memory: emptyBaselines});
    assert.deepEqual([start?.workedAt, start?.shownAt], [ago(hours(7)), null]);
    const unknownOne = startOf({observation: starting(hours(7)), memory: {...emptyBaselines, containerId: 'old'}});
    assert.deepEqual([unknownOne?.workedAt, unknownOne?.shownAt], [null, ago(hours(7))]);
    const migrating = starting(hours(7), {startStep: step(hours(5), {kind: 'migration'})});
    assert.notEqual(startProgress({observation: migrating, memory: emptyBaselines}), null);
  });

  describe('by the readiness of the container', () => {
    const observed = (
      probes: Partial<PodTemplate>,
      ready: boolean,
      changed: Duration | null,
      current: boolean | null = true,
    ): Observation =>
      anObservation({
        ...starting(minutes(30)),
        workload: known({found: 'one', workload: aWorkload({template: aTemplate(probes)})}),
        pods: known([
          aPod({
            current,
            conditions:
              changed === null
                ? []
                : [
                    {
                      type: 'Ready',
                      status: ready ? 'True' : 'False',
                      reason: null,
                      message: null,
                      lastTransition: ago(changed),
                    },
                  ],
            frigate: aContainer({id: 'new', ready, state: {phase: 'running', startedAt: ago(minutes(30))}}),
          }),
        ]),
      });
    const asks = (path: string | null): Probe => aProbe({path});
    const api = {readinessProbe: asks('/api/version')};
    const rows: ReadonlyArray<readonly [what: string, given: Observation, over: boolean]> = [
      ['is over: ready, and the probe asks the API', observed(api, true, null), true],
      ['is over: ready, and the startup probe asks it', observed({startupProbe: asks('/api/')}, true, null), true],
      ['is over: it was ready and is no longer', observed(api, false, minutes(5)), true],
      ['goes on: it has never been ready', observed(api, false, minutes(31)), false],
      ['goes on: lost with a container before it', observed(api, false, seconds(1750)), false],
      ['goes on: the probe asks for a page of nginx', observed({readinessProbe: asks('/')}, true, null), false],
      [
        'goes on: the probe asks go2rtc',
        observed({readinessProbe: asks('/api/go2rtc/webrtc')}, true, minutes(9)),
        false,
      ],
      ['goes on: the probe connects, and asks nothing', observed({readinessProbe: asks(null)}, true, null), false],
      ['goes on: there is no probe', observed({readinessProbe: null}, true, minutes(9)), false],
      ['goes on: the pod has the template of before', observed(api, true, null, false), false],
    ];
    for (const [what, observation, over] of rows)
      it(what, () => {
        assert.equal(startProgress({observation, memory: emptyBaselines}) === null, over);
      });
  });

  it('is not judged where no container runs', () => {
    const observation = anObservation({pods: known([])});
    assert.equal(startProgress({observation, memory: emptyBaselines}), null);
    assert.equal(startOf({observation, memory: emptyBaselines}), null);
  });

  describe('by its CPU time', () => {
    const using = (cores: number | null, age: Duration, log: Partial<LogEvidence> = {}): Observation => ({
      ...starting(age, log),
      cpuUse: cores === null ? unknown('not-found', 'no metrics API') : known({cores, at: now}),
    });
    /** Passes five minutes apart until now, each with this use; what the last one shows. */
    const over = (
      uses: ReadonlyArray<number | null>,
      {apart = minutes(5), log = {}}: {readonly apart?: Duration; readonly log?: Partial<LogEvidence>} = {},
    ): boolean | undefined => {
      const age = hours(5);
      let memory = emptyBaselines;
      let last = startProgress({observation: using(null, age), memory});
      uses.forEach((use, index) => {
        const back = milliseconds((uses.length - 1 - index) * apart);
        const observation = shifted(using(use, milliseconds(age - back), log), milliseconds(0 - back));
        last = startProgress({observation, memory});
        memory = updateBaselines(memory, observation, [], aPolicy());
      });
      return last?.standsStill;
    };
    const times = (count: number, use: number | null): readonly (number | null)[] =>
      Array.from({length: count}, () => use);
    const worked = {newestWork: work(minutes(31))};

    it('goes on while it works, however long its log is silent', () => {
      assert.equal(over(times(3, 0.99)), false);
      assert.equal(over([0.99, 0.001]), false);
    });
    it('stands still after an hour of silence where its CPU time cannot be read', () => {
      assert.equal(over(times(8, null)), true);
      assert.equal(over(times(8, null), {log: worked}), false);
    });
    it('stands still after half an hour without a line and without work', () => {
      assert.equal(over(times(7, 0.001), {log: worked}), true);
      assert.equal(over(times(6, 0.001), {log: worked}), false);
      assert.equal(over([0.5, ...times(6, 0.001)], {log: worked}), false);
    });
    it('is not shown to stand still by samples with a gap between them', () => {
      assert.equal(over([...times(4, 0.001), null, ...times(2, 0.001)], {log: worked}), false);
      assert.equal(over(times(3, 0.001), {apart: minutes(20), log: worked}), false);
    });
    it('never ends a long step that is logged: a download uses little', () => {
      const log = {newestWork: work(hours(2)), startStep: step(hours(2), {kind: 'model-download'})};
      assert.equal(over(times(9, 0), {log}), false);
    });
    it('is forgotten once it works', () => {
      const working = {...anObservation(), cpuUse: known({cores: 1, at: now})};
      assert.equal(updateBaselines(emptyBaselines, working, [], aPolicy()).start?.cpu, null);
    });
  });

  it('counts from the container, not from the first observation', () => {
    assert.equal(startProgress({observation: starting(seconds(90)), memory: emptyBaselines})?.age, seconds(90));
  });
});

import assert from 'node:assert/strict';
import type {CustomAnswer, CustomCheck, ReadProbe} from '../../src/core/custom/custom-check.js';
import {known, unknown} from '../../src/core/known.js';
import type {Observation} from '../../src/core/observation/observation.js';
import {instant, minutes, seconds, type Instant} from '../../src/core/time.js';
import type {Cluster, LogRequest} from '../../src/kubernetes/cluster.js';
import {CustomReadings} from '../../src/pass/custom-readings.js';
import {FakeWorld} from '../support/fake-world.js';
import {ago, aLog, anObservation, aWorkload, now} from '../support/observation.js';

const never = new AbortController().signal;
const observation = anObservation();
const workload = aWorkload();
const pod = observation.pods.known ? (observation.pods.value[0]?.name ?? '') : '';
const where = {namespace: workload.namespace, pod};

const aCheck = (probe: ReadProbe): CustomCheck => ({
  id: 'X-a',
  title: 't',
  every: seconds(30),
  timeout: seconds(5),
  severity: 'warning',
  frigate: null,
  dependsOn: [],
  fix: null,
  probe,
});

const errors = (window = minutes(10)): CustomCheck =>
  aCheck({kind: 'log', pattern: 'ERROR .*front', window, expect: {operator: '==', value: 0}});

const line = (at: Instant, text: string): string => `${new Date(at).toISOString()} ${text}\n`;
const bad = 'frigate.video ERROR : front: gone';

/** A log that is read in the given pieces. */
const clusterOf = (pieces: readonly string[]): Cluster => ({
  ...new FakeWorld().world().cluster,
  openLog: () =>
    Promise.resolve(
      known(
        (async function* () {
          await Promise.resolve();
          for (const piece of pieces) yield Buffer.from(piece);
        })(),
      ),
    ),
});

const read = async (
  readings: CustomReadings,
  pieces: readonly string[],
  request: Partial<LogRequest> = {},
): Promise<void> => {
  const opened = await readings.listenTo(clusterOf(pieces)).openLog(
    {
      ...where,
      container: 'frigate',
      since: ago(minutes(10)),
      previous: false,
      follow: false,
      tailLines: null,
      ...request,
    },
    never,
  );
  assert.ok(opened.known);
  let passed = '';
  for await (const chunk of opened.value) passed += chunk.toString();
  assert.equal(passed, pieces.join(''), 'nothing of the stream is lost on its way');
};

const answerOf = (readings: CustomReadings, of: Observation = observation): CustomAnswer => {
  const answer = readings.answers(of).get('X-a');
  assert.ok(answer);
  return answer;
};
const lines = (answer: CustomAnswer): unknown =>
  answer.reached ? [answer.value, ...(answer.partial === true ? ['partial'] : [])] : answer.how;

describe('what checks of the user’s own read of the statistics', () => {
  const fps = aCheck({kind: 'stats', pointer: '/cameras/front/camera_fps', expect: {operator: '>', value: 4}});
  const readings = new CustomReadings(() => [fps]);

  it('is the value at the pointer, of the pod that was observed', () => {
    assert.deepEqual(lines(answerOf(readings)), [undefined], 'of a pod that said nothing');
    readings.onStats({...where, pod: 'other'}, Buffer.from('{"cameras": {"front": {"camera_fps": 1}}}'));
    assert.deepEqual(lines(answerOf(readings)), [undefined]);
    readings.onStats(where, Buffer.from('{"cameras": {"front": {"camera_fps": 5.1}}}'));
    assert.deepEqual(lines(answerOf(readings)), [5.1]);
  });

  it('is nothing where there is no single value, and never an old one', () => {
    for (const body of ['{"cameras": {"front": {"camera_fps": {}}}}', '{"cameras": {}}', 'no JSON']) {
      readings.onStats(where, Buffer.from('{"cameras": {"front": {"camera_fps": 5.1}}}'));
      readings.onStats(where, Buffer.from(body));
      assert.deepEqual(lines(answerOf(readings)), [undefined], body);
    }
    readings.onStats(where, Buffer.from('{"cameras": {"front": {"camera_fps": 5.1}}}'));
    const silent = anObservation({frigate: {stats: unknown('timeout', 'no answer')}});
    assert.equal(lines(answerOf(readings, silent)), 'not-observed');
  });
});

describe('what checks of the user’s own count in the log', () => {
  it('are the lines in the window that match, wherever the stream is cut', async () => {
    const readings = new CustomReadings(() => [errors()]);
    const text = [
      line(ago(minutes(11)), bad),
      line(ago(minutes(9)), bad),
      line(ago(minutes(5)), 'frigate.video ERROR : back: gone'),
      line(ago(minutes(4)), `${'x'.repeat(30_000)} ${bad}`),
      line(ago(minutes(3)), bad),
    ].join('');
    for (const size of [1, 7, 1000, text.length]) {
      const pieces = Array.from({length: Math.ceil(text.length / size)}, (_, index) =>
        text.slice(index * size, (index + 1) * size),
      );
      await read(readings, pieces);
      assert.deepEqual(lines(answerOf(readings)), [2], `in pieces of ${size}`);
    }
  });

  it('are counted anew in each reading, and once in a log that is followed and broke', async () => {
    const readings = new CustomReadings(() => [errors()]);
    const one = line(ago(minutes(2)), bad);
    await read(readings, [one]);
    await read(readings, [one]);
    assert.deepEqual(lines(answerOf(readings)), [1]);
    const followed = new CustomReadings(() => [errors()]);
    await read(followed, [one], {follow: true});
    await read(followed, [one, line(ago(minutes(1)), bad)], {follow: true, since: ago(minutes(2))});
    assert.deepEqual(lines(answerOf(followed)), [2]);
  });

  it('are a part where less than the window was read, unless the container is younger', async () => {
    const readings = new CustomReadings(() => [errors(minutes(60))]);
    await read(readings, [line(ago(minutes(1)), bad)]);
    assert.deepEqual(lines(answerOf(readings)), [1, 'partial']);
    await read(readings, [line(ago(minutes(1)), bad)], {since: null});
    assert.deepEqual(lines(answerOf(readings)), [1]);
    await read(readings, [], {since: ago(minutes(60))});
    assert.deepEqual(lines(answerOf(readings)), [0]);
    assert.deepEqual(lines(answerOf(readings, anObservation({log: known({...aLog({}), complete: false})}))), [
      0,
      'partial',
    ]);
    assert.equal(lines(answerOf(readings, anObservation({log: unknown('timeout', 'no answer')}))), 'not-observed');
  });

  it('have a gap where a log that is followed was not read', async () => {
    const readings = new CustomReadings(() => [errors()]);
    await read(readings, [line(ago(minutes(9)), bad)], {follow: true});
    await read(readings, [], {follow: true, since: ago(minutes(1))});
    assert.deepEqual(lines(answerOf(readings)), [1, 'partial']);
  });

  it('are not those of the container before, nor of the last lines that a person is shown', async () => {
    const readings = new CustomReadings(() => [errors()]);
    await read(readings, [line(ago(minutes(2)), bad)], {previous: true});
    await read(readings, [line(ago(minutes(2)), bad)], {tailLines: 10});
    assert.equal(lines(answerOf(readings)), 'not-observed');
  });

  it('begin anew for a pattern that is another', async () => {
    const first = [errors()];
    const other = [aCheck({kind: 'log', pattern: 'gone', window: minutes(10), expect: {operator: '==', value: 0}})];
    let checks = first;
    const readings = new CustomReadings(() => checks);
    const streams = readings.listenTo({
      ...clusterOf([]),
      openLog: () =>
        Promise.resolve(
          known(
            (async function* () {
              await Promise.resolve();
              yield Buffer.from(line(ago(minutes(2)), bad));
              checks = other;
              yield Buffer.from(line(ago(minutes(1)), bad));
            })(),
          ),
        ),
    });
    const opened = await streams.openLog(
      {...where, container: 'frigate', since: ago(minutes(10)), previous: false, follow: true, tailLines: null},
      never,
    );
    assert.ok(opened.known);
    for await (const chunk of opened.value) assert.ok(chunk.length > 0);
    assert.deepEqual(lines(answerOf(readings)), [1, 'partial']);
  });

  it('stay few however long a log is followed', async () => {
    const readings = new CustomReadings(() => [errors(minutes(60))]);
    const from = instant(now - minutes(60 * 24));
    const all = Array.from({length: 24 * 60}, (_, index) => line(instant(from + minutes(index)), bad)).join('');
    await read(readings, [all], {follow: true, since: from});
    assert.deepEqual(lines(answerOf(readings)), [60]);
  });

  it('leave a stream at once that is given up while it says nothing', async () => {
    let given = false;
    const readings = new CustomReadings(() => [errors()]);
    const opened = await readings
      .listenTo({
        ...clusterOf([]),
        openLog: () =>
          Promise.resolve(
            known({
              [Symbol.asyncIterator]: () => ({
                next: () => new Promise<never>(() => undefined),
                return: () => {
                  given = true;
                  return Promise.resolve({done: true as const, value: undefined});
                },
              }),
            }),
          ),
      })
      .openLog({...where, container: 'frigate', since: null, previous: false, follow: false, tailLines: null}, never);
    assert.ok(opened.known);
    const chunks = opened.value[Symbol.asyncIterator]();
    void chunks.next();
    await chunks.return?.();
    assert.ok(given);
  });
});

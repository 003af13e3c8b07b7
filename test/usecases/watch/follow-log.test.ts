/** The log of whichever container runs: taken up where it broke, begun anew for another pod, let go when nothing runs. */
import assert from 'node:assert/strict';
import {FakeTimers} from '../../support/fake-timers.js';
import {known, unknown, type Known} from '../../../src/core/known.js';
import type {Pod} from '../../../src/core/observation/pod.js';
import {later, milliseconds, rfc3339, seconds, type Duration, type Instant} from '../../../src/core/time.js';
import type {Cluster} from '../../../src/kubernetes/cluster.js';
import {refreshableSleep} from '../../../src/usecases/watch/refreshable-sleep.js';
import {watchStateWriter, type WatchStateWriter} from '../../../src/usecases/watch/watch-state.js';
import {followLog, type Patience} from '../../../src/usecases/watch/follow-log.js';
import {WATCH_DEMAND, type WatchContext} from '../../../src/usecases/watch/watch-context.js';
import {FakeWorld} from '../../support/fake-world.js';
import {aContainer, aPod, aWorkload, now} from '../../support/observation.js';

type LogQuestion = Parameters<Cluster['openLog']>[0];

/** A log that the test writes. */
class Stream {
  #chunks: Buffer[] = [];
  #wake: () => void = () => undefined;
  #end: 'open' | 'ended' | Error = 'open';

  write(...lines: readonly string[]): void {
    this.#chunks.push(Buffer.from(lines.join('')));
    this.#wake();
  }

  end(how: 'ended' | Error = 'ended'): void {
    this.#end = how;
    this.#wake();
  }

  async *read(signal: AbortSignal): AsyncGenerator<Buffer> {
    signal.addEventListener('abort', () => this.end());
    if (signal.aborted) this.end();
    for (;;) {
      for (const chunk of this.#chunks.splice(0)) yield chunk;
      if (this.#end instanceof Error) throw this.#end;
      if (this.#end === 'ended') return;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }
}

const line = (at: Instant, text: string): string => `${rfc3339(at).replace('Z', '.5Z')} ${text}\n`;
const refused = (at: Instant, camera: string): string =>
  line(at, `[2026-10-10 03:00:00] ffmpeg.${camera}.detect ERROR : rtsp://u:p@10.0.0.1/cam: Connection refused`);

interface Stage {
  readonly watchState: WatchStateWriter;
  readonly asked: LogQuestion[];
  readonly streams: Stream[];
  readonly show: (pod: Pod | null) => void;
  readonly until: (holds: () => boolean) => Promise<void>;
  readonly pass: (length: Duration) => Promise<void>;
  /** What `openLog` answers next; a stream of the test's by default. */
  refusal: Known<never> | null;
  /** `openLog` is accepted and never answered. */
  mute: boolean;
  readonly end: () => void;
}

const begin = (patience?: Patience): Stage => {
  const asked: LogQuestion[] = [];
  const streams: Stream[] = [];
  const ending = new AbortController();
  const timers = new FakeTimers();
  const fake = new FakeWorld().world();
  const openLog: Cluster['openLog'] = (question, signal) => {
    asked.push(question);
    if (stage.refusal !== null) return Promise.resolve(stage.refusal);
    if (stage.mute) {
      return new Promise((resolve) => {
        signal.addEventListener('abort', () => resolve(unknown('timeout', 'no answer')), {once: true});
      });
    }
    const stream = new Stream();
    streams.push(stream);
    return Promise.resolve(known(stream.read(signal)));
  };
  let look = (): void => undefined;
  const watchState = watchStateWriter(() => look());
  const ring = refreshableSleep(timers);
  const context: WatchContext = {
    ports: {...fake, clock: timers, cluster: {...fake.cluster, openLog}},
    kind: null,
    writer: watchState,
    interval: seconds(2),
    demand: WATCH_DEMAND,
    sleep: ring,
    random: () => 0,
    signal: ending.signal,
  };
  ({onChange: look} = followLog(context, patience));
  const stage: Stage = {
    watchState,
    asked,
    streams,
    refusal: null,
    mute: false,
    show: (pod) =>
      watchState.put({
        located: {search: known({found: 'one', workload: aWorkload()}), pods: known(pod === null ? [] : [pod])},
      }),
    until: async (holds) => {
      for (let turn = 0; !holds(); turn += 1) {
        assert.ok(
          turn < 200,
          `it never came: ${JSON.stringify({asked, log: watchState.now.log, lines: watchState.now.lines})}`,
        );
        // A person who does not want to wait.
        ring.ring();
        await timers.advance(milliseconds(10));
      }
    },
    pass: (length) => timers.advance(length),
    end: () => ending.abort(),
  };
  return stage;
};

describe('following the log', () => {
  let stage: Stage;
  beforeEach(() => {
    stage = begin();
  });
  afterEach(() => stage.end());
  const texts = (): readonly string[] => stage.watchState.now.lines.map(({camera}) => camera ?? '');

  it('begins with the window and shows new lines as they come', async () => {
    stage.show(aPod());
    await stage.until(() => stage.streams.length === 1);
    assert.deepEqual(
      [stage.asked[0]?.follow, stage.asked[0]?.pod, stage.asked[0]?.since],
      [true, aPod().name, later(now, seconds(-600))],
    );
    stage.streams[0]?.write(refused(now, 'front'));
    await stage.until(() => texts().length === 1);
    assert.deepEqual(
      [texts(), stage.watchState.now.log.known, stage.watchState.now.sources.log.trouble],
      [['front'], true, null],
    );
  });

  it('takes a stream that ended up at the last line, without a line twice, and says meanwhile that it is lost', async () => {
    stage.show(aPod());
    await stage.until(() => stage.streams.length === 1);
    stage.streams[0]?.write(refused(now, 'front'));
    await stage.until(() => texts().length === 1);
    stage.refusal = unknown('failed', 'the kubelet does not answer');
    stage.streams[0]?.end(new Error('socket hang up'));
    await stage.until(() => stage.watchState.now.sources.log.trouble !== null);
    assert.equal(stage.watchState.now.log.known, false);
    stage.refusal = null;
    await stage.until(() => stage.streams.length === 2);
    assert.equal(stage.asked.at(-1)?.since, stage.watchState.now.lines[0]?.at);
    stage.streams[1]?.write(refused(now, 'front'), refused(later(now, seconds(3)), 'back'));
    await stage.until(() => texts().length === 2);
    assert.deepEqual([texts(), stage.watchState.now.sources.log.trouble], [['front', 'back'], null]);
  });

  it('begins anew for another pod: nothing that the old one said counts for the new one', async () => {
    stage.show(aPod());
    await stage.until(() => stage.streams.length === 1);
    stage.streams[0]?.write(refused(now, 'front'));
    await stage.until(() => texts().length === 1);
    stage.show(aPod({name: 'frigate-new', uid: 'new-uid', frigate: aContainer({id: 'containerd://c2'})}));
    await stage.until(() => stage.streams.length === 2 && texts().length === 0);
    assert.deepEqual(
      [
        stage.asked[1]?.pod,
        stage.asked[1]?.since,
        stage.watchState.now.log.known && stage.watchState.now.log.value.tallies.size,
      ],
      ['frigate-new', later(now, seconds(-600)), 0],
    );
    stage.streams[0]?.write(refused(now, 'ghost'));
    stage.streams[1]?.write(refused(now, 'garage'));
    await stage.until(() => texts().length === 1);
    assert.deepEqual(texts(), ['garage']);
  });

  it('begins anew for a new container of the same pod', async () => {
    stage.show(aPod());
    await stage.until(() => stage.streams.length === 1);
    stage.show(aPod({frigate: aContainer({id: 'containerd://c2', restartCount: 1})}));
    await stage.until(() => stage.streams.length === 2);
  });

  it('opens a stream anew that has said nothing for long: a calm Frigate goes on unseen, a dead connection is told', async () => {
    stage.end();
    stage = begin({open: milliseconds(80), quiet: milliseconds(40)});
    stage.show(aPod());
    await stage.until(() => stage.streams.length === 1);
    stage.streams[0]?.write(refused(now, 'front'));
    await stage.until(() => texts().length === 1);
    await stage.until(() => stage.streams.length >= 4);
    assert.deepEqual(
      [texts(), stage.watchState.now.log.known, stage.watchState.now.sources.log.trouble],
      [['front'], true, null],
    );
    assert.equal(stage.asked.at(-1)?.since, stage.watchState.now.lines[0]?.at, 'from where it was read');
    stage.mute = true;
    await stage.until(() => stage.watchState.now.sources.log.trouble !== null);
    assert.deepEqual(
      [stage.watchState.now.log.known, stage.watchState.now.sources.log.trouble?.why.code],
      [false, 'timeout'],
    );
    stage.mute = false;
    await stage.until(() => stage.watchState.now.log.known);
    stage.streams.at(-1)?.write(refused(now, 'front'), refused(later(now, seconds(2)), 'back'));
    await stage.until(() => texts().length === 2);
    assert.equal(stage.watchState.now.sources.log.trouble, null);
  });

  it('does not open a stream anew that goes on speaking', async () => {
    stage.end();
    stage = begin({open: milliseconds(1000), quiet: milliseconds(400)});
    stage.show(aPod());
    await stage.until(() => stage.streams.length === 1);
    for (let turn = 0; turn < 12; turn += 1) {
      stage.streams[0]?.write(refused(later(now, seconds(turn)), `camera${turn}`));
      await stage.pass(milliseconds(60));
    }
    await stage.until(() => texts().length === 12);
    assert.equal(stage.asked.length, 1);
  });

  it('says that nothing runs when nothing runs, and holds on while the pods cannot be seen', async () => {
    stage.show(aPod());
    await stage.until(() => stage.streams.length === 1);
    const why = unknown('unreachable', 'connect ECONNREFUSED');
    stage.watchState.put({located: {search: why, pods: why}});
    stage.streams[0]?.write(refused(now, 'front'));
    await stage.until(() => texts().length === 1);
    stage.show(null);
    assert.deepEqual(stage.watchState.now.log, unknown('not-asked', "Frigate's container does not run"));
    assert.equal(stage.asked.length, 1);
  });
});

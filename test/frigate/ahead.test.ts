import assert from 'node:assert/strict';
import {FakeTimers} from '../support/fake-timers.js';
import {instant, milliseconds} from '../../src/core/time.js';
import type {Expectation} from '../../src/frigate/ahead.js';
import {openFrigate, type OpenedFrigate, type FrigateAccess} from '../../src/frigate/open.js';
import {curlAnswer, fakeCluster, httpReply, silence, STATS, targetAt, TIMEOUT, type FakeCluster} from './fakes.js';

const timers = new FakeTimers();
const never = new AbortController().signal;
const now = instant(1_795_400_000_000);
const expected: Expectation = {cameras: ['a', 'b', 'c', 'd', 'e', 'f'], now};
const SEGMENT = JSON.stringify([{start_time: 1_795_399_980, end_time: 1_795_399_990, duration: 10}]);

const bodyOf = (path: string): string => {
  if (path === '/api/stats') return STATS;
  if (path.startsWith('/api/stats/history')) return `[${STATS}]`;
  return path.startsWith('/api/config') ? JSON.stringify({cameras: {}, detectors: {}}) : SEGMENT;
};

interface Opened extends OpenedFrigate {
  readonly cluster: FakeCluster;
}

const open = async (parts: Partial<FrigateAccess>, via: 'auto' | 'exec' = 'auto'): Promise<Opened> => {
  const cluster = fakeCluster(parts);
  return {
    ...(await timers.finish(
      openFrigate(cluster, targetAt(5000), {
        via,
        apiTimeout: TIMEOUT,
        timers,
        signal: never,
        expected,
      }),
    )),
    cluster,
  };
};

/** Answers after a moment, and counts how many questions were open at once, segments apart. */
const counting = (): {readonly proxyGet: FrigateAccess['proxyGet']; readonly most: {all: number; segments: number}} => {
  const most = {all: 0, segments: 0};
  const under = {all: 0, segments: 0};
  return {
    most,
    proxyGet: async (_, __, ___, path) => {
      const kinds = path.includes('/recordings') ? (['all', 'segments'] as const) : (['all'] as const);
      for (const kind of kinds) most[kind] = Math.max(most[kind], (under[kind] += 1));
      await timers.sleep(milliseconds(20), never);
      for (const kind of kinds) under[kind] -= 1;
      return httpReply(200, bodyOf(path));
    },
  };
};

describe('asking ahead in a calm pass', () => {
  it('puts history, configuration and four segments at a time beside the stats', async () => {
    const {proxyGet, most} = counting();
    const opened = await open({proxyGet});
    const [history, config, ...segments] = await timers.finish(
      Promise.all([
        opened.reader.history(never),
        opened.reader.config(never),
        ...expected.cameras.map((camera) => opened.reader.newestSegment(camera, now, never)),
      ]),
    );
    assert.ok(
      history.known && config.known && segments.every(({known}) => known),
      JSON.stringify({history, config, segments}),
    );
    assert.deepEqual(most, {all: 7, segments: 4});
    assert.equal(opened.cluster.asked.length, 9, 'nothing was asked twice');
    assert.equal(opened.cluster.asked[0], 'proxy /api/stats');
  });

  it('asks for itself what was not expected', async () => {
    const {reader, cluster} = await open({proxyGet: counting().proxyGet});
    const newest = await timers.finish(reader.newestSegment('new', now, never));
    assert.ok(newest.known && newest.value.found === 'one');
    assert.equal(cluster.asked.filter((asked) => asked.includes('/api/new/')).length, 1);
  });

  it('ends with the stats that find no living API: nothing more is asked on that path, and nothing of it is used', async () => {
    const open4: AbortSignal[] = [];
    const opened = await open({
      proxyGet: (_, __, ___, path, {signal}) => {
        if (path === '/api/stats') return Promise.resolve(httpReply(500, '<html>'));
        open4.push(signal);
        return silence(signal);
      },
      exec: (_, command) => Promise.resolve(curlAnswer(200, bodyOf(new URL(command.at(-1) ?? '').pathname))),
    });
    assert.equal(opened.via, 'exec');
    assert.equal(open4.length, 6, 'history, configuration and four segments were under way');
    assert.ok(open4.every(({aborted}) => aborted));
    const before = opened.cluster.asked.length;
    assert.ok((await timers.finish(opened.reader.config(never))).known);
    assert.match(opened.cluster.asked[before] ?? '', /^curl /);
    assert.equal(
      opened.cluster.asked.filter((asked) => asked.startsWith('proxy /api/e/')).length,
      0,
      'the fifth camera was never asked for',
    );
  });

  it('does not start several programs at once in the container', async () => {
    const {cluster} = await open(
      {exec: (_, command) => Promise.resolve(curlAnswer(200, bodyOf(new URL(command.at(-1) ?? '').pathname)))},
      'exec',
    );
    assert.equal(cluster.asked.length, 1);
  });
});

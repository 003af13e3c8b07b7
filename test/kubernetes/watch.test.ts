/** The supervision of a watch, against an API server that does everything that one can do to a watch. */
import assert from 'node:assert/strict';
import type {ServerResponse} from 'node:http';
import * as z from 'zod';
import {settled} from '../support/fake-timers.js';
import {processTimers} from '../../src/cli/timers.js';
import {resources} from '../../src/kubernetes/api/resources.js';
import {uncounted} from '../../src/kubernetes/api/traffic.js';
import {whole} from '../../src/kubernetes/watch/stream.js';
import {supervise, type News, type Subject} from '../../src/kubernetes/watch/supervise.js';
import type {Duration} from '../../src/core/time.js';
import {clientOf, fakeApiServer, json, status, type Asked} from './fake-api-server.js';

interface Thing {
  readonly uid: string;
  readonly color: string;
}

const thing = z
  .object({metadata: z.object({uid: z.string()}), color: z.string()})
  .transform(({metadata: {uid}, color}): Thing => ({uid, color}));
const subject: Subject<Thing> = {
  resource: resources.Pod,
  namespace: 'cameras',
  query: {labelSelector: 'app=frigate'},
  item: thing,
  keyOf: ({uid}) => uid,
};

const object = (uid: string, color: string, version: number): unknown => ({
  kind: 'Pod',
  apiVersion: 'v1',
  metadata: {uid, name: uid, namespace: 'cameras', resourceVersion: String(version)},
  color,
});
const list = (version: number, ...items: readonly unknown[]): unknown => ({
  kind: 'PodList',
  apiVersion: 'v1',
  metadata: {resourceVersion: String(version)},
  items,
});
const event = (type: string, of: unknown): string => `${JSON.stringify({type, object: of})}\n`;
const gone = event('ERROR', status(410, 'too old resource version: 1 (9)', 'Expired'));

type Play = (response: ServerResponse, asked: Asked) => void;

const streaming = (response: ServerResponse, ...lines: readonly string[]): void => {
  response.writeHead(200, {'Content-Type': 'application/json'});
  response.write(lines.join(''));
};

interface Followed {
  readonly news: ReadonlyArray<News<ReadonlyMap<string, Thing>>>;
  readonly lists: number;
  readonly watches: readonly URL[];
  readonly pauses: readonly number[];
  /** Resources whose watch was counted as opened again. */
  readonly restarts: readonly string[];
}

/** Follows until `enough` holds; lists and watches are answered by these plays in turn, the last one again and again. */
const follow = async (
  plays: {readonly lists: readonly Play[]; readonly watches: readonly Play[]},
  enough: (so: Followed) => boolean,
): Promise<Followed> => {
  const news: Array<News<ReadonlyMap<string, Thing>>> = [];
  const watches: URL[] = [];
  const pauses: number[] = [];
  const restarts: string[] = [];
  let lists = 0;
  await using fake = await fakeApiServer((asked, response) => {
    const url = new URL(asked.url, fake.url);
    const watching = url.searchParams.get('watch') === '1';
    const turn = watching ? watches.push(url) - 1 : lists++;
    const own = watching ? plays.watches : plays.lists;
    own[Math.min(turn, own.length - 1)]?.(response, asked);
  });
  await using stage = clientOf(fake, undefined, null, {
    ...uncounted,
    watchRestarted: (resource) => restarts.push(resource),
  });
  const ending = new AbortController();
  const so = (): Followed => ({news, lists, watches, pauses, restarts});
  const pause = (length: Duration): Promise<void> => {
    pauses.push(length);
    if (enough(so())) ending.abort();
    return new Promise((resolve) => setImmediate(resolve));
  };
  await supervise(
    stage.client,
    subject,
    whole((one) => {
      news.push(one.kind === 'observed' ? {...one, value: new Map(one.value)} : one);
      if (enough(so())) ending.abort();
    }),
    {random: () => 0, timers: {...processTimers, sleep: pause}},
    ending.signal,
  );
  return so();
};

const colors = (one: News<ReadonlyMap<string, Thing>> | undefined): unknown =>
  one?.kind === 'observed' ? Object.fromEntries([...one.value].map(([uid, {color}]) => [uid, color])) : one?.kind;
const listing =
  (...items: readonly unknown[]): Play =>
  (response) =>
    json(response, 200, list(7, ...items));
const holding =
  (...lines: readonly string[]): Play =>
  (response) =>
    streaming(response, ...lines);
const ending =
  (...lines: readonly string[]): Play =>
  (response) => {
    streaming(response, ...lines);
    response.end();
  };

describe('a watch under supervision', () => {
  it('lists once and then follows what comes, changes and goes; bookmarks change nothing', async () => {
    const {news, lists, watches} = await follow(
      {
        lists: [listing(object('a', 'red', 5))],
        watches: [
          holding(
            event('ADDED', object('b', 'blue', 8)),
            event('BOOKMARK', {metadata: {resourceVersion: '9'}}),
            event('MODIFIED', object('a', 'green', 10)),
            event('DELETED', object('b', 'blue', 11)),
          ),
        ],
      },
      (so) => so.news.length === 4,
    );
    assert.deepEqual(news.map(colors), [{a: 'red'}, {a: 'red', b: 'blue'}, {a: 'green', b: 'blue'}, {a: 'green'}]);
    assert.ok(news.every((one) => one.kind === 'observed' && one.live));
    assert.deepEqual(
      [
        lists,
        watches.length,
        watches[0]?.searchParams.get('resourceVersion'),
        watches[0]?.searchParams.get('labelSelector'),
        watches[0]?.searchParams.get('allowWatchBookmarks'),
      ],
      [1, 1, '7', 'app=frigate', 'true'],
    );
  });

  it('takes an ended watch up where it was, bookmarks included, without a new list', async () => {
    const {lists, watches, news, restarts} = await follow(
      {
        lists: [listing(object('a', 'red', 5))],
        watches: [
          ending(event('BOOKMARK', {metadata: {resourceVersion: '42'}})),
          holding(event('MODIFIED', object('a', 'green', 43))),
        ],
      },
      (so) => so.news.length === 2,
    );
    assert.deepEqual(
      [lists, watches.map((url) => url.searchParams.get('resourceVersion')), colors(news[1])],
      [1, ['7', '42'], {a: 'green'}],
    );
    assert.deepEqual(restarts, [], 'its time was up');
  });

  for (const [how, play] of [
    ['an event', holding(gone)],
    [
      'a status',
      (response: ServerResponse): void => json(response, 410, status(410, 'too old resource version', 'Expired')),
    ],
  ] as const) {
    it(`lists anew after 410 Gone as ${how}, without calling it trouble`, async () => {
      const {news, lists, restarts} = await follow(
        {lists: [listing(object('a', 'red', 5)), listing(object('c', 'new', 8))], watches: [play, holding()]},
        (so) => so.news.length === 2,
      );
      assert.deepEqual(restarts, ['pods']);
      assert.deepEqual(
        [news.map(colors), lists],
        [[{a: 'red'}, {c: 'new'}], 2],
        'what went while nobody looked is gone',
      );
    });
  }

  it('does not list in a loop when every version is forgotten at once', async () => {
    const {lists, pauses} = await follow(
      {lists: [listing()], watches: [holding(gone)]},
      (so) => so.pauses.length === 3,
    );
    assert.deepEqual([lists, pauses], [3, [1000, 1000, 1000]]);
  });

  it('asks every ten seconds where the right to watch is missing, and says that it does', async () => {
    const {news, pauses} = await follow(
      {
        lists: [listing(object('a', 'red', 5)), listing(object('a', 'green', 9))],
        watches: [
          (response) => json(response, 403, status(403, 'pods is forbidden: User "v" cannot watch', 'Forbidden')),
        ],
      },
      (so) => so.pauses.length === 2,
    );
    assert.deepEqual(
      news.filter((one) => one.kind === 'observed').map((one) => [colors(one), one.live]),
      [
        [{a: 'red'}, true],
        [{a: 'red'}, false],
        [{a: 'green'}, false],
        [{a: 'green'}, false],
      ],
    );
    assert.deepEqual(pauses, [10_000, 10_000]);
  });

  it('tells trouble when the list is refused, with the pause until the next try', async () => {
    const {news} = await follow(
      {
        lists: [(response) => json(response, 403, status(403, 'pods is forbidden: User "v" cannot list', 'Forbidden'))],
        watches: [],
      },
      (so) => so.news.length === 1,
    );
    const [one] = news;
    assert.ok(one?.kind === 'trouble');
    assert.deepEqual([one.why.code, one.attempts, one.retryIn], ['forbidden', 1, 250]);
  });

  it('begins anew after a reset connection, from a fresh list', async () => {
    const {news, lists} = await follow(
      {
        lists: [listing(object('a', 'red', 5)), listing(object('a', 'green', 9))],
        watches: [
          (response) => {
            streaming(response, event('ADDED', object('b', 'blue', 8)));
            void settled().then(() => response.socket?.resetAndDestroy());
          },
          holding(),
        ],
      },
      (so) => so.lists === 2 && so.news.at(-1)?.kind === 'observed',
    );
    assert.deepEqual([news.map(colors), lists], [[{a: 'red'}, {a: 'red', b: 'blue'}, 'trouble', {a: 'green'}], 2]);
    const trouble = news.find((one) => one.kind === 'trouble');
    assert.ok(trouble !== undefined && /unreachable|failed/.test(trouble.why.code), JSON.stringify(trouble));
  });

  it('pauses twice as long each time, to half a minute at most, and is patient again after an event', async () => {
    const broken: Play = (response) => json(response, 400, status(400, 'no', 'BadRequest'));
    const growing = await follow({lists: [broken], watches: []}, (so) => so.pauses.length === 9);
    assert.deepEqual(growing.pauses, [250, 500, 1000, 2000, 4000, 8000, 15_000, 15_000, 15_000]);
    assert.deepEqual(
      growing.news.map((one) => (one.kind === 'trouble' ? [one.attempts, one.retryIn] : null)).slice(0, 3),
      [
        [1, 250],
        [2, 500],
        [3, 1000],
      ],
    );
    const calmed = await follow(
      {
        lists: [broken, broken, listing(object('a', 'red', 5)), broken],
        watches: [holding(event('MODIFIED', object('a', 'green', 9)), 'no json\n')],
      },
      (so) => so.pauses.length === 3,
    );
    assert.deepEqual(calmed.pauses, [250, 500, 250]);
  });

  it('pauses longer and longer also when only the lists are well: a connection that flaps is no reason to hammer', async () => {
    const {pauses} = await follow(
      {lists: [listing()], watches: [(response) => void response.socket?.resetAndDestroy()]},
      (so) => so.pauses.length === 4,
    );
    assert.deepEqual(pauses, [250, 500, 1000, 2000]);
  });

  for (const [what, line] of [
    ['no JSON', '{"type": "ADD\n'],
    ['another form', '{"kind":"Table"}\n'],
    ['an object without a version', event('ADDED', {metadata: {}})],
    ['an object that cannot be read', event('ADDED', {metadata: {uid: 7, resourceVersion: '9'}})],
    ['an error of the server', event('ERROR', status(500, 'etcd leader changed', 'InternalError'))],
  ] as const) {
    it(`begins anew after ${what}: a change may have been missed`, async () => {
      const {news, lists} = await follow(
        {
          lists: [listing(object('a', 'red', 5)), listing(object('a', 'green', 9))],
          watches: [holding(line), holding()],
        },
        (so) => so.lists === 2 && so.news.at(-1)?.kind === 'observed',
      );
      assert.deepEqual([news.map(colors), lists], [[{a: 'red'}, 'trouble', {a: 'green'}], 2]);
    });
  }

  it('reads events that come in pieces, in the middle of a character', async () => {
    const bytes = Buffer.from(event('MODIFIED', object('a', 'grün', 9)));
    const cut = bytes.indexOf(0xc3) + 1;
    const {news} = await follow(
      {
        lists: [listing(object('a', 'red', 5))],
        watches: [
          (response) => {
            response.writeHead(200);
            response.write(bytes.subarray(0, cut));
            void settled().then(() => response.write(bytes.subarray(cut)));
          },
        ],
      },
      (so) => so.news.length === 2,
    );
    assert.deepEqual(colors(news[1]), {a: 'grün'});
  });
});

/** Streams that all watches of a cluster share: how many connections there are, and that each follower sees its own objects and no others. */
import assert from 'node:assert/strict';
import type {ServerResponse} from 'node:http';
import * as z from 'zod';
import {processTimers} from '../../src/cli/timers.js';
import {resources} from '../../src/kubernetes/api/resources.js';
import type {Selection} from '../../src/kubernetes/watch/selection.js';
import {sharedStream, type Breadth} from '../../src/kubernetes/watch/shared-stream.js';
import type {Collection, News} from '../../src/kubernetes/watch/supervise.js';
import {settled} from '../support/fake-timers.js';
import {clientOf, fakeApiServer, json, status} from './fake-api-server.js';

interface Thing {
  readonly name: string;
  readonly color: string;
}

const collection: Collection<Thing> = {
  resource: resources.Pod,
  item: z
    .object({metadata: z.object({name: z.string()}), color: z.string()})
    .transform(({metadata: {name}, color}) => ({name, color})),
  keyOf: ({name}) => name,
};

/** `null`: one that cannot be read. */
const object = (namespace: string, name: string, color: string | null, app = 'frigate'): object => ({
  kind: 'Pod',
  apiVersion: 'v1',
  metadata: {uid: `${namespace}/${name}`, name, namespace, resourceVersion: '8', labels: {app}},
  ...(color === null ? {} : {color}),
});

const FRIGATE: Omit<Selection, 'namespace'> = {name: null, selector: 'app=frigate'};

/** What a follower was told, in words. */
const told = (news: News<ReadonlyMap<string, Thing>>): string =>
  news.kind === 'trouble'
    ? `trouble: ${news.why.code}`
    : [...news.value.values()].map(({name, color}) => `${name} ${color}`).join(', ');

interface Site {
  /** Namespace (`null`: all) of each list, and of each watch that is open. */
  readonly lists: Array<string | null>;
  readonly open: Map<ServerResponse, string | null>;
  readonly send: (type: 'ADDED' | 'MODIFIED' | 'DELETED', of: object) => void;
  /** `fails`: what its follower does with its news throws from then on. */
  readonly follow: (
    selection: Selection,
    fails?: () => boolean,
  ) => {readonly said: string[]; readonly end: () => Promise<void>};
}

const onSite = async (
  given: {readonly breadth: Breadth; readonly items: readonly object[]; readonly refuses?: boolean},
  play: (site: Site) => Promise<void>,
): Promise<void> => {
  const lists: Array<string | null> = [];
  const open = new Map<ServerResponse, string | null>();
  await using fake = await fakeApiServer(({url}, response) => {
    const {pathname, searchParams} = new URL(url, 'http://here');
    const namespace = /\/namespaces\/([^/]+)\//.exec(pathname)?.[1] ?? null;
    if (searchParams.get('watch') === '1') {
      response.writeHead(200, {'Content-Type': 'application/json'}).flushHeaders();
      open.set(response, namespace);
      response.on('close', () => open.delete(response));
    } else {
      lists.push(namespace);
      if (given.refuses === true) json(response, 403, status(403, 'pods is forbidden', 'Forbidden'));
      else
        json(response, 200, {kind: 'PodList', apiVersion: 'v1', metadata: {resourceVersion: '7'}, items: given.items});
    }
  });
  await using stage = clientOf(fake);
  const stream = sharedStream(stage.client, collection, {random: () => 0, timers: processTimers}, given.breadth);
  await play({
    lists,
    open,
    send: (type, of) => {
      for (const response of open.keys()) response.write(`${JSON.stringify({type, object: of})}\n`);
    },
    follow: (selection, fails = () => false) => {
      const said: string[] = [];
      const ending = new AbortController();
      const done = stream.follow(
        selection,
        (news) => {
          if (fails()) throw new Error('a bug');
          said.push(told(news));
        },
        ending.signal,
      );
      void done.catch(() => said.push('ended'));
      return {
        said,
        end: () => {
          ending.abort();
          return done;
        },
      };
    },
  });
};

const until = async (holds: () => boolean): Promise<void> => {
  const deadline = AbortSignal.timeout(5000);
  while (!holds()) {
    deadline.throwIfAborted();
    await settled();
  }
};

describe('streams that watches share', () => {
  it('opens one for any number of followers, tells each its own, and closes it with the last', async () => {
    const items = [object('a', 'one', 'red'), object('b', 'two', 'blue'), object('a', 'db', 'gray', 'postgres')];
    await onSite({breadth: 'cluster', items}, async ({lists, open, send, follow}) => {
      const a = follow({...FRIGATE, namespace: 'a'});
      const b = follow({...FRIGATE, namespace: 'b'});
      const all = follow({...FRIGATE, namespace: null});
      await until(() => open.size === 1);
      assert.deepEqual([lists, a.said, b.said, all.said], [[null], ['one red'], ['two blue'], ['one red, two blue']]);
      send('MODIFIED', object('a', 'one', 'green'));
      await until(() => a.said.length === 2);
      assert.deepEqual([a.said[1], b.said.length, all.said[1]], ['one green', 1, 'two blue, one green']);
      await Promise.all([a.end(), b.end()]);
      send('ADDED', object('b', 'three', 'pink'));
      await until(() => all.said.length === 3);
      assert.deepEqual([a.said.length, b.said.length, open.size], [2, 1, 1]);
      await all.end();
      await until(() => open.size === 0);
    });
  });

  it('tells one who comes late at once, without another list', async () => {
    await onSite({breadth: 'cluster', items: [object('a', 'one', 'red')]}, async ({lists, send, open, follow}) => {
      const early = follow({...FRIGATE, namespace: 'a'});
      await until(() => open.size === 1);
      send('ADDED', object('b', 'two', 'blue'));
      send('MODIFIED', object('a', 'one', 'green'));
      await until(() => early.said.length === 2);
      const late = follow({...FRIGATE, namespace: 'b'});
      assert.deepEqual([late.said, lists.length], [['two blue'], 1]);
      await Promise.all([early.end(), late.end()]);
    });
  });

  it('opens one for each namespace where only namespaces may be read', async () => {
    await onSite({breadth: 'namespace', items: []}, async ({lists, open, follow}) => {
      const followers = ['a', 'a', 'b'].map((namespace) => follow({...FRIGATE, namespace}));
      await until(() => open.size === 2);
      assert.deepEqual(lists, ['a', 'b']);
      await Promise.all(followers.map(({end}) => end()));
      await until(() => open.size === 0);
    });
  });

  it('takes an object away from one who selects by the labels that it lost, and gives it to one whose it now is', async () => {
    await onSite({breadth: 'cluster', items: [object('a', 'one', 'red')]}, async ({open, send, follow}) => {
      const frigate = follow({...FRIGATE, namespace: 'a'});
      const other = follow({namespace: 'a', name: null, selector: 'app=other'});
      await until(() => open.size === 1);
      send('MODIFIED', object('a', 'one', 'red', 'other'));
      await until(() => other.said.length === 2);
      assert.deepEqual(
        [frigate.said, other.said],
        [
          ['one red', ''],
          ['', 'one red'],
        ],
      );
      send('DELETED', object('a', 'one', 'red', 'other'));
      await until(() => other.said.length === 3);
      assert.deepEqual([frigate.said.length, other.said[2]], [2, '']);
      await Promise.all([frigate.end(), other.end()]);
    });
  });

  it('has trouble with an object that cannot be read only where it is selected', async () => {
    const items = [object('a', 'odd', null), object('b', 'two', 'blue')];
    await onSite({breadth: 'cluster', items}, async ({open, send, follow}) => {
      const a = follow({...FRIGATE, namespace: 'a'});
      const b = follow({...FRIGATE, namespace: 'b'});
      await until(() => open.size === 1);
      assert.deepEqual([a.said, b.said], [['trouble: garbled'], ['two blue']]);
      send('MODIFIED', object('a', 'odd', 'red'));
      await until(() => a.said.length === 2);
      assert.deepEqual([a.said[1], b.said.length], ['odd red', 1]);
      await Promise.all([a.end(), b.end()]);
    });
  });

  it('tells every follower that nothing can be read, also one who comes later', async () => {
    await onSite({breadth: 'cluster', items: [], refuses: true}, async ({follow}) => {
      const early = follow({...FRIGATE, namespace: 'a'});
      await until(() => early.said.length > 0);
      const late = follow({...FRIGATE, namespace: 'b'});
      assert.deepEqual([early.said[0], late.said], ['trouble: forbidden', ['trouble: forbidden']]);
      await Promise.all([early.end(), late.end()]);
    });
  });

  it('ends the one follower whose own code fails, and goes on for the others', async () => {
    await onSite({breadth: 'cluster', items: [object('a', 'one', 'red')]}, async ({open, send, follow}) => {
      let fails = false;
      const broken = follow({...FRIGATE, namespace: 'a'}, () => fails);
      const other = follow({...FRIGATE, namespace: 'a'});
      await until(() => open.size === 1);
      fails = true;
      send('MODIFIED', object('a', 'one', 'green'));
      await until(() => other.said.length === 2 && broken.said.length === 2);
      send('MODIFIED', object('a', 'one', 'blue'));
      await until(() => other.said.length === 3);
      assert.deepEqual(
        [broken.said, other.said],
        [
          ['one red', 'ended'],
          ['one red', 'one green', 'one blue'],
        ],
      );
      await assert.rejects(broken.end(), /a bug/);
      await other.end();
      await until(() => open.size === 0);
    });
  });

  it('selects by name, and refuses a selector that is none', async () => {
    await onSite(
      {breadth: 'cluster', items: [object('a', 'one', 'red'), object('a', 'two', 'blue')]},
      async ({open, follow}) => {
        const named = follow({namespace: 'a', name: 'two', selector: null});
        await until(() => open.size === 1);
        const wrong = follow({namespace: 'a', name: null, selector: '=,='});
        assert.deepEqual([named.said, wrong.said], [['two blue'], ['trouble: failed']]);
        await Promise.all([named.end(), wrong.end()]);
      },
    );
  });
});

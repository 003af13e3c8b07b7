import assert from 'node:assert/strict';
import {seconds, minutes} from '../../src/core/time.js';
import type {FrigateList} from '../../src/http/schemas/types.js';
import {FakeTimers, settled} from '../support/fake-timers.js';
import {eventHub} from '../../src/http/events.js';
import {FakeFleet} from '../support/fake-fleet.js';
import {frigateOf, snapshotOf, unobserved} from '../support/fleet.js';
import {httpStage, tokenAccess, TOKENS, type AskOptions, type HttpStage} from './stage.js';

interface Seen {
  readonly event: string;
  readonly id: string | null;
  readonly data: unknown;
}

/** A client that reads as much as has come. */
const listen = async (stage: HttpStage, options: AskOptions = {}) => {
  const leaving = new AbortController();
  const response = await stage.ask('GET', '/api/v1/events', {...options, signal: leaving.signal});
  assert.equal(response.status, 200);
  const reader = response.body?.getReader();
  assert.ok(reader);
  const decoder = new TextDecoder();
  let text = '';
  let ended = false;
  void (async () => {
    for (;;) {
      const part = (await reader.read()) as {done: boolean; value?: Uint8Array};
      if (part.done) break;
      text += decoder.decode(part.value, {stream: true});
    }
    ended = true;
  })();
  return {
    seen: async (): Promise<Seen[]> => {
      await settled();
      const events = text.split('\n\n').filter((block) => block.startsWith('event:'));
      text = '';
      return events.map((block) => {
        const field = (name: string): string | null =>
          block
            .split('\n')
            .find((line) => line.startsWith(`${name}: `))
            ?.slice(name.length + 2) ?? null;
        return {event: field('event') ?? '', id: field('id'), data: JSON.parse(field('data') ?? 'null') as unknown};
      });
    },
    isOver: async (): Promise<boolean> => {
      await settled();
      return ended;
    },
    leave: () => {
      leaving.abort();
      void reader.cancel();
    },
  };
};

const instances = (events: readonly Seen[]): ReadonlyArray<readonly [string, unknown]> =>
  events.map(({event, data}) => [event, (data as {instanceId?: string}).instanceId]);

describe('the events', () => {
  it('tell each change once, and never that a Frigate was only judged again', async () => {
    const healthy = await frigateOf('healthy');
    const stage = httpStage([healthy]);
    const client = await listen(stage);
    assert.deepEqual(instances(await client.seen()), [['tick', undefined]]);

    const {judged} = healthy;
    assert.ok(judged);
    stage.fleet.put({...healthy, judged: {...judged, at: stage.timers.now()}});
    stage.fleet.publish({});
    assert.deepEqual(await client.seen(), []);

    stage.fleet.put({...healthy, health: 'degraded'});
    stage.fleet.put(unobserved('fresh'));
    stage.fleet.remove('healthy.frigate');
    const events = await client.seen();
    assert.deepEqual(instances(events), [
      ['frigate', 'healthy.frigate'],
      ['frigate', 'fresh.frigate'],
      ['removed', 'healthy.frigate'],
    ]);
    assert.equal((events[0]?.data as {health: string}).health, 'degraded');
    assert.equal(new Set(events.map(({id}) => id)).size, 3);
    client.leave();
  });

  it('go on where the client left', async () => {
    const stage = httpStage([await frigateOf('healthy')]);
    const {eventId} = (await stage.get('/api/v1/frigates')) as FrigateList;
    stage.fleet.put(unobserved('one'));
    stage.fleet.put(unobserved('two'));
    const client = await listen(stage, {headers: {'Last-Event-ID': eventId}});
    const events = await client.seen();
    assert.deepEqual(instances(events), [
      ['frigate', 'one.frigate'],
      ['frigate', 'two.frigate'],
      ['tick', undefined],
    ]);
    const again = await listen(stage, {headers: {'Last-Event-ID': events[0]?.id ?? ''}});
    assert.deepEqual(instances(await again.seen()), [
      ['frigate', 'two.frigate'],
      ['tick', undefined],
    ]);
    client.leave();
    again.leave();
  });

  it('say that everything must be read again where that is not known', async () => {
    const stage = httpStage([await frigateOf('healthy')]);
    for (const id of [
      'another-run-17',
      'nonsense',
      `${((await stage.get('/api/v1/frigates')) as FrigateList).eventId}9`,
    ]) {
      const client = await listen(stage, {headers: {'Last-Event-ID': id}});
      assert.deepEqual(
        (await client.seen()).map(({event}) => event),
        ['resync', 'tick'],
        id,
      );
      client.leave();
    }
    const {eventId} = (await stage.get('/api/v1/frigates')) as FrigateList;
    for (let count = 0; count < 600; count += 1) stage.fleet.put(unobserved(`n${count}`));
    const late = await listen(stage, {headers: {'Last-Event-ID': eventId}});
    assert.equal((await late.seen())[0]?.event, 'resync');
    late.leave();
  });

  it('have one id for all that happened at once, on the last of them', async () => {
    const stage = httpStage([]);
    const client = await listen(stage);
    await client.seen();
    stage.fleet.publish({
      frigates: new Map(['a', 'b', 'c'].map((name) => [unobserved(name).target.id, unobserved(name)])),
    });
    const ids = (await client.seen()).map(({id}) => id);
    assert.deepEqual([ids[0], ids[1], typeof ids[2]], [null, null, 'string']);
    client.leave();
  });

  it('name the Frigates that were not judged for a minute', async () => {
    const stage = httpStage([await frigateOf('healthy'), unobserved('fresh')]);
    const client = await listen(stage);
    assert.deepEqual(((await client.seen())[0]?.data as {silent: string[]}).silent, []);
    await stage.timers.advance(minutes(2));
    const ticks = await client.seen();
    assert.equal(ticks.length, 12);
    assert.deepEqual((ticks.at(-1)?.data as {silent: string[]}).silent, ['fresh.frigate', 'healthy.frigate']);
    client.leave();
  });

  it('hold only what the client may see', async () => {
    const stage = httpStage([await frigateOf('healthy')], {access: tokenAccess()});
    const client = await listen(stage, {token: TOKENS.nvr});
    await client.seen();
    stage.fleet.put(unobserved('elsewhere'));
    stage.fleet.put({...(await frigateOf('healthy')), health: 'unknown'});
    assert.deepEqual(instances(await client.seen()), [['frigate', 'healthy.frigate']]);
    client.leave();
  });

  it('end when the token is taken away, with the server, and with the client', async () => {
    let isKnown = true;
    const tokens = tokenAccess();
    const stage = httpStage([], {
      access: {
        ...tokens,
        callerOf: (token, signal) =>
          isKnown ? tokens.callerOf(token, signal) : Promise.resolve({known: true, value: null}),
      },
    });
    const [revoked, other] = [await listen(stage, {token: TOKENS.reader}), await listen(stage, {token: TOKENS.writer})];
    await stage.timers.advance(minutes(3));
    assert.equal(await revoked.isOver(), false);
    isKnown = false;
    await stage.timers.advance(seconds(61));
    assert.equal(await revoked.isOver(), true);
    assert.equal(await other.isOver(), true);

    isKnown = true;
    const last = await listen(stage, {token: TOKENS.reader});
    stage.app.close();
    assert.equal(await last.isOver(), true);
    assert.equal(stage.fleet.listeners, 0);
  });

  it('are for a hundred clients', async () => {
    const stage = httpStage([]);
    const clients = [];
    for (let count = 0; count < 100; count += 1) clients.push(await listen(stage));
    const refused = await stage.ask('GET', '/api/v1/events');
    assert.equal(refused.status, 429);
    clients[0]?.leave();
    await settled();
    (await listen(stage)).leave();
    for (const client of clients) client.leave();
  });

  it('cut off a client that does not read', async () => {
    const stage = httpStage([]);
    const response = await stage.ask('GET', '/api/v1/events');
    const name = 'x'.repeat(2000);
    for (let count = 0; count < 1200; count += 1) stage.fleet.put(unobserved(`${name}${count % 3}`, `f${count}`));
    let bytes = 0;
    for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) bytes += chunk.byteLength;
    assert.ok(bytes < 2_000_000, String(bytes));
  });
});

describe('a hub that began later than the daemon', () => {
  it('knows nothing of what was before it', () => {
    const fleet = new FakeFleet(snapshotOf([]));
    const timers = new FakeTimers();
    const first = eventHub(fleet, timers);
    const {eventId} = first;
    fleet.put(unobserved('meanwhile'));
    first.close();
    const second = eventHub(fleet, timers);
    const sent: string[] = [];
    second.subscribe({name: 'a test', namespaces: null}, eventId, (text) => void sent.push(text));
    assert.match(sent.join(''), /event: resync/);
    second.close();
  });
});

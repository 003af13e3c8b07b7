import assert from 'node:assert/strict';
import * as z from 'zod';
import {listAll} from '../../src/kubernetes/api/pages.js';
import {resources} from '../../src/kubernetes/api/resources.js';
import {clientOf, fakeApiServer, json, status, type FakeApiServer} from './fake-api-server.js';

const item = z.object({metadata: z.object({name: z.string()})}).transform(({metadata: {name}}) => name);
const named = (count: number, from = 0): readonly unknown[] =>
  Array.from({length: count}, (_, index) => ({metadata: {name: `event-${from + index}`}}));

/** A server with so many events, that hands out pages of at most what is asked for. `expires`: a token that it has forgotten. */
const serverWith = (count: number, expires: string | null = null): Promise<FakeApiServer> =>
  fakeApiServer((asked, response) => {
    const query = new URL(asked.url, 'http://here').searchParams;
    const token = query.get('continue');
    if (token !== null && token === expires) {
      json(response, 410, status(410, 'The provided continue parameter is too old', 'Expired'));
      return;
    }
    const from = Number(token ?? 0);
    const size = Math.min(Number(query.get('limit') ?? count), count - from);
    const next = from + size;
    json(response, 200, {
      kind: 'EventList',
      apiVersion: 'v1',
      metadata: {resourceVersion: '9', ...(next < count ? {continue: String(next)} : {})},
      items: named(size, from),
    });
  });

const list = async (fake: FakeApiServer, keep?: (name: string) => boolean): ReturnType<typeof listAll<string>> => {
  await using talking = clientOf(fake);
  return await listAll(
    talking.client,
    {
      ask: {verb: 'list', resource: resources.Event, namespace: 'ns', name: null},
      query: {labelSelector: 'a=b'},
      kinds: ['EventList'],
      item,
      ...(keep === undefined ? {} : {keep}),
    },
    AbortSignal.timeout(5000),
  );
};

describe('a list', () => {
  it('of a few objects is one request', async () => {
    await using fake = await serverWith(500);
    const answer = await list(fake);
    assert.ok(answer.ok && answer.value.length === 500);
    assert.equal(fake.asked.length, 1);
  });

  it('of many comes in pages, each asked with the same selector, and only what is wanted is kept', async () => {
    await using fake = await serverWith(1201);
    const answer = await list(fake, (name) => name.endsWith('00'));
    assert.deepEqual(
      answer.ok && answer.value,
      [100, 200, 300, 400, 500, 600, 700, 800, 900, 1000, 1100, 1200].map((number) => `event-${number}`),
    );
    const queries = fake.asked.map(({url}) => Object.fromEntries(new URL(url, fake.url).searchParams));
    assert.deepEqual(queries, [
      {labelSelector: 'a=b', limit: '500'},
      {labelSelector: 'a=b', limit: '500', continue: '500'},
      {labelSelector: 'a=b', limit: '500', continue: '1000'},
    ]);
  });

  it('whose pages are forgotten on the way is asked for at once, and told whole', async () => {
    await using fake = await serverWith(1201, '1000');
    const answer = await list(fake);
    assert.ok(answer.ok);
    assert.deepEqual([answer.value.length, new Set(answer.value).size, fake.asked.length], [1201, 1201, 4]);
  });

  it('is not called too long for the pages that were thrown away', async () => {
    await using fake = await serverWith(26_000, '25500');
    const answer = await list(fake);
    assert.ok(answer.ok, JSON.stringify(answer));
    assert.equal(answer.value.length, 26_000);
  });

  it('is unknown as a whole when one page is', async () => {
    await using fake = await fakeApiServer((asked, response) => {
      if (asked.url.includes('continue')) json(response, 403, status(403, 'no'));
      else json(response, 200, {kind: 'EventList', metadata: {continue: 'x'}, items: named(1)});
    });
    const answer = await list(fake);
    assert.ok(!answer.ok && answer.failure.why.code === 'forbidden');
  });

  it('without an end is given up', async () => {
    await using fake = await fakeApiServer((_, response) =>
      json(response, 200, {kind: 'EventList', metadata: {continue: 'again'}, items: named(5000)}),
    );
    const answer = await list(fake);
    assert.ok(!answer.ok && answer.failure.why.code === 'too-large');
    assert.equal(fake.asked.length, 11);
  });
});

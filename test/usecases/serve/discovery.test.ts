/** Which Frigates are believed to be there. */
import assert from 'node:assert/strict';
import {known, unknown, type Known} from '../../../src/core/known.js';
import {minutes, seconds} from '../../../src/core/time.js';
import type {Cluster, FoundFrigate} from '../../../src/kubernetes/cluster.js';
import type {DiscoveryStatus, FrigateTarget} from '../../../src/outcome/fleet.js';
import {Discovery, type FollowTargets} from '../../../src/usecases/serve/discovery.js';
import {parseTargets} from '../../../src/usecases/serve/targets-file.js';
import {FakeTimers} from '../../support/fake-timers.js';

type OnNews = Parameters<Cluster['watches']['frigates']>[1];

const some = (count: number): readonly FoundFrigate[] =>
  Array.from({length: count}, (_, index) => ({
    kind: 'Deployment',
    namespace: `site-${index}`,
    name: 'frigate',
    uid: `uid-${index}`,
    by: 'labels',
  }));

describe('the discovery of serve', () => {
  const timers = new FakeTimers();
  let listed: Known<readonly FoundFrigate[]>;
  let watch: OnNews;
  let file: string;
  let status: Partial<DiscoveryStatus>;
  let events: string[];
  let discovery: Discovery;
  let ending: AbortController;

  const begin = async (withFile = false): Promise<void> => {
    discovery = new Discovery({
      cluster: {
        listFrigates: () => Promise.resolve(listed),
        serverTime: () => null,
        watches: {
          frigates: (_query, onNews) => {
            watch = onNews;
            return Promise.resolve();
          },
        },
      },
      clock: timers,
      namespaces: null,
      podSelector: null,
      refreshEvery: seconds(30),
      follow: null,
      readTargets: withFile ? () => parseTargets('targets.yaml', file) : null,
      journal: (event) => events.push(event),
      onTargets: () => undefined,
      onStatus: (change) => {
        status = {...status, ...change};
      },
    });
    void discovery.run(ending.signal);
    await timers.advance(seconds(1));
  };
  beforeEach(() => {
    [listed, status, events, file] = [known(some(10)), {}, [], ''];
    ending = new AbortController();
  });
  afterEach(() => ending.abort());

  const ids = (): readonly string[] => [...discovery.targets.keys()];

  it('keeps the list, marked as stale, where the API server does not answer', async () => {
    await begin();
    listed = unknown('unreachable', 'no route to the API server');
    await timers.advance(seconds(31));
    assert.equal(ids().length, 10);
    assert.ok([...discovery.targets.values()].every(({stale}) => stale));
    assert.equal(status.lastError, 'no route to the API server');
    listed = known(some(10));
    await timers.advance(seconds(31));
    assert.deepEqual([[...discovery.targets.values()].some(({stale}) => stale), status.lastError], [false, null]);
  });

  it('believes a list that lost more than a fifth only when the next relist says the same', async () => {
    await begin();
    listed = known(some(7));
    await timers.advance(seconds(30));
    assert.deepEqual([ids().length, events.filter((event) => event === 'discovery.doubted').length], [10, 1]);
    watch({kind: 'observed', live: true, value: some(7)});
    assert.equal(ids().length, 10, 'a watch is no second opinion');
    await timers.advance(seconds(30));
    assert.equal(ids().length, 7);
  });

  it('forgets the doubt when the Frigates are back', async () => {
    await begin();
    listed = known([]);
    await timers.advance(seconds(30));
    listed = known(some(10));
    await timers.advance(seconds(30));
    listed = known([]);
    await timers.advance(seconds(30));
    assert.equal(ids().length, 10);
  });

  it('believes the loss of two of ten at once, and of one of three', async () => {
    await begin();
    watch({kind: 'observed', live: true, value: some(8)});
    assert.equal(ids().length, 8);
    watch({kind: 'observed', live: true, value: some(3)});
    assert.equal(ids().length, 3, 'of fewer than ten each is believed');
  });

  it('takes what the watch says at once', async () => {
    await begin();
    watch({kind: 'observed', live: true, value: some(11)});
    assert.ok(ids().includes('site-10.frigate'));
    assert.equal(events.filter((event) => event === 'target.found').length, 11);
  });

  it('relists when it is asked to', async () => {
    await begin();
    listed = known(some(11));
    discovery.refresh();
    await timers.advance(seconds(1));
    assert.equal(ids().length, 11);
  });

  it('reads the targets file again at each relist, and keeps the last good one', async () => {
    file = 'targets:\n  - {namespace: lab, name: frigate, kind: StatefulSet}\n';
    await begin(true);
    assert.equal(discovery.targets.get('lab.frigate')?.foundBy, 'targets-file');
    file = 'targets: none';
    await timers.advance(seconds(31));
    assert.ok(ids().includes('lab.frigate'));
    assert.match(status.lastError ?? '', /^targets\.yaml: targets: /);
    listed = unknown('unreachable', 'no route');
    await timers.advance(minutes(1));
    assert.equal(discovery.targets.get('lab.frigate')?.stale, true);
  });
});

describe('the sources of discovery beside the watch', () => {
  const timers = new FakeTimers();
  let ending: AbortController;
  let say: Parameters<FollowTargets>[0];
  let status: Partial<DiscoveryStatus>;
  let discovery: Discovery;
  let listed: Known<readonly FoundFrigate[]>;

  beforeEach(async () => {
    [ending, status, listed] = [new AbortController(), {}, known(some(1))];
    discovery = new Discovery({
      cluster: {
        listFrigates: () => Promise.resolve(listed),
        serverTime: () => null,
        watches: {frigates: () => Promise.resolve()},
      },
      clock: timers,
      namespaces: null,
      podSelector: null,
      refreshEvery: seconds(30),
      readTargets: () =>
        parseTargets('targets.yaml', 'targets:\n  - {name: garage, url: "http://192.168.1.9:5000/"}\n'),
      follow: (onTargets, _timers, signal) => {
        say = onTargets;
        return new Promise((resolve) => signal.addEventListener('abort', () => resolve()));
      },
      journal: () => undefined,
      onTargets: () => undefined,
      onStatus: (change) => {
        status = {...status, ...change};
      },
    });
    void discovery.run(ending.signal);
    await timers.advance(seconds(1));
  });
  afterEach(() => ending.abort());

  const shed: FrigateTarget = {
    id: 'static.shed',
    namespace: 'static',
    name: 'shed',
    kind: 'url',
    url: 'http://192.0.2.5:5000',
    foundBy: 'consul',
    stale: false,
    lastError: null,
  };
  const view = (): readonly unknown[] =>
    [...discovery.targets.values()].map(({id, kind, url, foundBy, stale}) => [id, kind, url, foundBy, stale]);

  it('are joined; a Frigate of the file outside Kubernetes is there while the API server is away', async () => {
    say([shed], null);
    assert.deepEqual(view(), [
      ['static.shed', 'url', 'http://192.0.2.5:5000', 'consul', false],
      ['static.garage', 'url', 'http://192.168.1.9:5000', 'targets-file', false],
      ['site-0.frigate', 'Deployment', null, 'labels', false],
    ]);
    listed = unknown('unreachable', 'no route');
    await timers.advance(seconds(31));
    assert.deepEqual(
      [...discovery.targets.values()].map(({id, stale}) => [id, stale]),
      [
        ['static.shed', false],
        ['static.garage', false],
        ['site-0.frigate', true],
      ],
    );
  });

  it('of which Consul is away show why, and what it knew last', () => {
    say([shed], null);
    say([{...shed, stale: true, lastError: 'ECONNREFUSED'}], 'ECONNREFUSED');
    assert.equal(status.lastError, 'ECONNREFUSED');
    assert.equal(discovery.targets.get('static.shed')?.stale, true);
    say([], null);
    assert.deepEqual([status.lastError, discovery.targets.has('static.shed')], [null, false]);
  });

  it('are believed less than the watch: what both name is what the watch found', () => {
    say([{...shed, id: 'site-0.frigate', namespace: 'site-0', name: 'frigate', kind: 'Deployment', url: null}], null);
    assert.equal(discovery.targets.get('site-0.frigate')?.foundBy, 'labels');
  });
});

describe('a targets file', () => {
  it('names workloads, and Frigates outside Kubernetes by their URL', () => {
    const text = 'targets:\n  - {namespace: a, name: b}\n  - {name: c, url: "https://nvr.example/frigate/"}\n';
    assert.deepEqual(parseTargets('targets.yaml', text), {
      ok: true,
      targets: [
        {kind: 'Deployment', namespace: 'a', name: 'b'},
        {kind: 'url', name: 'c', url: 'https://nvr.example/frigate'},
      ],
    });
  });

  const cases: ReadonlyArray<readonly [what: string, text: string | null, error: RegExp]> = [
    ['that is not there', null, /cannot be read/],
    ['that is no YAML', 'targets: [', /is not YAML/],
    ['of another form', '- frigate', /the document/],
    ['with an unknown key', 'targets:\n  - {namespace: a, name: b, port: 1}', /targets\.0/],
    ['of a workload with a URL', 'targets:\n  - {namespace: a, name: b, url: "http://a"}', /targets\.0/],
    ['with another scheme', 'targets:\n  - {name: b, url: "file:///etc/passwd"}', /targets\.0\.url: not an http/],
    ['with a password', 'targets:\n  - {name: b, url: "http://u:secret@a"}', /^(?!.*secret).*targets\.0\.url/],
    ['with a URL that is none', 'targets:\n  - {name: b, url: "nvr:5000"}', /targets\.0\.url/],
    ['with a name of no id', 'targets:\n  - {name: "b.c", url: "http://a"}', /targets\.0\.name/],
    ['with a bad name', 'targets:\n  - {namespace: a, name: "-b"}', /targets\.0\.name/],
    ['that names one twice', 'targets:\n  - {namespace: a, name: b}\n  - {namespace: a, name: b}', /twice/],
    ['with an alias bomb', 'a: &a [1,1]\ntargets: [*a, *a]', /is not YAML|the document/],
    ['that is too large', `targets: []\n${'#'.repeat(1024 * 1024)}`, /larger than 1 MiB/],
  ];
  for (const [what, text, error] of cases)
    it(`${what} is one clear message`, () => {
      const parsed = parseTargets('targets.yaml', text);
      assert.ok(!parsed.ok);
      assert.match(parsed.error, error);
      assert.ok(!parsed.error.includes('\n'));
    });
});

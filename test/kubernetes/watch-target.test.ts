/** What a watch of the workload tells when the search that a change causes is not answered. */
import assert from 'node:assert/strict';
import {processTimers} from '../../src/cli/timers.js';
import type {Duration} from '../../src/core/time.js';
import type {Located} from '../../src/kubernetes/cluster.js';
import type {News} from '../../src/kubernetes/watch/supervise.js';
import {streamsOver} from '../../src/kubernetes/watch/streams.js';
import {watchesOver} from '../../src/kubernetes/watch/watches.js';
import {aWorkload} from '../support/observation.js';
import {clientOf, fakeApiServer, json, status} from './fake-api-server.js';

const DEPLOYMENT = {
  kind: 'Deployment',
  apiVersion: 'apps/v1',
  metadata: {name: 'frigate', namespace: 'cameras', uid: 'u1', resourceVersion: '5', generation: 1},
  spec: {
    selector: {matchLabels: {app: 'frigate'}},
    template: {metadata: {labels: {app: 'frigate'}}, spec: {containers: [{name: 'frigate', image: 'frigate:1'}]}},
  },
  status: {},
};

describe('the watch of a workload', () => {
  it('searches again for what was not answered, though nothing changes any more', async () => {
    let searches = 0;
    await using fake = await fakeApiServer(({url}, response) => {
      const {pathname, searchParams} = new URL(url, 'http://here');
      if (searchParams.get('watch') === '1')
        response.writeHead(200, {'Content-Type': 'application/json'}).flushHeaders();
      else if (pathname.endsWith('/deployments/frigate')) {
        searches += 1;
        if (searches === 1) json(response, 403, status(403, 'for a moment'));
        else json(response, 200, DEPLOYMENT);
      } else {
        const kind = {deployments: 'DeploymentList', pods: 'PodList', replicasets: 'ReplicaSetList'}[
          pathname.split('/').at(-1) ?? ''
        ];
        json(response, 200, {
          kind,
          apiVersion: 'v1',
          metadata: {resourceVersion: '5'},
          items: kind === 'DeploymentList' ? [DEPLOYMENT] : [],
        });
      }
    });
    await using talking = clientOf(fake);
    const pauses: Duration[] = [];
    const pause = (length: Duration): Promise<void> => {
      pauses.push(length);
      return new Promise((resolve) => setImmediate(resolve));
    };
    const told: string[] = [];
    const ending = new AbortController();
    const hear = (news: News<Located>): void => {
      if (news.kind === 'trouble') return;
      const {search} = news.value;
      told.push(search.known ? search.value.found : search.why.code);
      if (search.known) ending.abort();
    };
    const timers = {...processTimers, sleep: pause};
    const watches = watchesOver(talking.client, streamsOver(talking.client, {random: () => 0, timers}, null), timers);
    await watches.target(
      {...aWorkload(), name: 'frigate', namespace: 'cameras'},
      hear,
      AbortSignal.any([ending.signal, AbortSignal.timeout(5000)]),
    );
    assert.deepEqual([told.at(-1), searches], ['one', 2]);
    assert.ok(pauses.length > 0);
  });
});

/** `open` as a process, through the port-forward of the simulated API server. A simulated Frigate stands in for the daemon. */
import assert from 'node:assert/strict';
import {mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {SERVE_LABELS} from '../../src/core/serving.js';
import {tokenOf, type SimulatedCluster} from '../../src/simulator/cluster.js';
import {startWorkloads} from '../contract/simulated-workloads.js';
import {mustBeBuilt, run, start, type Running} from './program.js';

const IMAGE = 'ghcr.io/blakeblackshear/frigate:0.17.2';

interface Stage {
  readonly cluster: SimulatedCluster;
  /** Path of a kubeconfig for it. */
  readonly file: string;
}

const ends: Array<() => Promise<unknown>> = [];

/** A cluster with two replicas that have the labels and the port name of the daemon, or with none. */
const aStage = async (replicas: 0 | 2): Promise<Stage> => {
  const labels = {...SERVE_LABELS, scene: 'frigate-health'};
  const container = {name: 'frigate-health', image: IMAGE, ports: [{name: 'http', containerPort: 5000}]};
  const template = {metadata: {labels}, spec: {terminationGracePeriodSeconds: 0, containers: [container]}};
  const cluster = await startWorkloads('frigate', [
    {name: 'frigate-health', spec: {replicas, selector: {matchLabels: labels}, template}},
  ]);
  const folder = await mkdtemp(path.join(tmpdir(), 'frigate-health-test-'));
  const file = path.join(folder, 'kubeconfig');
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'home',
    clusters: [{name: 'c', cluster: {server: cluster.url}}],
    users: [{name: 'u', user: {token: tokenOf('ada')}}],
    contexts: [{name: 'home', context: {cluster: 'c', user: 'u'}}],
  };
  await writeFile(file, JSON.stringify(config), {mode: 0o600});
  ends.push(() => Promise.all([cluster.close(), rm(folder, {recursive: true})]));
  return {cluster, file};
};

/** What it printed until the address and the pod stood there. */
const printed = ({child, ended}: Running): Promise<{readonly url: string; readonly pod: string}> =>
  new Promise((resolve, reject) => {
    let text = '';
    child.stdout?.on('data', (chunk: string) => {
      text += chunk;
      const found =
        /^(http:\S+)\nPod (\S+) in namespace frigate, with the token of the user of context \S+\. Ctrl-C/.exec(text);
      if (found !== null) resolve({url: found[1] ?? '', pod: found[2] ?? ''});
    });
    void ended.then(({stderr}) => reject(new Error(`it ended: ${text}${stderr}`)));
  });

describe('open as a process', function () {
  this.timeout(30_000);
  before(mustBeBuilt);
  afterEach(() => Promise.all(ends.splice(0).map((end) => end())));

  it('forwards to the pod, to another one when that is gone, and ends with Ctrl-C within a second', async () => {
    const stage = await aStage(2);
    const running = start(['open', '-n', 'frigate', '--no-browser'], {kubeconfig: stage.file});
    const {url, pod} = await printed(running);
    const {origin} = new URL(url);
    assert.equal((await fetch(`${origin}/api/version`)).status, 403);
    const signedIn = await fetch(url, {redirect: 'manual'});
    assert.equal(signedIn.status, 303);
    const cookie = signedIn.headers.get('set-cookie')?.split(';')[0] ?? '';
    const version = async (): Promise<string> => (await fetch(`${origin}/api/version`, {headers: {cookie}})).text();
    assert.match(await version(), /^0\.17\.2/);
    stage.cluster.store.delete('pods', 'frigate', pod);
    assert.match(await version(), /^0\.17\.2/);
    const forwards = stage.cluster.requests.map((one) => one.path).filter((one) => one.includes('/portforward'));
    assert.equal(forwards.at(-1)?.includes(`/${pod}/`), false, forwards.join('\n'));
    const at = performance.now();
    running.child.kill('SIGINT');
    const {code, stdout, stderr} = await running.ended;
    assert.ok(performance.now() - at < 1000, `${performance.now() - at} ms`);
    assert.deepEqual([code, stderr], [0, '']);
    assert.equal(stdout.includes(tokenOf('ada')), false);
    await assert.rejects(fetch(origin));
  });

  it('says how to install the daemon where there is none, and which permission is missing', async () => {
    const stage = await aStage(0);
    const none = await run(['open', '-n', 'frigate', '--no-browser'], {kubeconfig: stage.file});
    assert.equal(none.code, 64, none.stderr);
    assert.match(none.stderr, /The daemon is not installed in namespace frigate/);
    assert.match(none.stderr, /kubectl frigate-health install --serve .*-n frigate \| kubectl apply -f -/);
    stage.cluster.access.deny({verb: 'list', resource: 'pods'});
    const denied = await run(['open', '-n', 'frigate', '--no-browser'], {kubeconfig: stage.file});
    assert.equal(denied.code, 77, denied.stderr);
    assert.match(denied.stderr, /kubectl auth can-i list pods -n frigate/);
  });

  it('says that the port-forward is not permitted', async () => {
    const stage = await aStage(2);
    stage.cluster.access.deny({resource: 'pods/portforward'});
    const denied = await run(['open', '-n', 'frigate', '--no-browser'], {kubeconfig: stage.file});
    assert.equal(denied.code, 77, denied.stderr);
    assert.match(denied.stderr, /kubectl auth can-i get pods\/frigate-health-\S+ --subresource=portforward -n frigate/);
  });

  it('shows the page of a demo without a cluster', async () => {
    const running = start(['open', '--demo=healthy', '--no-browser']);
    const url = await new Promise<string>((resolve, reject) => {
      running.child.stdout?.once('data', (chunk: string) => resolve(chunk.split('\n')[0] ?? ''));
      void running.ended.then(({stderr}) => reject(new Error(stderr)));
    });
    assert.match(url, /^http:\/\/127\.0\.0\.1:\d+$/);
    assert.equal((await fetch(`${url}/api/v1/frigates`)).status, 200);
    running.child.kill('SIGINT');
    const {code, stderr} = await running.ended;
    assert.deepEqual([code, stderr], [0, '']);
  });
});

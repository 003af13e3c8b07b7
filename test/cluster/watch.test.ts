/** The live look on a real cluster, as lines: how soon a terminated pod and a hung API are told. */
import assert from 'node:assert/strict';
import {spawn, type ChildProcess} from 'node:child_process';
import path from 'node:path';
import {root} from './program.js';
import {answering, deployed, fault, type Shape} from './simulated-frigate.js';
import {apply, kubectl} from './kubectl.js';

const shape: Shape = {namespace: `frigate-health-watch-${process.pid}`, name: 'frigate'};

interface Told {
  readonly event: string;
  readonly kind?: string;
  readonly subject?: string;
  readonly to?: string;
}

/** `watch -o jsonl`, line by line. */
class Lines {
  readonly #child: ChildProcess;
  readonly #ended: Promise<number | null>;
  #rest = '';
  #lines: Told[] = [];

  constructor() {
    const {PATH = '', HOME = '', KUBECONFIG = ''} = process.env;
    this.#child = spawn(
      process.execPath,
      [path.join(root, 'bin', 'run.js'), 'watch', shape.name, '--namespace', shape.namespace, '-o', 'jsonl'],
      {env: {PATH, HOME, KUBECONFIG}, stdio: ['ignore', 'pipe', 'inherit']},
    );
    this.#child.stdout?.on('data', (chunk: Buffer) => {
      const lines = `${this.#rest}${chunk.toString()}`.split('\n');
      this.#rest = lines.pop() ?? '';
      this.#lines.push(...lines.map((line) => JSON.parse(line) as Told));
    });
    this.#ended = new Promise((resolve) => this.#child.on('close', resolve));
  }

  /** Milliseconds from now until such a line stands among those that came since the last `forget`. */
  async until(holds: (told: Told) => boolean, limit: number): Promise<number> {
    const begun = performance.now();
    while (!this.#lines.some(holds)) {
      assert.ok(
        performance.now() - begun < limit,
        `it was not told within ${limit} ms: ${JSON.stringify(this.#lines)}`,
      );
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    return performance.now() - begun;
  }

  forget(): void {
    this.#lines = [];
  }

  async end(): Promise<number | null> {
    this.#child.kill('SIGTERM');
    return this.#ended;
  }
}

describe('watch on a real cluster', function () {
  this.timeout(180_000);
  let lines: Lines | null = null;

  before(async () => {
    await apply({apiVersion: 'v1', kind: 'Namespace', metadata: {name: shape.namespace}});
    await deployed(shape);
    await answering(shape);
    lines = new Lines();
    await lines.until(({event}) => event === 'begun', 60_000);
  });
  after(async () => {
    const code = await lines?.end();
    await kubectl(['delete', 'namespace', shape.namespace, '--wait=false']);
    assert.equal(code, 143);
  });

  it('tells a hung API within five seconds of the hang', async () => {
    await fault(shape, 'main-stop');
    const took = await lines!.until(
      ({kind, subject, to}) => kind === 'source' && subject === 'frigate' && to === 'lost',
      10_000,
    );
    assert.ok(took < 5000, `${took.toFixed(0)} ms`);
  });

  it('tells a pod that is deleted within a second, then its successor, and that Frigate answers again', async () => {
    const pod = await podName();
    lines!.forget();
    await kubectl(['delete', 'pod', pod, '-n', shape.namespace, '--wait=false']);
    const took = await lines!.until(
      ({kind, subject, to}) => kind === 'pod' && (to === 'terminating' || subject !== pod),
      5000,
    );
    assert.ok(took < 1000, `${took.toFixed(0)} ms after kubectl had ended`);
    await lines!.until(
      ({kind, subject, to}) => kind === 'pod' && subject !== pod && to?.startsWith('running') === true,
      60_000,
    );
    await lines!.until(
      ({kind, subject, to}) => kind === 'source' && subject === 'frigate' && to === 'available',
      60_000,
    );
  });

  const podName = async (): Promise<string> =>
    (await kubectl(['get', 'pods', '-n', shape.namespace, '-o', 'jsonpath={.items[0].metadata.name}'])).trim();
});

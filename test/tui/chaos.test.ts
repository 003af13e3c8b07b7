/**
 * The built program on a real terminal while everything goes wrong at once: the API server breaks in every way that the
 * simulator knows, credentials expire, pods and containers die, Frigate hangs, and meanwhile keys are pressed and the
 * terminal changes its size. It lives on, stays within its screen, and shows a healthy Frigate soon after all is well.
 */
import assert from 'node:assert/strict';
import {existsSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {markDeleted} from '../../src/simulator/control-plane/deletion.js';
import type {Disturbance} from '../../src/simulator/api/disruption.js';
import {asPod} from '../../src/simulator/api/objects.js';
import {findScenario} from '../../src/simulator/scenarios/scenarios.js';
import {startSimulator, type Simulator} from '../../src/simulator/simulator.js';
import {pick, randomOf} from '../proofs/support/random.js';
import {hasPty, Pty, root} from './terminal.js';

const SEEDS = [1];
/** Things that happen, one after the other. */
const STEPS = 40;
const SIZES: ReadonlyArray<readonly [rows: number, columns: number]> = [
  [40, 120],
  [24, 80],
  [10, 40],
  [60, 250],
  [5, 20],
  [30, 100],
];
const KEYS = [
  'j',
  'k',
  'G',
  'g',
  '1',
  '2',
  '3',
  '4',
  '5',
  '6',
  '7',
  '\t',
  '\r',
  '\u001b',
  '?',
  's',
  'r',
  'p',
  'p',
  '/',
  'x',
  'y',
  'R',
  'frigate\r',
  'B',
  '\u001b[B',
  '\u001b[5~',
  '门',
  '\u0000',
] as const;
const DISTURBANCES: readonly Disturbance[] = [
  'silence',
  'reset',
  'cut-body',
  'html',
  'garbage',
  'partial',
  {status: 401},
  {status: 403},
  {status: 410},
  {status: 429},
  {status: 500},
  {latency: 3000},
];
const PATHS = [/./, /watch=1/, /\/pods/, /\/proxy\//, /\/log/, /configmaps/, /events/, /nodes/] as const;

const wait = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

const killPod = ({cluster, clock}: Simulator): void => {
  const [pod] = cluster.store.list('pods', 'frigate');
  if (pod !== undefined) markDeleted(cluster.store, asPod(pod), clock.now());
};

/** One thing that happens to the world, the keyboard or the terminal. */
const happen = (world: Simulator, pty: Pty, random: () => number): void => {
  const chance = random();
  if (chance < 0.4) pty.type(pick(random, KEYS));
  else if (chance < 0.6) pty.resize(...pick(random, SIZES));
  else if (chance < 0.85) {
    const pattern = pick(random, PATHS);
    const back = world.cluster.disruptions.add({
      match: ({path: asked}) => pattern.test(asked),
      answer: pick(random, DISTURBANCES),
    });
    setTimeout(back, random() * 3000);
  } else if (chance < 0.95) world.cluster.cut();
  else killPod(world);
};

const onTerminals = (): Mocha.Suite =>
  describe('watch while everything goes wrong', function () {
    this.timeout(240_000);
    let pty: Pty | null = null;
    before(() => assert.ok(existsSync(path.join(root, 'dist/main.js')), 'build it first: npm run build'));
    afterEach(() => {
      pty?.kill();
      pty = null;
    });

    for (const seed of SEEDS) {
      it(`lives on, stays within the screen, and shows what is well when all is well again (seed ${seed})`, async () => {
        const scenario = findScenario('healthy');
        assert.ok(scenario);
        const world = await startSimulator(scenario);
        const folder = mkdtempSync(path.join(tmpdir(), 'frigate-health-chaos-'));
        const kubeconfig = path.join(folder, 'kubeconfig');
        writeFileSync(kubeconfig, world.kubeconfig(), {mode: 0o600});
        const random = randomOf(seed);
        try {
          // Without --allow-actions R and B are keys that nobody knows, whatever is typed after them.
          const own = (pty = new Pty(['watch', '--kubeconfig', kubeconfig], {rows: 40, columns: 120}));
          await own.shows(/√ HEALTHY/);
          for (let step = 0; step < STEPS; step += 1) {
            happen(world, own, random);
            await wait(random() * 400);
            const text = await own.text();
            assert.ok(own.isAlive, `it ended at step ${step}:\n${text}`);
            assert.ok(own.onAlternateScreen);
          }
          world.cluster.disruptions.clear();
          own.type('\u001b\u001b');
          await wait(200);
          own.resize(40, 120);
          own.type('\u001b');
          await wait(200);
          own.type('1');
          // Whether it was paused nobody knows: a picture that is held still says so.
          if (/PAUSED/.test(await own.shows(/^frigate-health[^\n]*( live \d|! |PAUSED at )/, 60_000))) own.type('p');
          // A pod that took another's place is young: it starts, and its cameras deliver.
          await own.shows(/ live \d\d:\d\d:\d\dZ[^]*(√ HEALTHY|! STARTING)[^]*CAMERAS 7[^]*√ live/, 120_000);
          const lines = (await own.text()).split('\n');
          assert.ok(lines.length <= 40 && lines[0]?.startsWith('frigate-health'), 'nothing is left over above');
          assert.match(lines.at(-1) ?? '', /q quit/);
          own.type('q');
          const {code, raw, alternate, cursorHidden} = await own.end();
          assert.deepEqual(
            {code, raw, alternate, cursorHidden},
            {code: 0, raw: false, alternate: false, cursorHidden: false},
          );
          assert.deepEqual(
            world.cluster.requests.filter(({method}) => method === 'PATCH' || method === 'PUT' || method === 'DELETE'),
            [],
            'nothing was written',
          );
        } finally {
          await world.close();
          rmSync(folder, {recursive: true, force: true});
        }
      });
    }
  });

if (hasPty) onTerminals();

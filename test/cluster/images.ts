/** The two images of the suites: the simulated Frigate, and this program as it is shipped. Built here, loaded onto the node. */
import {execFile} from 'node:child_process';
import path from 'node:path';
import {promisify} from 'node:util';
import packageFile from '../../package.json' with {type: 'json'};
import {root} from './program.js';

const run = promisify(execFile);

export const SIMULATOR_IMAGE = 'localhost/frigate-simulator:1';

const given = process.env['FRIGATE_HC_TEST_IMAGE'] || null;

/** The image that `install` is told: FRIGATE_HC_TEST_IMAGE where one is on the node already, else the one that is built here. */
export const TOOL_IMAGE = given ?? `localhost/frigate-health:${packageFile.version}`;

/** FRIGATE_HC_TEST_IMAGE_LOADER: a command that loads an image archive, `kind load image-archive` for instance. */
const loader: readonly string[] = (process.env['FRIGATE_HC_TEST_IMAGE_LOADER'] ?? '')
  .split(/\s+/)
  .filter((word) => word !== '');

const load = async (archive: string): Promise<void> => {
  const [program = '', ...words] = loader;
  await run(program, [...words, archive]);
};

const loadSimulator = async (): Promise<void> => {
  const archive = path.join(root, 'build', 'frigate-simulator.tar');
  await run('mkdir', ['-p', path.dirname(archive)]);
  await run('bash', [path.join(import.meta.dirname, 'image', 'build.sh'), archive]);
  await load(archive);
};

const loadTool = async (): Promise<void> => {
  await run(process.execPath, ['--import', 'tsx', 'scripts/release/image.ts', `--tag=${TOOL_IMAGE}`], {cwd: root});
  await load(path.join(root, 'build', 'image', 'frigate-health.tar'));
};

/** Without a loader both images have to be on the node already. */
export const loadImages = async (): Promise<void> => {
  if (loader.length === 0) return;
  await Promise.all([loadSimulator(), ...(given === null ? [loadTool()] : [])]);
};

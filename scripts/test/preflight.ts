/**
 * `npm run preflight`, before a push: everything that CI does on one machine without a cluster. Format, lint and types first,
 * because they answer soonest; all steps run even where one failed. What cannot be done here is named as skipped.
 */
import {execFileSync, spawnSync} from 'node:child_process';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '../..');

interface Step {
  readonly name: string;
  readonly command: string;
  /** Why it cannot be done here; `null`: it can. */
  readonly skipped: string | null;
}

const answers = (program: string): boolean => {
  try {
    execFileSync(program, ['info'], {stdio: 'ignore', env: {STORAGE_DRIVER: 'vfs', ...process.env}});
    return true;
  } catch {
    return false;
  }
};

const tool = ['buildah', 'podman', 'docker'].find(answers);

const steps: readonly Step[] = [
  {name: 'commit subjects', command: 'npm run --silent test:commits', skipped: null},
  {name: 'format', command: 'npx prettier --check --log-level=warn .', skipped: null},
  {name: 'lint', command: 'npx eslint .', skipped: null},
  {name: 'types', command: 'npx tsc --noEmit', skipped: null},
  {name: 'build', command: 'npm run --silent build -- --quiet', skipped: null},
  {name: 'tests', command: 'npm run --silent test:unit', skipped: null},
  {
    name: 'image',
    command: `npm run --silent image -- --tool=${tool ?? ''}`,
    skipped: tool === undefined ? 'neither buildah, podman nor docker answers here' : null,
  },
];

const results = steps.map(({name, command, skipped}) => {
  if (skipped !== null) return {ok: true, line: `skipped  ${name}: ${skipped}`};
  process.stdout.write(`\n=== ${name}: ${command}\n`);
  const ok = spawnSync(command, {cwd: root, shell: true, stdio: 'inherit'}).status === 0;
  return {ok, line: `${ok ? 'ok       ' : 'FAILED   '}${name}`};
});
const notHere = [
  'skipped  the live screen in a real terminal: npm run test:terminal',
  'skipped  a real Kubernetes: npm run test:cluster',
  'skipped  the proofs: npm run prove -- --quick',
];
process.stdout.write(`\n${[...results.map(({line}) => line), ...notHere].join('\n')}\n`);
process.exitCode = results.every(({ok}) => ok) ? 0 : 1;

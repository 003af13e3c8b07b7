/** The commands of a page: what stands in its blocks of shell, by the heading that they stand under. */
import {spawn} from 'node:child_process';
import {chmodSync, copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {root} from './program.js';

export interface PageCommand {
  readonly heading: string;
  /** On one line: without comments, and with continued lines put together. */
  readonly command: string;
}

const commandsIn = (block: string): readonly string[] =>
  block
    .replaceAll(/\\\n\s*/g, '')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));

export const commandsOf = (page: string): readonly PageCommand[] =>
  readFileSync(path.join(root, page), 'utf8')
    .split(/^## /m)
    .flatMap((section) => {
      const [heading = ''] = section.split('\n', 1);
      return [...section.matchAll(/^ *```bash\n(.*?)^ *```$/gms)].flatMap(([, block = '']) =>
        commandsIn(block).map((command) => ({heading, command})),
      );
    });

/** busybox's. */
const PROMPT = /^\/ # /m;

export interface Typed {
  readonly code: number | null;
  readonly output: string;
}

/** A person at a shell: `~/kubeconfig` leads to the cluster, and `kubectl frigate-health` is this checkout. */
export interface Person {
  /** On a terminal where the command asks for one. `input`: what is typed at the prompt of the shell that it opens. */
  type(command: string, input?: string): Promise<Typed>;
  leave(): void;
}

export const personWithPlugin = (kubeconfig: string): Person => {
  const home = mkdtempSync(path.join(tmpdir(), 'frigate-health-person-'));
  copyFileSync(kubeconfig, path.join(home, 'kubeconfig'));
  const plugin = path.join(home, 'kubectl-frigate_health');
  writeFileSync(plugin, `#!/bin/sh\nexec '${process.execPath}' '${path.join(root, 'bin', 'run.js')}' "$@"\n`);
  chmodSync(plugin, 0o755);
  const env = {HOME: home, PATH: `${home}:${process.env['PATH'] ?? ''}`};
  return {
    type: (command, input) =>
      new Promise((resolve, reject) => {
        const child = command.includes(' -it ')
          ? spawn('script', ['-qec', command, '/dev/null'], {env, cwd: home})
          : spawn('bash', ['-o', 'pipefail', '-c', command], {env, cwd: home});
        let output = '';
        let isTyped = false;
        const take = (chunk: Buffer): void => {
          output += chunk.toString();
          if (input === undefined || isTyped || !PROMPT.test(output)) return;
          isTyped = true;
          child.stdin.write(`${input}\n`);
        };
        for (const stream of [child.stdout, child.stderr]) stream.on('data', take);
        child.once('error', reject).once('close', (code) => resolve({code, output}));
      }),
    leave: () => rmSync(home, {recursive: true}),
  };
};

/**
 * The completion in the shells themselves: each runs in a pseudo terminal, a person's keys are typed, and what the shell then
 * runs is what the program would have got. FRIGATE_HC_TEST_SHELLS names shells that must be there (CI does).
 */
import assert from 'node:assert/strict';
import {spawn, spawnSync, type ChildProcess} from 'node:child_process';
import {mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {KUBECTL_COMPLETER, scriptFor} from '../../src/cli/completion/scripts.js';
import {mustBeBuilt, PROGRAM} from './program.js';
import {hasPty} from '../tui/terminal.js';

interface InShell {
  readonly name: 'bash' | 'zsh' | 'fish';
  /** Starts it without anybody's own configuration. */
  readonly words: readonly string[];
  /** Typed first. */
  readonly prepare: string;
}

const shells: readonly InShell[] = [
  {name: 'bash', words: ['bash', '--norc', '--noprofile', '-i'], prepare: ''},
  {name: 'zsh', words: ['zsh', '-f', '-i'], prepare: 'autoload -U compinit; compinit -u -D\r'},
  {name: 'fish', words: ['fish', '--no-config', '-i'], prepare: ''},
];

/** What is typed before the TAB, and what the program is then run with. */
const cases: ReadonlyArray<readonly [typed: string, ran: string]> = [
  ['run', 'run-cron'],
  ['check --fail-on c', 'check --fail-on critical'],
  ['check --fail-on=c', 'check --fail-on=critical'],
  ['check --demo=coral-s', 'check --demo=coral-stuck'],
  ['check --only FRG-401,FRG-90', 'check --only FRG-401,FRG-901'],
  ['check --only=FRG-401,FRG-90', 'check --only=FRG-401,FRG-901'],
  ['check -o yaml --exp', 'check -o yaml --explain'],
  ['check --kubeconfig some-f', 'check --kubeconfig some-file'],
  ['check --kubeconfig=some-f', 'check --kubeconfig=some-file'],
  ['restart nothing-like-it --no-such', 'restart nothing-like-it --no-such'],
];

const isHere = (name: string): boolean => hasPty && spawnSync(name, ['--version'], {stdio: 'ignore'}).status === 0;
/** `kubectl frigate-health <TAB>` came with kubectl 1.26. */
const kubectlAsks = ((): boolean => {
  const {stdout, status} = spawnSync('kubectl', ['version', '--client', '-o', 'json'], {encoding: 'utf8'});
  return status === 0 && Number(/"minor": "(\d+)/.exec(stdout)?.[1]) >= 26;
})();
const wanted = (process.env['FRIGATE_HC_TEST_SHELLS'] ?? '').split(/[\s,]+/).filter((name) => name !== '');
const here = shells.filter(({name}) => isHere(name));
const tried: readonly string[] = [...here.map(({name}) => name), ...(kubectlAsks ? ['kubectl'] : [])];
const missing = [...shells.map(({name}) => name), 'kubectl'].filter((name) => !tried.includes(name));

/** How long a shell may take for one line. Milliseconds. */
const PATIENCE = 15_000;

const quoted = (word: string): string => `'${word.replaceAll("'", `'\\''`)}'`;

class Session {
  readonly #child: ChildProcess;
  readonly #record: string;
  #seen = 0;
  #shown = '';

  constructor({words}: InShell, folder: string) {
    this.#record = path.join(folder, 'record');
    writeFileSync(this.#record, '');
    writeFileSync(path.join(folder, 'some-file'), '');
    // At a TAB the program itself; what is run is only written down.
    writeFileSync(
      path.join(folder, 'kubectl-frigate_health'),
      `#!/bin/sh
if [ "$1" = __complete ]; then exec ${quoted(process.execPath)} ${quoted(PROGRAM)} "$@"; fi
printf '%s\\n' "$*" >> ${quoted(this.#record)}
`,
      {mode: 0o755},
    );
    this.#child = spawn('script', ['--quiet', '--flush', '--command', words.map(quoted).join(' '), '/dev/null'], {
      cwd: folder,
      stdio: ['pipe', 'pipe', 'inherit'],
      env: {
        PATH: `${folder}:${process.env['PATH'] ?? ''}`,
        HOME: folder,
        TERM: 'xterm',
        LANG: 'C.UTF-8',
        SHELL: '/bin/sh',
        PS1: '$ ',
      },
    });
    this.#child.stdout?.on('data', (chunk: Buffer) => (this.#shown += chunk.toString('utf8')));
  }

  type(text: string): void {
    this.#child.stdin?.write(text);
  }

  /** The words of the next line that was run. */
  async ran(): Promise<string> {
    const until = performance.now() + PATIENCE;
    for (;;) {
      const line = readFileSync(this.#record, 'utf8').split('\n').slice(0, -1)[this.#seen];
      if (line !== undefined) {
        this.#seen += 1;
        return line.trimEnd();
      }
      if (performance.now() > until) throw new Error(`nothing was run; the terminal shows:\n${this.#shown}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  end(): void {
    this.#child.kill('SIGKILL');
  }
}

describe('completion in the shells', function () {
  this.timeout(90_000);
  before(mustBeBuilt);
  if (missing.length > 0)
    console.log(
      `completion is not tried in ${missing.join(' and ')}: ${hasPty ? 'not installed here' : 'there is no script(1) of util-linux here'}`,
    );

  it('is tried in every shell that must be there', () =>
    assert.deepEqual(
      wanted.filter((name) => !tried.includes(name)),
      [],
    ));

  if (kubectlAsks)
    it('of kubectl is asked for by kubectl', () => {
      const folder = mkdtempSync(path.join(tmpdir(), 'frigate-health-kubectl-'));
      try {
        writeFileSync(
          path.join(folder, 'kubectl-frigate_health'),
          `#!/bin/sh\nexec ${quoted(process.execPath)} ${quoted(PROGRAM)} "$@"\n`,
          {mode: 0o755},
        );
        writeFileSync(path.join(folder, KUBECTL_COMPLETER), scriptFor('kubectl'), {mode: 0o755});
        const asked = (...words: readonly string[]): string =>
          spawnSync('kubectl', ['__complete', 'frigate-health', ...words], {
            encoding: 'utf8',
            env: {PATH: `${folder}:${process.env['PATH'] ?? ''}`, HOME: folder},
          }).stdout;
        assert.match(asked('check', '--fail-on', 'c'), /^critical\b.*\n:4\n$/);
        assert.match(asked('run'), /^run-cron\t.*\n:4\n$/);
      } finally {
        rmSync(folder, {recursive: true, force: true});
      }
    });

  for (const shell of here) {
    it(`of ${shell.name} puts the words where they belong`, async () => {
      const folder = mkdtempSync(path.join(tmpdir(), 'frigate-health-shell-'));
      writeFileSync(path.join(folder, 'completion'), scriptFor(shell.name));
      const session = new Session(shell, folder);
      try {
        session.type(`${shell.prepare}source ${folder}/completion\rkubectl-frigate_health ready\r`);
        assert.equal(await session.ran(), 'ready');
        for (const [typed, ran] of cases) {
          session.type(`kubectl-frigate_health ${typed}\t\r`);
          assert.equal(await session.ran(), ran);
        }
      } finally {
        session.end();
        // A shell that was ended may still write its history.
        rmSync(folder, {recursive: true, force: true, maxRetries: 20, retryDelay: 50});
      }
    });
  }
});

import assert from 'node:assert/strict';
import {EventEmitter} from 'node:events';
import {Writable} from 'node:stream';
import {failureOf, renderFailure, unwritten} from '../../src/cli/errors.js';
import type {FailureOutput} from '../../src/cli/errors.js';
import {interruption} from '../../src/cli/interruption.js';
import {outputTo} from '../../src/cli/output.js';
import {instant} from '../../src/core/time.js';
import {CommandFailure} from '../../src/outcome/failure.js';
import type {FailureKind} from '../../src/outcome/failure.js';
import {checkReportSchema} from '../../src/report/schema.js';

const ending = {command: 'check', commands: ['check', 'run-cron'], interruption: null};
const telling: FailureOutput = {
  format: 'text',
  lines: false,
  ascii: false,
  debug: false,
  version: '0.1.0',
  at: instant(0),
};

const oclifError = (message: string, given: object = {}): Error =>
  Object.assign(new Error(message), {oclif: {exit: 2}, ...given});

const failure = (error: unknown, given: Partial<typeof ending> = {}): CommandFailure => {
  const found = failureOf(error, {...ending, ...given});
  assert.ok(found instanceof CommandFailure);
  return found;
};

describe('the end of a command', () => {
  const kinds: ReadonlyArray<readonly [FailureKind, number, string]> = [
    ['usage', 64, 'FRG-E-USAGE'],
    ['forbidden', 77, 'FRG-E-ACCESS'],
    ['unreachable', 69, 'FRG-E-UNREACHABLE'],
    ['conflict', 75, 'FRG-E-CONFLICT'],
    ['refused', 10, 'FRG-E-REFUSED'],
    ['waitRanOut', 124, 'FRG-E-WAIT'],
    ['interrupted', 130, 'FRG-E-INTERRUPTED'],
    ['terminated', 143, 'FRG-E-TERMINATED'],
    ['bug', 70, 'FRG-E-BUG'],
    ['unwritten', 74, 'FRG-E-OUTPUT'],
  ];
  for (const [kind, exitCode, code] of kinds) {
    it(`${kind} has exit code ${exitCode} in every format`, async () => {
      const end = new CommandFailure(kind, 'It did not work', 'kubectl get pods');
      assert.equal(end.exitCode, exitCode);
      const json: unknown = JSON.parse((await renderFailure(end, {...telling, format: 'json'})).stdout);
      const report = checkReportSchema.parse(json);
      assert.deepEqual(
        [report.summary.exitCode, report.errors],
        [exitCode, [{code, message: 'It did not work', fix: 'kubectl get pods'}]],
      );
      assert.deepEqual(await renderFailure(end, telling), {
        stdout: '',
        stderr: 'Error: It did not work\nTry this: kubectl get pods\n',
      });
      const line = JSON.parse((await renderFailure(end, {...telling, lines: true})).stdout) as Record<string, unknown>;
      assert.deepEqual(
        [line['event'], line['exitCode'], line['time']],
        ['pass.ended', exitCode, '1970-01-01T00:00:00Z'],
      );
    });
  }

  it('is a usage error for whatever oclif refuses, without what follows a flag', () => {
    const found = failure(
      oclifError('Nonexistent flag: --tokn=eyJhbGciOi.secret\nSee more help with --help', {
        flags: ['--tokn=eyJhbGciOi.secret'],
        parse: {input: {argv: ['--password', 'x'], flags: {token: {}, user: {}}}},
      }),
    );
    assert.deepEqual(
      [found.exitCode, found.message, found.fix],
      [64, 'Nonexistent flag: --tokn; did you mean --token?', 'kubectl frigate-health check --help'],
    );
  });

  it('names the nearest command', () => {
    const found = failure(oclifError('command chekc not found'), {command: null as never});
    assert.deepEqual(
      [found.exitCode, found.message, found.fix],
      [64, 'There is no command chekc', 'kubectl frigate-health check'],
    );
  });

  for (const [message, says, fix] of [
    [
      'command -n not found',
      'The command must come before its flags, but the first word is -n',
      'kubectl frigate-health check -n …',
    ],
    [
      'command --token=eyJhbGciOi.secret not found',
      'The command must come before its flags, but the first word is --token',
      'kubectl frigate-health check --token …',
    ],
    ['command version not found', 'There is no command version', 'kubectl frigate-health --version'],
    ['command -v not found', 'There is no command -v', 'kubectl frigate-health --version'],
    ['Command chekc not found.', 'There is no command chekc', 'kubectl frigate-health check'],
  ] as const) {
    it(`says what to type for: ${message}`, () => {
      const found = failure(oclifError(message), {command: null as never});
      assert.deepEqual([found.exitCode, found.message, found.fix], [64, says, fix]);
    });
  }

  it('says how kind and name are written together, as kubectl takes them apart too', () => {
    const {exitCode, message, fix} = failure(
      oclifError('Unexpected argument: frigate\nSee more help with --help', {
        args: ['frigate'],
        parse: {input: {argv: ['deployment', 'frigate', '-n', 'nvr'], flags: {}}},
      }),
    );
    assert.deepEqual(
      [exitCode, message, fix],
      [64, 'Unexpected argument: frigate', 'kubectl frigate-health check deployment/frigate'],
    );
    assert.equal(
      failure(oclifError('Unexpected argument: b', {args: ['b'], parse: {input: {argv: ['a', 'b'], flags: {}}}})).fix,
      'kubectl frigate-health check --help',
    );
  });

  it('keeps an exit code that was meant', () =>
    assert.equal(failureOf(oclifError('EEXIT: 0', {code: 'EEXIT', oclif: {exit: 0}}), ending), 0));

  it('is the interruption when one came before', () => {
    const interrupted = new CommandFailure('interrupted', 'Ended by SIGINT');
    assert.equal(failure(new DOMException('aborted', 'AbortError'), {interruption: interrupted as never}), interrupted);
  });

  for (const thrown of [
    new TypeError('x is not a function'),
    'a text',
    undefined,
    {},
    oclifError('cannot find', {code: 'MODULE_NOT_FOUND'}),
  ]) {
    it(`is a bug for ${thrown instanceof Error ? thrown.message : typeof thrown}, with a stack only when it is asked for`, async () => {
      const found = failure(thrown);
      assert.equal(found.exitCode, 70);
      assert.ok(!(await renderFailure(found, telling)).stderr.includes('errors.test.ts'));
      if (thrown instanceof Error)
        assert.ok((await renderFailure(found, {...telling, debug: true})).stderr.includes('errors.test.ts'));
    });
  }

  it('has no secret in it', async () => {
    const end = new CommandFailure(
      'unreachable',
      'GET https://robot:hunter2@cluster/ failed',
      'curl https://robot:hunter2@cluster/',
    );
    for (const format of ['text', 'json', 'yaml'] as const) {
      const page = await renderFailure(end, {...telling, format});
      assert.ok(!`${page.stdout}${page.stderr}`.includes('hunter2'), format);
    }
  });
});

describe('SIGINT and SIGTERM', () => {
  for (const [signal, exitCode] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const) {
    it(`${signal} aborts with the failure of exit code ${exitCode}, and a second one is no longer caught`, () => {
      const source = new EventEmitter();
      const {signal: aborted, failure: why} = interruption(source);
      assert.equal(why(), null);
      source.emit(signal);
      assert.ok(aborted.aborted);
      assert.equal(aborted.reason, why());
      assert.equal(why()?.exitCode, exitCode);
      assert.equal(source.listenerCount(signal), 0);
    });
  }

  it('keeps the first of both', () => {
    const source = new EventEmitter();
    const {failure: why, dispose} = interruption(source);
    source.emit('SIGTERM');
    source.emit('SIGINT');
    assert.equal(why()?.exitCode, 143);
    dispose();
  });

  it('leaves no listener behind', () => {
    const source = new EventEmitter();
    interruption(source).dispose();
    assert.deepEqual(source.eventNames(), []);
  });
});

describe('a stream', () => {
  const failing = (code: string): Writable =>
    new Writable({write: (_chunk, _encoding, done) => done(Object.assign(new Error(code), {code}))});

  it('is quiet when its reader has gone', async () => {
    const output = outputTo(failing('EPIPE'));
    output.write('a');
    await output.drained();
    output.write('b');
    await output.drained();
  });

  it('is drained when everything written has left', async () => {
    let left = '';
    const slow = new Writable({
      decodeStrings: false,
      write: (chunk: string, _encoding, done) => {
        setImmediate(() => {
          left += chunk;
          done();
        });
      },
    });
    const output = outputTo(slow);
    output.write('a');
    output.write('b');
    await output.drained();
    assert.equal(left, 'ab');
  });

  it('tells of a result that did not arrive, and writes nothing behind the gap', async () => {
    const taken: string[] = [];
    const full = new Writable({
      autoDestroy: false,
      decodeStrings: false,
      write: (chunk: string, _encoding, done) => {
        taken.push(chunk);
        done(Object.assign(new Error('ENOSPC: no space left on device, write'), {code: 'ENOSPC'}));
      },
    });
    const output = outputTo(full);
    assert.equal(output.lost(), null);
    output.write('a');
    await output.drained();
    output.write('b');
    await output.drained();
    assert.deepEqual([taken, output.lost()?.message], [['a'], 'ENOSPC: no space left on device, write']);
    const {text, exitCode} = unwritten(output.lost() ?? new Error());
    assert.deepEqual([exitCode, text.split('\n').length], [74, 3]);
    assert.match(text, /^Error: The result could not be written: ENOSPC.*\nTry this: /);
  });

  it('is judged by nobody else when it wants to be alone', async () => {
    const full = failing('ENOSPC');
    const output = outputTo(full);
    full.on('error', (error) => {
      throw error;
    });
    output.alone();
    output.write('a');
    await output.drained();
    assert.deepEqual([full.listenerCount('error'), output.lost()?.message], [1, 'ENOSPC']);
  });

  it('has lost nothing when its reader went', async () => {
    const output = outputTo(failing('EPIPE'));
    output.write('a');
    await output.drained();
    assert.equal(output.lost(), null);
  });
});

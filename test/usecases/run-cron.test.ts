import assert from 'node:assert/strict';
import {processTimers} from '../../src/cli/timers.js';
import {isSettings, load} from '../../src/settings/load.js';
import {runCron} from '../../src/usecases/run-cron.js';
import {FakeWorld} from '../support/fake-world.js';

describe('run-cron', () => {
  it('writes the warnings about settings to the journal: every line that it writes is JSON', async () => {
    const fake = new FakeWorld();
    fake.interfere = (call) => (call === 'findWorkload' ? 'fail' : 'pass');
    const settings = load({env: {FRIGATE_HC_MODUS: 'x', LOG_WINDOW_MINUTES: '12'}, flags: {}, readFile: () => null});
    assert.ok(isSettings(settings));
    const written: string[] = [];
    const {cluster, clock} = fake.world();
    await runCron(
      {
        settings,
        open: () => Promise.resolve({cluster, clock, close: () => Promise.resolve()}),
        signal: new AbortController().signal,
        stdout: (text) => written.push(text),
        warn: (line) => assert.fail(line),
        timers: processTimers,
        version: '0.0.0',
      },
      {dryRun: false},
    );
    const lines = written.map((line) => JSON.parse(line) as {event: string; summary?: string});
    assert.deepEqual(
      lines.filter(({event}) => event === 'warning').map(({summary}) => summary),
      [
        'FRIGATE_HC_MODUS is not a known setting and has no effect; did you mean FRIGATE_HC_MODE?',
        'LOG_WINDOW_MINUTES is an old name; use FRIGATE_HC_LOG_WINDOW_MINUTES instead',
      ],
    );
    assert.equal(lines[0]?.event, 'pass.begun');
  });
});

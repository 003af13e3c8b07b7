/** The list of several Frigates: how old each look is, and the keys of the one table. */
import assert from 'node:assert/strict';
import chalk from 'chalk';
import fc from 'fast-check';
import {render} from 'ink';
import {createElement} from 'react';
import {seconds} from '../../src/core/time.js';
import {Chooser} from '../../src/tui/components/Chooser.js';
import {chooserLines, type ChooserRow} from '../../src/tui/panels/chooser.js';
import {lineColumns} from '../../src/tui/text.js';
import {themeNamed} from '../../src/tui/theme.js';
import {ago} from '../support/observation.js';
import {asciiDisplay, display, textOf} from './snapshots.js';
import {FakeStdin, FakeStdout, settled} from './streams.js';

const frigate = (name: string): ChooserRow['frigate'] => ({kind: 'Deployment', namespace: name, name: 'frigate'});
const well: ChooserRow = {
  frigate: frigate('cabin'),
  observation: {health: 'healthy', summary: 'Frigate does its job', action: 'none', rule: 'R-04', critical: false},
  observedAt: ago(seconds(65)),
};
const rows: readonly ChooserRow[] = [
  well,
  {frigate: frigate('workshop'), observation: 'get deployments.apps: HTTP 403', observedAt: ago(seconds(5))},
  {frigate: frigate('yard'), observation: null, observedAt: null},
];

describe('the list of several Frigates', () => {
  it('tells of each when it was looked at: it is never live', () => {
    const text = textOf(chooserLines(rows, 0, {rows: 10, columns: 80}, 'homelab', display));
    assert.match(
      text,
      /cabin\/frigate +√ healthy: Frigate does its job \(none R-04\) +02:58:55Z\nworkshop\/frigate \? get deployments\.apps: HTTP 403 +02:59:55Z\nyard\/frigate +\? checking\n/,
    );
    assert.match(text, /enter open {2}r refresh {2}q quit$/);
  });

  it('fits every terminal, whatever a Frigate is called', () => {
    fc.assert(
      fc.property(
        fc.integer({min: 1, max: 60}),
        fc.integer({min: 1, max: 200}),
        fc.nat(2),
        fc.string({unit: 'binary', maxLength: 30}),
        fc.boolean(),
        (height, columns, index, name, ascii) => {
          const lines = chooserLines(
            [...rows, {...well, frigate: frigate(name)}],
            index,
            {rows: height, columns},
            'homelab',
            ascii ? asciiDisplay : display,
          );
          assert.equal(lines.length, height);
          for (const line of lines) assert.ok(lineColumns(line) <= columns, textOf([line]));
        },
      ),
    );
  });

  it('hears the keys of the table: pages, ends, enter, and both ways out', async () => {
    const level = chalk.level;
    chalk.level = 0;
    const many = Array.from({length: 40}, (_, index): ChooserRow => ({
      ...well,
      frigate: frigate(`site-${String(index).padStart(2, '0')}`),
    }));
    const heard: string[] = [];
    const stdin = new FakeStdin();
    const stdout = new FakeStdout(13, 60);
    const {unmount} = render(
      createElement(Chooser, {
        rows: () => many,
        subscribe: () => () => undefined,
        context: 'homelab',
        start: 0,
        display,
        styles: themeNamed('mono'),
        refresh: () => heard.push('refresh'),
        choose: ({frigate: {namespace}}) => heard.push(namespace),
        leave: (how) => heard.push(how),
        stop: () => Promise.resolve(),
        onStop: () => () => undefined,
      }),
      {
        stdout: stdout as unknown as NodeJS.WriteStream,
        stdin: stdin as unknown as NodeJS.ReadStream,
        debug: true,
        exitOnCtrlC: false,
        patchConsole: false,
        interactive: true,
      },
    );
    await settled();
    for (const keys of [
      '\u0004',
      '\r',
      'k',
      '\r',
      'G',
      '\r',
      '\u0015',
      '\r',
      'g',
      '\r',
      'r',
      'R',
      'x',
      'q',
      '\u0003',
    ]) {
      stdin.type(keys);
      await settled();
    }
    unmount();
    chalk.level = level;
    assert.deepEqual(heard, ['site-09', 'site-08', 'site-39', 'site-30', 'site-00', 'refresh', 'quit', 'interrupt']);
  });
});

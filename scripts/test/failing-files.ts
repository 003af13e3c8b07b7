/** A mocha reporter: the one named in MOCHA_SHOWS tells the person, and what passed and failed in which file goes to MOCHA_TALLY. */
import {writeFileSync} from 'node:fs';
import path from 'node:path';
import mocha from 'mocha';

/** What happened in one file. */
export interface Tally {
  readonly passed: number;
  /** Titles, each with those of the suites around it. */
  readonly failed: readonly string[];
}

/** By file, relative to the folder that mocha runs in. */
export type Tallies = Readonly<Record<string, Tally>>;

export default class FailingFiles {
  readonly #tallies: Record<string, Tally> = {};

  constructor(runner: mocha.Runner, options: mocha.MochaOptions) {
    const Shown = mocha.reporters[process.env['MOCHA_SHOWS'] === 'dot' ? 'Dot' : 'Spec'];
    new Shown(runner, options);
    runner.on('pass', (test) => this.#count(test, (before) => ({...before, passed: before.passed + 1})));
    runner.on('fail', (test) =>
      this.#count(test, (before) => ({...before, failed: [...before.failed, test.fullTitle()]})),
    );
    runner.once('end', () => writeFileSync(process.env['MOCHA_TALLY'] ?? 'tally.json', JSON.stringify(this.#tallies)));
  }

  #count({file}: {readonly file?: string | undefined}, next: (before: Tally) => Tally): void {
    const name = file === undefined ? '' : path.relative('.', file);
    this.#tallies[name] = next(this.#tallies[name] ?? {passed: 0, failed: []});
  }
}

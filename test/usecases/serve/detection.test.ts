/** How soon `serve` shows a fault of the simulated Frigate, in virtual time; all of them: `npm run bench -- detection`. */
import assert from 'node:assert/strict';
import {seconds} from '../../../src/core/time.js';
import {NEW_YEAR, simulatedServe, type Profile} from '../../../bench/support/simulated-serve.js';
import type {FaultName} from '../../../src/simulator/frigate/fault.js';
import {randomOf} from '../../proofs/support/random.js';

const BASE = 7200;
/** `serve` has looked for a minute and a half before the fault. */
const LOOKED = 90;

interface Row {
  readonly fault: FaultName;
  readonly profile: Profile;
  /** Seconds from the fault within which the status is another one. */
  readonly shown: readonly [from: number, to: number];
  /** Seconds within which it is restarted; `null`: never in ten minutes. */
  readonly restarted: readonly [from: number, to: number] | null;
}

const rows: readonly Row[] = [
  {fault: 'main-stop', profile: 'fast', shown: [0, 7], restarted: [20, 30]},
  {fault: 'main-stop', profile: 'steady', shown: [0, 7], restarted: [150, 190]},
  // Only the segments show these; the recorder needs 27 s where all is well.
  {fault: 'cap-stop', profile: 'fast', shown: [30, 80], restarted: [120, 260]},
  {fault: 'stale-mount', profile: 'steady', shown: [5, 80], restarted: null},
  {fault: 'maintainer-error', profile: 'fast', shown: [30, 80], restarted: null},
  // Statistics are late after 45 s, and no new ones come that could be judged.
  {fault: 'manager-stop', profile: 'fast', shown: [25, 49], restarted: [60, 165]},
  // A clock that stepped back is no standstill.
  {fault: 'clock-back', profile: 'fast', shown: [0, 20], restarted: null},
];

const within = (value: number | null, range: readonly [number, number] | null): boolean =>
  range === null || value === null ? range === value : value >= range[0] && value <= range[1];

describe('the detection of a fault', function () {
  this.timeout(60_000);
  for (const {fault, profile, shown, restarted} of rows)
    it(`of ${fault} with the profile ${profile}`, async () => {
      for (const phase of [0.3, 6.1, 11.4]) {
        const at = BASE + LOOKED + phase;
        const {timers, changes, restarts, end} = simulatedServe({
          occurrences: [
            {
              number: 1,
              at,
              until: at + 86_400,
              cameras: null,
              kind: {name: fault, perYear: 1, minutes: 1, effect: {what: 'fault', fault}},
            },
          ],
          from: NEW_YEAR + BASE,
          profile,
          random: randomOf(1),
        });
        const since = (moment: number | undefined): number | null =>
          moment === undefined ? null : moment / 1000 - NEW_YEAR - at;
        const limit = restarted === null ? 600 : restarted[1] + 1;
        await timers.advance(seconds(LOOKED + phase));
        for (let second = 0; second < limit && restarts.length === 0; second += 1) await timers.advance(seconds(1));
        const all = changes();
        await end();
        const status = since(
          all.find(({health, at: from}) => health !== 'healthy' && from / 1000 >= NEW_YEAR + at)?.at,
        );
        assert.deepEqual(
          all.filter(({at: from}) => from / 1000 < NEW_YEAR + at).map(({health}) => health),
          ['healthy'],
          'a false status before the fault',
        );
        assert.ok(within(status, shown), `shown after ${status} s, phase ${phase}`);
        const restart = since(restarts[0]?.at);
        assert.ok(within(restart, restarted), `restarted after ${restart} s, phase ${phase}`);
      }
    });
});

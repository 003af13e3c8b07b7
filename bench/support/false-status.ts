/** Minutes in which `serve` calls a Frigate other than healthy while nothing is wrong with it. */
import {judge} from '../../src/pass/judge.js';
import {freshState} from '../../src/core/state/codec.js';
import type {State} from '../../src/core/state/state.js';
import {hours, minutes, seconds} from '../../src/core/time.js';
import {aPolicy} from '../../test/support/observation.js';
import {recordings} from '../../test/recordings/facts.js';
import {playback} from '../../test/recordings/playback.js';
import {readRecording} from '../../test/recordings/recording.js';
import {below, randomOf} from '../../test/proofs/support/random.js';
import {yearOf} from '../../test/proofs/year/site-year.js';
import type {FalseStatus, YearStatus} from './detection-result.js';
import {NEW_YEAR, simulatedServe, type Profile, type Simulated} from './simulated-serve.js';

const DAY = 86_400;
/** Of the year. */
const PART = hours(6);
/** Seconds; as often as the status page and a scrape look. */
const STEP = seconds(5);
/** Not counted: so long after the end of what was wrong its end has to show (segments are asked for each 90 s). */
const SETTLING = minutes(3);
/** What a `serve` that begins needs for its first answers. */
const FIRST_ANSWERS = minutes(1);

interface Counted {
  steps: number;
  wrong: number;
}

const minutesOf = ({steps, wrong}: Counted): FalseStatus => ({
  minutes: Math.round((steps * STEP) / minutes(1)),
  falseMinutes: Math.round((wrong * STEP * 10) / minutes(1)) / 10,
});

const nothingIsWrong = ({installation}: Simulated): boolean =>
  installation.sick.length === 0 && !installation.has('busy') && installation.up();

/** Counts each step of the time in which nothing is wrong and has not been for a while. */
const watchOver = async (serve: Simulated, length: number, counted: Counted): Promise<void> => {
  const {timers, frigate} = serve;
  const end = timers.now() + length;
  await timers.advance(FIRST_ANSWERS);
  let wellSince: number = timers.now() - SETTLING;
  while (timers.now() < end) {
    await timers.advance(STEP);
    if (!nothingIsWrong(serve)) wellSince = Infinity;
    else if (wellSince === Infinity) wellSince = timers.now();
    if (timers.now() - wellSince < SETTLING) continue;
    counted.steps += 1;
    if (frigate()?.diagnosis.health !== 'healthy') counted.wrong += 1;
  }
};

/** A day on which nothing happens. */
export const healthyDay = async (profile: Profile, seed: number): Promise<FalseStatus> => {
  const serve = simulatedServe({occurrences: [], from: NEW_YEAR + DAY, profile, random: randomOf(seed)});
  const counted: Counted = {steps: 0, wrong: 0};
  await watchOver(serve, hours(24), counted);
  await serve.end();
  return minutesOf(counted);
};

/** Parts of the simulated year, drawn by the seed, each with a fresh state. */
export const partsOfTheYear = async (profile: Profile, seed: number, parts: number): Promise<YearStatus> => {
  const year = yearOf(seed);
  const random = randomOf(seed);
  const counted: Counted = {steps: 0, wrong: 0};
  const worth = {helped: 0, useless: 0, harmful: 0};
  for (let number = 0; number < parts; number += 1) {
    const from = DAY + below(random, (363 * DAY) / 3600) * 3600;
    const occurrences = year.filter(({at, until}) => until > from && at < from + PART / 1000);
    const serve = simulatedServe({occurrences, from: NEW_YEAR + from, profile, random});
    await watchOver(serve, PART, counted);
    await serve.end();
    for (const restart of serve.restarts) worth[restart.worth] += 1;
  }
  return {...minutesOf(counted), parts, ...worth};
};

/** The healthy minute before each recorded fault, of real Frigates, repeated for ten minutes and judged every 5 s. */
export const recordedHealth = (): FalseStatus & {readonly count: number} => {
  const counted: Counted = {steps: 0, wrong: 0};
  const before = minutes(10) / STEP;
  const policy = aPolicy({profile: 'fast'});
  for (const [name, facts] of Object.entries(recordings)) {
    let state: State = freshState;
    const passes = playback(readRecording(name), facts, 0, {before, after: 0, every: STEP});
    for (const [index, {observation}] of [...passes].entries()) {
      const reading = index === 0 ? 'fresh' : 'sound';
      const {diagnosis, decision} = judge(
        {
          observation,
          recalledState: {state, reading, soundness: observation.state, map: null, guard: null, setAside: null},
          reading,
          timings: new Map(),
        },
        {
          policy,
          attemptId: `${name} ${index}`,
          by: 'a bench',
          request: null,
          alerting: true,
          wipeNotifiedAt: null,
          guard: null,
        },
      );
      state = decision.next;
      counted.steps += 1;
      if (diagnosis.health !== 'healthy') counted.wrong += 1;
    }
  }
  return {...minutesOf(counted), count: Object.keys(recordings).length};
};

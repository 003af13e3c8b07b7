/**
 * Proof 10, the replay: every incident is observed as often as `serve` does, by both profiles, and held against the CronJob.
 *
 * `steady` may restart nothing that no pass of the CronJob would restart, at any phase and any spacing that R-05 allows. `fast` may
 * restart earlier; what only it restarts is listed with what ended the fault in reality. Neither may restart where a restart harms.
 * `--quick` judges every 15 s, the longest that `serve` waits; the whole run every 5 s, the spacing of `fast`.
 */
import {minutes, seconds, type Duration} from '../../src/core/time.js';
import {aPolicy} from '../support/observation.js';
import {incidents} from './incidents/all.js';
import type {Incident} from './incidents/incident.js';
import {CRON_JOB, play, type Pace, type Played} from './incidents/play.js';
import {readArguments} from './support/arguments.js';
import {conclude, say, table, type Cell} from './support/print.js';

const PROFILES = ['steady', 'fast'] as const;

/** Passes may come from half an interval apart on. */
const SPACINGS: readonly Duration[] = [CRON_JOB.every, minutes(2.5), minutes(10)];
const PHASES: readonly number[] = Array.from({length: 20}, (_, index) => index * 15);

const {flag, write} = readArguments(1, ['quick']);
const begun = performance.now();
const every = seconds(flag('quick') ? 15 : 5);
const violations: string[] = [];

const restartsOf = ({passes}: Played): readonly Duration[] =>
  passes.filter(({decision, number}) => number > 0 && decision.action === 'restart').map(({since}) => since);

/** The most restarts of the CronJob over all phases and spacings, as far as the question goes: whether there are `wanted`. */
const ofCronJob = ({story}: Incident, wanted: number): number => {
  let most = 0;
  for (const spacing of SPACINGS)
    for (const phase of PHASES) {
      most = Math.max(most, restartsOf(play(story, phase, {...CRON_JOB, every: spacing})).length);
      if (most >= wanted) return most;
    }
  return most;
};

/** The same fault, which ends by itself after so many seconds. */
const endingAfter = (incident: Incident, length: number): Incident => ({
  ...incident,
  row: `${incident.row}, ${length} s`,
  story: {
    ...incident.story,
    see: (moment) => (moment.since < length * 1000 ? (incident.story.see?.(moment) ?? {}) : {}),
    log: (incident.story.log ?? []).map((line) => ({...line, until: Math.min(line.until ?? length, length)})),
  },
  expected: {...incident.expected, ideal: 'wait', restarts: 0},
});

/** What the comparison has to tell apart: an API that is away for a while, shorter than what `steady` asks for. */
const SHORT = [15, 60, 120];
const short = incidents
  .filter(({row}) => row === '77' || row === '99')
  .flatMap((incident) => SHORT.map((length) => endingAfter(incident, length)));

const inSeconds = (length: Duration | undefined): Cell => (length === undefined ? '–' : Math.round(length / 1000));

const rows: Cell[][] = [];
const extra: string[] = [];
let judgements = 0;
let restarted = 0;
for (const incident of [...incidents, ...short]) {
  const [steady, fast] = PROFILES.map((profile) => {
    const pace: Pace = {every, policy: {...aPolicy(), profile}};
    const played = play(incident.story, 0, pace);
    judgements += played.passes.length;
    return restartsOf(played);
  });
  if (steady === undefined || fast === undefined) continue;
  const cronJob = steady.length + fast.length === 0 ? 0 : ofCronJob(incident, Math.max(1, steady.length));
  const name = `row ${incident.row} (${incident.what})`;
  if (steady.length > cronJob)
    violations.push(`${name}: steady restarts ${steady.length} times, the CronJob at most ${cronJob} times`);
  for (const [profile, times] of [
    ['steady', steady],
    ['fast', fast],
  ] as const)
    if (times.length > 0 && incident.expected.restarts === 0 && incident.expected.ideal === 'tell')
      violations.push(`${name}: ${profile} restarts after ${inSeconds(times[0])} s what a restart does not cure`);
  if (steady.length === 0 && incident.expected.restarts > 0) violations.push(`${name}: steady never restarts it`);
  if (fast.length === 0 && incident.expected.restarts > 0) violations.push(`${name}: fast never restarts it`);
  if (fast.length > steady.length)
    extra.push(
      `${name}: ${fast.length - steady.length} more by fast; ${incident.expected.ideal === 'wait' ? 'it passes by itself' : 'it lasts'}`,
    );
  if (steady.length + fast.length > 0) {
    restarted += 1;
    rows.push([incident.row, incident.what.slice(0, 72), cronJob, inSeconds(steady[0]), inSeconds(fast[0])]);
  }
}

say(`judged every ${every / 1000} s; seconds from the beginning to the restart`);
say(table(['row', 'what happened', 'CronJob', 'steady', 'fast'], rows));
say(`\nOnly by fast, or oftener: ${extra.length === 0 ? 'none' : ''}`);
for (const line of extra) say(`  ${line}`);

// Those of 60 and 120 s: `fast` asks for 20 s, so a comparison that does not list them compares nothing.
if (extra.length < 4)
  violations.push(`only ${extra.length} restarts of short faults by fast are listed, at least 4 are made`);
conclude({
  name: 'replay',
  begun,
  violations,
  write,
  told: `${incidents.length} incidents and ${short.length} short faults in ${judgements} judgements of serve by both profiles, ${restarted} restarted, ${extra.length} more by fast than by steady`,
});

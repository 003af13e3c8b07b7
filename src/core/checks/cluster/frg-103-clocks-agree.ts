/** FRG-103: do the clocks agree? An age computed from two clocks that differ is meaningless. */
import {note, run, type Fix} from '../../fix.js';
import type {CauseClass, Evidence} from '../../finding.js';
import type {Observation} from '../../observation/observation.js';
import {humanDuration, milliseconds, minutes, offset, seconds} from '../../time.js';
import {defineCheck, type CheckResult} from '../check.js';
import {evidence, inconclusive, unobserved} from '../evidence/wording.js';

const WARNING = seconds(60);
const CRITICAL = minutes(5);
/** Nothing that Frigate stamped can be this far ahead of its own web server; whole seconds are cut on both sides. */
const FUTURE = seconds(5);
/** Frigate's stats are at most this old by themselves (FRG-302); older ones that still advance are a wrong clock. */
const STALE = seconds(90);

export const clocksAgree = defineCheck('FRG-103', {
  category: 'cluster',
  cause: 'node',
  needs: ['FRG-101'],
  docs: {
    what: "Compares this machine's clock, the API server's and Frigate's (the `Date` of its web server, and the `last_updated` that Frigate stamps against the `Date` of the same reply). A wrong clock makes healthy statistics appear hours old and restarts appear too recent or too old, and recordings carry the wrong time.",
    limits:
      'Warning when two clocks differ by more than 60 s, critical by more than 5 min. Statistics stamped 5 to 60 s in the future are info: the clock was just set back. Statistics that are older than 90 s but advance between two reads are a clock fault, not frozen statistics.',
    cure: 'Nothing: a new pod has the same clock. A clock that is set back makes healthy statistics appear stale and detection rates impossible for about 90 s; a restart would only add an outage.',
    next: 'Check the time service of the machine that is named: `chronyc tracking` or `timedatectl`.',
    source:
      'Measured on 0.17.2: a step of 90 s forward and back (last_updated in the future; old but advancing). A cluster with a drift of 552 s is on record.',
  },
  fix: () => repairOn('the machine whose clock is wrong'),
  judge: ({observation}) => {
    const {apiServer} = observation;
    if (!apiServer.known && observation.outside === undefined) return unobserved(apiServer.why);
    const differences = compared(observation);
    const [worst] = [...differences].sort((a, b) => b.distance - a.distance);
    if (worst === undefined)
      return inconclusive(
        'no-date',
        'Clocks cannot be compared: neither the API server nor Frigate sent a Date header',
      );
    if (worst.distance > WARNING) return differ(worst, differences);
    return (
      steppedBack(observation) ?? {
        status: 'ok',
        summary: `${differences.length === 1 ? 'Two clocks agree' : 'All clocks agree'} within ${humanDuration(seconds(Math.max(1, Math.ceil(worst.distance / 1000))))}`,
        evidence: differences.map(asEvidence),
      }
    );
  },
});

interface Difference {
  readonly between: string;
  /** Milliseconds, never negative. */
  readonly distance: number;
  readonly cause: CauseClass;
  /** In words, such as `this machine is ahead of the API server`. */
  readonly words: string;
}

/** Every pair of clocks that this pass observed. */
const compared = (observation: Observation): readonly Difference[] => {
  const {apiServer, localClock, frigate} = observation;
  const server = apiServer.known ? apiServer.value.date : null;
  const reading = frigate.stats.known ? frigate.stats.value : null;
  const date = reading?.date ?? null;
  const updated = reading?.snapshot.lastUpdated ?? null;
  const found: Difference[] = [];
  if (server !== null)
    found.push(
      difference('local clock and API server', 'this machine', 'the API server', offset(server, localClock), 'checker'),
    );
  if (server !== null && date !== null)
    found.push(
      difference("Frigate's host and API server", "Frigate's host", 'the API server', offset(server, date), 'node'),
    );
  // Outside Kubernetes it is measured by the time of the API server all the same: by that its statistics are judged.
  if (observation.outside !== undefined && date !== null)
    found.push(
      difference(
        "Frigate's host and this cluster",
        "Frigate's host",
        'the clock of this cluster',
        offset(observation.at, date),
        'node',
      ),
    );
  if (
    date !== null &&
    updated !== null &&
    (updated > date + FUTURE || (date - updated > STALE && advances(observation)))
  ) {
    found.push(
      difference('Frigate and its own web server', 'Frigate', 'its own web server', offset(date, updated), 'node'),
    );
  }
  return found;
};

const difference = (between: string, one: string, other: string, ahead: number, cause: CauseClass): Difference => ({
  between,
  distance: Math.abs(ahead),
  cause,
  words: `${one} is ${ahead < 0 ? 'behind' : 'ahead of'} ${other}`,
});

/**
 * Whether the statistics advanced between the two reads of this pass. What an earlier pass observed does not show it:
 * a standstill that began since then gives the same numbers.
 */
const advances = ({frigate: {stats, history}}: Observation): boolean => {
  if (!stats.known || !history.known) return false;
  const updated = stats.value.snapshot.lastUpdated;
  const newest = history.value.at(-1)?.lastUpdated ?? null;
  return updated !== null && newest !== null && newest > updated;
};

const differ = (worst: Difference, differences: readonly Difference[]): CheckResult => ({
  status: worst.distance > CRITICAL ? 'critical' : 'warning',
  cause: worst.cause,
  summary: `Clocks differ by ${humanDuration(milliseconds(worst.distance))} (limit ${humanDuration(WARNING)}): ${worst.words}`,
  evidence: differences.map(asEvidence),
  ...(worst.cause === 'checker' ? {fix: repairOn('this machine')} : {}),
});

const steppedBack = ({frigate: {stats}}: Observation): CheckResult | null => {
  if (!stats.known || stats.value.date === null || stats.value.snapshot.lastUpdated === null) return null;
  const ahead = stats.value.snapshot.lastUpdated - stats.value.date;
  if (ahead <= FUTURE) return null;
  return {
    status: 'info',
    summary: `Frigate's statistics are stamped ${humanDuration(milliseconds(ahead))} in the future: its clock was just set back`,
  };
};

const repairOn = (machine: string): Fix => [
  note(`On ${machine}:`),
  run('timedatectl status'),
  note('Then repair its time service (chrony, systemd-timesyncd).'),
];

const asEvidence = ({between, distance}: Difference): Evidence =>
  evidence(between, Math.round(distance / 1000), WARNING / 1000, 's');

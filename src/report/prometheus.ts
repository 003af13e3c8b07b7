/**
 * `-o prometheus`: one check in the text format of Prometheus, for the textfile collector of the node exporter. The names are
 * those that `serve` exports at /metrics; what only a single check has begins with `check_`.
 */
import type {CheckReport} from '../outcome/check-report.js';
import {instant} from '../core/time.js';
import {frigateLabels, headOf, linesOf, one, type Family} from './exposition.js';
import {STATUS_FAMILIES, type StatusFacts} from './status-families.js';

/** What only a single check has. */
const CHECK_FAMILIES: ReadonlyArray<Family<CheckReport>> = [
  {
    name: 'check_exit_code',
    type: 'gauge',
    help: 'Exit code of the check: 0 well, 1 warning, 2 critical, 3 not known.',
    labels: [],
    samples: ({summary}) => one(summary.exitCode),
  },
  {
    name: 'check_error',
    type: 'gauge',
    help: 'Why there is no result; absent where there is one.',
    labels: ['code'],
    samples: ({errors}) => errors.map(({code}) => ({labels: {code}, value: 1})),
  },
  {
    name: 'check_duration_seconds',
    type: 'gauge',
    help: 'How long the check took.',
    labels: [],
    samples: ({metadata}) => one(metadata.durationMs / 1000),
  },
];

const BUILD_FAMILY: Family<string> = {
  name: 'build_info',
  type: 'gauge',
  help: 'Version of this program; always 1.',
  labels: ['version'],
  samples: (version) => one(1, {version}),
};

const factsOf = ({metadata, summary, diagnosis, checks, decision, errors}: CheckReport): StatusFacts => {
  const {breaker, streak} = decision;
  return {
    kind: metadata.target?.kind ?? null,
    frigateVersion: metadata.frigateVersion,
    node: null,
    via: metadata.via,
    health: summary.health,
    judged:
      errors.length > 0
        ? null
        : {
            at: instant(Math.floor(Date.parse(metadata.generatedAt) / 1000) * 1000),
            cause: diagnosis.cause,
            checks,
            action: decision.action,
            rule: decision.rule,
            limits: {hour: breaker.limit, day: null},
            needed: streak.needed,
            stored:
              breaker.state === 'unknown'
                ? null
                : {breaker: breaker.state, used: {hour: breaker.used, day: null}, inARow: streak.count},
          },
  };
};

/** What one Frigate says in a family, under the labels that name it. */
interface Named<Facts> {
  readonly facts: Facts;
  readonly own: string;
}

/** All families that have a series of these facts: each has one head, whatever the number of Frigates. */
const section = <Facts>(families: ReadonlyArray<Family<Facts>>, all: ReadonlyArray<Named<Facts>>): string =>
  families
    .map((family) => {
      const lines = all.map(({facts, own}) => linesOf(family, facts, own)).join('');
      return lines === '' ? '' : `${headOf(family)}${lines}`;
    })
    .join('');

export const renderPrometheus = (reports: readonly CheckReport[]): string => {
  const named = reports.map((report) => ({
    facts: report,
    own: frigateLabels(report.metadata.namespace, report.metadata.target?.name ?? null),
  }));
  const builds = new Set(reports.map(({metadata}) => metadata.version));
  return [
    section(
      [BUILD_FAMILY],
      [...builds].map((facts) => ({facts, own: ''})),
    ),
    section(
      STATUS_FAMILIES,
      named.map(({facts, own}) => ({facts: factsOf(facts), own})),
    ),
    section(CHECK_FAMILIES, named),
  ].join('');
};

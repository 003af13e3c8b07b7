/**
 * `-o prometheus`: the text format of Prometheus, for the textfile collector of the node exporter. States are one series each
 * with the state as a label and the value 1, so that a rule asks for `frigate_health_check{status="critical"}`.
 */
import {clean} from './layout.js';
import type {CheckReport} from './report.js';

type Labels = Readonly<Record<string, string | null>>;

interface Sample {
  readonly labels: Labels;
  readonly value: number;
}

const escaped = (text: string): string =>
  clean(text).replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');

const labelled = (labels: Labels): string => {
  const given = Object.entries(labels).flatMap(([name, value]) =>
    value === null ? [] : [`${name}="${escaped(value)}"`],
  );
  return given.length === 0 ? '' : `{${given.join(',')}}`;
};

const gauge = (name: string, help: string, samples: readonly Sample[]): readonly string[] =>
  samples.length === 0
    ? []
    : [
        `# HELP frigate_health_${name} ${help}`,
        `# TYPE frigate_health_${name} gauge`,
        ...samples.map(({labels, value}) => `frigate_health_${name}${labelled(labels)} ${value}`),
      ];

const one = (value: number, labels: Labels = {}): readonly Sample[] => [{labels, value}];

export const renderPrometheus = ({metadata, summary, diagnosis, checks, decision, errors}: CheckReport): string => {
  const {target} = metadata;
  const isLookedAt = errors.length === 0;
  return [
    ...gauge(
      'info',
      'What was looked at, and by which version.',
      one(1, {
        version: metadata.version,
        context: metadata.context,
        namespace: metadata.namespace,
        kind: target?.kind ?? null,
        name: target?.name ?? null,
        frigate: metadata.frigateVersion,
        via: metadata.via,
      }),
    ),
    ...gauge(
      'status',
      'The health of Frigate: 1 for the class that it is in.',
      one(1, {health: summary.health, cause: diagnosis.cause}),
    ),
    ...gauge(
      'exit_code',
      'The exit code of the look: 0 all well, 1 warning, 2 critical, 3 not known.',
      one(summary.exitCode),
    ),
    ...gauge(
      'check',
      'One series for each check, with its status.',
      checks.map(({id, category, status}) => ({labels: {id, category, status}, value: 1})),
    ),
    ...gauge(
      'error',
      'Why there was no look.',
      errors.map(({code}) => ({labels: {code}, value: 1})),
    ),
    ...(isLookedAt
      ? [
          ...gauge(
            'decision',
            'What automatic repair would do now, and by which rule.',
            one(1, {action: decision.action, rule: decision.rule}),
          ),
          ...gauge('breaker', 'The state of the restart breaker.', one(1, {state: decision.breaker.state})),
          // What is remembered and could not be read is left out: a nought would say that nothing was restarted.
          ...(decision.breaker.state === 'unknown'
            ? []
            : [
                ...gauge('restarts_used', 'Restarts in the last hour that count.', one(decision.breaker.used)),
                ...gauge(
                  'failures_in_a_row',
                  'Passes in a row that found the same failure.',
                  one(decision.streak.count),
                ),
              ]),
          ...gauge(
            'restarts_limit',
            'Restarts in any hour after which the breaker opens.',
            one(decision.breaker.limit),
          ),
          ...gauge('failures_needed', 'Passes in a row before anything is done.', one(decision.streak.needed)),
        ]
      : []),
    ...gauge('duration_seconds', 'How long the look took.', one(metadata.durationMs / 1000)),
    ...gauge('timestamp_seconds', 'When it was.', one(Math.floor(Date.parse(metadata.generatedAt) / 1000))),
    '',
  ].join('\n');
};

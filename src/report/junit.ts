/** `-o junit`: one test case for each check, for CI systems that show such reports. */
import {clean, fixLines} from './layout.js';
import type {CheckReport, ReportedCheck} from '../outcome/check-report.js';
import {evidenceInWords} from './words.js';

/** XML 1.0 knows most control characters and two that are none in no form at all, not even as a reference; what is unseen is made visible before. */
const escaped = (text: string): string =>
  clean(text)
    .replaceAll(/[\ufffe\uffff]/g, '\ufffd')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');

const attribute = (name: string, value: string | number): string =>
  ` ${name}="${typeof value === 'number' ? value : escaped(value)}"`;

const seconds = (milliseconds: number): number => Math.round(milliseconds) / 1000;

/** What a person needs who sees the case alone: each line on its own. */
const detail = ({evidence, because, steps, docs}: ReportedCheck): string =>
  [
    ...evidence.map((one) => `evidence: ${evidenceInWords(one)}`),
    ...(because === null ? [] : [`because: ${because}`]),
    ...fixLines(steps, null).map((line) => `fix: ${line}`),
    `docs: ${docs}`,
  ]
    .map(escaped)
    .join('\n');

/** Unknown is not unhealthy: an unknown is an error of the test, a finding its failure. Info is neither. */
const outcome = (check: ReportedCheck): string => {
  const words = `${attribute('type', check.status)}${attribute('message', check.summary)}`;
  switch (check.status) {
    case 'critical':
    case 'warning':
      return `<failure${words}>${detail(check)}</failure>`;
    case 'unknown':
      return `<error${words}>${detail(check)}</error>`;
    case 'skipped':
      return `<skipped${attribute('message', check.because ?? check.summary)}/>`;
    case 'ok':
    case 'info':
      return `<system-out>${escaped(check.summary)}</system-out>`;
  }
};

const testCase = (check: ReportedCheck): string =>
  `    <testcase${attribute('classname', `frigate-health.${check.category}`)}${attribute('name', `${check.id} ${check.title}`)}${attribute('time', seconds(check.durationMs))}>${outcome(check)}</testcase>`;

interface Totals {
  readonly tests: number;
  readonly failures: number;
  readonly errors: number;
  readonly skipped: number;
  /** Milliseconds. */
  readonly time: number;
}

const totalsOf = ({metadata, summary: {counts}, checks, errors}: CheckReport): Totals => ({
  tests: checks.length + errors.length,
  failures: counts.critical + counts.warning,
  errors: counts.unknown + errors.length,
  skipped: counts.skipped,
  time: metadata.durationMs,
});

const sum = (left: Totals, right: Totals): Totals => ({
  tests: left.tests + right.tests,
  failures: left.failures + right.failures,
  errors: left.errors + right.errors,
  skipped: left.skipped + right.skipped,
  time: left.time + right.time,
});

const attributesOf = ({tests, failures, errors, skipped, time}: Totals): string =>
  [
    attribute('tests', tests),
    attribute('failures', failures),
    attribute('errors', errors),
    attribute('skipped', skipped),
    attribute('time', seconds(time)),
  ].join('');

const placeOf = ({context, namespace, target}: CheckReport['metadata']): string =>
  [context, namespace, target === null ? null : `${target.kind}/${target.name}`]
    .filter((part) => part !== null)
    .join(' ');

const suiteOf = (report: CheckReport): readonly string[] => {
  const {metadata, summary, checks, errors} = report;
  const place = placeOf(metadata);
  return [
    `  <testsuite${attribute('name', place === '' ? 'frigate-health' : place)}${attributesOf(totalsOf(report))}${attribute('timestamp', metadata.generatedAt.replace(/\.\d+|Z$/g, ''))}>`,
    `    <properties><property name="health"${attribute('value', summary.health)}/><property name="version"${attribute('value', metadata.version)}/></properties>`,
    ...errors.map(
      ({code, message, fix}) =>
        `    <testcase classname="frigate-health"${attribute('name', code)}><error${attribute('type', code)}${attribute('message', message)}>${escaped(fix ?? '')}</error></testcase>`,
    ),
    ...checks.map(testCase),
    '  </testsuite>',
  ];
};

/** A suite for each Frigate. */
export const renderJunit = (reports: readonly CheckReport[]): string => {
  const totals = reports.map(totalsOf).reduce(sum, {tests: 0, failures: 0, errors: 0, skipped: 0, time: 0});
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites${attribute('name', 'frigate-health')}${attributesOf(totals)}>`,
    ...reports.flatMap(suiteOf),
    '</testsuites>',
    '',
  ].join('\n');
};

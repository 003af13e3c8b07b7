/** `-o junit`: one test case for each check, for CI systems that show such reports. */
import {clean} from './layout.js';
import type {CheckReport, ReportedCheck} from './report.js';
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
const detail = ({evidence, because, fix, docs}: ReportedCheck): string =>
  [
    ...evidence.map((one) => `evidence: ${evidenceInWords(one)}`),
    ...(because === null ? [] : [`because: ${because}`]),
    ...(fix === null ? [] : fix.split('\n').map((line) => `fix: ${line}`)),
    `docs: ${docs}`,
  ]
    .map(escaped)
    .join('\n');

/** Cannot tell is not sick: an unknown is an error of the test, a finding its failure. Info is no fault. */
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

export const renderJunit = ({metadata, summary: {health, counts}, checks, errors}: CheckReport): string => {
  const totals = [
    attribute('tests', checks.length + errors.length),
    attribute('failures', counts.critical + counts.warning),
    attribute('errors', counts.unknown + errors.length),
    attribute('skipped', counts.skipped),
    attribute('time', seconds(metadata.durationMs)),
  ].join('');
  const place = [
    metadata.context,
    metadata.namespace,
    metadata.target === null ? null : `${metadata.target.kind}/${metadata.target.name}`,
  ]
    .filter((part) => part !== null)
    .join(' ');
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites${attribute('name', 'frigate-health')}${totals}>`,
    `  <testsuite${attribute('name', place === '' ? 'frigate-health' : place)}${totals}${attribute('timestamp', metadata.generatedAt.replace(/\.\d+|Z$/g, ''))}>`,
    `    <properties><property name="health"${attribute('value', health)}/><property name="version"${attribute('value', metadata.version)}/></properties>`,
    ...errors.map(
      ({code, message, fix}) =>
        `    <testcase classname="frigate-health"${attribute('name', code)}><error${attribute('type', code)}${attribute('message', message)}>${escaped(fix ?? '')}</error></testcase>`,
    ),
    ...checks.map(testCase),
    '  </testsuite>',
    '</testsuites>',
    '',
  ].join('\n');
};

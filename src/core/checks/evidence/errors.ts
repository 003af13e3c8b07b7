/**
 * What the components of Frigate say of their own errors in the log of the running container. A component that writes errors is
 * neither dead nor blocked, and what it writes is the cause (docs/how-it-decides.md, "What a component reports").
 */
import type {Component, ErrorReport} from '../../observation/log.js';
import type {Observation} from '../../observation/observation.js';
import type {Instant} from '../../time.js';
import {componentName, errorWords} from './error-causes.js';
import {containerStart, tally} from './facts.js';

/** The errors of the running container, newest first; empty where the log could not be read. */
export const errorsOf = (observation: Observation): readonly ErrorReport[] => {
  if (!observation.log.known) return [];
  const started = containerStart(observation);
  return observation.log.value.errors.filter(({last}) => started === null || last >= started);
};

/** The errors of these components at or after an instant, newest first. */
export const errorsSince = (
  observation: Observation,
  components: readonly Component[],
  from: Instant,
): readonly ErrorReport[] =>
  errorsOf(observation).filter(({component, last}) => components.includes(component) && last >= from);

/**
 * Errors that are the last words of a thread or a process are the end of a component, not a sign of its life: they count for FRG-304
 * and FRG-605.
 */
export const afterLastDeath = (observation: Observation, reports: readonly ErrorReport[]): readonly ErrorReport[] => {
  const deaths = (['thread-died', 'database-thread-died', 'database-thread-failed'] as const).flatMap(
    (signature) => tally(observation, signature)?.last ?? [],
  );
  return reports.filter(({last, fatal}) => fatal !== true && deaths.every((death) => last > death));
};

/** `recorder ERROR : text` without the logger and its level. */
const LOGGER = /^[\w.-]+ +ERROR *: /;
const LONGEST_IN_SUMMARY = 110;

/** The message alone, masked as the report has it, short enough for a summary. */
export const messageOf = ({sample}: Pick<ErrorReport, 'sample'>): string => {
  const message = sample.replace(LOGGER, '');
  return message.length <= LONGEST_IN_SUMMARY ? message : `${message.slice(0, LONGEST_IN_SUMMARY - 1)}…`;
};

/** Who reports what: `the recorder reports: permission denied: "[Errno 13] …"`. */
export const reportedBy = (report: ErrorReport): string => {
  const what = errorWords(report.kind);
  return `${componentName(report.component)} reports ${what === null ? 'an error' : `"${what}"`}: ${messageOf(report)}`;
};

/** The same at the beginning of a summary. */
export const capitalised = (text: string): string => text.slice(0, 1).toUpperCase() + text.slice(1);

/** A Frigate outside Kubernetes: only its API is observed. Nothing complains of what nobody could ask there. */
import {note, type Fix} from '../../fix.js';
import type {CheckId} from '../../check-table.js';
import type {Finding} from '../../finding.js';
import type {Observation} from '../../observation/observation.js';
import type {Check, CheckResult} from '../check.js';
import {restartLine} from '../kubectl.js';
import {bySetup, notApplicable} from './wording.js';

/** Checks of the cluster, the node and the workload. FRG-103 compares Frigate's own clocks too, and FRG-104 is about our own state. */
const ABOUT_KUBERNETES: ReadonlySet<CheckId> = new Set<CheckId>(['FRG-101', 'FRG-102', 'FRG-105']);

const isAboutKubernetes = ({id, category}: Pick<Check, 'id' | 'category'>): boolean =>
  category === 'node' || category === 'workload' || ABOUT_KUBERNETES.has(id);

const NOT_ASKED: CheckResult = notApplicable('Frigate runs outside Kubernetes', bySetup('outside-kubernetes'));

/** The result of a check whose question does not arise for this Frigate; `null`: it does. */
export const notInKubernetes = (check: Pick<Check, 'id' | 'category'>, {outside}: Observation): CheckResult | null =>
  outside !== undefined && isAboutKubernetes(check) ? NOT_ASKED : null;

/** A need that does not arise blocks nothing. */
export const isOutside = ({because}: Pick<Finding, 'because'>): boolean =>
  because?.kind === 'not-applicable' && because.why === 'outside-kubernetes';

/** What was not known because its source is Kubernetes (the log above all) is skipped, not unknown. */
export const withoutKubernetes = (result: CheckResult, {outside, log}: Observation): CheckResult => {
  if (outside === undefined || result.status !== 'unknown') return result;
  const {because} = result;
  const ofTheLog =
    because?.kind === 'inconclusive' &&
    !log.known &&
    log.why.outside === true &&
    (because.why === 'log-incomplete' || because.why === 'mounts-and-log-unreadable');
  return ofTheLog || (because?.kind === 'unknown' && because.why.outside === true)
    ? notApplicable('Not observed: Frigate runs outside Kubernetes', bySetup('outside-kubernetes'))
    : result;
};

/** The steps for a person there: no command of kubectl leads to this Frigate. */
export const stepsOutside = (fix: Fix, observation: Observation): Fix => {
  const {outside} = observation;
  if (outside === undefined || fix.every((step) => !('command' in step))) return fix;
  const restart = restartLine(observation);
  const place = note(`Read the log of the Frigate at ${outside.url}, and examine the machine that it runs on.`);
  const steps = fix.flatMap((step) => {
    if (!('command' in step)) return [step];
    return step.command.startsWith(restart) ? [note('Restart Frigate where it runs.')] : [place];
  });
  return steps.filter((step, index) => step !== place || steps.indexOf(place) === index);
};

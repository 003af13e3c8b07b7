/** What `install --serve` installs: every choice made, nothing of Kubernetes yet. */
import type {PodVia} from '../../../core/observation/frigate.js';
import {CommandFailure} from '../../../outcome/failure.js';
import type {Settings} from '../../../settings/settings.js';
import {imageOf, refuseNames, type InstallChoices} from '../make-plan.js';
import type {ChecksSource, Variable} from '../plan.js';
import {sourcesOf, variablesOf} from '../variables.js';

/** Which Frigates the daemon observes and which of them it may repair. */
export interface ServeScope {
  /** Every Frigate of the cluster is observed. */
  readonly fleet: boolean;
  /** Where it may repair; empty: in its own namespace. Without `fleet` these are also the ones that it observes. */
  readonly namespaces: readonly string[];
}

export interface ServePlan {
  /** Where the daemon itself runs. */
  readonly namespace: string;
  /** Of the Deployment and of all that goes with it. */
  readonly name: string;
  readonly fleet: boolean;
  /** Where it may repair, at least one, sorted. */
  readonly namespaces: readonly string[];
  readonly mode: 'active' | 'observe';
  readonly via: 'auto' | PodVia;
  readonly stateName: string;
  readonly image: string;
  readonly variables: readonly Variable[];
  readonly smtpSecret: string | null;
  readonly notifySecret: string | null;
  readonly checks: ChecksSource | null;
}

export const SERVE_NAME = 'frigate-health';

const NAMESPACE = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;

/** Throws CommandFailure for a name that is none. */
export const servePlanOf = (
  choices: InstallChoices,
  settings: Settings,
  namespace: string,
  {fleet, namespaces}: ServeScope,
): ServePlan => {
  refuseNames(choices);
  for (const name of namespaces)
    if (!NAMESPACE.test(name))
      throw new CommandFailure(
        'usage',
        `--namespaces=${JSON.stringify(name)} is no name of a namespace`,
        'kubectl get namespaces',
      );
  const {flags, env, smtpSecret, notifySecret, checks = null} = choices;
  const {policy, via, stateName} = settings;
  const mode = policy.mode === 'active' ? 'active' : 'observe';
  const fixed = {workload: settings.workload, mode, via, interval: policy.interval / 60_000, smtpSecret, checks};
  return {
    namespace,
    name: SERVE_NAME,
    fleet,
    namespaces: [...new Set(namespaces.length === 0 ? [namespace] : namespaces)].sort(),
    mode,
    via,
    stateName,
    image: imageOf(choices),
    // Which Frigates there are is found, not given.
    variables: variablesOf(sourcesOf(flags, env, smtpSecret), fixed).slice(1),
    smtpSecret,
    notifySecret,
    checks,
  };
};

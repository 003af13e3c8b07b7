/** What is to be installed: every choice made, nothing of Kubernetes yet. */
import type {Via} from '../core/observation/frigate.js';
import type {Right} from '../core/observation/observation.js';
import type {WorkloadKind} from '../core/observation/workload.js';
import {resourceOf, rightsFor} from '../pass/rights.js';

export interface Variable {
  readonly name: string;
  readonly value: string;
}

export interface InstallPlan {
  /** The CronJob and all that goes with it live where Frigate does: a Role reaches no further. */
  readonly namespace: string;
  /** Name of the CronJob, ServiceAccount, Role and its binding. */
  readonly name: string;
  readonly workload: {readonly kind: WorkloadKind; readonly name: string};
  readonly mode: 'active' | 'observe';
  readonly via: 'auto' | Via;
  readonly stateName: string;
  readonly image: string;
  /** A cron expression, by the clock of the controller manager. */
  readonly schedule: string;
  /** Minutes from one pass to the next. */
  readonly interval: number;
  /** Seconds that one pass may take. */
  readonly deadline: number;
  /** The settings of the CronJob's container. */
  readonly variables: readonly Variable[];
  /** Secret with the mail password under the key `password`; `null`: no login. */
  readonly smtpSecret: string | null;
}

/** What the CronJob's own account needs, and nothing else. */
export const rightsOf = ({namespace, workload, stateName, via, mode}: InstallPlan): readonly Right[] =>
  rightsFor({
    namespace,
    workload: {resource: resourceOf(workload.kind), name: workload.name},
    stateName,
    cronJobName: null,
    via,
    mode: mode === 'active' ? 'act' : 'observe',
  });

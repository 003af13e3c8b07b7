/** What is to be installed: every choice made, nothing of Kubernetes yet. */
import type {PodVia} from '../../core/observation/frigate.js';
import type {Permission} from '../../core/observation/observation.js';
import type {WorkloadKind} from '../../core/observation/workload.js';
import {resourceOf, permissionsFor, usefulPermissions} from '../../pass/permissions.js';

export interface Variable {
  readonly name: string;
  readonly value: string;
}

/** What holds the file with checks of the user's own, under the key `checks.yaml`. A Secret where it holds a password. */
export interface ChecksSource {
  readonly kind: 'ConfigMap' | 'Secret';
  readonly name: string;
}

export interface InstallPlan {
  /** The CronJob and all that goes with it live where Frigate does: a Role reaches no further. */
  readonly namespace: string;
  /** Name of the CronJob, ServiceAccount, Role and its binding: `frigate-health-checker` where no other is set. */
  readonly name: string;
  readonly workload: {readonly kind: WorkloadKind; readonly name: string};
  readonly mode: 'active' | 'observe';
  readonly via: 'auto' | PodVia;
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
  /** Secret whose keys FRIGATE_HC_NOTIFY and FRIGATE_HC_HEARTBEAT_URL become variables of the same names; `null`: none. */
  readonly notifySecret: string | null;
  /** `null`: there are no checks of the user's own. */
  readonly checks: ChecksSource | null;
}

/**
 * What the CronJob's own account needs, and nothing else. It may read its own CronJob, so that `check` in a debug pod of the
 * same account (docs/runbook.md) reads all that `check` reads.
 */
export const permissionsOf = ({
  namespace,
  name,
  workload,
  stateName,
  via,
  mode,
}: InstallPlan): readonly Permission[] => [
  ...permissionsFor({
    namespace,
    workload: {resource: resourceOf(workload.kind), name: workload.name},
    stateName,
    cronJobName: name,
    via,
    mode: mode === 'active' ? 'act' : 'observe',
  }),
  ...usefulPermissions({namespace}),
];

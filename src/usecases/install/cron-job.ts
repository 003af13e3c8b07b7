/** The CronJob: one pass at a time, never a second try of its own, and nothing of the node but a little memory. */
import {TABLE} from '../../settings/table.js';
import {labelsOf, type Manifest, type ManifestValue} from './manifest.js';
import type {ChecksSource, InstallPlan} from './plan.js';

/** Where the Secret with the mail password is mounted. */
export const SECRET_FOLDER = '/etc/frigate-health/smtp';
/** Where the file with checks of the user's own is mounted: the folder, so that a change of the file reaches a running process. */
const CHECKS_FOLDER = '/etc/frigate-health/checks';
const CHECKS_KEY = 'checks.yaml';
export const CHECKS_PATH = `${CHECKS_FOLDER}/${CHECKS_KEY}`;
/** The user id of the image; no user has it, and it needs none. */
const NOBODY = 65_532;

/** The strictest of Kubernetes' pod security standards, and no file that could be written. */
export const RESTRICTED_POD = {
  runAsNonRoot: true,
  runAsUser: NOBODY,
  runAsGroup: NOBODY,
  fsGroup: NOBODY,
  seccompProfile: {type: 'RuntimeDefault'},
};
export const RESTRICTED_CONTAINER = {
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  capabilities: {drop: ['ALL']},
};

/** Seconds. A Job that could not start for so long is left out: the next one observes what is newer. */
const LONGEST_DELAY = 120;
/** Seconds beside the pass itself: scheduling, pulling the image, starting. */
const START_TIME = 120;

/** Seconds; Kubernetes' controller checks every 10 s and would miss starts with less. */
const startingDeadline = ({interval}: InstallPlan): number => Math.max(30, Math.min(LONGEST_DELAY, interval * 30));

/** Shorter than the interval, so that `Forbid` never swallows a pass; always longer than the deadline of the pass itself. */
const activeDeadline = ({deadline, interval}: InstallPlan): number =>
  Math.max(deadline + 10, Math.min(deadline + START_TIME, interval * 60 - 10));

/**
 * Measured in a pod (memory cgroup, API server 1.34): a calm pass peaks at 30 MiB, one over 500 cameras at 41, one that reads a log
 * which is written at full speed at 43. Where nothing else on the node has run this Node.js, the 54 MiB of its code that a pass
 * touches count as well. A pass takes 0.4 s of CPU, with 500 cameras 1.2; there is no limit on it, which would only make the pass
 * slower than Frigate's answers.
 */
const RESOURCES = {requests: {cpu: '50m', memory: '64Mi'}, limits: {memory: '192Mi'}};

/** Frigate under either of its usual labels. */
const frigateLabels: ReadonlyArray<Readonly<Record<string, string>>> = [
  {'app.kubernetes.io/name': 'frigate'},
  {app: 'frigate'},
];

/** On another node where there is one: a checker that stops with Frigate's node notifies nobody. */
export const awayFromFrigate = (): ManifestValue => ({
  podAntiAffinity: {
    preferredDuringSchedulingIgnoredDuringExecution: frigateLabels.map((matchLabels) => ({
      weight: 50,
      podAffinityTerm: {topologyKey: 'kubernetes.io/hostname', labelSelector: {matchLabels}},
    })),
  },
});

export const secretVolume = (secretName: string): ManifestValue => ({
  name: 'smtp',
  secret: {secretName, defaultMode: 0o440},
});

/** Without the object the pod starts all the same, and the program says which file is missing. */
export const checksVolume = ({kind, name}: ChecksSource): ManifestValue => ({
  name: 'checks',
  ...(kind === 'Secret'
    ? {secret: {secretName: name, defaultMode: 0o440, optional: true}}
    : {configMap: {name, optional: true}}),
});

type Mounted = Pick<InstallPlan, 'smtpSecret' | 'checks'>;

/** The field `volumeMounts` of the container; nothing where nothing is mounted. */
export const mountsOf = ({smtpSecret, checks}: Mounted): {readonly volumeMounts?: ManifestValue} => {
  const mounts = [
    ...(smtpSecret === null ? [] : [{name: 'smtp', mountPath: SECRET_FOLDER, readOnly: true}]),
    ...(checks === null ? [] : [{name: 'checks', mountPath: CHECKS_FOLDER, readOnly: true}]),
  ];
  return mounts.length === 0 ? {} : {volumeMounts: mounts};
};

/** The field `volumes` of the pod. */
export const volumesOf = ({smtpSecret, checks}: Mounted): {readonly volumes?: ManifestValue} => {
  const volumes = [
    ...(smtpSecret === null ? [] : [secretVolume(smtpSecret)]),
    ...(checks === null ? [] : [checksVolume(checks)]),
  ];
  return volumes.length === 0 ? {} : {volumes};
};

/** The variables that a Secret holds; each may be left out of it. */
export const secretVariables = (secretName: string): ManifestValue[] =>
  [TABLE.notify.variable, TABLE.heartbeatUrl.variable].map((name) => ({
    name,
    valueFrom: {secretKeyRef: {name: secretName, key: name, optional: true}},
  }));

const container = ({image, variables, notifySecret, ...mounted}: InstallPlan): ManifestValue => ({
  name: 'frigate-health',
  image,
  args: ['run-cron'],
  env: [
    ...variables.map(({name, value}) => ({name, value})),
    ...(notifySecret === null ? [] : secretVariables(notifySecret)),
  ],
  resources: RESOURCES,
  securityContext: RESTRICTED_CONTAINER,
  ...mountsOf(mounted),
});

const pod = (plan: InstallPlan): ManifestValue => ({
  serviceAccountName: plan.name,
  automountServiceAccountToken: true,
  enableServiceLinks: false,
  restartPolicy: 'Never',
  securityContext: RESTRICTED_POD,
  affinity: awayFromFrigate(),
  containers: [container(plan)],
  ...volumesOf(plan),
});

export const cronJob = (plan: InstallPlan): Manifest => ({
  apiVersion: 'batch/v1',
  kind: 'CronJob',
  metadata: {name: plan.name, namespace: plan.namespace, labels: labelsOf(plan.name)},
  spec: {
    schedule: plan.schedule,
    concurrencyPolicy: 'Forbid',
    startingDeadlineSeconds: startingDeadline(plan),
    successfulJobsHistoryLimit: 3,
    failedJobsHistoryLimit: 3,
    suspend: false,
    jobTemplate: {
      metadata: {labels: labelsOf(plan.name)},
      spec: {
        // A Job that is tried again would be a second pass within the same interval, which R-05 must not count.
        backoffLimit: 0,
        activeDeadlineSeconds: activeDeadline(plan),
        template: {metadata: {labels: labelsOf(plan.name)}, spec: pod(plan)},
      },
    },
  },
});

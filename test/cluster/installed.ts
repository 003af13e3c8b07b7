/** What `install` prints, applied, and Jobs of its CronJob: passes in pods, by the rights of their own account. */
import assert from 'node:assert/strict';
import {spawnSync} from 'node:child_process';
import {permissionsFor, usefulPermissions} from '../../src/pass/permissions.js';
import type {Permission} from '../../src/core/observation/observation.js';
import {TOOL_IMAGE} from './images.js';
import {kubectl, kubectlJson} from './kubectl.js';
import {program, type Ended} from './program.js';
import {eventually} from './simulated-frigate.js';

export const ACCOUNT = 'frigate-health-checker';
export const accountIn = (namespace: string): string => `system:serviceaccount:${namespace}:${ACCOUNT}`;

/** The shortest times that the settings allow: real time cannot be moved. */
export const QUICK: Readonly<Record<string, string>> = {
  FRIGATE_HC_INTERVAL_MINUTES: '1',
  FRIGATE_HC_STARTUP_GRACE_PERIOD_SECONDS: '60',
  FRIGATE_HC_API_TIMEOUT_SECONDS: '2s',
  FRIGATE_HC_DEADLINE: '40s',
  FRIGATE_HC_CONSECUTIVE_FAILURES_REQUIRED: '2',
};
/** Where Frigate answers, and only the node may be late. */
export const PATIENT: Readonly<Record<string, string>> = {...QUICK, FRIGATE_HC_API_TIMEOUT_SECONDS: '8s'};
/** Milliseconds. Passes closer together than half an interval are one. */
export const BETWEEN_PASSES = 31_000;
/** Milliseconds; QUICK's start-up grace, and a second for the clocks. */
export const PAST_GRACE = 61_500;

/** Without which of these FRG-102 names what is missing. */
export const needed = (namespace: string, via: 'auto' | 'proxy' = 'auto'): readonly Permission[] =>
  permissionsFor({
    namespace,
    workload: {resource: 'deployments', name: 'frigate'},
    stateName: 'frigate-health-state',
    cronJobName: null,
    via,
    mode: 'act',
  });

/** What the printed Role and ClusterRole grant. */
export const granted = (namespace: string, via: 'auto' | 'proxy' = 'auto'): readonly Permission[] => [
  ...needed(namespace, via),
  ...usefulPermissions({namespace}),
];

export const install = (
  namespace: string,
  words: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
  kind = 'deployment',
): Promise<Ended> =>
  program(['install', `${kind}/frigate`, '--namespace', namespace, '--image', TOOL_IMAGE, ...words], env);

interface Applied {
  readonly code: number | null;
  readonly stderr: string;
}

/**
 * `kubectl apply` looks first and creates then: of two that make the same ClusterRole at once, as suites beside each other do,
 * one is told that it exists, and says the same again.
 */
export const applyText = (text: string, again = true): Applied => {
  const {status, stderr} = spawnSync('kubectl', ['apply', '-f', '-'], {input: text, encoding: 'utf8'});
  return status !== 0 && again && stderr.includes('AlreadyExists') ? applyText(text, false) : {code: status, stderr};
};

/** `install | kubectl apply -f -`. */
export const installed = async (namespace: string, env: Readonly<Record<string, string>> = {}): Promise<void> => {
  const {stdout, stderr, exitCode} = await install(namespace, [], {...QUICK, ...env});
  assert.equal(exitCode, 0, stderr);
  assert.deepEqual(applyText(stdout), {code: 0, stderr: ''});
};

export const suspended = (namespace: string, suspend = true): Promise<string> =>
  kubectl(['patch', 'cronjob', ACCOUNT, '-n', namespace, '-p', JSON.stringify({spec: {suspend}})]);

/** What takes away an installation beside its namespace. */
export const uninstalled = (...namespaces: readonly string[]): Promise<unknown> =>
  Promise.all([
    kubectl(['delete', 'namespace', ...namespaces, '--wait=false', '--ignore-not-found']),
    kubectl([
      'delete',
      'clusterrolebinding',
      ...namespaces.map((namespace) => `${ACCOUNT}-${namespace}`),
      '--ignore-not-found',
    ]),
  ]);

/** The whole output of a Job's pass, and whether Kubernetes calls the Job a success. */
export const passOf = async (
  namespace: string,
  job: string,
): Promise<{readonly stdout: string; readonly succeeded: boolean}> => {
  const stdout = await eventually(
    () => kubectl(['logs', '-n', namespace, `job/${job}`]).catch(() => ''),
    (text) => text.includes('"pass.ended"'),
    `the end of the pass of ${job}`,
  );
  const {status} = await eventually(
    () =>
      kubectlJson<{readonly status: {readonly succeeded?: number; readonly failed?: number}}>(
        'get',
        'job',
        job,
        '-n',
        namespace,
      ),
    (one) => one.status.succeeded !== undefined || one.status.failed !== undefined,
    `the end of ${job}`,
  );
  return {stdout, succeeded: status.succeeded === 1};
};

export const startJob = (namespace: string, name: string): Promise<string> =>
  kubectl(['create', 'job', '-n', namespace, name, `--from=cronjob/${ACCOUNT}`]);

/** One pass in a pod, as the controller would make it. */
export const passInPod = async (
  namespace: string,
  name: string,
): Promise<{readonly stdout: string; readonly succeeded: boolean}> => {
  await startJob(namespace, name);
  return passOf(namespace, name);
};

interface MadeJob {
  readonly metadata: {
    readonly name: string;
    readonly creationTimestamp: string;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly ownerReferences?: ReadonlyArray<{readonly kind: string}>;
  };
  readonly status: {readonly succeeded?: number; readonly failed?: number};
}

/** The Jobs that the controller made by the schedule, oldest first; those of a person carry another annotation. */
export const scheduledJobs = async (namespace: string): Promise<readonly MadeJob[]> =>
  (await kubectlJson<{readonly items: readonly MadeJob[]}>('get', 'jobs', '-n', namespace)).items
    .filter(({metadata}) => metadata.annotations?.['cronjob.kubernetes.io/instantiate'] !== 'manual')
    .sort((a, b) => a.metadata.creationTimestamp.localeCompare(b.metadata.creationTimestamp));

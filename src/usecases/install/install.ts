/** The use case of `install`: a plan, then its text, or its differences to the cluster. */
import {lineOf} from '../../core/fix.js';
import type {WorkloadKind} from '../../core/observation/workload.js';
import type {ConnectError} from '../../kubernetes/connect-error.js';
import {failureOf} from '../../pass/access.js';
import type {ClusterConnection} from '../../pass/context.js';
import {CommandFailure} from '../../outcome/failure.js';
import {EXIT} from '../../outcome/exit-code.js';
import {DEFAULT_NAMESPACE, type Settings} from '../../settings/settings.js';
import {monitorManifests} from '../alerts.js';
import {pipeline, servePipeline} from './again.js';
import {findInstallTarget, limitsOf} from './find.js';
import {documentOf, exitCodeOf, inspect, renderInspection} from './inspect.js';
import {planOf, settingsInPod, type InstallChoices} from './make-plan.js';
import {manifestsOf, permissionManifestsOf} from './manifests.js';
import {renderManifests, type ManifestFormat} from './render.js';
import type {Manifest} from './manifest.js';
import {serveManifests, servePermissions} from './serve/serve-manifests.js';
import {servePlanOf, type ServeScope} from './serve/serve-plan.js';

export interface InstallRun {
  /** The kind of the workload, where `kind/name` was given. */
  readonly kind: WorkloadKind | null;
  /** Compare instead of printing. */
  readonly check: boolean;
  /** Only what grants the permissions. */
  readonly permissions: boolean;
  /** Only what the Prometheus Operator needs to scrape `serve` and to alert. */
  readonly monitor: boolean;
  /** The daemon instead of the CronJob; `null`: the CronJob. */
  readonly serve: ServeScope | null;
  /** `null`: manifests as YAML, what a comparison finds as text. */
  readonly format: ManifestFormat | null;
  readonly open: (stateName: string) => Promise<ClusterConnection | ConnectError>;
  readonly signal: AbortSignal;
  /** One line for people. */
  readonly warn: (line: string) => void;
}

export interface Printed {
  /** A text to print as it is, or the document of a comparison in the format that was asked for. */
  readonly content: string | {readonly document: object; readonly format: ManifestFormat};
  readonly exitCode: number;
}

export const runInstall = async (choices: InstallChoices, run: InstallRun): Promise<Printed> => {
  const settings = settingsInPod(choices);
  for (const warning of settings.warnings) run.warn(warning);
  const offline = !run.check && (run.kind !== null || run.monitor || run.serve !== null) && settings.namespace !== null;
  const connection = offline ? 'everything was named' : await openFor(run, choices, settings);
  try {
    return await print(choices, settings, connection, run);
  } finally {
    if (typeof connection !== 'string') {
      connection.cluster.close();
      await connection.close();
    }
  }
};

/** Flags that name a cluster. */
const NAMING = ['kubeconfig', 'context', 'cluster', 'user', 'server'];

/** To print needs no cluster, and then the reason stands instead; to compare does, and one that was named must be there. */
const openFor = async (
  {open, check}: InstallRun,
  {flags}: InstallChoices,
  settings: Settings,
): Promise<ClusterConnection | string> => {
  const connection = await open(settings.stateName);
  if (!('fix' in connection)) return connection;
  if (check || NAMING.some((flag) => flags[flag] !== undefined))
    throw new CommandFailure('usage', connection.message, lineOf(connection.fix));
  return connection.message;
};

/** What is printed, and the command line that prints it again. */
interface Wanted {
  readonly manifests: readonly Manifest[];
  readonly again: string;
}

const namespaceOf = (settings: Settings, connection: ClusterConnection | string): string =>
  settings.namespace ??
  (typeof connection === 'string' ? null : connection.cluster.defaultNamespace) ??
  DEFAULT_NAMESPACE;

const wantedOf = async (
  choices: InstallChoices,
  settings: Settings,
  connection: ClusterConnection | string,
  {kind, permissions, serve, signal, warn}: InstallRun,
): Promise<Wanted> => {
  if (serve !== null) {
    const namespace = namespaceOf(settings, connection);
    const plan = servePlanOf(choices, settings, namespace, serve);
    return {
      manifests: permissions ? servePermissions(plan) : serveManifests(plan),
      again: servePipeline({...choices, permissions}, namespace, serve),
    };
  }
  const {target, note} = await findInstallTarget(connection, settings, kind, signal);
  if (note !== null) warn(note);
  const plan = planOf(choices, settings, target);
  return {
    manifests: permissions ? permissionManifestsOf(plan) : manifestsOf(plan),
    again: pipeline({...choices, permissions}, target),
  };
};

const print = async (
  choices: InstallChoices,
  settings: Settings,
  connection: ClusterConnection | string,
  run: InstallRun,
): Promise<Printed> => {
  const {check, monitor, format, signal, warn} = run;
  if (monitor) {
    const manifests = monitorManifests(namespaceOf(settings, connection));
    return {content: renderManifests(manifests, format ?? 'yaml'), exitCode: EXIT.ok};
  }
  const {manifests, again} = await wantedOf(choices, settings, connection, run);
  if (!check || typeof connection === 'string') {
    const limits = limitsOf(settings.via);
    if (limits !== null) warn(limits);
    return {content: renderManifests(manifests, format ?? 'yaml'), exitCode: EXIT.ok};
  }
  const inspection = await inspect(connection.cluster, manifests, connection.clock, signal);
  // Where nothing at all could be read, each object would say the same.
  const [first] = inspection.unseen;
  if (first !== undefined && inspection.unseen.length === manifests.length) throw failureOf(first.why);
  return {
    content: format === null ? renderInspection(inspection, again) : {document: documentOf(inspection, again), format},
    exitCode: exitCodeOf(inspection),
  };
};

/** The use case of `install`: a plan, then its text, or its differences to the cluster. */
import type {WorkloadKind} from '../core/observation/workload.js';
import type {ConnectError} from '../kubernetes/connect-error.js';
import {failureOf} from '../pass/access.js';
import type {Gate} from '../pass/context.js';
import {CommandFailure} from '../report/failure.js';
import {EXIT} from '../report/exit-code.js';
import {renderValue} from '../report/render.js';
import type {Settings} from '../settings/settings.js';
import {pipeline} from './again.js';
import {findPlace, limitsOf} from './find.js';
import {documentOf, exitCodeOf, inspect, renderInspection} from './inspect.js';
import {planOf, settingsInPod, type InstallChoices} from './make-plan.js';
import {manifestsOf} from './manifests.js';
import {renderManifests, type ManifestFormat} from './render.js';

export interface InstallRun {
  /** The kind of the workload, where `kind/name` was given. */
  readonly kind: WorkloadKind | null;
  /** Compare instead of printing. */
  readonly check: boolean;
  /** `null`: manifests as YAML, what a comparison finds as text. */
  readonly format: ManifestFormat | null;
  readonly open: (stateName: string) => Promise<Gate | ConnectError>;
  readonly signal: AbortSignal;
  /** One line for people. */
  readonly warn: (line: string) => void;
}

export interface Printed {
  readonly text: string;
  readonly exitCode: number;
}

export const runInstall = async (choices: InstallChoices, run: InstallRun): Promise<Printed> => {
  const settings = settingsInPod(choices);
  for (const warning of settings.warnings) run.warn(warning);
  const offline = !run.check && run.kind !== null && settings.namespace !== null;
  const gate = offline ? 'everything was named' : await openFor(run, choices, settings);
  try {
    return await print(choices, settings, gate, run);
  } finally {
    if (typeof gate !== 'string') {
      gate.cluster.close();
      await gate.close();
    }
  }
};

/** Flags that name a cluster. */
const NAMING = ['kubeconfig', 'context', 'cluster', 'user', 'server'];

/** To print needs no cluster, and then the reason stands in its place; to compare does, and one that was named must be there. */
const openFor = async (
  {open, check}: InstallRun,
  {flags}: InstallChoices,
  settings: Settings,
): Promise<Gate | string> => {
  const gate = await open(settings.stateName);
  if (!('fix' in gate)) return gate;
  if (check || NAMING.some((flag) => flags[flag] !== undefined))
    throw new CommandFailure('usage', gate.message, gate.fix);
  return gate.message;
};

const print = async (
  choices: InstallChoices,
  settings: Settings,
  gate: Gate | string,
  {kind, check, format, signal, warn}: InstallRun,
): Promise<Printed> => {
  const {place, note} = await findPlace(typeof gate === 'string' ? gate : gate.cluster, settings, kind, signal);
  if (note !== null) warn(note);
  const manifests = manifestsOf(planOf(choices, settings, place));
  if (!check || typeof gate === 'string') {
    const limits = limitsOf(settings.via);
    if (limits !== null) warn(limits);
    return {text: renderManifests(manifests, format ?? 'yaml'), exitCode: EXIT.ok};
  }
  const inspection = await inspect(gate.cluster, manifests, signal);
  // Where nothing at all could be read, each object would say the same.
  const [first] = inspection.unseen;
  if (first !== undefined && inspection.unseen.length === manifests.length) throw failureOf(first.why);
  const again = pipeline(choices, place);
  return {
    text:
      format === null ? renderInspection(inspection, again) : await renderValue(documentOf(inspection, again), format),
    exitCode: exitCodeOf(inspection),
  };
};

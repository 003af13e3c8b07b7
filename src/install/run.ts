/** The use case of `install`: a plan, then its text, or its differences to the cluster. */
import type {WorkloadKind} from '../core/observation/workload.js';
import type {ConnectError} from '../kubernetes/connect-error.js';
import type {Gate} from '../pass/context.js';
import {CommandFailure} from '../report/failure.js';
import {EXIT} from '../report/exit-code.js';
import type {Settings} from '../settings/settings.js';
import {pipeline} from './again.js';
import {findPlace, limitsOf} from './find.js';
import {exitCodeOf, inspect, renderInspection} from './inspect.js';
import {planOf, settingsInPod, type InstallChoices} from './make-plan.js';
import {manifestsOf} from './manifests.js';
import {renderManifests, type ManifestFormat} from './render.js';

export interface InstallRun {
  /** The kind of the workload, where `kind/name` was given. */
  readonly kind: WorkloadKind | null;
  /** Compare instead of printing. */
  readonly check: boolean;
  readonly format: ManifestFormat;
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
  const gate = offline ? null : await openFor(run, settings);
  try {
    return await print(choices, settings, gate, run);
  } finally {
    gate?.cluster.close();
    await gate?.close();
  }
};

/** To print needs no cluster; to compare does. */
const openFor = async ({open, check}: InstallRun, settings: Settings): Promise<Gate | null> => {
  const gate = await open(settings.stateName);
  if (!('fix' in gate)) return gate;
  if (check) throw new CommandFailure('usage', gate.message, gate.fix);
  return null;
};

const print = async (choices: InstallChoices, settings: Settings, gate: Gate | null, {kind, check, format, signal, warn}: InstallRun): Promise<Printed> => {
  const {place, note} = await findPlace(gate?.cluster ?? null, settings, kind, signal);
  if (note !== null) warn(note);
  const manifests = manifestsOf(planOf(choices, settings, place));
  if (!check || gate === null) {
    const limits = limitsOf(settings.via);
    if (limits !== null) warn(limits);
    return {text: renderManifests(manifests, format), exitCode: EXIT.ok};
  }
  const inspection = await inspect(gate.cluster, manifests, signal);
  return {text: renderInspection(inspection, pipeline(choices, place)), exitCode: exitCodeOf(inspection)};
};

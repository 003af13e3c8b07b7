/** Every check there is, in the order of the report. Ids are never renumbered or reused: a test freezes the list. */
import type {CheckId} from '../finding.js';
import {alertChecks} from './alerts.js';
import {cameraChecks} from './cameras.js';
import type {Check} from './check.js';
import {clusterChecks} from './cluster.js';
import {detectorChecks} from './detectors.js';
import {frigateChecks} from './frigate.js';
import {nodeChecks} from './node.js';
import {recordingChecks} from './recording.js';
import {resourceChecks} from './resources.js';
import {serviceChecks} from './services.js';
import {workloadChecks} from './workload.js';

export const catalogue: readonly Check[] = [
  ...clusterChecks,
  ...nodeChecks,
  ...workloadChecks,
  ...frigateChecks,
  ...detectorChecks,
  ...cameraChecks,
  ...recordingChecks,
  ...resourceChecks,
  ...serviceChecks,
  ...alertChecks,
];

const byId: ReadonlyMap<CheckId, Check> = new Map(catalogue.map((check) => [check.id, check]));

/** The check of this id; `undefined` when there is none. */
export const checkOf = (id: CheckId): Check | undefined => byId.get(id);

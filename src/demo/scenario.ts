/** The shape of a scenario: what the installation is, what happened to it, and what the operator remembers of it. */
import type {State} from '../core/state/state.js';
import type {Duration, Instant} from '../core/time.js';
import type {Installation} from './installation.js';
import type {FaultName} from './frigate/fault.js';
import type {FrigateVersion, Site} from './frigate/site.js';

/** Something that happened `ago`. */
export type Happening = {readonly ago: Duration} & (
  | {readonly what: 'fault'; readonly fault: FaultName; readonly cameras?: readonly string[]; readonly stays?: boolean}
  /** The operator restarted the workload; the id of its attempt stands on the template. */
  | {readonly what: 'restart'; readonly attempt: string}
  | {readonly what: 'image'; readonly image: string; readonly missing?: boolean}
  | {readonly what: 'pod-deleted'}
  | {readonly what: 'node-died'}
  | {readonly what: 'cordoned'}
  | {readonly what: 'device-lost'; readonly device: string}
);

/** Another Frigate of the same cluster, in a namespace of its own. */
export interface Neighbour {
  readonly namespace: string;
  readonly site: Site;
  readonly happenings: ReadonlyArray<Extract<Happening, {what: 'fault'}>>;
}

/** What stands when the world begins, for the state that refers to it. */
export interface Facts {
  readonly now: Instant;
  readonly workloadUid: string;
  readonly podUid: string;
  readonly containerId: string;
}

export interface Scenario {
  readonly name: string;
  /** One line: what the viewer sees. */
  readonly title: string;
  readonly site: Site;
  readonly version: FrigateVersion;
  readonly installation: Partial<Installation>;
  /** Extended resources of the node. */
  readonly devices: Readonly<Record<string, string>>;
  /** How long Frigate has been installed. */
  readonly age: Duration;
  readonly happenings: readonly Happening[];
  /** Absent: it is the only one. */
  readonly neighbours?: readonly Neighbour[];
  /** What the operator remembers; absent: it never ran here. */
  readonly remembered?: (facts: Facts) => Partial<State>;
}

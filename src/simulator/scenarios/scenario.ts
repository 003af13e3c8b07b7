/** The shape of a scenario: the installation, what happened to it, and the state that the operator stored. */
import type {State} from '../../core/state/state.js';
import type {Duration, Instant} from '../../core/time.js';
import type {Installation} from './installation.js';
import type {FaultName} from '../frigate/fault.js';
import type {FaultOptions} from '../node/frigates.js';
import type {FrigateVersion, Site} from '../frigate/site.js';

/** Something that happened `ago`. */
export type Happening = {readonly ago: Duration} & (
  | ({readonly what: 'fault'; readonly fault: FaultName} & Omit<FaultOptions, 'since'>)
  /** The operator restarted the workload; the id of its attempt stands on the template. */
  | {readonly what: 'restart'; readonly attempt: string}
  | {readonly what: 'image'; readonly image: string; readonly missing?: boolean}
  | {readonly what: 'pod-deleted'}
  | {readonly what: 'node-died'}
  /** It lost its power and was back after that time, as another boot. */
  | {readonly what: 'node-rebooted'; readonly away: Duration}
  | {readonly what: 'cordoned'}
  | {readonly what: 'device-lost'; readonly device: string}
);

/** Another Frigate of the same cluster, in a namespace of its own. */
export interface Neighbour {
  readonly namespace: string;
  readonly site: Site;
  readonly happenings: ReadonlyArray<Extract<Happening, {what: 'fault'}>>;
}

/** The objects that exist when the simulator starts, for the state that refers to them. */
export interface Facts {
  readonly now: Instant;
  readonly workloadUid: string;
  readonly podUid: string;
  readonly containerId: string;
}

export interface Scenario {
  readonly name: string;
  /** One line: what the scenario shows. */
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
  /** The stored state; absent: no pass has run yet. */
  readonly state?: (facts: Facts) => Partial<State>;
}

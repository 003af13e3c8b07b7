/** Why the whole fleet holds a restart of one of its Frigates; set by `serve`, which alone observes several. */
import type {Instant} from '../time.js';

export type FleetHold =
  /** So many others were restarted within the last ten minutes; `until`: when the first of them no longer counts. */
  | {readonly code: 'fleet-limit'; readonly used: number; readonly limit: number; readonly until: Instant}
  /**
   * It is one of `count` Frigates with the same cause: `common` is the node, the subnet, the storage server or the API server.
   * One of them `notifies`; for the others no incident of their own begins.
   */
  | {
      readonly code: 'fleet-incident';
      readonly incident: string;
      readonly common: string;
      readonly count: number;
      readonly notifies: boolean;
    };

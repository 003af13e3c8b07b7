/** What `ack` changes: the open incident says who knows of it, and no reminder of it is made any more. */
import type {State} from '../state/state.js';
import type {Instant} from '../time.js';

export interface Acknowledgement {
  readonly by: string;
  readonly reason: string | null;
}

/** `null`: there is no incident. Repair, and what gets worse or ends, go on as before. */
export const acknowledge = (state: State, {by, reason}: Acknowledgement, now: Instant): State | null =>
  state.incident === null
    ? null
    : {
        ...state,
        incident: {
          ...state.incident,
          ack: {by: by.slice(0, 120), at: now, reason: reason?.slice(0, 300) ?? null},
        },
      };

/**
 * What the faces of `serve` may ask of it: relist, restart one Frigate by a person's wish, pretend a failure for a test of alerts.
 * Whether the person may is asked before (a review of the caller's own permission to patch that workload); nothing here reviews it.
 */
import type {Decision} from '../core/decision/decision.js';
import type {Finding} from '../core/finding.js';
import type {Fix} from '../core/fix.js';
import type {Duration, Instant} from '../core/time.js';
import type {InstanceId} from './fleet.js';

export interface RecoverRequest {
  /** The person's real name, as the review of the token gave it; stands in the state. */
  readonly by: string;
  readonly reason: string;
  /** Passes every rule but, and is counted. */
  readonly force: boolean;
  /** Requests of one person with the same key about one Frigate are one request, for ten minutes; `null`: each is one of its own. */
  readonly idempotencyKey: string | null;
}

export type RecoverOutcome =
  /** Sent and recorded under this attempt id. */
  | {readonly kind: 'accepted'; readonly action: 'restart'; readonly attempt: string}
  /** A rule refused, or the cause is of a kind that a restart does not cure; `evidence`: the primary findings, with their steps. */
  | {readonly kind: 'refused'; readonly decision: Decision; readonly evidence: readonly Finding[]}
  /** So many Frigates were restarted within ten minutes that no other one is, until then. */
  | {readonly kind: 'fleet-limit'; readonly used: number; readonly limit: number; readonly until: Instant}
  /** Three or more Frigates have this common cause; nothing is restarted for it. */
  | {readonly kind: 'fleet-incident'; readonly incident: string; readonly common: string}
  /** Somebody else wrote the state or changed the workload meanwhile: nothing was restarted by this request. */
  | {readonly kind: 'conflict'; readonly detail: string}
  /** Not known whether it was applied; the next pass finds out. */
  | {readonly kind: 'in-doubt'; readonly attempt: string; readonly detail: string}
  /** Nothing was done: the API server refused, or the state could not be stored. */
  | {readonly kind: 'failed'; readonly detail: string; readonly fix: Fix | null}
  | {readonly kind: 'not-found'}
  /** A static Frigate outside Kubernetes is never restarted. */
  | {readonly kind: 'not-restartable'; readonly url: string}
  /** Another replica acts; `holder`: its identity, `null` while nobody leads. */
  | {readonly kind: 'not-leader'; readonly holder: string | null}
  /** The daemon ends, or has not observed this Frigate yet. */
  | {readonly kind: 'not-ready'; readonly retryAfter: Duration};

export interface ServeControl {
  /** Relists the Frigates now, and asks each of them everything that is otherwise asked in a while. */
  refresh(): void;
  recover(id: InstanceId, request: RecoverRequest): Promise<RecoverOutcome>;
  /** An invented failure of the daemon stands until then (FleetSnapshot.daemon.debugFailureUntil); `null`: none. */
  setDebugFailure(until: Instant | null): void;
}

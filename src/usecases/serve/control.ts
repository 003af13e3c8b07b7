/** What the faces may ask of `serve` (ServeControl), over whatever engine runs at the moment. */
import {minutes, seconds, type Instant} from '../../core/time.js';
import type {Timers} from '../../core/timers.js';
import type {InstanceId} from '../../outcome/fleet.js';
import type {RecoverOutcome, RecoverRequest, ServeControl} from '../../outcome/recover.js';
import type {Discovery} from './discovery.js';
import type {Engine} from './engine.js';
import type {FleetStore} from './fleet-store.js';
import type {LeaderStatus} from './leader.js';

/** The answer to a request is kept so long under its idempotency key. */
const KEPT_FOR = minutes(10);

export interface ControlOptions {
  /** `null`: another replica acts. */
  readonly engine: () => Engine | null;
  readonly leader: () => LeaderStatus;
  readonly discovery: Discovery;
  readonly store: FleetStore;
  readonly clock: Timers;
}

export const controlOver = ({engine, leader, discovery, store, clock}: ControlOptions): ServeControl => {
  const answers = new Map<string, {readonly at: number; readonly outcome: Promise<RecoverOutcome>}>();
  const recover = (id: InstanceId, request: RecoverRequest): Promise<RecoverOutcome> => {
    const target = discovery.targets.get(id);
    if (target === undefined) return Promise.resolve({kind: 'not-found'});
    if (target.kind === 'url') return Promise.resolve({kind: 'not-restartable', url: target.url ?? ''});
    const own = engine();
    if (own === null) return Promise.resolve({kind: 'not-leader', holder: leader().holder});
    return own.loopOf(id)?.recover(request) ?? Promise.resolve({kind: 'not-ready', retryAfter: seconds(5)});
  };
  return {
    refresh: () => {
      discovery.refresh();
      engine()?.refresh();
    },
    recover: (id, request) => {
      if (request.idempotencyKey === null) return recover(id, request);
      const at = clock.monotonic();
      for (const [key, {at: kept}] of answers) if (at - kept > KEPT_FOR) answers.delete(key);
      const key = JSON.stringify([id, request.by, request.idempotencyKey]);
      const known = answers.get(key);
      if (known !== undefined) return known.outcome;
      const outcome = recover(id, request);
      answers.set(key, {at, outcome});
      // What was not even tried may be tried again under the same key.
      void outcome.then(({kind}) => {
        if (kind === 'not-ready' || kind === 'not-leader') answers.delete(key);
      });
      return outcome;
    },
    setDebugFailure: (until: Instant | null) => store.setDaemon((daemon) => ({...daemon, debugFailureUntil: until})),
  };
};

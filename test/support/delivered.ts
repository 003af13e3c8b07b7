/** A notification that the one channel delivered. */
import {markTried, settleDeliveries} from '../../src/core/incident/outbox.js';
import type {State} from '../../src/core/state/state.js';
import type {Instant} from '../../src/core/time.js';

const mail = {name: 'mail', least: 'warning'} as const;

export const markDelivered = (state: State, key: string, now: Instant): State =>
  settleDeliveries(markTried(state, key, mail.name, null, now), [mail], now);

export const markFailed = (state: State, key: string, why: string, now: Instant): State =>
  settleDeliveries(markTried(state, key, mail.name, why, now), [mail], now);

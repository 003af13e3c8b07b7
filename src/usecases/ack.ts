/** `ack`: says of the open incident that somebody knows of it, by compare-and-swap. */
import {acknowledge, type Acknowledgement} from '../core/incident/acknowledge.js';
import type {Incident} from '../core/state/state.js';
import {seconds} from '../core/time.js';
import {within} from '../core/timers.js';
import {CommandFailure} from '../outcome/failure.js';
import {failureOf} from '../pass/access.js';
import type {Context} from '../pass/context.js';
import {loadState} from '../pass/load-state.js';
import {openPorts} from '../pass/open-ports.js';
import type {PassPorts} from '../pass/ports.js';

const LIMIT = seconds(10);
/** Somebody else may write in between: then it is made again on what they wrote. */
const TRIES = 5;

export interface AckOutcome {
  readonly namespace: string;
  readonly incident: Incident;
}

/** Throws CommandFailure where there is no incident, or the state cannot be read or written. */
export const ackIncident = async (context: Context, ack: Acknowledgement): Promise<AckOutcome> => {
  const {ports, close} = await openPorts(context, 'ack');
  try {
    return await ackIn(ports, ack, context.signal);
  } finally {
    await close();
  }
};

/** The use case in given ports. */
export const ackIn = async (ports: PassPorts, ack: Acknowledgement, signal: AbortSignal): Promise<AckOutcome> => {
  const {cluster, clock, namespace, settings} = ports;
  for (let attempt = 0; attempt < TRIES; attempt += 1) {
    const {store, recalledState} = await loadState(ports, LIMIT, signal);
    // What this command stored over such a state would read as sound, and its cool-down would be lost.
    if (recalledState.reading !== 'sound' && recalledState.reading !== 'fresh')
      throw new CommandFailure(
        'refused',
        `The state in ${namespace}/${settings.stateName} is not sound (${recalledState.reading}), so that nothing is written to it`,
        'kubectl frigate-health state',
      );
    const next = acknowledge(recalledState.state, ack, cluster.serverTime() ?? clock.now());
    const incident = next?.incident ?? null;
    if (next === null || incident === null)
      throw new CommandFailure(
        'refused',
        `There is no incident in ${namespace}, so there is nothing to acknowledge`,
        'kubectl frigate-health state',
      );
    const outcome = await store.store(recalledState, next, within(clock, LIMIT, signal));
    if (outcome.kind === 'done') return {namespace, incident};
    if (outcome.kind !== 'conflict') throw failureOf(outcome.why);
  }
  throw new CommandFailure(
    'conflict',
    `Conflict: another run changed ${namespace}/${settings.stateName} at each of ${TRIES} attempts`,
    'run the command again',
  );
};

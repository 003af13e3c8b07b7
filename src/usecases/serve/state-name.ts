/** In which ConfigMap the state of a Frigate stands: under the documented name where it is the only one of its namespace, else with its own name in it. */
import {seconds} from '../../core/time.js';
import {within} from '../../core/timers.js';
import type {FrigateTarget} from '../../outcome/fleet.js';
import type {PassPorts} from '../../pass/ports.js';
import {StateStore} from '../../pass/state-store.js';

const LIMIT = seconds(8);

/**
 * The one that was alone before keeps the documented name when another one joins it, or its restarts would be forgotten.
 * `siblings`: other Frigates of the namespace.
 */
export const stateNameFor = async (
  {cluster, clock, settings, namespace}: PassPorts,
  {name, kind}: FrigateTarget,
  siblings: number,
  signal: AbortSignal,
): Promise<string> => {
  const documented = settings.stateName;
  // In serve's own namespace, beside the states of the Frigates there: a point after the documented name stands in no name of theirs.
  if (kind === 'url') return `${documented}.url.${name}`;
  if (siblings === 0) return documented;
  const {state} = await new StateStore(cluster, namespace, documented).recall(within(clock, LIMIT, signal));
  return state.target?.name === name && state.target.kind === kind ? documented : `${documented}-${name}`;
};

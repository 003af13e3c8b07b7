/** What is remembered, beside the workload that it is about: for the commands that show it or change it without a look at Frigate. */
import type {Workload} from '../core/observation/workload.js';
import type {Duration} from '../core/time.js';
import {failureOf} from './access.js';
import {within} from './deadline.js';
import {comparedWith, StateStore, type Remembered} from './state-store.js';
import type {World} from './world.js';

export interface Recollection {
  readonly store: StateStore;
  readonly remembered: Remembered;
  /** `null` where it is not there, or not to be seen. */
  readonly workload: Workload | null;
  /** Where no Frigate is, what was looked for; `null` where one is, or where that is not known. */
  readonly missing: string | null;
}

/** Throws CommandFailure where the state cannot be read. */
export const recollect = async (
  {cluster, settings, namespace}: World,
  limit: Duration,
  signal: AbortSignal,
): Promise<Recollection> => {
  const store = new StateStore(cluster, namespace, settings.stateName);
  const [recalled, search] = await Promise.all([
    store.recall(within(limit, signal)),
    cluster.findWorkload(
      {
        namespace,
        name: settings.workload,
        kind: null,
        podSelector: settings.podSelector,
        exact: settings.workloadGiven,
      },
      within(limit, signal),
    ),
  ]);
  if (!recalled.soundness.known) throw failureOf(recalled.soundness.why);
  const workload = search.known && search.value.found === 'one' ? search.value.workload : null;
  const missing = search.known && search.value.found === 'none' ? search.value.lookedFor : null;
  return {store, remembered: comparedWith(recalled, workload), workload, missing};
};

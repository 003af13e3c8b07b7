/**
 * Exec only where the account may: without exec in its Role a pass would be refused each time it reads in the container
 * of a Frigate in trouble, and a refused exec by a service account is what clusters raise the alarm about.
 */
import {run} from '../core/fix.js';
import {unknown, type Known} from '../core/known.js';
import type {Permission} from '../core/observation/observation.js';
import type {Cluster} from '../kubernetes/cluster.js';

/** Either will do: API servers up to 1.34 ask for `get`, those from 1.35 on for `create`. */
const VERBS = ['create', 'get'] as const;

/** Asks once, before the first exec. Where the answer is unknown, the API server decides. */
export const permittedExec = (cluster: Pick<Cluster, 'exec' | 'missingPermissions'>): Cluster['exec'] => {
  let asked: Promise<Known<readonly Permission[]>> | null = null;
  return async (address, command, options) => {
    const {namespace} = address;
    asked ??= cluster.missingPermissions(
      VERBS.map((verb) => ({verb, group: '', resource: 'pods/exec', namespace, name: null})),
      options.signal,
    );
    const missing = await asked;
    if (!missing.known || missing.value.length < VERBS.length) return cluster.exec(address, command, options);
    return unknown('forbidden', `exec into pod ${address.pod}: this account may not (pods/exec)`, [
      run(`kubectl auth can-i create pods --subresource=exec -n ${namespace}`),
    ]);
  };
};

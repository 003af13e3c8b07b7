/** ConfigMaps by compare-and-swap on their resourceVersion (docs/how-it-decides.md, "State"). */
import {note, run, type Fix} from '../../core/fix.js';
import type {Known} from '../../core/known.js';
import {known} from '../../core/known.js';
import type {ApiClient} from '../api/client.js';
import type {Ask} from '../api/resources.js';
import {resources} from '../api/resources.js';
import type {ConfigMap, WriteOutcome} from '../cluster.js';
import {configMapObject} from '../objects/others.js';
import {outcomeOf} from './outcome.js';

/** The field manager under which Kubernetes records our writes (`metadata.managedFields`). */
export const FIELD_MANAGER = 'frigate-health';

const MANAGED_BY = {'app.kubernetes.io/managed-by': FIELD_MANAGER};
const query = {fieldManager: FIELD_MANAGER};

const asking = (verb: Ask['verb'], namespace: string, name: string | null): Ask => ({
  verb,
  resource: resources.ConfigMap,
  namespace,
  name,
});

/** `null`: there is none. */
export const readConfigMap = async (
  client: ApiClient,
  namespace: string,
  name: string,
  signal: AbortSignal,
): Promise<Known<ConfigMap | null>> => {
  const answer = await client.request(
    {ask: asking('get', namespace, name), kinds: ['ConfigMap'], schema: configMapObject},
    signal,
  );
  if (answer.ok) return known(answer.value);
  return answer.failure.status === 404 ? known(null) : {known: false, why: answer.failure.why};
};

/** An existing one is a conflict: another client created it first. */
export const createConfigMap = async (
  client: ApiClient,
  namespace: string,
  name: string,
  data: ReadonlyMap<string, string>,
  signal: AbortSignal,
): Promise<WriteOutcome<ConfigMap>> => {
  const body = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: {name, namespace, labels: MANAGED_BY},
    data: Object.fromEntries(data),
  };
  return outcomeOf(
    await client.request(
      {ask: asking('create', namespace, null), query, body, kinds: ['ConfigMap'], schema: configMapObject},
      signal,
    ),
  );
};

/** The object must be the very one that was read, unchanged: uid and resourceVersion are the precondition. One that is gone is a conflict too. */
export const replaceConfigMap = async (
  client: ApiClient,
  previous: ConfigMap,
  data: ReadonlyMap<string, string>,
  signal: AbortSignal,
): Promise<WriteOutcome<ConfigMap>> => {
  const {name, namespace, uid, resourceVersion, annotations} = previous;
  const {finalizers, ownerReferences, ...parts} = previous.foreign ?? {};
  const labels = {...Object.fromEntries(previous.labels), ...MANAGED_BY};
  const metadata = {
    name,
    namespace,
    uid,
    resourceVersion,
    labels,
    annotations: Object.fromEntries(annotations),
    finalizers,
    ownerReferences,
  };
  const body = {apiVersion: 'v1', kind: 'ConfigMap', metadata, data: Object.fromEntries(data), ...parts};
  const answer = await client.request(
    {ask: asking('update', namespace, name), query, body, kinds: ['ConfigMap'], schema: configMapObject},
    signal,
  );
  if (!answer.ok && answer.failure.status === 404)
    return {kind: 'conflict', why: `${answer.failure.why.message} (it was deleted in the meantime)`};
  return withFix(previous, outcomeOf(answer));
};

/** What a ConfigMap itself can have against a write (API server 1.34), which time does not cure. */
const fixes: ReadonlyArray<readonly [said: RegExp, fix: (kubectl: string, name: string) => Fix]> = [
  [
    /field is immutable when `immutable` is set/,
    (kubectl, name) => [
      run(`${kubectl} delete configmap ${name}`),
      note('It is immutable. The next pass creates a new one and starts with a full cool-down.'),
    ],
  ],
  [
    /\bToo long: (?:may not be more than|must have at most) \d+ bytes/,
    (kubectl, name) => [
      note('It is full: remove the keys that do not belong to this tool.'),
      run(`${kubectl} edit configmap ${name}`),
    ],
  ],
];

const withFix = ({name, namespace}: ConfigMap, outcome: WriteOutcome<ConfigMap>): WriteOutcome<ConfigMap> => {
  if (outcome.kind !== 'refused') return outcome;
  const {message} = outcome.why;
  const fix = fixes.find(([said]) => said.test(message))?.[1](`kubectl -n ${namespace}`, name);
  return fix === undefined ? outcome : {kind: 'refused', why: {code: 'misconfigured', message, fix}};
};

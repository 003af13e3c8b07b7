/**
 * The one write on the workload (docs/how-it-decides.md, "The restart"): two annotations of the pod template, under three preconditions:
 * the workload's uid, its generation and the attempt id that stands there. The generation fences off everybody who knows nothing
 * of attempts, a `kubectl rollout restart` above all. Not its resourceVersion, which every change of its status moves.
 */
import type {Workload} from '../../core/observation/workload.js';
import {rfc3339} from '../../core/time.js';
import type {Answer, ApiClient} from '../api/client.js';
import type {Failure} from '../api/failure.js';
import type {Ask} from '../api/resources.js';
import {resources, wordsOf} from '../api/resources.js';
import type {RestartPatch, WriteOutcome} from '../cluster.js';
import type {FoundWorkload} from '../objects/workload.js';
import {ATTEMPT, RESTARTED_AT, foundWorkload, workloadObject} from '../objects/workload.js';
import {FIELD_MANAGER} from './config-maps.js';
import {outcomeOfFailure} from './outcome.js';

const ANNOTATIONS = '/spec/template/metadata/annotations';

type Operation = {readonly op: 'test' | 'add'; readonly path: string; readonly value: unknown};

/** A key as one step of a JSON Pointer (RFC 6901). */
const step = (key: string): string => key.replaceAll('~', '~0').replaceAll('/', '~1');

/** What must still hold when the patch arrives. `test` against `null` holds where the key is missing (tried on API server 1.34). */
const preconditions = (patch: RestartPatch): readonly Operation[] => [
  {op: 'test', path: '/metadata/uid', value: patch.uid},
  {op: 'test', path: '/metadata/generation', value: patch.generation},
  patch.annotated
    ? {op: 'test', path: `${ANNOTATIONS}/${step(ATTEMPT)}`, value: patch.expectedAttempt}
    : // Adding the map would replace one that is there, so that its absence is a precondition too.
      {op: 'test', path: ANNOTATIONS, value: null},
];

/** The two annotations, added to those that the template has or as its first ones. */
const additions = ({annotated, restartedAt, attempt}: RestartPatch): readonly Operation[] =>
  annotated
    ? [
        {op: 'add', path: `${ANNOTATIONS}/${step(RESTARTED_AT)}`, value: rfc3339(restartedAt)},
        {op: 'add', path: `${ANNOTATIONS}/${step(ATTEMPT)}`, value: attempt},
      ]
    : [{op: 'add', path: ANNOTATIONS, value: {[RESTARTED_AT]: rfc3339(restartedAt), [ATTEMPT]: attempt}}];

const asking = (verb: Ask['verb'], {kind, namespace, name}: RestartPatch): Ask => ({
  verb,
  resource: resources[kind],
  namespace,
  name,
});

const send = async (client: ApiClient, patch: RestartPatch, signal: AbortSignal): Promise<Answer<FoundWorkload>> => {
  const answer = await client.request(
    {
      ask: asking('patch', patch),
      query: {fieldManager: FIELD_MANAGER, ...(patch.dryRun ? {dryRun: 'All'} : {})},
      body: [...preconditions(patch), ...additions(patch)],
      contentType: 'application/json-patch+json',
      kinds: [patch.kind],
      schema: workloadObject,
    },
    signal,
  );
  return answer.ok ? {ok: true, value: foundWorkload(patch.kind, answer.value)} : answer;
};

/** Only an answer that carries our attempt proves that it was applied: admission may have taken it away again. */
const outcomeOfAnswer = (patch: RestartPatch, answer: Answer<FoundWorkload>): WriteOutcome<Workload> => {
  if (!answer.ok) return outcomeOfFailure(answer.failure);
  const {workload} = answer.value;
  if (workload === null || workload.attempt !== patch.attempt) {
    return {
      kind: 'in-doubt',
      why: {
        code: 'garbled',
        message: `${wordsOf(asking('patch', patch))}: the answer does not carry the attempt ${patch.attempt}`,
      },
    };
  }
  return {kind: 'done', value: workload};
};

const violated = (patch: RestartPatch, {uid, generation, templateAnnotations}: FoundWorkload): string | null => {
  const asked = wordsOf(asking('patch', patch));
  const attempt = templateAnnotations[ATTEMPT] ?? null;
  if (uid !== patch.uid) return `${asked}: it is another object now (uid ${uid}, expected ${patch.uid})`;
  if (attempt !== patch.expectedAttempt)
    return `${asked}: its last attempt is ${attempt ?? 'none'}, expected ${patch.expectedAttempt ?? 'none'}`;
  if (generation !== patch.generation)
    return `${asked}: it was changed in the meantime (generation ${generation}, expected ${patch.generation})`;
  return null;
};

/**
 * The API server answers a failed `test` and a missing path with the same 422 without a reason; such a patch was not applied.
 * So the workload is read once more, only to report which precondition failed.
 */
const afterRejection = async (
  client: ApiClient,
  patch: RestartPatch,
  rejection: Failure,
  signal: AbortSignal,
): Promise<WriteOutcome<Workload>> => {
  const current = await client.request(
    {ask: asking('get', patch), kinds: [patch.kind], schema: workloadObject},
    signal,
  );
  if (!current.ok)
    return current.failure.status === 404
      ? {kind: 'conflict', why: `${current.failure.why.message} (it was deleted in the meantime)`}
      : outcomeOfFailure(rejection);
  const why = violated(patch, foundWorkload(patch.kind, current.value));
  return why === null ? outcomeOfFailure(rejection) : {kind: 'conflict', why};
};

/** Sends the patch; never again after an answer that leaves open whether it was applied. */
export const restart = async (
  client: ApiClient,
  patch: RestartPatch,
  signal: AbortSignal,
): Promise<WriteOutcome<Workload>> => {
  const answer = await send(client, patch, signal);
  return !answer.ok && answer.failure.status === 422
    ? afterRejection(client, patch, answer.failure, signal)
    : outcomeOfAnswer(patch, answer);
};

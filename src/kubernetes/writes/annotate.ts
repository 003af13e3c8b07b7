/**
 * Annotations on the metadata of a workload, for `pause` and `resume`: with the person's own permission, and never on the pod template,
 * so that nothing is rolled out. The uid stands in the patch: on another object of the same name the API server answers 409, or 422 where it compares before it patches.
 */
import type {Workload} from '../../core/observation/workload.js';
import type {ApiClient} from '../api/client.js';
import {resources, wordsOf, type Ask} from '../api/resources.js';
import type {AnnotationPatch, WriteOutcome} from '../cluster.js';
import {foundWorkload, workloadObject} from '../objects/workload.js';
import {FIELD_MANAGER} from './config-maps.js';
import {outcomeOfFailure} from './outcome.js';

export const annotate = async (
  client: ApiClient,
  {kind, namespace, name, uid, annotations}: AnnotationPatch,
  signal: AbortSignal,
): Promise<WriteOutcome<Workload>> => {
  const ask: Ask = {verb: 'patch', resource: resources[kind], namespace, name};
  const answer = await client.request(
    {
      ask,
      query: {fieldManager: FIELD_MANAGER},
      body: {metadata: {uid, annotations: Object.fromEntries(annotations)}},
      contentType: 'application/merge-patch+json',
      kinds: [kind],
      schema: workloadObject,
    },
    signal,
  );
  // Annotations are plain texts: what is invalid of this patch is the uid alone.
  if (!answer.ok)
    return answer.failure.status === 422
      ? {kind: 'conflict', why: answer.failure.why.message}
      : outcomeOfFailure(answer.failure);
  const {workload} = foundWorkload(kind, answer.value);
  return workload === null
    ? {kind: 'in-doubt', why: {code: 'garbled', message: `${wordsOf(ask)}: the answer has no container of Frigate`}}
    : {kind: 'done', value: workload};
};

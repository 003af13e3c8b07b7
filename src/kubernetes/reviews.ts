/** TokenReview and SubjectAccessReview: whose token that is, and what that user may do. Asked with this program's own account. */
import * as z from 'zod';
import type {AccessQuestion, AccessReviews, ReviewedUser} from '../core/observation/access-review.js';
import {known, type Known} from '../core/known.js';
import type {Permission} from '../core/observation/observation.js';
import type {ApiClient} from './api/client.js';
import {resources, type Resource} from './api/resources.js';
import {listOf} from './objects/metadata.js';

const tokenReview = z.object({
  status: z.object({
    authenticated: z.boolean().nullish(),
    user: z
      .object({
        username: z.string().nullish(),
        uid: z.string().nullish(),
        groups: listOf(z.string()),
        extra: z.record(z.string(), z.array(z.string())).nullish(),
      })
      .nullish(),
  }),
});
const accessReview = z.object({status: z.object({allowed: z.boolean()})});

const userOf = ({status: {authenticated, user}}: z.output<typeof tokenReview>): ReviewedUser | null => {
  const name = user?.username ?? '';
  return authenticated === true && name !== ''
    ? {name, uid: user?.uid ?? null, groups: user?.groups ?? [], extra: user?.extra ?? {}}
    : null;
};

/** `pods/log` is the resource `pods` with the subresource `log`. */
export const resourceAttributes = ({
  verb,
  group,
  resource: asked,
  namespace,
  name,
}: Permission): Readonly<Record<string, string>> => {
  const [resource = '', subresource] = asked.split('/');
  return {
    verb,
    group,
    resource,
    ...(subresource === undefined ? {} : {subresource}),
    ...(namespace === null ? {} : {namespace}),
    ...(name === null ? {} : {name}),
  };
};

const attributesOf = (question: AccessQuestion): object =>
  question.kind === 'path'
    ? {nonResourceAttributes: {path: question.path, verb: question.verb}}
    : {resourceAttributes: resourceAttributes(question.permission)};

const create = async <T>(
  client: ApiClient,
  resource: Resource,
  spec: object,
  schema: z.ZodType<T>,
  signal: AbortSignal,
): Promise<Known<T>> => {
  const {group, version, kind} = resource;
  const answer = await client.request(
    {
      ask: {verb: 'create', resource, namespace: null, name: null},
      body: {apiVersion: `${group}/${version}`, kind, spec},
      kinds: [kind],
      schema,
      repeatable: true,
    },
    signal,
  );
  return answer.ok ? known(answer.value) : {known: false, why: answer.failure.why};
};

export const accessReviews = (client: ApiClient): AccessReviews => ({
  async userOf(token, signal) {
    const review = await create(client, resources.TokenReview, {token}, tokenReview, signal);
    return review.known ? known(userOf(review.value)) : review;
  },
  async allows({name, uid, groups, extra}, question, signal) {
    const spec = {user: name, ...(uid === null ? {} : {uid}), groups, extra, ...attributesOf(question)};
    const review = await create(client, resources.SubjectAccessReview, spec, accessReview, signal);
    return review.known ? known(review.value.status.allowed) : review;
  },
});

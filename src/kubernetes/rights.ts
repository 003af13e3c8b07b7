/**
 * Which rights are missing. One SelfSubjectRulesReview answers for all rights in a namespace where ten
 * SelfSubjectAccessReviews would be ten requests; what it does not grant, or cannot tell, is asked one by one.
 */
import * as z from 'zod';
import type {Known} from '../core/known.js';
import {known} from '../core/known.js';
import type {Right} from '../core/observation/observation.js';
import type {ApiClient} from './api/client.js';
import type {Ask} from './api/resources.js';
import {resources} from './api/resources.js';
import {listOf} from './objects/metadata.js';

const rule = z.object({
  verbs: listOf(z.string()),
  apiGroups: listOf(z.string()),
  resources: listOf(z.string()),
  resourceNames: listOf(z.string()),
});
const rulesReview = z.object({status: z.object({resourceRules: listOf(rule), incomplete: z.boolean().nullish()})});
const accessReview = z.object({status: z.object({allowed: z.boolean()})});

type Rule = z.output<typeof rule>;

const holds = (list: readonly string[], wanted: string): boolean => list.includes('*') || list.includes(wanted);

/** RBAC's own reading of a rule (kubernetes, pkg/apis/rbac/v1/evaluation_helpers.go). */
export const grants = ({verbs, apiGroups, resources: named, resourceNames}: Rule, right: Right): boolean => {
  const subresource = right.resource.includes('/')
    ? `*/${right.resource.slice(right.resource.indexOf('/') + 1)}`
    : null;
  return (
    holds(verbs, right.verb) &&
    holds(apiGroups, right.group) &&
    (holds(named, right.resource) || (subresource !== null && named.includes(subresource))) &&
    (resourceNames.length === 0 || (right.name !== null && resourceNames.includes(right.name)))
  );
};

const review = (resource: Ask['resource']): Ask => ({verb: 'create', resource, namespace: null, name: null});

/** `null`: this cluster cannot say it in one piece (a webhook authorizer, an old API server). */
const rulesIn = async (client: ApiClient, namespace: string, signal: AbortSignal): Promise<readonly Rule[] | null> => {
  const body = {apiVersion: 'authorization.k8s.io/v1', kind: 'SelfSubjectRulesReview', spec: {namespace}};
  const answer = await client.request(
    {
      ask: review(resources.RulesReview),
      body,
      kinds: ['SelfSubjectRulesReview'],
      schema: rulesReview,
      repeatable: true,
    },
    signal,
  );
  return answer.ok ? answer.value.status.resourceRules : null;
};

const isAllowed = async (client: ApiClient, right: Right, signal: AbortSignal): Promise<Known<boolean>> => {
  const [resource, subresource] = right.resource.split('/');
  const resourceAttributes = {
    verb: right.verb,
    group: right.group,
    resource,
    ...(subresource === undefined ? {} : {subresource}),
    ...(right.namespace === null ? {} : {namespace: right.namespace}),
    ...(right.name === null ? {} : {name: right.name}),
  };
  const body = {apiVersion: 'authorization.k8s.io/v1', kind: 'SelfSubjectAccessReview', spec: {resourceAttributes}};
  const answer = await client.request(
    {
      ask: review(resources.AccessReview),
      body,
      kinds: ['SelfSubjectAccessReview'],
      schema: accessReview,
      repeatable: true,
    },
    signal,
  );
  return answer.ok ? known(answer.value.status.allowed) : {known: false, why: answer.failure.why};
};

/** Rights without a namespace are never read from rules: those of a RoleBinding would seem to grant cluster-scoped resources. */
const notGrantedByRules = async (
  client: ApiClient,
  rights: readonly Right[],
  signal: AbortSignal,
): Promise<readonly Right[]> => {
  const namespaces = [...new Set(rights.flatMap(({namespace}) => (namespace === null ? [] : [namespace])))];
  const rules = new Map(
    await Promise.all(
      namespaces.map(async (namespace) => [namespace, await rulesIn(client, namespace, signal)] as const),
    ),
  );
  return rights.filter(
    (right) => right.namespace === null || !rules.get(right.namespace)?.some((granted) => grants(granted, right)),
  );
};

/** The rights of the list that are not there, in its order. */
export const missingRights = async (
  client: ApiClient,
  rights: readonly Right[],
  signal: AbortSignal,
): Promise<Known<readonly Right[]>> => {
  const open = await notGrantedByRules(client, rights, signal);
  const answers = await Promise.all(open.map((right) => isAllowed(client, right, signal)));
  const missing: Right[] = [];
  for (const [index, answer] of answers.entries()) {
    if (!answer.known) return answer;
    const right = open[index];
    if (!answer.value && right !== undefined) missing.push(right);
  }
  return known(missing);
};

/**
 * Which permissions are missing. One SelfSubjectRulesReview answers for all permissions in a namespace, where ten
 * SelfSubjectAccessReviews would be ten requests. Permissions that it does not show as granted are reviewed one by one.
 */
import * as z from 'zod';
import type {Known} from '../core/known.js';
import {known} from '../core/known.js';
import type {Permission} from '../core/observation/observation.js';
import type {ApiClient} from './api/client.js';
import type {Ask} from './api/resources.js';
import {resources} from './api/resources.js';
import {listOf} from './objects/metadata.js';
import {resourceAttributes} from './reviews.js';

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
export const grants = ({verbs, apiGroups, resources: named, resourceNames}: Rule, permission: Permission): boolean => {
  const subresource = permission.resource.includes('/')
    ? `*/${permission.resource.slice(permission.resource.indexOf('/') + 1)}`
    : null;
  return (
    holds(verbs, permission.verb) &&
    holds(apiGroups, permission.group) &&
    (holds(named, permission.resource) || (subresource !== null && named.includes(subresource))) &&
    (resourceNames.length === 0 || (permission.name !== null && resourceNames.includes(permission.name)))
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

const isAllowed = async (client: ApiClient, permission: Permission, signal: AbortSignal): Promise<Known<boolean>> => {
  const body = {
    apiVersion: 'authorization.k8s.io/v1',
    kind: 'SelfSubjectAccessReview',
    spec: {resourceAttributes: resourceAttributes(permission)},
  };
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

/** Permissions without a namespace are never read from rules: those of a RoleBinding would seem to grant cluster-scoped resources. */
const notGrantedByRules = async (
  client: ApiClient,
  permissions: readonly Permission[],
  signal: AbortSignal,
): Promise<readonly Permission[]> => {
  const namespaces = [...new Set(permissions.flatMap(({namespace}) => (namespace === null ? [] : [namespace])))];
  const rules = new Map(
    await Promise.all(
      namespaces.map(async (namespace) => [namespace, await rulesIn(client, namespace, signal)] as const),
    ),
  );
  return permissions.filter(
    (permission) =>
      permission.namespace === null || !rules.get(permission.namespace)?.some((granted) => grants(granted, permission)),
  );
};

/** The permissions of the list that are not granted, in its order. */
export const missingPermissions = async (
  client: ApiClient,
  permissions: readonly Permission[],
  signal: AbortSignal,
): Promise<Known<readonly Permission[]>> => {
  const open = await notGrantedByRules(client, permissions, signal);
  const answers = await Promise.all(open.map((permission) => isAllowed(client, permission, signal)));
  const missing: Permission[] = [];
  for (const [index, answer] of answers.entries()) {
    if (!answer.known) return answer;
    const permission = open[index];
    if (!answer.value && permission !== undefined) missing.push(permission);
  }
  return known(missing);
};

/** Reviews of tokens and permissions: created, answered at once, and never stored. */
import {isObject, type Json, type JsonObject} from '../json.js';
import type {Access, Action} from './access.js';
import type {ServerParts} from './caller.js';

const text = (object: JsonObject, key: string): string | null => {
  const value = object[key];
  return typeof value === 'string' && value !== '' ? value : null;
};

const objectIn = (object: JsonObject, key: string): JsonObject | null => {
  const value = object[key];
  return isObject(value) ? value : null;
};

const isAllowed = (access: Access, user: string, spec: JsonObject): boolean => {
  const path = objectIn(spec, 'nonResourceAttributes');
  if (path !== null) return access.allowsPath(user, text(path, 'verb') ?? '', text(path, 'path') ?? '');
  const asked = objectIn(spec, 'resourceAttributes') ?? {};
  const subresource = text(asked, 'subresource');
  return access.allows(user, {
    verb: text(asked, 'verb') ?? '',
    group: text(asked, 'group') ?? '',
    resource: `${text(asked, 'resource') ?? ''}${subresource === null ? '' : `/${subresource}`}`,
    namespace: text(asked, 'namespace'),
    name: text(asked, 'name'),
  });
};

const authorization = (kind: string, spec: JsonObject, status: JsonObject): Json => ({
  kind,
  apiVersion: 'authorization.k8s.io/v1',
  metadata: {},
  spec,
  status,
});

const reviewOwnAccess = ({access}: ServerParts, user: string, spec: JsonObject): Json =>
  authorization('SelfSubjectAccessReview', spec, {allowed: isAllowed(access, user, spec)});

/** About another user, by the name alone: the simulated rules know no groups. */
const reviewAccess = ({access}: ServerParts, _asking: string, spec: JsonObject): Json =>
  authorization('SubjectAccessReview', spec, {allowed: isAllowed(access, text(spec, 'user') ?? '', spec)});

/** The API server returns the token in the answer, and so does this one. */
const reviewToken = ({userOf}: ServerParts, _asking: string, spec: JsonObject): Json => {
  const token = text(spec, 'token');
  const user = token === null ? null : userOf(token);
  const status: JsonObject =
    user === null
      ? {user: {}, error: 'invalid bearer token'}
      : {authenticated: true, user: {username: user, uid: `uid-${user}`, groups: ['system:authenticated']}};
  return {kind: 'TokenReview', apiVersion: 'authentication.k8s.io/v1', metadata: {}, spec, status};
};

const reviewRules = ({access}: ServerParts, user: string, spec: JsonObject): Json => {
  const namespace = text(spec, 'namespace');
  const rules = access
    .rulesOf(user)
    .filter((rule) => rule.namespaces === undefined || (namespace !== null && rule.namespaces.includes(namespace)));
  return {
    kind: 'SelfSubjectRulesReview',
    apiVersion: 'authorization.k8s.io/v1',
    metadata: {},
    spec: {},
    status: {
      resourceRules: rules.map((rule) => ({
        verbs: [...rule.verbs],
        apiGroups: [...rule.groups],
        resources: [...rule.resources],
        ...(rule.names === undefined ? {} : {resourceNames: [...rule.names]}),
      })),
      nonResourceRules: [{verbs: ['get'], nonResourceURLs: ['/healthz', '/livez', '/readyz', '/version']}],
      incomplete: false,
    },
  };
};

/** One kind of review: where it is created, which permission that takes (`null`: everybody may ask about themselves), and its answer. */
export interface Review {
  readonly permission: Action | null;
  readonly answer: (parts: ServerParts, user: string, spec: JsonObject) => Json;
}

const toCreate = (group: string, resource: string): Action => ({
  verb: 'create',
  group,
  resource,
  namespace: null,
  name: null,
});

const reviews: ReadonlyMap<string, Review> = new Map([
  ['/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', {permission: null, answer: reviewOwnAccess}],
  ['/apis/authorization.k8s.io/v1/selfsubjectrulesreviews', {permission: null, answer: reviewRules}],
  [
    '/apis/authorization.k8s.io/v1/subjectaccessreviews',
    {permission: toCreate('authorization.k8s.io', 'subjectaccessreviews'), answer: reviewAccess},
  ],
  [
    '/apis/authentication.k8s.io/v1/tokenreviews',
    {permission: toCreate('authentication.k8s.io', 'tokenreviews'), answer: reviewToken},
  ],
]);

export const reviewAt = (path: string): Review | null => reviews.get(path) ?? null;

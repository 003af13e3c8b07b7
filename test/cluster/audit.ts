/** The API server's audit log, where the cluster keeps one and FRIGATE_HC_TEST_AUDIT_LOG names it: who really asked for what. */
import assert from 'node:assert/strict';
import {readFileSync} from 'node:fs';
import type {Permission} from '../../src/core/observation/observation.js';

export interface AuditedRequest {
  readonly verb: string;
  readonly requestURI: string;
  /** When the API server received it, RFC 3339. */
  readonly requestReceivedTimestamp?: string;
  readonly userAgent?: string;
  readonly user: {readonly username: string};
  readonly impersonatedUser?: {readonly username: string};
  readonly objectRef?: {
    readonly resource?: string;
    readonly subresource?: string;
    readonly apiGroup?: string;
    readonly namespace?: string;
    readonly name?: string;
  };
  readonly requestObject?: unknown;
  readonly responseStatus?: {readonly code?: number};
}

export const auditLog: string | null = process.env['FRIGATE_HC_TEST_AUDIT_LOG'] || null;

/** All requests that mention the text, oldest first. A last line that is still being written is left out. */
const audited = (text: string): readonly AuditedRequest[] =>
  readFileSync(auditLog ?? '', 'utf8')
    .split('\n')
    .slice(0, -1)
    .filter((line) => line.includes(text))
    .map((line) => JSON.parse(line) as AuditedRequest);

/** Every request of this program about the namespace. */
export const auditedIn = (namespace: string): readonly AuditedRequest[] =>
  audited(namespace).filter(
    ({userAgent, objectRef}) => userAgent === 'kubectl-frigate-health' && objectRef?.namespace === namespace,
  );

/** Every request that was made as this account, by itself or by somebody who impersonates it. */
export const auditedBy = (account: string): readonly AuditedRequest[] =>
  audited(account).filter(({user, impersonatedUser}) => (impersonatedUser ?? user).username === account);

/** Whether a request may change something. Forwarding and exec begin with a GET or a POST of their own subresource. */
export const isWrite = ({verb, objectRef}: AuditedRequest): boolean =>
  ['create', 'update', 'patch', 'delete', 'deletecollection'].includes(verb) &&
  !['exec', 'portforward', 'proxy'].includes(objectRef?.subresource ?? '');

/** Every patch of a workload that this program sent in the namespace, whatever the API server says became of it. */
export const patchesIn = (namespace: string): readonly AuditedRequest[] =>
  auditedIn(namespace).filter(
    ({verb, objectRef, requestURI}) =>
      verb === 'patch' && objectRef?.apiGroup === 'apps' && !requestURI.includes('dryRun'),
  );

/** Those that the API server says were carried out: the rollouts that this program caused. */
export const rolloutsIn = (namespace: string): readonly AuditedRequest[] =>
  patchesIn(namespace).filter(({responseStatus}) => (responseStatus?.code ?? 500) < 300);

const isUsedBy = (
  {verb, group, resource, namespace, name}: Permission,
  {verb: asked, objectRef = {}}: AuditedRequest,
): boolean => {
  const {subresource} = objectRef;
  const full = `${objectRef.resource ?? ''}${subresource === undefined ? '' : `/${subresource}`}`;
  return (
    verb === asked &&
    group === (objectRef.apiGroup ?? '') &&
    resource === full &&
    (namespace === null || namespace === objectRef.namespace) &&
    (name === null || name === objectRef.name)
  );
};

/** What everybody may who is known at all (ClusterRole system:basic-user): asking for one's own rights. */
const isReview = ({objectRef}: AuditedRequest): boolean =>
  objectRef?.apiGroup === 'authorization.k8s.io' && objectRef.resource?.startsWith('selfsubject') === true;

/** The name of a new object stands in its body alone; RBAC does not see it either. */
const inWords = ({verb, requestURI, responseStatus}: AuditedRequest): string =>
  `${verb} ${requestURI} → ${responseStatus?.code ?? '?'}`;

/**
 * That the account asked for nothing beyond these rights, was refused nothing, and which of them it never used: a right that
 * no circumstance needs does not belong in the Role.
 */
export const withinRights = (
  account: string,
  rights: readonly Permission[],
): {readonly unused: readonly Permission[]} => {
  const requests = auditedBy(account).filter((request) => !isReview(request));
  assert.ok(requests.length > 0, `the audit log has requests of ${account}`);
  assert.deepEqual(
    requests.filter((request) => !rights.some((right) => isUsedBy(right, request))).map(inWords),
    [],
    'asked for beyond the rights',
  );
  assert.deepEqual(requests.filter(({responseStatus}) => responseStatus?.code === 403).map(inWords), [], 'refused');
  return {unused: rights.filter((right) => !requests.some((request) => isUsedBy(right, request)))};
};

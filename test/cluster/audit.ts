/** The API server's audit log, where the cluster keeps one and FRIGATE_HC_TEST_AUDIT_LOG names it: who really asked for what. */
import {readFileSync} from 'node:fs';

export interface AuditedRequest {
  readonly verb: string;
  readonly requestURI: string;
  readonly userAgent?: string;
  readonly objectRef?: {readonly resource?: string; readonly subresource?: string; readonly namespace?: string; readonly name?: string};
  readonly requestObject?: unknown;
  readonly responseStatus?: {readonly code?: number};
}

export const auditLog: string | null = process.env['FRIGATE_HC_TEST_AUDIT_LOG'] || null;

/** Every request of this program about the namespace, oldest first. A last line that is still being written is left out. */
export const auditedIn = (file: string, namespace: string): readonly AuditedRequest[] =>
  readFileSync(file, 'utf8').split('\n').slice(0, -1)
    .filter((line) => line.includes(namespace))
    .map((line) => JSON.parse(line) as AuditedRequest)
    .filter(({userAgent, objectRef}) => userAgent === 'kubectl-frigate-health' && objectRef?.namespace === namespace);

/** Whether a request may change something. Forwarding and exec begin with a GET or a POST of their own subresource. */
export const isWrite = ({verb, objectRef}: AuditedRequest): boolean =>
  ['create', 'update', 'patch', 'delete', 'deletecollection'].includes(verb) && !['exec', 'portforward', 'proxy'].includes(objectRef?.subresource ?? '');

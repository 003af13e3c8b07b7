/** `Status` bodies, word for word as Kubernetes 1.34 writes them. */
import type {Json} from '../json.js';
import {qualified, type Resource} from './resources.js';

export interface StatusBody {
  readonly [field: string]: Json;
  readonly code: number;
  readonly reason: string;
}

const failure = (code: number, reason: string, message: string, details?: Json): StatusBody => ({
  kind: 'Status',
  apiVersion: 'v1',
  metadata: {},
  status: 'Failure',
  message,
  reason,
  ...(details === undefined ? {} : {details}),
  code,
});

const detailsOf = (resource: Resource, name?: string): Json => ({
  ...(name === undefined ? {} : {name}),
  ...(resource.group === '' ? {} : {group: resource.group}),
  kind: resource.plural,
});

export const notFound = (resource: Resource, name: string): StatusBody =>
  failure(404, 'NotFound', `${qualified(resource)} "${name}" not found`, detailsOf(resource, name));

export const alreadyExists = (resource: Resource, name: string): StatusBody =>
  failure(409, 'AlreadyExists', `${qualified(resource)} "${name}" already exists`, detailsOf(resource, name));

export const conflict = (
  resource: Resource,
  name: string,
  why = 'the object has been modified; please apply your changes to the latest version and try again',
): StatusBody =>
  failure(
    409,
    'Conflict',
    `Operation cannot be fulfilled on ${qualified(resource)} "${name}": ${why}`,
    detailsOf(resource, name),
  );

export const uidConflict = (resource: Resource, name: string, given: string, actual: string): StatusBody =>
  conflict(
    resource,
    name,
    `StorageError: invalid object, Code: 4, Key: /registry/${resource.plural}/${name}, ResourceVersion: 0, AdditionalErrorMsg: Precondition failed: UID in precondition: ${given}, UID in object meta: ${actual}`,
  );

/** A JSON Patch whose `test` failed or whose path is not there: the API server says no more than this. */
export const rejectedPatch = (): StatusBody =>
  failure(422, 'Invalid', 'the server rejected our request due to an error in our request', {});

export const invalid = (resource: Resource, name: string, field: string, message: string): StatusBody =>
  failure(
    422,
    'Invalid',
    `${resource.kind}${resource.group === '' ? '' : `.${resource.group}`} "${name}" is invalid: ${field}: ${message}`,
    {name, group: resource.group, kind: resource.kind, causes: [{reason: 'FieldValueInvalid', message, field}]},
  );

export const badRequest = (message: string): StatusBody => failure(400, 'BadRequest', message);

export const unauthorized = (): StatusBody => failure(401, 'Unauthorized', 'Unauthorized');

export const forbidden = (
  user: string,
  verb: string,
  resource: {readonly group: string; readonly plural: string},
  subresource: string | null,
  namespace: string | null,
  name: string | null,
): StatusBody => {
  const full = resource.group === '' ? resource.plural : `${resource.plural}.${resource.group}`;
  const asked = subresource === null ? resource.plural : `${resource.plural}/${subresource}`;
  const where = namespace === null ? 'at the cluster scope' : `in the namespace "${namespace}"`;
  return failure(
    403,
    'Forbidden',
    `${full}${name === null ? '' : ` "${name}"`} is forbidden: User "${user}" cannot ${verb} resource "${asked}" in API group "${resource.group}" ${where}`,
    {
      ...(name === null ? {} : {name}),
      ...(resource.group === '' ? {} : {group: resource.group}),
      kind: resource.plural,
    },
  );
};

export const methodNotAllowed = (): StatusBody =>
  failure(405, 'MethodNotAllowed', 'the server does not allow this method on the requested resource', {});

export const unsupportedMediaType = (): StatusBody =>
  failure(415, 'UnsupportedMediaType', '415: Unsupported Media Type', {});

export const expired = (asked: string, oldest: number): StatusBody =>
  failure(410, 'Expired', `too old resource version: ${asked} (${oldest})`);

export const continueExpired = (): StatusBody =>
  failure(
    410,
    'Expired',
    'The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter.',
  );

export const internalError = (message: string): StatusBody =>
  failure(500, 'InternalError', `Internal error occurred: ${message}`, {causes: [{message}]});

/** The pod proxy's own failure: the pod could not be reached. */
/** An aggregated API whose server is away. */
export const serviceUnavailable = (): StatusBody =>
  failure(503, 'ServiceUnavailable', 'the server is currently unable to handle the request');

export const proxyUnreachable = (why: string): StatusBody =>
  failure(503, 'ServiceUnavailable', `error trying to reach service: ${why}`);

/** An injected failure of the given code. */
export const injected = (code: number): StatusBody => {
  const reasons: Readonly<Record<number, readonly [string, string]>> = {
    401: ['Unauthorized', 'Unauthorized'],
    403: ['Forbidden', 'forbidden by a rule of the test'],
    409: [
      'Conflict',
      'Operation cannot be fulfilled: the object has been modified; please apply your changes to the latest version and try again',
    ],
    429: ['TooManyRequests', 'the server has received too many requests and has asked us to try again later'],
    500: ['InternalError', 'Internal error occurred: etcdserver: request timed out'],
    503: ['ServiceUnavailable', 'the server is currently unable to handle the request'],
    504: ['Timeout', 'Timeout: request did not complete within requested timeout - context deadline exceeded'],
  };
  const [reason, message] = reasons[code] ?? ['Unknown', `answered with ${code}`];
  return failure(code, reason, message, code === 429 ? {retryAfterSeconds: 1} : {});
};

export const deleted = (resource: Resource, name: string, uid: string): Json => ({
  kind: 'Status',
  apiVersion: 'v1',
  metadata: {},
  status: 'Success',
  details: {name, ...(resource.group === '' ? {} : {group: resource.group}), kind: resource.plural, uid},
});

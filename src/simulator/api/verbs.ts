/** The verbs on objects: get, list, create, replace, patch, delete, with preconditions and dry run. */
import {randomUUID} from 'node:crypto';
import {rfc3339, type Instant} from '../../core/time.js';
import {isObject, sameJson, without, type Json, type JsonObject} from '../json.js';
import {markDeleted} from '../control-plane/deletion.js';
import {managedAfter} from './managed-fields.js';
import {asPod, asWorkload, type Draft, type KubeObject} from './objects.js';
import {jsonPatch, mergePatch, strategicPatch} from './patch.js';
import {apiVersionOf, type Address, type Resource} from './resources.js';
import {fieldSelector, labelSelector, type Matcher} from './selectors.js';
import * as status from './status.js';
import type {ObjectStore} from './store.js';

export interface ObjectRequest {
  readonly address: Address;
  readonly query: URLSearchParams;
  readonly contentType: string;
  /** The body as it came. */
  readonly body: string;
  readonly manager: string;
  readonly at: Instant;
}

export interface ObjectAnswer {
  readonly code: number;
  readonly body: Json;
}

const failed = (body: status.StatusBody): ObjectAnswer => ({code: body.code, body});
// Objects are plain JSON by construction: what comes in is parsed JSON, what the controllers write is literal.
const asJson = (object: KubeObject): Json => object as unknown as Json;
const dataOf = (object: KubeObject): Json => {
  const json = asJson(object);
  return isObject(json) ? (json['data'] ?? null) : null;
};
const asDraft = (json: JsonObject): Draft['metadata'] => json;
const asObject = (json: Json): KubeObject => json as unknown as KubeObject;

const parsed = (text: string): Json | undefined => {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
};

const isDryRun = (request: ObjectRequest): boolean => request.query.getAll('dryRun').includes('All');

/** The filter of a list or a watch, or what is wrong with it. */
export const matcherOf = (
  resource: Resource,
  query: URLSearchParams,
):
  {readonly kind: 'filter'; readonly matches: Matcher} | {readonly kind: 'wrong'; readonly body: status.StatusBody} => {
  const labels = labelSelector(query.get('labelSelector') ?? '');
  const fields = fieldSelector(query.get('fieldSelector') ?? '', resource.kind);
  if (labels.kind === 'malformed') return {kind: 'wrong', body: status.badRequest(labels.message)};
  if (fields.kind === 'malformed') return {kind: 'wrong', body: status.badRequest(fields.message)};
  return {kind: 'filter', matches: (object) => labels.matches(object) && fields.matches(object)};
};

const list = (store: ObjectStore, request: ObjectRequest): ObjectAnswer => {
  const {resource, namespace} = request.address;
  const filter = matcherOf(resource, request.query);
  if (filter.kind === 'wrong') return failed(filter.body);
  const all = store.list(resource.plural, namespace).filter(filter.matches);
  const limit = Number(request.query.get('limit') ?? 0);
  const token = request.query.get('continue') ?? '';
  const [version = store.version, from = 0] = token === '' ? [] : token.split('-').map(Number);
  if (!(version > store.oldest || token === '') || !Number.isFinite(from)) return failed(status.continueExpired());
  const items = limit > 0 ? all.slice(from, from + limit) : all.slice(from);
  const left = all.length - from - items.length;
  return {
    code: 200,
    body: {
      kind: `${resource.kind}List`,
      apiVersion: apiVersionOf(resource),
      metadata: {
        resourceVersion: String(store.version),
        ...(left > 0 ? {continue: `${store.version}-${from + items.length}`, remainingItemCount: left} : {}),
      },
      // The items of a list carry no kind and no apiVersion of their own.
      items: items.map((item) => without(item, 'kind', 'apiVersion') as unknown as Json),
    },
  };
};

/** RFC 1123, which all names follow that matter here. */
const NAME = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;

/** What stands in the status of an object that has just been made; its controllers fill in the rest. */
const firstStatus = (resource: Resource): Readonly<Record<string, Json>> | null => {
  if (resource.group === 'apps' && resource.plural !== 'controllerrevisions') return {};
  return resource.plural === 'persistentvolumeclaims' ? {phase: 'Pending'} : null;
};

const create = (store: ObjectStore, request: ObjectRequest): ObjectAnswer => {
  const {resource, namespace} = request.address;
  const body = parsed(request.body);
  if (!isObject(body) || !isObject(body['metadata']))
    return failed(status.badRequest('the object provided is unrecognized (must be of type JSON)'));
  const metadata = {...asDraft(body['metadata']), ...(resource.namespaced && namespace !== null ? {namespace} : {})};
  if (metadata.name !== undefined && store.get(resource.plural, namespace, metadata.name) !== undefined)
    return failed(status.alreadyExists(resource, metadata.name));
  if (metadata.name !== undefined && !NAME.test(metadata.name))
    return failed(
      status.invalid(
        resource,
        metadata.name,
        'metadata.name',
        `Invalid value: ${JSON.stringify(metadata.name)}: a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.'`,
      ),
    );
  const first = firstStatus(resource);
  const draft: Draft = {
    ...body,
    ...(first === null ? {} : {status: first}),
    metadata: {...metadata, uid: randomUUID()},
  };
  const complete = store.completed(resource.plural, draft, request.at);
  const managedFields = managedAfter(null, complete, request.manager, rfc3339(request.at));
  if (isDryRun(request)) {
    return {
      code: 201,
      body: asJson({
        ...complete,
        metadata: {...without(complete.metadata, 'resourceVersion'), managedFields} as KubeObject['metadata'],
      }),
    };
  }
  return {
    code: 201,
    body: asJson(store.create(resource.plural, {...draft, metadata: {...draft.metadata, managedFields}}, request.at)),
  };
};

/** What may not be: another version, another uid, a template that the selector does not match. */
const objection = (resource: Resource, previous: KubeObject, next: KubeObject): status.StatusBody | null => {
  const {name} = previous.metadata;
  const version: unknown = next.metadata.resourceVersion;
  if (version !== undefined && version !== '' && version !== previous.metadata.resourceVersion)
    return status.conflict(resource, name);
  const uid: unknown = next.metadata.uid;
  if (typeof uid === 'string' && uid !== '' && uid !== previous.metadata.uid)
    return status.uidConflict(resource, name, uid, previous.metadata.uid);
  if (resource.plural === 'configmaps' && previous['immutable'] === true && !sameJson(dataOf(previous), dataOf(next))) {
    return status.invalid(resource, name, 'data', 'Forbidden: field is immutable when `immutable` is set');
  }
  if (['deployments', 'statefulsets', 'daemonsets', 'replicasets'].includes(resource.plural)) {
    const {spec} = asWorkload(next);
    const labels = spec.template.metadata.labels ?? {};
    if (Object.entries(spec.selector.matchLabels).some(([key, value]) => labels[key] !== value)) {
      return status.invalid(
        resource,
        name,
        'spec.template.metadata.labels',
        `Invalid value: ${JSON.stringify(labels)}: \`selector\` does not match template \`labels\``,
      );
    }
  }
  return null;
};

const write = (store: ObjectStore, request: ObjectRequest, previous: KubeObject, next: KubeObject): ObjectAnswer => {
  const {resource, namespace} = request.address;
  const objected = objection(resource, previous, next);
  if (objected !== null) return failed(objected);
  const {metadata} = next;
  const kept: KubeObject = {
    ...next,
    kind: previous.kind,
    apiVersion: previous.apiVersion,
    // A status is written by its own subresource only.
    ...(previous['status'] === undefined ? {} : {status: previous['status']}),
    metadata: {
      ...previous.metadata,
      ...(metadata.labels === undefined ? {labels: undefined} : {labels: metadata.labels}),
      ...(metadata.annotations === undefined ? {annotations: undefined} : {annotations: metadata.annotations}),
    } as KubeObject['metadata'],
  };
  const clean = JSON.parse(JSON.stringify(kept)) as KubeObject;
  const fields = managedAfter(previous, clean, request.manager, rfc3339(request.at));
  if (fields.length > 0) clean.metadata.managedFields = fields;
  if (isDryRun(request)) return {code: 200, body: asJson(clean)};
  const written = store.update(resource.plural, namespace, previous.metadata.name, (object) => {
    for (const key of Object.keys(object)) if (!(key in clean)) delete object[key];
    Object.assign(object, clean);
  });
  return {code: 200, body: asJson(written ?? clean)};
};

const replace = (store: ObjectStore, request: ObjectRequest, previous: KubeObject): ObjectAnswer => {
  const body = parsed(request.body);
  if (!isObject(body) || !isObject(body['metadata']))
    return failed(status.badRequest('the object provided is unrecognized (must be of type JSON)'));
  return write(store, request, previous, asObject(body));
};

const patch = (store: ObjectStore, request: ObjectRequest, previous: KubeObject): ObjectAnswer => {
  const kind = /^application\/(json-patch|merge-patch|strategic-merge-patch)\+json/.exec(request.contentType)?.[1];
  if (kind === undefined) return failed(status.unsupportedMediaType());
  const body = parsed(request.body);
  if (body === undefined)
    return failed(status.badRequest('error decoding patch: invalid character looking for beginning of value'));
  const before = asJson(previous);
  const after =
    kind === 'json-patch'
      ? jsonPatch(before, body)
      : kind === 'merge-patch'
        ? mergePatch(before, body)
        : strategicPatch(before, body);
  if (!isObject(after) || !isObject(after['metadata'])) return failed(status.rejectedPatch());
  return write(store, request, previous, asObject(after));
};

const remove = (store: ObjectStore, request: ObjectRequest, previous: KubeObject): ObjectAnswer => {
  const {resource, namespace} = request.address;
  const {name, uid} = previous.metadata;
  const options = request.body === '' ? {} : parsed(request.body);
  const preconditions = isObject(options) && isObject(options['preconditions']) ? options['preconditions'] : {};
  const wanted = preconditions['uid'];
  if (typeof wanted === 'string' && wanted !== uid) {
    return failed(
      status.conflict(
        resource,
        name,
        `the UID in the precondition (${wanted}) does not match the UID in record (${uid}). The object might have been deleted and then recreated`,
      ),
    );
  }
  if (isDryRun(request)) return {code: 200, body: status.deleted(resource, name, uid)};
  if (resource.plural === 'pods') {
    markDeleted(store, asPod(previous), request.at);
    return {code: 200, body: asJson(store.get('pods', namespace, name) ?? previous)};
  }
  store.delete(resource.plural, namespace, name);
  return {code: 200, body: status.deleted(resource, name, uid)};
};

/** Answers a request for objects; its authorization was checked before. */
export const answerObjects = (store: ObjectStore, method: string, request: ObjectRequest): ObjectAnswer => {
  const {resource, namespace, name} = request.address;
  if (name === null) {
    if (method === 'GET') return list(store, request);
    return method === 'POST' ? create(store, request) : failed(status.methodNotAllowed());
  }
  const previous = store.get(resource.plural, namespace, name);
  if (previous === undefined) return failed(status.notFound(resource, name));
  switch (method) {
    case 'GET':
      return {code: 200, body: asJson(previous)};
    case 'PUT':
      return replace(store, request, previous);
    case 'PATCH':
      return patch(store, request, previous);
    case 'DELETE':
      return remove(store, request, previous);
    default:
      return failed(status.methodNotAllowed());
  }
};

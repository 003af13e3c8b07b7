/** Requests that go through the API server to a pod: its log, its proxy, exec and port-forward. */
import {request as httpRequest, type IncomingHttpHeaders} from 'node:http';
import type {Clock} from '../clock.js';
import {without} from '../json.js';
import {frigateContainer, asPod, type PodObject} from '../api/objects.js';
import type {PodLife} from './kubelet.js';
import {logQuery, streamLog, type Chatter} from './pod-log.js';
import type {Simulation} from '../simulation.js';
import * as status from '../api/status.js';
import type {ObjectStore} from '../api/store.js';
import {resourceNamed} from '../api/resources.js';
import type {ContainerView} from './command.js';
import type {Run} from '../frigate.js';

/** Frigate's port inside its pod. */
const FRIGATE_PORT = 5000;
/** Its kubelet, as the API server dials it. */
const KUBELET = '192.168.1.10:10250';

export interface PodAccess {
  readonly store: ObjectStore;
  readonly simulation: Simulation;
  readonly clock: Clock;
  readonly chatter: () => Chatter | null;
}

export type PodAnswer =
  | {readonly kind: 'status'; readonly body: status.StatusBody}
  | {readonly kind: 'stream'; readonly type: string; readonly parts: AsyncIterable<string>}
  | {readonly kind: 'relayed'; readonly code: number; readonly headers: IncomingHttpHeaders; readonly body: Buffer};

const failed = (body: status.StatusBody): PodAnswer => ({kind: 'status', body});

const findPod = (access: PodAccess, namespace: string, name: string): PodObject | null => {
  const pod = access.store.get('pods', namespace, name);
  return pod === undefined ? null : asPod(pod);
};

const noPod = (name: string): status.StatusBody => status.notFound(resourceNamed('pods'), name);

/** The container that is meant: the named one, the only one, or an error in the words of the API server. */
const chooseContainer = (pod: PodObject, wanted: string | null): string | status.StatusBody => {
  const names = pod.spec.containers.map((container) => container.name);
  if (wanted !== null && wanted !== '')
    return names.includes(wanted)
      ? wanted
      : status.badRequest(`container ${wanted} is not valid for pod ${pod.metadata.name}`);
  const [only] = names;
  return only !== undefined && names.length === 1
    ? only
    : status.badRequest(
        `a container name must be specified for pod ${pod.metadata.name}, choose one of: [${names.join(' ')}]`,
      );
};

const unreachableKubelet = (pod: PodObject, what: string): status.StatusBody =>
  status.internalError(
    `Get "https://${KUBELET}/${what}/${pod.metadata.namespace ?? ''}/${pod.metadata.name}": dial tcp ${KUBELET}: connect: no route to host`,
  );

/**
 * Where a port of the pod answers in truth: Frigate's own, the one that the pod's address is dialled on, and the one that nginx was
 * moved to. `from`: an address that is 127.0.0.1 alone is reached from inside the pod (exec, port-forward), not by the proxy.
 */
export const serverFor = (
  simulation: Simulation,
  life: PodLife | undefined,
  port: number,
  from: 'inside' | 'outside',
): {readonly host: string; readonly port: number} | null => {
  if (life === undefined || simulation.nodeIsDead) return null;
  const server = simulation.serverOf(life);
  const listening = simulation.listeningOf(life);
  if (server === undefined || listening === null) return null;
  const usual = listening.port === FRIGATE_PORT && !listening.local;
  if (usual) return port === FRIGATE_PORT || port === simulation.port ? server : null;
  const moved = server.movedPort();
  return port === listening.port && moved !== null && (from === 'inside' || !listening.local)
    ? {host: server.host, port: moved}
    : null;
};

/** Why a container that never ran has no log. */
const notStarted = (pod: PodObject, container: string): status.StatusBody => {
  const reason = pod.status.containerStatuses?.find((one) => one.name === container)?.state['waiting']?.['reason'];
  const why =
    reason === 'ImagePullBackOff'
      ? 'trying and failing to pull image'
      : typeof reason === 'string'
        ? reason
        : 'no node';
  return status.badRequest(`container "${container}" in pod "${pod.metadata.name}" is waiting to start: ${why}`);
};

/** The run whose log is meant: of the container that runs or ran last, or of the one before it. */
const loggedRun = (access: PodAccess, life: PodLife | undefined, previous: boolean): (() => Run | null) | null => {
  const ended = life?.containers.findLast((one) => one.end !== null)?.end?.run;
  if (previous) return ended === undefined ? null : () => ended;
  if (life === undefined || life.containers.length === 0) return null;
  return () => access.simulation.kubelet.currentRun(life) ?? ended ?? null;
};

const logObjection = (access: PodAccess, pod: PodObject, query: URLSearchParams): status.StatusBody | null => {
  if (query.has('sinceSeconds') && query.has('sinceTime')) {
    return status.badRequest(
      'PodLogOptions is invalid: []: Forbidden: at most one of `sinceTime` or `sinceSeconds` may be specified',
    );
  }
  return access.simulation.nodeIsDead ? unreachableKubelet(pod, 'containerLogs') : null;
};

export const podLog = (
  access: PodAccess,
  namespace: string,
  name: string,
  query: URLSearchParams,
  signal: AbortSignal,
): PodAnswer => {
  const pod = findPod(access, namespace, name);
  if (pod === null) return failed(noPod(name));
  const container = chooseContainer(pod, query.get('container'));
  if (typeof container !== 'string') return failed(container);
  const objection = logObjection(access, pod, query);
  if (objection !== null) return failed(objection);
  const asked = logQuery(query, access.clock.now());
  if (asked === null) return failed(status.badRequest('v1.PodLogOptions: parsing time: cannot parse'));
  const stream = (run: () => Run | null, chatter: Chatter | null): PodAnswer => ({
    kind: 'stream',
    type: 'text/plain',
    parts: streamLog(run, asked, chatter, access.clock, signal),
  });
  // A container beside Frigate's says nothing.
  if (container !== frigateContainer(pod.spec)?.name) return stream(() => null, null);
  const previous = query.get('previous') === 'true';
  const run = loggedRun(access, access.simulation.lifeOf(namespace, name), previous);
  if (run !== null) return stream(run, previous ? null : access.chatter());
  return failed(
    previous
      ? status.badRequest(`previous terminated container "${container}" in pod "${name}" not found`)
      : notStarted(pod, container),
  );
};

/** `name`, `name:port`, `http:name:port`. */
const proxyTarget = (name: string): {readonly pod: string; readonly port: number} => {
  const parts = name.split(':');
  const bare = parts[0] === 'http' || parts[0] === 'https' ? parts.slice(1) : parts;
  return {pod: bare[0] ?? '', port: Number(bare[1] ?? 80)};
};

export const podProxy = (
  access: PodAccess,
  namespace: string,
  name: string,
  path: string,
  headers: IncomingHttpHeaders,
  signal: AbortSignal,
): Promise<PodAnswer> => {
  const target = proxyTarget(name);
  if (findPod(access, namespace, target.pod) === null) return Promise.resolve(failed(noPod(target.pod)));
  const life = access.simulation.lifeOf(namespace, target.pod);
  const address = `${life?.ip ?? '10.42.0.7'}:${target.port}`;
  if (access.simulation.nodeIsDead)
    return Promise.resolve(failed(status.proxyUnreachable(`dial tcp ${address}: connect: no route to host`)));
  const refused = failed(status.proxyUnreachable(`dial tcp ${address}: connect: connection refused`));
  const server = serverFor(access.simulation, life, target.port, 'outside');
  if (server === null) return Promise.resolve(refused);
  return new Promise((resolve) => {
    const passed = without(headers, 'host', 'authorization', 'connection');
    const request = httpRequest(
      {host: server.host, port: server.port, path, headers: passed, agent: false, signal},
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => {
          resolve({
            kind: 'relayed',
            code: response.statusCode ?? 502,
            headers: response.headers,
            body: Buffer.concat(chunks),
          });
        });
      },
    );
    request.on('error', (error: NodeJS.ErrnoException) => {
      resolve(
        error.code === 'ECONNREFUSED'
          ? refused
          : failed(status.proxyUnreachable(`read tcp 192.168.1.1:41230->${address}: read: connection reset by peer`)),
      );
    });
    request.end();
  });
};

/** What an exec meets: the container, or why there is none. */
export const execView = (
  access: PodAccess,
  namespace: string,
  name: string,
  wanted: string | null,
): {readonly view: ContainerView} | {readonly failure: status.StatusBody} => {
  const found = findPod(access, namespace, name);
  if (found === null) return {failure: noPod(name)};
  const container = chooseContainer(found, wanted);
  if (typeof container !== 'string') return {failure: container};
  if (access.simulation.nodeIsDead) return {failure: unreachableKubelet(found, 'exec')};
  const life = access.simulation.lifeOf(namespace, name);
  const run = life === undefined ? null : access.simulation.kubelet.currentRun(life);
  if (life === undefined || run === null)
    return {failure: status.internalError(`unable to upgrade connection: container not found ("${container}")`)};
  return {
    view: {
      run,
      clock: access.clock,
      dial: (port) => serverFor(access.simulation, life, port, 'inside'),
    },
  };
};

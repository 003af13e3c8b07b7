/** The interface `Cluster` over the Kubernetes API: each question in its own file, put together here. */
import * as z from 'zod';
import type {Known} from '../core/known.js';
import {known} from '../core/known.js';
import {SERVE_LABELS} from '../core/serving.js';
import type {Workload} from '../core/observation/workload.js';
import type {Answer, ApiClient} from './api/client.js';
import {listAll} from './api/pages.js';
import {resources} from './api/resources.js';
import type {Cluster} from './cluster.js';
import type {Credentials} from './credentials/connection.js';
import {selectorText} from './label-selector.js';
import {metadata} from './objects/metadata.js';
import {nodeObject} from './objects/node.js';
import {claimObject, cronJobObject, daemonObject} from './objects/others.js';
import {exec} from './pods/exec.js';
import {openLog} from './pods/log.js';
import {readMemoryUse} from './pods/metrics.js';
import {forwardPort} from './pods/port-forward.js';
import {proxyGet} from './pods/proxy.js';
import {listServingPods} from './pods/serving.js';
import {missingPermissions} from './granted-permissions.js';
import {listEventsOf} from './workloads/events.js';
import {accessReviews} from './reviews.js';
import {createAccountToken, userToken} from './tokens.js';
import {searchWorkload} from './workloads/find.js';
import {listFrigates} from './workloads/frigates.js';
import {locate} from './workloads/locate.js';
import {listPodsOf} from './workloads/pods.js';
import type {Lineage} from './workloads/revisions.js';
import type {Breadth} from './watch/shared-stream.js';
import {streamsOver} from './watch/streams.js';
import type {Supervision} from './watch/supervise.js';
import {watchesOver} from './watch/watches.js';
import {createConfigMap, readConfigMap, replaceConfigMap} from './writes/config-maps.js';
import {createLease, readLease, replaceLease} from './writes/leases.js';
import {annotate} from './writes/annotate.js';
import {restart} from './writes/restart.js';

const namespaceName = z.object({metadata}).transform(({metadata: {name}}) => name);

/**
 * A workload is found just before its pods are listed: its lineage is kept, so that it is not listed twice in one pass.
 * It is used once: following a rollout needs the current revisions.
 */
const lineages = (
  client: ApiClient,
): {keep(lineage: Lineage): void; of(workload: Workload, signal: AbortSignal): Promise<Lineage>} => {
  const kept = new Map<string, Lineage>();
  const keep = (lineage: Lineage): void => void kept.set(lineage.uid, lineage);
  return {
    keep,
    async of(workload, signal) {
      const lineage = kept.get(workload.uid);
      kept.delete(workload.uid);
      if (lineage !== undefined) return lineage;
      const {namespace, name, kind, uid} = workload;
      const search = await searchWorkload(client, {namespace, name, kind, podSelector: null, exact: true}, signal);
      return search.lineage?.uid === uid ? search.lineage : {kind, name, uid, revisions: null, currentHash: null};
    },
  };
};

/** `shared`: one stream for all watches of a kind, so wide; `null`: each watch has its own. */
export const apiCluster = (
  credentials: Credentials,
  client: ApiClient,
  supervision: Supervision,
  shared: Breadth | null = null,
): Cluster => {
  const foundLineages = lineages(client);

  const answered = <T>(answer: Answer<T>): Known<T> =>
    answer.ok ? known(answer.value) : {known: false, why: answer.failure.why};

  return {
    context: credentials.context,
    server: credentials.server,
    defaultNamespace: credentials.namespace,
    inCluster: credentials.inCluster,
    serverTime: () => client.clock.now(),

    locate: (query, signal) => locate(client, query, signal),
    async findWorkload(query, signal) {
      const {result, lineage} = await searchWorkload(client, query, signal);
      if (lineage !== null) foundLineages.keep(lineage);
      return result;
    },
    listPods: (workload, signal) => listPodsOf(client, workload, foundLineages.of(workload, signal), signal),
    readNode: (name, signal) =>
      client
        .request(
          {ask: {verb: 'get', resource: resources.Node, namespace: null, name}, kinds: ['Node'], schema: nodeObject},
          signal,
        )
        .then(answered),
    listEvents: (workload, signal) => listEventsOf(client, workload, () => client.clock.now(), signal),
    async listClaims(namespace, names, signal) {
      if (names.length === 0) return known([]);
      return answered(
        await listAll(
          client,
          {
            ask: {verb: 'list', resource: resources.PersistentVolumeClaim, namespace, name: null},
            kinds: ['PersistentVolumeClaimList'],
            item: claimObject,
            keep: ({name}) => names.includes(name),
          },
          signal,
        ),
      );
    },
    missingPermissions: (permissions, signal) => missingPermissions(client, permissions, signal),
    async listNamespaces(signal) {
      return answered(
        await listAll(
          client,
          {
            ask: {verb: 'list', resource: resources.Namespace, namespace: null, name: null},
            kinds: ['NamespaceList'],
            item: namespaceName,
          },
          signal,
        ),
      );
    },
    async readObject({kind, namespace, name}, signal) {
      const answer = await client.request(
        {ask: {verb: 'get', resource: resources[kind], namespace, name}, kinds: [kind], schema: z.looseObject({})},
        signal,
      );
      if (answer.ok) return known(answer.value);
      return answer.failure.status === 404 ? known(null) : {known: false, why: answer.failure.why};
    },
    async readCronJob(namespace, name, signal) {
      const answer = await client.request(
        {ask: {verb: 'get', resource: resources.CronJob, namespace, name}, kinds: ['CronJob'], schema: cronJobObject},
        signal,
      );
      if (!answer.ok) return answer.failure.status === 404 ? known(null) : {known: false, why: answer.failure.why};
      // Loaded here, so that a pass, which asks for no CronJob, does not load the cron library.
      const {intervalOf} = await import('./cron-schedule.js');
      return known({...answer.value, interval: intervalOf(answer.value.schedule)});
    },

    async readDaemon(namespace, signal) {
      const listed = await listAll(
        client,
        {
          ask: {verb: 'list', resource: resources.Deployment, namespace, name: null},
          query: {
            labelSelector: selectorText({matchLabels: SERVE_LABELS, matchExpressions: []}),
          },
          kinds: ['DeploymentList'],
          item: daemonObject,
        },
        signal,
      );
      const answer = answered(listed);
      return answer.known ? known(answer.value.find((daemon) => daemon !== null) ?? null) : answer;
    },

    readMemoryUse: (address, signal) => readMemoryUse(client, address, signal),
    openLog: (request, signal) => openLog(client, request, signal),
    exec: (address, command, options) => exec(client, address, command, options),
    proxyGet: (namespace, pod, port, path, options) => proxyGet(client, {namespace, pod, port, path}, options),
    forwardPort: (namespace, pod, port, signal) => forwardPort(client, {namespace, pod, port}, signal),

    readConfigMap: (namespace, name, signal) => readConfigMap(client, namespace, name, signal),
    createConfigMap: (namespace, name, data, signal) => createConfigMap(client, namespace, name, data, signal),
    replaceConfigMap: (previous, data, signal) => replaceConfigMap(client, previous, data, signal),
    restart: (patch, signal) => restart(client, patch, signal),
    annotate: (patch, signal) => annotate(client, patch, signal),

    readLease: (namespace, name, signal) => readLease(client, namespace, name, signal),
    createLease: (namespace, name, record, signal) => createLease(client, namespace, name, record, signal),
    replaceLease: (previous, record, signal) => replaceLease(client, previous, record, signal),
    listServingPods: (namespace, labels, signal) => listServingPods(client, namespace, labels, signal),
    createAccountToken: (request, signal) => createAccountToken(client, request, signal),
    userToken: userToken(client),
    listFrigates: (query, signal) => listFrigates(client, query, signal),

    watches: watchesOver(client, streamsOver(client, supervision, shared), supervision.timers),
    reviews: accessReviews(client),

    close: () => client.close(),
  };
};

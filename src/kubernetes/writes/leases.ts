/** Leases by compare-and-swap on their resourceVersion: of two replicas that want the same one, one gets a conflict. */
import type {Known} from '../../core/known.js';
import {known} from '../../core/known.js';
import type {ApiClient} from '../api/client.js';
import type {Ask} from '../api/resources.js';
import {resources} from '../api/resources.js';
import type {Lease, LeaseRecord, WriteOutcome} from '../cluster.js';
import {ADDRESS_ANNOTATION, leaseObject} from '../objects/lease.js';
import {FIELD_MANAGER} from './config-maps.js';
import {outcomeOf} from './outcome.js';

const query = {fieldManager: FIELD_MANAGER};

const asking = (verb: Ask['verb'], namespace: string, name: string | null): Ask => ({
  verb,
  resource: resources.Lease,
  namespace,
  name,
});

const specOf = ({holder, durationSeconds, acquiredAt, renewedAt, transitions}: LeaseRecord): object => ({
  holderIdentity: holder ?? '',
  leaseDurationSeconds: durationSeconds,
  acquireTime: acquiredAt,
  renewTime: renewedAt,
  leaseTransitions: transitions,
});

const metadataOf = ({address}: LeaseRecord): object => ({
  labels: {'app.kubernetes.io/managed-by': FIELD_MANAGER},
  ...(address === null ? {} : {annotations: {[ADDRESS_ANNOTATION]: address}}),
});

/** `null`: there is none. */
export const readLease = async (
  client: ApiClient,
  namespace: string,
  name: string,
  signal: AbortSignal,
): Promise<Known<Lease | null>> => {
  const answer = await client.request(
    {ask: asking('get', namespace, name), kinds: ['Lease'], schema: leaseObject},
    signal,
  );
  if (answer.ok) return known(answer.value);
  return answer.failure.status === 404 ? known(null) : {known: false, why: answer.failure.why};
};

/** One that is there already is a conflict: another replica was first. */
export const createLease = async (
  client: ApiClient,
  namespace: string,
  name: string,
  record: LeaseRecord,
  signal: AbortSignal,
): Promise<WriteOutcome<Lease>> =>
  outcomeOf(
    await client.request(
      {
        ask: asking('create', namespace, null),
        query,
        body: {
          apiVersion: 'coordination.k8s.io/v1',
          kind: 'Lease',
          metadata: {name, namespace, ...metadataOf(record)},
          spec: specOf(record),
        },
        kinds: ['Lease'],
        schema: leaseObject,
      },
      signal,
    ),
  );

/** The Lease must be the very one that was read, unchanged. One that is gone is a conflict too. */
export const replaceLease = async (
  client: ApiClient,
  {name, namespace, uid, resourceVersion}: Lease,
  record: LeaseRecord,
  signal: AbortSignal,
): Promise<WriteOutcome<Lease>> => {
  const answer = await client.request(
    {
      ask: asking('update', namespace, name),
      query,
      body: {
        apiVersion: 'coordination.k8s.io/v1',
        kind: 'Lease',
        metadata: {name, namespace, uid, resourceVersion, ...metadataOf(record)},
        spec: specOf(record),
      },
      kinds: ['Lease'],
      schema: leaseObject,
    },
    signal,
  );
  return !answer.ok && answer.failure.status === 404
    ? {kind: 'conflict', why: `${answer.failure.why.message} (it was deleted in between)`}
    : outcomeOf(answer);
};

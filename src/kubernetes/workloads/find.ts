/**
 * The search for the one workload (FRG-201), in as few round trips as can be:
 * a Deployment by name is one round trip of two requests (itself, and the ReplicaSets' metadata of its namespace);
 * a StatefulSet or DaemonSet by name two of five; discovery two of four.
 */
import {note} from '../../core/fix.js';
import type {Known} from '../../core/known.js';
import {known, unknown} from '../../core/known.js';
import {
  byNamespaceAndName,
  singleWorkload,
  type Candidate,
  type Workload,
  type WorkloadKind,
  type WorkloadSearch,
} from '../../core/observation/workload.js';
import type {Instant} from '../../core/time.js';
import type {ApiClient} from '../api/client.js';
import {listAll} from '../api/pages.js';
import {resources} from '../api/resources.js';
import type {WorkloadQuery} from '../cluster.js';
import {parseSelector} from '../label-selector.js';
import type {FoundWorkload} from '../objects/workload.js';
import {foundWorkload, workloadObject} from '../objects/workload.js';
import type {Discovery} from './discovery.js';
import {discover} from './discovery.js';
import type {Lineage, Revision} from './revisions.js';
import {listRevisions, revisionsOf} from './revisions.js';

type RevisionAnswer = Awaited<ReturnType<typeof listRevisions>>;

const KINDS: readonly WorkloadKind[] = ['Deployment', 'StatefulSet', 'DaemonSet'];

/** What a search came to, with the lineage that `listPods` needs next. */
export interface Search {
  readonly result: Known<WorkloadSearch>;
  readonly lineage: Lineage | null;
}

const candidateOf = ({kind, namespace, name, desiredReplicas}: FoundWorkload): Candidate => ({
  kind,
  namespace,
  name,
  replicas: desiredReplicas,
});

/** `null`: there is none of this name and kind. */
const getOne = async (
  client: ApiClient,
  kind: WorkloadKind,
  namespace: string,
  name: string,
  signal: AbortSignal,
): Promise<Known<FoundWorkload | null>> => {
  const answer = await client.request(
    {ask: {verb: 'get', resource: resources[kind], namespace, name}, kinds: [kind], schema: workloadObject},
    signal,
  );
  if (answer.ok) return known(foundWorkload(kind, answer.value));
  return answer.failure.status === 404 ? known(null) : {known: false, why: answer.failure.why};
};

const listKind = async (
  client: ApiClient,
  kind: WorkloadKind,
  namespace: string | null,
  signal: AbortSignal,
): Promise<Known<readonly FoundWorkload[]>> => {
  const item = workloadObject.transform((object) => foundWorkload(kind, object));
  const answer = await listAll(
    client,
    {ask: {verb: 'list', resource: resources[kind], namespace, name: null}, kinds: [`${kind}List`], item},
    signal,
  );
  return answer.ok ? known(answer.value) : {known: false, why: answer.failure.why};
};

const newestFirst = (revisions: readonly Revision[]): readonly Instant[] =>
  revisions.flatMap(({createdAt}) => (createdAt === null ? [] : [createdAt])).sort((a, b) => b - a);

/** Until the controller has observed the newest template there is no revision of it, and no pod is known to be current. */
const currentHashOf = (
  found: FoundWorkload,
  workload: Workload,
  revisions: readonly Revision[] | null,
): string | null => {
  if (workload.observedGeneration !== null && workload.observedGeneration < workload.generation) return null;
  return found.updateRevision ?? revisions?.[0]?.hash ?? null;
};

const describeFound = (found: FoundWorkload, revisionAnswer: RevisionAnswer): Search => {
  const {workload} = found;
  if (workload === null)
    return {
      result: known({
        found: 'no-container',
        candidate: candidateOf(found),
        containers: found.containers.map(({name}) => name),
      }),
      lineage: null,
    };
  const revisions = revisionAnswer.ok ? revisionsOf(found.kind, found.uid, revisionAnswer.value) : null;
  const complete: Workload = {...workload, revisions: newestFirst(revisions ?? [])};
  return {
    result: known({found: 'one', workload: complete}),
    lineage: {
      kind: found.kind,
      name: found.name,
      uid: found.uid,
      revisions,
      currentHash: currentHashOf(found, workload, revisions),
    },
  };
};

const none = (searchedFor: string): Search => ({result: known({found: 'none', searchedFor}), lineage: null});
const several = (candidates: readonly Candidate[]): Search => ({
  result: known({found: 'several', candidates: candidates.toSorted(byNamespaceAndName)}),
  lineage: null,
});

type Lookup = {readonly kind: 'missing'} | {readonly kind: 'search'; readonly search: Search};

const settled = (search: Search): Lookup => ({kind: 'search', search});

const lookUp = async (
  client: ApiClient,
  kinds: readonly WorkloadKind[],
  {namespace, name}: {readonly namespace: string; readonly name: string},
  signal: AbortSignal,
  also: readonly FoundWorkload[] = [],
): Promise<Lookup> => {
  const everywhere = {namespace, selector: null};
  const [answers, replicaSets, controllerRevisions] = await Promise.all([
    Promise.all(kinds.map((kind) => getOne(client, kind, namespace, name, signal))),
    kinds.includes('Deployment') ? listRevisions(client, 'Deployment', everywhere, signal) : null,
    kinds.some((kind) => kind !== 'Deployment') ? listRevisions(client, 'StatefulSet', everywhere, signal) : null,
  ]);
  const hits: FoundWorkload[] = [...also];
  for (const answer of answers) {
    if (!answer.known) return settled({result: answer, lineage: null});
    if (answer.value !== null) hits.push(answer.value);
  }
  const [hit, ...others] = hits;
  if (hit === undefined) return {kind: 'missing'};
  if (others.length > 0) return settled(several(hits.map(candidateOf)));
  const revisionAnswer = hit.kind === 'Deployment' ? replicaSets : controllerRevisions;
  return settled(describeFound(hit, revisionAnswer ?? (await listRevisions(client, hit.kind, everywhere, signal))));
};

/**
 * By name: as a Deployment first, which nearly all are, then as the other two. A Deployment with 0 replicas
 * may be left over from a move to a StatefulSet, so the other kinds are searched as well.
 */
const findNamed = async (
  client: ApiClient,
  kind: WorkloadKind | null,
  wanted: {readonly namespace: string; readonly name: string},
  signal: AbortSignal,
): Promise<Lookup> => {
  if (kind !== null) return lookUp(client, [kind], wanted, signal);
  const deployment = await lookUp(client, ['Deployment'], wanted, signal);
  const others: readonly WorkloadKind[] = ['StatefulSet', 'DaemonSet'];
  if (deployment.kind === 'missing') return lookUp(client, others, wanted, signal);
  const found = singleWorkload(deployment.search.result);
  if (found === null || found.desiredReplicas > 0) return deployment;
  const rival = await lookUp(client, others, wanted, signal);
  if (rival.kind === 'missing') return deployment;
  const other = singleWorkload(rival.search.result);
  if (other === null) return rival;
  return settled(
    several([found, other].map(({kind, desiredReplicas}) => ({kind, ...wanted, replicas: desiredReplicas}))),
  );
};

const describeDiscovery = async (
  client: ApiClient,
  discovery: Discovery,
  searchedFor: string,
  signal: AbortSignal,
): Promise<Search> => {
  if (discovery.found === 'none') return none(searchedFor);
  if (discovery.found === 'several') return several(discovery.candidates.map(candidateOf));
  const {candidate} = discovery;
  return describeFound(
    candidate,
    await listRevisions(
      client,
      candidate.kind,
      {namespace: candidate.namespace, selector: candidate.workload?.selector ?? null},
      signal,
    ),
  );
};

const wantedBy = ({name, exact, podSelector}: WorkloadQuery): string => {
  const marks = podSelector ?? 'one with the labels or the image of Frigate';
  if (name === null) return marks;
  return exact === true ? `${name}, ${marks}` : `one named ${name}, or ${marks}`;
};

const discoverIn = async (client: ApiClient, query: WorkloadQuery, signal: AbortSignal): Promise<Search> => {
  const narrowed = query.podSelector === null ? null : parseSelector(query.podSelector);
  if (query.podSelector !== null && narrowed === null)
    return {
      result: unknown('failed', `the label selector "${query.podSelector}" is invalid`, [
        note('Use the syntax of kubectl: app=frigate,tier!=test.'),
      ]),
      lineage: null,
    };
  const kinds = query.kind === null ? KINDS : [query.kind];
  const lists = await Promise.all(kinds.map((kind) => listKind(client, kind, query.namespace, signal)));
  const candidates: FoundWorkload[] = [];
  for (const list of lists) {
    // An incomplete list cannot prove "exactly one".
    if (!list.known) return {result: list, lineage: null};
    candidates.push(
      ...list.value.filter(({name}) => query.exact !== true || query.name === null || name === query.name),
    );
  }
  const where = query.namespace === null ? 'any namespace' : `namespace ${query.namespace}`;
  return describeDiscovery(
    client,
    discover(candidates, narrowed),
    `${kinds.join(', ')} in ${where}: ${wantedBy(query)}`,
    signal,
  );
};

/** Finds the workload that the query means. */
export const searchWorkload = async (client: ApiClient, query: WorkloadQuery, signal: AbortSignal): Promise<Search> => {
  const {namespace, name, kind} = query;
  if (name === null || namespace === null) return discoverIn(client, query, signal);
  const named = await findNamed(client, kind, {namespace, name}, signal);
  if (named.kind === 'search') return named.search;
  if (query.exact === true) return none(`${kind ?? KINDS.join(', ')} ${name} in namespace ${namespace}`);
  return discoverIn(client, query, signal);
};

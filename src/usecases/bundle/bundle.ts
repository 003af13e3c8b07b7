/** `bundle`: everything that a bug report needs, read once. Changes nothing; a source that cannot be read is named, never a failure. */
import {known, notAsked, unknown, type Known} from '../../core/known.js';
import {chooseTarget} from '../../core/observation/target.js';
import {singleWorkload, type Workload, type WorkloadKind} from '../../core/observation/workload.js';
import type {Pod} from '../../core/observation/pod.js';
import {rfc3339, seconds} from '../../core/time.js';
import {within} from '../../core/timers.js';
import {askRaw} from '../../frigate/raw.js';
import {RAW_PATHS, type RawPath} from '../../frigate/raw-paths.js';
import type {ObjectName} from '../../kubernetes/cluster.js';
import type {BundleResult, BundleSource} from '../../outcome/bundle-result.js';
import {CommandFailure} from '../../outcome/failure.js';
import type {Context} from '../../pass/context.js';
import {judge, onlyJudging} from '../../pass/judge.js';
import {rawLastLines} from '../../pass/last-lines.js';
import {observe, type ObservedPass} from '../../pass/observe.js';
import {openPorts} from '../../pass/open-ports.js';
import {permissionsToObserve} from '../../pass/permissions.js';
import {permittedExec} from '../../pass/permitted-exec.js';
import type {PassPorts} from '../../pass/ports.js';
import {DOCUMENT_KEY, StateStore} from '../../pass/state-store.js';
import {buildReport} from '../build-report.js';
import {showStateIn} from '../state.js';
import {redactManifest} from './manifests.js';

/** One source. */
const SOURCE_LIMIT = seconds(15);
const LOG_LINES = 2000;
const HISTORY = 64;

export interface BundleOptions {
  readonly kind: WorkloadKind | null;
}

export const bundle = async (context: Context, options: BundleOptions): Promise<BundleResult> => {
  const {ports, close} = await openPorts(context, 'bundle');
  try {
    return await bundleIn(ports, options, context.signal);
  } finally {
    await close();
  }
};

/** The use case in given ports. */
export const bundleIn = async (given: PassPorts, {kind}: BundleOptions, signal: AbortSignal): Promise<BundleResult> => {
  const {settings, clock, namespace, cluster} = given;
  const begun = clock.monotonic();
  const asked = given.custom?.ask(signal);
  const observed = await observe(
    given,
    new StateStore(cluster, namespace, settings.stateName),
    {
      kind,
      permissions: ({workload}) => permissionsToObserve(settings, namespace, kind, workload),
      cronJob: 'judged',
    },
    within(clock, settings.deadline, signal),
  );
  const ports: PassPorts = {...given, settings: observed.settings};
  await asked;
  const judgement = judge(observed, onlyJudging(ports));
  const report = buildReport(ports, observed, judgement, {
    only: null,
    skip: new Set(),
    failOn: 'warning',
    duration: clock.monotonic() - begun,
    custom: given.custom?.findings(judgement.findings, observed.observation) ?? [],
  });
  const found = foundIn(observed);
  const [state, events, logs, raw, manifests] = await Promise.all([
    stateOf(ports, signal),
    eventsOf(ports, found, signal),
    logsOf(ports, found, signal),
    Promise.all(RAW_PATHS.map((path) => rawOf(ports, found, path, signal))),
    manifestsOf(ports, found, signal),
  ]);
  const document = observed.recalledState.map?.data.get(DOCUMENT_KEY);
  return {
    report,
    state: state.known ? state.value : null,
    sources: [
      ...(state.known ? [] : [missing('state.json', state.why)]),
      document === undefined
        ? missing('state-document.json', notAsked('there is no stored state, or it was not read').why)
        : documentOf('state-document.json', document),
      events,
      ...logs,
      ...raw,
      ...manifests.sources,
    ],
    secrets: manifests.secrets,
    names: namesIn(observed, namespace),
  };
};

interface Found {
  readonly workload: Workload;
  readonly pod: Pod | null;
}

const foundIn = ({observation}: ObservedPass): Known<Found> => {
  const workload = singleWorkload(observation.workload);
  if (workload === null)
    return observation.workload.known
      ? notAsked('there is no single workload that runs Frigate')
      : observation.workload;
  return known({
    workload,
    pod: observation.pods.known ? chooseTarget(workload, observation.pods.value).pod : null,
  });
};

const missing = (name: string, why: Extract<BundleSource, {kind: 'missing'}>['why']): BundleSource => ({
  name,
  kind: 'missing',
  why,
});

/** As JSON where it is some, else as it came. */
const jsonText = (name: string, text: string): BundleSource => {
  try {
    const value: unknown = JSON.parse(text);
    return {name, kind: 'json', value};
  } catch {
    return {name: name.replace(/json$/, 'txt'), kind: 'text', text};
  }
};

const documentOf = (name: string, text: string): BundleSource => {
  const source = jsonText(name, text);
  return source.kind === 'json' ? {...source, kind: 'document'} : source;
};

const NO_POD = notAsked('no container of Frigate runs').why;

const stateOf = async (ports: PassPorts, signal: AbortSignal): Promise<Known<NonNullable<BundleResult['state']>>> => {
  try {
    return known(await showStateIn(ports, {history: HISTORY}, within(ports.clock, SOURCE_LIMIT, signal)));
  } catch (error) {
    if (!(error instanceof CommandFailure)) throw error;
    return unknown('failed', error.message);
  }
};

const eventsOf = async (
  {cluster, clock}: PassPorts,
  found: Known<Found>,
  signal: AbortSignal,
): Promise<BundleSource> => {
  if (!found.known) return missing('events.json', found.why);
  const events = await cluster.listEvents(found.value.workload, within(clock, SOURCE_LIMIT, signal));
  if (!events.known) return missing('events.json', events.why);
  const value = events.value.map((event) => ({
    ...event,
    lastSeen: event.lastSeen === null ? null : rfc3339(event.lastSeen),
  }));
  return {name: 'events.json', kind: 'json', value};
};

const logsOf = async (ports: PassPorts, found: Known<Found>, signal: AbortSignal): Promise<readonly BundleSource[]> => {
  const names = ['log.txt', 'log-previous.txt'] as const;
  if (!found.known) return names.map((name) => missing(name, found.why));
  const {workload, pod} = found.value;
  const container = pod?.frigate ?? null;
  if (pod === null || container === null) return names.map((name) => missing(name, NO_POD));
  return Promise.all(
    names.map(async (name): Promise<BundleSource> => {
      const previous = name === 'log-previous.txt';
      if (previous && container.last === null)
        return missing(name, notAsked('the container has not been started again').why);
      const lines = await rawLastLines(ports, workload, {pod: pod.name, previous}, LOG_LINES, signal);
      return lines.known ? {name, kind: 'text', text: lines.value.join('\n')} : missing(name, lines.why);
    }),
  );
};

const rawOf = async (
  {cluster, settings, clock}: PassPorts,
  found: Known<Found>,
  path: RawPath,
  signal: AbortSignal,
): Promise<BundleSource> => {
  const name = `frigate-${path.replaceAll('/', '-')}.json`;
  if (!found.known) return missing(name, found.why);
  const {workload, pod} = found.value;
  const container = pod?.frigate ?? null;
  if (pod === null || container?.state.phase !== 'running') return missing(name, NO_POD);
  const answer = await askRaw(
    settings.via === 'exec' ? cluster : {...cluster, exec: permittedExec(cluster)},
    {namespace: workload.namespace, pod: pod.name, container: container.name, podIP: pod.ip, port: settings.apiPort},
    path,
    {via: settings.via, apiTimeout: settings.apiTimeout, signal: within(clock, SOURCE_LIMIT, signal), timers: clock},
  );
  if (answer === null) return missing(name, unknown('unreachable', 'no transport to Frigate is left to try').why);
  const {reply, via} = answer;
  if (reply.kind === 'answer') return jsonText(name, reply.body.toString('utf8'));
  return missing(
    name,
    unknown(reply.code ?? 'failed', `GET /api/${path} via ${via}: ${reply.how}: ${reply.detail}`).why,
  );
};

const manifestsOf = async (
  {cluster, clock, namespace, settings}: PassPorts,
  found: Known<Found>,
  signal: AbortSignal,
): Promise<{readonly sources: readonly BundleSource[]; readonly secrets: readonly string[]}> => {
  const objects: ObjectName[] = [{kind: 'CronJob', namespace, name: settings.cronJobName}];
  if (found.known) {
    const {workload, pod} = found.value;
    objects.unshift({kind: workload.kind, namespace: workload.namespace, name: workload.name});
    if (pod !== null) objects.push({kind: 'Pod', namespace: workload.namespace, name: pod.name});
  }
  const read = await Promise.all(
    objects.map(async (object): Promise<{readonly source: BundleSource; readonly secrets: readonly string[]}> => {
      const name = `manifests/${object.kind.toLowerCase()}.json`;
      const answer = await cluster.readObject(object, within(clock, SOURCE_LIMIT, signal));
      if (!answer.known) return {source: missing(name, answer.why), secrets: []};
      if (answer.value === null)
        return {
          source: missing(name, unknown('not-found', `there is no ${object.kind} ${object.name}`).why),
          secrets: [],
        };
      const {manifest, secrets} = redactManifest(answer.value);
      return {source: {name, kind: 'json', value: manifest}, secrets};
    }),
  );
  return {sources: read.map(({source}) => source), secrets: read.flatMap(({secrets}) => secrets)};
};

/** What stands in every part of the bundle; somebody may have chosen one as a password. */
const namesIn = ({observation}: ObservedPass, namespace: string): readonly string[] => {
  const workload = singleWorkload(observation.workload);
  const {stats} = observation.frigate;
  return [
    'frigate',
    'true',
    'false',
    'null',
    'kubectl',
    namespace,
    ...(workload === null ? [] : [workload.name, workload.template.containerName]),
    ...(stats.known ? stats.value.snapshot.cameras.map(({name}) => name) : []),
  ];
};

/**
 * The simulator, in this process: a cluster with its API server, Frigate in its pod, and their past. Real sockets on the loopback
 * interface, real wire protocols; the clock is simulated.
 *
 * Transports to Frigate: the API server's proxy, exec and port-forward reach port 5000 of the pod, as in a real cluster. Directly, the
 * pod's address (127.0.0.x, Linux) answers on `directPort`, which stands for 5000 there: pass it to the tool as its API port.
 */
import {freshState} from '../core/state/codec.js';
import type {State} from '../core/state/state.js';
import {earlier, hours, days, instant, rfc3339, type Instant} from '../core/time.js';
import {makeClock, type Clock, type Pace} from './clock.js';
import {DEFAULT_USER, startCluster, tokenOf, type Past, type PastStep, type SimulatedCluster} from './cluster.js';
import type {MetricsMode} from './api/caller.js';
import {markDeleted} from './control-plane/deletion.js';
import {Frigates} from './node/frigates.js';
import {asPod, asWorkload, frigateContainer} from './api/objects.js';
import type {FrigateVersion} from './frigate/site.js';
import {siteWithCameras, type Site} from './frigate/site.js';
import {
  defaultNamespace,
  manifests,
  NAMESPACE,
  plainInstallation,
  WORKLOAD,
  type Installation,
} from './scenarios/installation.js';
import type {Facts, Happening, Scenario} from './scenarios/scenario.js';

export interface SimulatorOptions {
  /** `flowing` (default): time passes as it does; `still`: only `clock.advance` moves it. */
  readonly pace?: Pace;
  /** The simulated time at the start; the current time by default. */
  readonly startAt?: Instant;
  /** Another number of cameras than the scenario's. */
  readonly cameras?: number;
  /** Whether a metrics-server answers; by default there is none. */
  readonly metrics?: MetricsMode;
  /** Megabytes of noise in Frigate's log within the last ten minutes. */
  readonly logMegabytes?: number;
  readonly version?: FrigateVersion;
  readonly installation?: Partial<Installation>;
  /** Encodes the state for its ConfigMap; without it none is written. */
  readonly encodeState?: (state: State) => ReadonlyMap<string, string>;
  /** Default `frigate-health-state`. */
  readonly stateName?: string;
}

export interface Simulator {
  readonly scenario: Scenario;
  readonly clock: Clock;
  readonly cluster: SimulatedCluster;
  /** A kubeconfig (JSON is YAML) for a user, `demo` by default; its context `demo` has the namespace `frigate`. */
  kubeconfig(user?: string): string;
  /** The port on which pod addresses answer directly. */
  readonly directPort: number;
  readonly namespace: string;
  readonly workload: string;
  close(): Promise<void>;
}

const updateTemplate = (past: Past, change: (workload: ReturnType<typeof asWorkload>) => void): void => {
  for (const plural of ['deployments', 'statefulsets', 'daemonsets']) {
    past.store.update(plural, NAMESPACE, WORKLOAD, (object) => {
      change(asWorkload(object));
    });
  }
};

const annotate = (past: Past, attempt: string): void => {
  updateTemplate(past, ({spec}) => {
    spec.template.metadata.annotations = {
      ...spec.template.metadata.annotations,
      'kubectl.kubernetes.io/restartedAt': rfc3339(past.at),
      'frigate-health.io/attempt': attempt,
    };
  });
};

const setImage = (past: Past, image: string, missing: boolean): void => {
  if (missing) past.missingImage(new RegExp(`^${image.replaceAll('.', '\\.')}$`));
  updateTemplate(past, ({spec}) => {
    const container = frigateContainer(spec.template.spec);
    if (container !== undefined) container.image = image;
  });
};

const addFault = (frigates: Frigates, happening: Extract<Happening, {what: 'fault'}>, at: Instant): void => {
  frigates.add(happening.fault, at, happening);
};

const happen = (past: Past, happening: Happening): void => {
  switch (happening.what) {
    case 'fault': {
      addFault(past.frigates, happening, past.at);
      return;
    }
    case 'restart': {
      annotate(past, happening.attempt);
      return;
    }
    case 'image': {
      setImage(past, happening.image, happening.missing ?? false);
      return;
    }
    case 'pod-deleted': {
      past.store.list('pods', NAMESPACE).forEach((pod) => markDeleted(past.store, asPod(pod), past.at));
      return;
    }
    case 'node-died': {
      past.nodeDies();
      return;
    }
    case 'node-rebooted': {
      past.nodeReboots(happening.away);
      return;
    }
    case 'cordoned': {
      past.cordon();
      return;
    }
    case 'device-lost': {
      past.loseDevice(happening.device);
      return;
    }
  }
};

const kubeconfigFor = (url: string, user: string): string =>
  JSON.stringify(
    {
      apiVersion: 'v1',
      kind: 'Config',
      'current-context': 'demo',
      clusters: [{name: 'demo', cluster: {server: url}}],
      users: [{name: user, user: {token: tokenOf(user)}}],
      contexts: [{name: 'demo', context: {cluster: 'demo', user, namespace: NAMESPACE}}],
    },
    null,
    2,
  );

const factsOf = (cluster: SimulatedCluster, now: Instant): Facts => {
  const workload = ['deployments', 'statefulsets', 'daemonsets'].flatMap(
    (plural) => cluster.store.get(plural, NAMESPACE, WORKLOAD) ?? [],
  )[0];
  const life = [...cluster.simulation.kubelet.pods.values()][0];
  return {
    now,
    workloadUid: workload?.metadata.uid ?? '',
    podUid: life?.uid ?? '',
    containerId: life?.containers.at(-1)?.id ?? '',
  };
};

const createState = (
  cluster: SimulatedCluster,
  scenario: Scenario,
  options: SimulatorOptions,
  kind: Installation['kind'],
  now: Instant,
): void => {
  if (scenario.state === undefined || options.encodeState === undefined) return;
  const facts = factsOf(cluster, now);
  const state: State = {
    ...freshState,
    target: {kind, namespace: NAMESPACE, name: WORKLOAD, uid: facts.workloadUid},
    ...scenario.state(facts),
  };
  cluster.store.create(
    'configmaps',
    {
      metadata: {
        name: options.stateName ?? 'frigate-health-state',
        namespace: NAMESPACE,
        managedFields: [
          {
            manager: 'frigate-health',
            operation: 'Update',
            apiVersion: 'v1',
            time: rfc3339(now),
            fieldsType: 'FieldsV1',
            fieldsV1: {'f:data': {}},
          },
        ],
      },
      data: Object.fromEntries(options.encodeState(state)),
    },
    now,
  );
};

/** Starts the simulator of a scenario. All of it runs in this process and ends with `close`. */
export const startSimulator = async (scenario: Scenario, options: SimulatorOptions = {}): Promise<Simulator> => {
  const now = options.startAt ?? instant(Date.now());
  const clock = makeClock(now, options.pace ?? 'flowing');
  const version = options.version ?? scenario.version;
  const site = options.cameras === undefined ? scenario.site : siteWithCameras(options.cameras, scenario.site);
  const installation = {...plainInstallation(version), ...scenario.installation, ...options.installation};
  const installed = earlier(now, scenario.age);
  const begun = (own: Site): Frigates => {
    const one = new Frigates(own, version);
    one.recordedSince(earlier(installed, days(7)), installed);
    return one;
  };
  const frigates = begun(site);
  const neighbours = new Map(
    (scenario.neighbours ?? []).map((neighbour) => [
      neighbour.namespace,
      {...neighbour, frigates: begun(neighbour.site)},
    ]),
  );
  const steps: readonly PastStep[] = [
    {
      at: installed,
      act: (past) => {
        past.create(...defaultNamespace);
        for (const namespace of [NAMESPACE, ...neighbours.keys()])
          for (const [plural, draft] of manifests(installation, namespace)) past.create(plural, draft);
      },
    },
    ...[...neighbours.values()].flatMap((neighbour) =>
      neighbour.happenings.map((happening) => ({
        at: earlier(now, happening.ago),
        act: (past: Past) => addFault(neighbour.frigates, happening, past.at),
      })),
    ),
    ...scenario.happenings.map((happening) => ({
      at: earlier(now, happening.ago),
      act: (past: Past) => happen(past, happening),
    })),
  ];
  const cluster = await startCluster(
    {
      clock,
      from: earlier(installed, hours(1)),
      frigates,
      frigatesOf: ({metadata: {namespace}}) => neighbours.get(namespace ?? NAMESPACE)?.frigates ?? frigates,
      devices: scenario.devices,
      logMegabytes: options.logMegabytes ?? 0,
      metrics: options.metrics ?? 'absent',
    },
    steps,
  );
  createState(cluster, scenario, options, installation.kind, now);
  return {
    scenario,
    clock,
    cluster,
    kubeconfig: (user = DEFAULT_USER) => kubeconfigFor(cluster.url, user),
    get directPort() {
      return cluster.simulation.port;
    },
    namespace: NAMESPACE,
    workload: WORKLOAD,
    close: () => cluster.close(),
  };
};

/** Everything that `install --serve` prints, in the order in which it is applied. */
import {
  RESTRICTED_CONTAINER,
  RESTRICTED_POD,
  awayFromFrigate,
  mountsOf,
  secretVariables,
  volumesOf,
} from '../cron-job.js';
import type {Manifest, ManifestValue} from '../manifest.js';
import {admissionManifests} from './admission.js';
import {serveAccess} from './serve-access.js';
import {serveLabels, serveSelector} from './serve-labels.js';
import type {ServePlan} from './serve-plan.js';

const PORT = 8080;
/** One acts and one is ready to (src/usecases/serve/leader.ts). */
const REPLICAS = 2;
/** Seconds; the daemon ends within 5 s of SIGTERM. */
const ENDING = 10;

/**
 * Node.js 26 takes about half of a limit for its heap. A hundred Frigates of 16 cameras took 400 MB and a thousand 1.5 GB where there was no
 * limit (`npm run bench -- fleet`).
 */
export const MEMORY_LIMIT = {some: '512Mi', fleet: '2Gi'} as const;
const resourcesOf = ({fleet}: ServePlan): ManifestValue => ({
  requests: {cpu: '50m', memory: '128Mi'},
  limits: {memory: fleet ? MEMORY_LIMIT.fleet : MEMORY_LIMIT.some},
});

const probe = (path: string, periodSeconds: number, failureThreshold: number): ManifestValue => ({
  httpGet: {path, port: 'http'},
  periodSeconds,
  timeoutSeconds: 3,
  failureThreshold,
});

const args = ({fleet, namespaces, namespace}: ServePlan): ManifestValue[] => {
  if (fleet) return ['serve', '--all-namespaces'];
  const own = namespaces.length === 1 && namespaces[0] === namespace;
  return ['serve', ...(own ? [] : [`--namespaces=${namespaces.join(',')}`])];
};

const container = (plan: ServePlan): ManifestValue => ({
  name: 'frigate-health',
  image: plan.image,
  args: args(plan),
  env: [
    ...plan.variables.map(({name, value}) => ({name, value})),
    ...(plan.notifySecret === null ? [] : secretVariables(plan.notifySecret)),
  ],
  ports: [{name: 'http', containerPort: PORT, protocol: 'TCP'}],
  startupProbe: probe('/startup', 2, 30),
  livenessProbe: probe('/health', 10, 3),
  readinessProbe: probe('/ready', 5, 2),
  resources: resourcesOf(plan),
  securityContext: RESTRICTED_CONTAINER,
  ...mountsOf(plan),
});

const metadata = ({name, namespace}: ServePlan): Manifest['metadata'] => ({name, namespace, labels: serveLabels(name)});

const deployment = (plan: ServePlan): Manifest => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: metadata(plan),
  spec: {
    replicas: REPLICAS,
    selector: {matchLabels: serveSelector(plan.name)},
    strategy: {type: 'RollingUpdate', rollingUpdate: {maxUnavailable: 1, maxSurge: 1}},
    template: {
      metadata: {labels: serveLabels(plan.name)},
      spec: {
        serviceAccountName: plan.name,
        automountServiceAccountToken: true,
        enableServiceLinks: false,
        terminationGracePeriodSeconds: ENDING,
        securityContext: RESTRICTED_POD,
        affinity: awayFromFrigate(),
        topologySpreadConstraints: [
          {
            maxSkew: 1,
            topologyKey: 'kubernetes.io/hostname',
            whenUnsatisfiable: 'ScheduleAnyway',
            labelSelector: {matchLabels: serveSelector(plan.name)},
          },
        ],
        containers: [container(plan)],
        ...volumesOf(plan),
      },
    },
  },
});

const service = (plan: ServePlan): Manifest => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: metadata(plan),
  spec: {
    type: 'ClusterIP',
    selector: serveSelector(plan.name),
    ports: [{name: 'http', port: PORT, targetPort: 'http', protocol: 'TCP'}],
  },
});

const disruptionBudget = (plan: ServePlan): Manifest => ({
  apiVersion: 'policy/v1',
  kind: 'PodDisruptionBudget',
  metadata: metadata(plan),
  spec: {maxUnavailable: 1, selector: {matchLabels: serveSelector(plan.name)}},
});

/** The label of a namespace whose pods may ask as well: Prometheus, an ingress controller. */
const CLIENTS = {'frigate-health.io/client': 'true'};

/** Probes come from the node, and no NetworkPolicy holds them back. What the daemon itself asks is not limited. */
const networkPolicy = (plan: ServePlan): Manifest => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  metadata: metadata(plan),
  spec: {
    podSelector: {matchLabels: serveSelector(plan.name)},
    policyTypes: ['Ingress'],
    ingress: [
      {
        from: [{podSelector: {}}, {namespaceSelector: {matchLabels: CLIENTS}}],
        ports: [{port: 'http', protocol: 'TCP'}],
      },
    ],
  },
});

/** The policy stands before the account gets its permissions. */
export const servePermissions = (plan: ServePlan): readonly Manifest[] => [
  ...admissionManifests(plan),
  ...serveAccess(plan),
];

export const serveManifests = (plan: ServePlan): readonly Manifest[] => [
  ...servePermissions(plan),
  networkPolicy(plan),
  service(plan),
  disruptionBudget(plan),
  deployment(plan),
];

/** Frigate's objects as a plain manifest would make them: namespace, workload, claims, service. */
import type {Draft, PodTemplate} from '../api/objects.js';
import {fullVersion, type FrigateVersion} from '../frigate/site.js';

export const NAMESPACE = 'frigate';
export const WORKLOAD = 'frigate';

export interface Installation {
  readonly kind: 'Deployment' | 'StatefulSet' | 'DaemonSet';
  readonly strategy: 'Recreate' | 'RollingUpdate';
  readonly image: string;
  readonly memoryLimit: string;
  /** An extended resource that the container asks for. */
  readonly device: string | null;
  /** A second container beside Frigate's, standing first in the list. */
  readonly sidecar: boolean;
  /** The path that its readiness probe asks on port 5000, `/` in the official chart; `null`: it has none. */
  readonly readinessPath: string | null;
}

export const plainInstallation = (version: FrigateVersion): Installation => ({
  kind: 'Deployment',
  strategy: 'Recreate',
  image: `ghcr.io/blakeblackshear/frigate:${fullVersion[version].split('-')[0] ?? version}`,
  memoryLimit: '4Gi',
  device: null,
  sidecar: false,
  readinessPath: null,
});

const template = (installation: Installation): PodTemplate => ({
  metadata: {labels: {'app.kubernetes.io/name': 'frigate', 'app.kubernetes.io/instance': 'frigate'}},
  spec: {
    containers: [
      ...(installation.sidecar
        ? [
            {
              name: 'config-sync',
              image: 'ghcr.io/example/config-sync:1',
              resources: {},
              volumeMounts: [{name: 'config', mountPath: '/config'}],
            },
          ]
        : []),
      {
        name: 'frigate',
        image: installation.image,
        imagePullPolicy: 'IfNotPresent',
        ports: [
          {name: 'http', containerPort: 5000, protocol: 'TCP'},
          {name: 'http-auth', containerPort: 8971, protocol: 'TCP'},
          {name: 'rtsp', containerPort: 8554, protocol: 'TCP'},
        ],
        resources: {
          limits: {
            memory: installation.memoryLimit,
            ...(installation.device === null ? {} : {[installation.device]: '1'}),
          },
          requests: {
            cpu: '500m',
            memory: installation.memoryLimit,
            ...(installation.device === null ? {} : {[installation.device]: '1'}),
          },
        },
        volumeMounts: [
          {name: 'config', mountPath: '/config'},
          {name: 'media', mountPath: '/media/frigate'},
          {name: 'cache', mountPath: '/tmp/cache'},
          {name: 'dshm', mountPath: '/dev/shm'},
        ],
        ...(installation.readinessPath === null
          ? {}
          : {readinessProbe: {httpGet: {path: installation.readinessPath, port: 5000}, periodSeconds: 10}}),
        terminationMessagePath: '/dev/termination-log',
        terminationMessagePolicy: 'File',
      },
    ],
    volumes: [
      {name: 'config', persistentVolumeClaim: {claimName: 'frigate-config'}},
      {name: 'media', persistentVolumeClaim: {claimName: 'frigate-media'}},
      {name: 'cache', emptyDir: {medium: 'Memory', sizeLimit: '1Gi'}},
      {name: 'dshm', emptyDir: {medium: 'Memory', sizeLimit: '512Mi'}},
    ],
    restartPolicy: 'Always',
    terminationGracePeriodSeconds: 30,
    dnsPolicy: 'ClusterFirst',
    securityContext: {},
    schedulerName: 'default-scheduler',
    tolerations: [
      {key: 'node.kubernetes.io/not-ready', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 300},
      {key: 'node.kubernetes.io/unreachable', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 300},
    ],
  },
});

const workloadSpec = (installation: Installation): Record<string, unknown> => {
  const common = {
    selector: {matchLabels: {'app.kubernetes.io/name': 'frigate', 'app.kubernetes.io/instance': 'frigate'}},
    template: template(installation),
    revisionHistoryLimit: 10,
  };
  switch (installation.kind) {
    case 'Deployment':
      return {
        replicas: 1,
        ...common,
        progressDeadlineSeconds: 600,
        strategy:
          installation.strategy === 'Recreate'
            ? {type: 'Recreate'}
            : {type: 'RollingUpdate', rollingUpdate: {maxSurge: '25%', maxUnavailable: '25%'}},
      };
    case 'StatefulSet':
      return {
        replicas: 1,
        ...common,
        serviceName: 'frigate',
        podManagementPolicy: 'OrderedReady',
        updateStrategy: {type: 'RollingUpdate', rollingUpdate: {partition: 0}},
      };
    case 'DaemonSet':
      return {...common, updateStrategy: {type: 'RollingUpdate', rollingUpdate: {maxUnavailable: 1, maxSurge: 0}}};
  }
};

const plurals: Readonly<Record<Installation['kind'], string>> = {
  Deployment: 'deployments',
  StatefulSet: 'statefulsets',
  DaemonSet: 'daemonsets',
};

const claim = (namespace: string, name: string, size: string): Draft => ({
  metadata: {name, namespace},
  spec: {
    accessModes: ['ReadWriteOnce'],
    resources: {requests: {storage: size}},
    volumeName: `pv-${namespace}-${name}`,
    storageClassName: 'local-path',
    volumeMode: 'Filesystem',
  },
  status: {phase: 'Bound', accessModes: ['ReadWriteOnce'], capacity: {storage: size}},
});

/** What every cluster has. */
export const defaultNamespace: readonly [plural: string, draft: Draft] = [
  'namespaces',
  {
    metadata: {name: 'default', labels: {'kubernetes.io/metadata.name': 'default'}},
    spec: {finalizers: ['kubernetes']},
    status: {phase: 'Active'},
  },
];

/** Everything that `kubectl apply` of the manifest would create. */
export const manifests = (
  installation: Installation,
  namespace = NAMESPACE,
): ReadonlyArray<readonly [plural: string, draft: Draft]> => [
  [
    'namespaces',
    {
      metadata: {name: namespace, labels: {'kubernetes.io/metadata.name': namespace}},
      spec: {finalizers: ['kubernetes']},
      status: {phase: 'Active'},
    },
  ],
  ['persistentvolumeclaims', claim(namespace, 'frigate-config', '10Gi')],
  ['persistentvolumeclaims', claim(namespace, 'frigate-media', '1Ti')],
  [
    'services',
    {
      metadata: {name: 'frigate', namespace},
      spec: {
        clusterIP: '10.43.12.7',
        ports: [{name: 'http', port: 5000, protocol: 'TCP', targetPort: 5000}],
        selector: {'app.kubernetes.io/name': 'frigate'},
        type: 'ClusterIP',
      },
      status: {loadBalancer: {}},
    },
  ],
  [
    plurals[installation.kind],
    {
      metadata: {
        name: WORKLOAD,
        namespace,
        labels: {'app.kubernetes.io/name': 'frigate', 'app.kubernetes.io/instance': 'frigate'},
      },
      spec: workloadSpec(installation),
      status: {},
    },
  ],
];

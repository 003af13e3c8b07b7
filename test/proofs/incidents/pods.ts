/**
 * Pods that Kubernetes rejects, evicts, or never calls ready, partial blindness, two faults at once, and what follows a restart of ours.
 */
import {known, unknown} from '../../../src/core/known.js';
import type {Container, Pod} from '../../../src/core/observation/pod.js';
import type {Condition} from '../../../src/core/observation/workload.js';
import {hours, milliseconds, minutes, seconds, type Duration} from '../../../src/core/time.js';
import {
  aCamera,
  aContainer,
  aDetector,
  ago,
  aMount,
  anEvent,
  aNode,
  aPod,
  aProbe,
  aReading,
  aTemplate,
  aWorkload,
  cameraNames,
  mounts,
  usagesOf,
  aSnapshot,
  type ObservationChanges,
} from '../../support/observation.js';
import type {Incident, Moment} from './incident.js';
import {python} from './lines.js';
import {
  apiDead,
  camerasAway,
  crashLoop,
  moving,
  nobodyThere,
  nodeAway,
  recordedUntil,
  starved,
  statistics,
} from './sights.js';

type Causes = Incident['expected']['causes'];

const and = (...parts: readonly ObservationChanges[]): ObservationChanges =>
  parts.reduce((all, part) => ({...all, ...part, frigate: {...all.frigate, ...part.frigate}}), {});

const running = (since: Duration): ObservationChanges =>
  statistics(since, (age) => ({cameras: cameraNames.map((name) => moving(aCamera(name), age))}));

const waiting = (reason: string, message: string | null = null): Container =>
  aContainer({id: null, ready: false, state: {phase: 'waiting', reason, message}});

const down = known({found: 'one' as const, workload: aWorkload({readyReplicas: 0, availableReplicas: 0})});

const condition = (
  type: string,
  status: 'True' | 'False',
  reason: string,
  message: string,
  age: Duration,
): Condition => ({
  type,
  status,
  reason,
  message,
  lastTransition: ago(age),
});

/** Pods that the kubelet refused or ended; it keeps them, and the controller makes the next one within seconds. */
const failed = (
  count: number,
  since: Duration,
  reason: string,
  message: string,
  every: Duration = seconds(40),
): Pod[] =>
  Array.from({length: Math.min(count, Math.max(1, Math.floor(since / every)))}, (_, index) =>
    aPod({
      name: `frigate-7bc659b5f5-fail${index}`,
      uid: `failed-${index}`,
      phase: 'Failed',
      reason,
      message,
      createdAt: ago(milliseconds(Math.max(1000, index * every))),
      ip: null,
      frigate: null,
    }),
  );

interface Rejected {
  readonly row: string;
  readonly sources: string;
  readonly what: string;
  readonly reason: string;
  readonly message: string;
  readonly says: RegExp;
  readonly causes: Causes;
}

/** Nothing runs: each pod fails as the one before. */
const rejected = ({row, sources, what, reason, message, says, causes}: Rejected): Incident => ({
  row,
  sources,
  what,
  story: {
    see: ({since}) => ({workload: down, pods: known(failed(12, since, reason, message)), frigate: nobodyThere}),
    restartCures: false,
  },
  expected: {
    ideal: 'tell',
    restarts: 0,
    health: 'unhealthy',
    causes,
    finding: 'FRG-202',
    mails: [1, 2],
    toldBy: 3,
    says,
  },
});

const rejections: readonly Incident[] = [
  rejected({
    row: '351',
    sources: 'kubernetes/kubernetes#125579, squat/generic-device-plugin#33',
    what: 'the kubelet rejects each new pod: its device plugin has no healthy device',
    reason: 'UnexpectedAdmissionError',
    message:
      'Pod was rejected: Allocate failed due to no healthy devices present; cannot allocate unhealthy devices squat.ai/coral, which is unexpected',
    says: /no healthy devices present/,
    causes: ['node'],
  }),
  rejected({
    row: '351b',
    sources: 'NVIDIA/k8s-device-plugin#231',
    what: 'the kubelet rejects each new pod: the GPU is lost',
    reason: 'UnexpectedAdmissionError',
    message:
      'Pod Allocate failed due to device plugin GetPreferredAllocation rpc failed with err: rpc error: code = Unknown desc = Unable to retrieve list of available devices: error creating nvml.Device 3: nvml: GPU is lost, which is unexpected',
    says: /GPU is lost/,
    causes: ['node'],
  }),
  rejected({
    row: '351c',
    sources: 'pods with nodeName pass the scheduler; kubelet admission',
    what: 'the node of the template has no free CPU for it',
    reason: 'OutOfcpu',
    message: "Pod was rejected: Node didn't have enough resource: cpu, requested: 4000, used: 5200, capacity: 8000",
    says: /Node didn't have enough resource: cpu/,
    causes: ['node'],
  }),
  rejected({
    row: '351d',
    sources: 'Kubernetes, graceful node shutdown',
    what: 'the node shuts down and ends its pods; the next one is rejected as well',
    reason: 'NodeShutdown',
    message: 'Pod was rejected as the node is shutting down.',
    says: /node is shutting down/,
    causes: ['node'],
  }),
  {
    row: '351e',
    sources: 'ivemcfire, 2026; Kubernetes, node-pressure eviction',
    what: 'the pod is evicted for the disk of its node, and the next one is not scheduled for the same pressure',
    story: {
      see: ({since}) => ({
        workload: down,
        pods: known([
          ...failed(
            1,
            since,
            'Evicted',
            'The node was low on resource: ephemeral-storage. Threshold quantity: 10Gi, available: 7Gi. Container frigate was using 41Gi, request is 0, has larger consumption of ephemeral-storage. ',
          ),
          aPod({
            name: 'frigate-7bc659b5f5-next',
            uid: 'next',
            phase: 'Pending',
            createdAt: ago(milliseconds(Math.max(1000, since - 5000))),
            nodeName: null,
            ip: null,
            conditions: [
              condition(
                'PodScheduled',
                'False',
                'Unschedulable',
                '0/1 nodes are available: 1 node(s) had untolerated taint {node.kubernetes.io/disk-pressure: }. preemption: 0/1 nodes are available: 1 Preemption is not helpful for scheduling.',
                since,
              ),
            ],
            frigate: null,
          }),
        ]),
        frigate: nobodyThere,
      }),
      restartCures: false,
    },
    expected: {
      ideal: 'tell',
      restarts: 0,
      health: 'unhealthy',
      causes: ['node', 'workload'],
      finding: 'FRG-202',
      mails: [1, 2],
      toldBy: 3,
      says: /ephemeral-storage/,
    },
  },
];

/** A pod that lives, beside those that were evicted one after the other; Frigate itself works in between. */
const evictedAgain = (
  row: string,
  sources: string,
  what: string,
  message: string,
  every: Duration,
  says: RegExp,
): Incident => ({
  row,
  sources,
  what,
  story: {
    see: ({since, restarts}) => {
      const age = milliseconds(Math.max(minutes(1), since % every));
      return and(running(since), {
        pods: known([
          aPod({
            name: `frigate-7bc659b5f5-live${Math.floor(since / every)}`,
            uid: `live-${Math.floor(since / every)}-${restarts}`,
            createdAt: ago(age),
            frigate: aContainer({
              id: `containerd://live-${Math.floor(since / every)}`,
              state: {phase: 'running', startedAt: ago(age)},
            }),
          }),
          ...Array.from({length: Math.floor(since / every) + 1}, (_, index) =>
            aPod({
              name: `frigate-7bc659b5f5-gone${index}`,
              uid: `gone-${index}`,
              phase: 'Failed',
              reason: 'Evicted',
              message,
              createdAt: ago(milliseconds(since - (index - 1) * every)),
              ip: null,
              frigate: null,
            }),
          ),
        ]),
      });
    },
    restartCures: false,
    passes: 36,
  },
  expected: {
    ideal: 'tell',
    restarts: 0,
    health: 'degraded',
    causes: ['workload', 'memory', 'storage', 'node', 'config'],
    finding: 'FRG-203',
    mails: [1, 3],
    says,
  },
});

const evictions: readonly Incident[] = [
  evictedAgain(
    '352',
    'Kubernetes, emptyDir with sizeLimit: the kubelet evicts the pod that exceeds it',
    'the cache exceeds its size: the pod is evicted each half hour, and works in between',
    'Usage of EmptyDir volume "cache" exceeds the limit "1Gi". ',
    minutes(30),
    /EmptyDir volume/,
  ),
  evictedAgain(
    '352b',
    'Kubernetes, node-pressure eviction; frigate#6174',
    'memory of the node: the pod is evicted each 40 minutes, and works in between',
    'The node was low on resource: memory. Threshold quantity: 100Mi, available: 62Mi. Container frigate was using 9Gi, request is 0, has larger consumption of memory. ',
    minutes(40),
    /low on resource: memory/,
  ),
  evictedAgain(
    '352c',
    'Kubernetes, limits of ephemeral storage',
    'the log of the container exceeds its limit: the pod is evicted each 20 minutes',
    'Pod ephemeral local storage usage exceeds the total limit of containers 2Gi. ',
    minutes(20),
    /ephemeral local storage usage/,
  ),
];

/** Frigate works, and the pod is not ready: no Service sends anybody there. */
const unready = (
  row: string,
  sources: string,
  what: string,
  see: (since: Duration) => ObservationChanges,
  says: RegExp,
): Incident => ({
  row,
  sources,
  what,
  story: {see: ({since}) => and(running(since), see(since)), restartCures: false, passes: 16},
  expected: {
    ideal: 'tell',
    restarts: 0,
    health: 'degraded',
    causes: ['workload', 'config'],
    finding: 'FRG-202',
    mails: [1, 1],
    says,
  },
});

const notReady = (message: string, since: Duration, frigate: Container = aContainer()): ObservationChanges => ({
  workload: known({found: 'one', workload: aWorkload({readyReplicas: 0, availableReplicas: 0})}),
  pods: known([
    aPod({
      conditions: [
        condition('Ready', 'False', 'ContainersNotReady', message, since),
        condition('ContainersReady', 'False', 'ContainersNotReady', message, since),
      ],
      frigate,
    }),
  ]),
});

const readiness: readonly Incident[] = [
  unready(
    '353',
    'a VPN beside Frigate in one pod (gluetun, tailscale)',
    'another container of the pod crashes: Frigate works, and nobody reaches it',
    (since) => notReady('containers with unready status: [vpn]', since),
    /\bvpn\b/,
  ),
  unready(
    '353b',
    'a readiness probe on a port that Frigate has not',
    'the readiness probe of Frigate fails for ever while its API answers',
    (since) => ({
      ...notReady('containers with unready status: [frigate]', since, aContainer({ready: false})),
      workload: known({
        found: 'one',
        workload: aWorkload({
          readyReplicas: 0,
          availableReplicas: 0,
          template: aTemplate({readinessProbe: aProbe({path: '/', port: '8971'})}),
        }),
      }),
      events: known([
        anEvent('Unhealthy', 'Readiness probe failed: HTTP probe failed with statuscode: 400', {
          count: 40,
          lastSeen: ago(seconds(12)),
        }),
      ]),
    }),
    /[Rr]eadiness probe/,
  ),
  unready(
    '353c',
    'Kubernetes, readinessGates of a load balancer',
    'a readiness gate is never set',
    (since) => ({
      workload: known({found: 'one', workload: aWorkload({readyReplicas: 0, availableReplicas: 0})}),
      pods: known([
        aPod({
          conditions: [
            condition(
              'Ready',
              'False',
              'ReadinessGatesNotReady',
              'corresponding condition of pod readiness gate "target-health.elbv2.k8s.aws/k8s-frigate" does not exist.',
              since,
            ),
            condition('ContainersReady', 'True', '', '', since),
          ],
        }),
      ]),
    }),
    /readiness gate/,
  ),
];

const pendingPod = (
  row: string,
  sources: string,
  what: string,
  pod: (since: Duration) => Partial<Pod>,
  more: ObservationChanges,
  says: RegExp,
  causes: Causes,
): Incident => ({
  row,
  sources,
  what,
  story: {
    see: ({since}) => ({
      workload: down,
      pods: known([
        aPod({
          name: 'frigate-7bc659b5f5-new',
          uid: 'new',
          phase: 'Pending',
          createdAt: ago(milliseconds(Math.max(1000, since))),
          ip: null,
          frigate: waiting('ContainerCreating'),
          ...pod(since),
        }),
      ]),
      frigate: nobodyThere,
      ...more,
    }),
    restartCures: false,
  },
  expected: {
    ideal: 'tell',
    restarts: 0,
    health: 'unhealthy',
    causes,
    finding: 'FRG-202',
    mails: [1, 2],
    toldBy: 3,
    says,
  },
});

const ofNew = {object: {kind: 'Pod', name: 'frigate-7bc659b5f5-new', uid: 'new'}};

const pending: readonly Incident[] = [
  pendingPod(
    '354',
    'Kubernetes, volume attachment; a node that went away with the disk',
    'the disk is attached to the old node still',
    () => ({}),
    {
      events: known([
        anEvent(
          'FailedAttachVolume',
          'Multi-Attach error for volume "pvc-2b9a" Volume is already exclusively attached to one node and can\'t be attached to another',
          ofNew,
        ),
      ]),
    },
    /Multi-Attach error/,
    ['storage'],
  ),
  pendingPod(
    '354b',
    'Kubernetes, persistent volumes',
    'the claim is not bound',
    (since) => ({
      nodeName: null,
      frigate: null,
      conditions: [
        condition(
          'PodScheduled',
          'False',
          'Unschedulable',
          '0/3 nodes are available: pod has unbound immediate PersistentVolumeClaims. preemption: 0/3 nodes are available: 3 Preemption is not helpful for scheduling.',
          since,
        ),
      ],
    }),
    {},
    /unbound immediate PersistentVolumeClaims/,
    ['storage', 'workload'],
  ),
  pendingPod(
    '354c',
    'kubernetes-csi/csi-driver-smb#419',
    'the mount of the share is stale on the node: the container cannot be made',
    () => ({
      frigate: waiting(
        'CreateContainerError',
        'failed to generate container "b3835a07" spec: failed to apply OCI options: failed to stat "/var/lib/kubelet/pods/a70b4271/volumes/kubernetes.io~csi/pvc-a7eb6f61/mount": stale NFS file handle',
      ),
    }),
    {},
    /stale NFS file handle/,
    ['storage', 'config'],
  ),
  pendingPod(
    '354d',
    'a Secret that was renamed',
    'the Secret of an environment variable does not exist',
    () => ({frigate: waiting('CreateContainerConfigError', 'secret "frigate-rtsp" not found')}),
    {},
    /secret "frigate-rtsp" not found/,
    ['config'],
  ),
  pendingPod(
    '354e',
    'a registry with a limit of pulls',
    'the image cannot be pulled',
    () => ({
      frigate: waiting(
        'ImagePullBackOff',
        'Back-off pulling image "ghcr.io/blakeblackshear/frigate:0.17.9": ErrImagePull: rpc error: code = NotFound desc = failed to pull and unpack image: ghcr.io/blakeblackshear/frigate:0.17.9: not found',
      ),
    }),
    {},
    /ImagePullBackOff/,
    ['config'],
  ),
  {
    row: '354f',
    sources: 'kubernetes/kubernetes#71584: a hard NFS mount holds a terminating pod',
    what: 'the old pod terminates for an hour, no new one is made (strategy Recreate)',
    story: {
      see: ({since}) => ({
        workload: down,
        pods: known([aPod({deletingSince: ago(milliseconds(since)), frigate: aContainer({ready: false})})]),
        frigate: nobodyThere,
      }),
      restartCures: false,
    },
    expected: {
      ideal: 'tell',
      restarts: 0,
      health: 'unhealthy',
      causes: ['workload', 'storage', 'node'],
      finding: 'FRG-202',
      mails: [1, 2],
      says: /terminating/,
    },
  },
  {
    row: '354g',
    sources: 'Kubernetes, PodSecurity admission after an update of the namespace label',
    what: 'the API server rejects the pods of Frigate',
    story: {
      see: ({since}) => ({
        workload: known({
          found: 'one',
          workload: aWorkload({
            readyReplicas: 0,
            availableReplicas: 0,
            updatedReplicas: 0,
            currentReplicas: 0,
            conditions: [
              condition(
                'ReplicaFailure',
                'True',
                'FailedCreate',
                'pods "frigate-7bc659b5f5-" is forbidden: violates PodSecurity "baseline:latest": privileged (container "frigate" must not set securityContext.privileged=true), hostPath volumes (volume "dev-bus-usb")',
                since,
              ),
            ],
          }),
        }),
        pods: known([]),
        frigate: nobodyThere,
      }),
      restartCures: false,
    },
    expected: {
      ideal: 'tell',
      restarts: 0,
      health: 'unhealthy',
      causes: ['workload', 'config'],
      finding: 'FRG-202',
      mails: [1, 2],
      toldBy: 3,
      says: /violates PodSecurity/,
    },
  },
];

/** What cannot be read, beside a fault that can be seen all the same. */
const blind: readonly Incident[] = [
  {
    row: '361',
    sources: 'a Role without pods/log',
    what: 'the log cannot be read, and a recorder stands still: a full disk is not ruled out',
    story: {
      see: ({since}) =>
        and(running(since), {frigate: recordedUntil(since) ?? {}}, {log: unknown('forbidden', 'pods/log: 403')}),
      restartCures: false,
    },
    expected: {
      ideal: 'tell',
      restarts: 0,
      health: 'unhealthy',
      causes: ['recording'],
      finding: 'FRG-601',
      mails: [1, 2],
      says: /pods\/log|log/,
    },
  },
  {
    row: '361b',
    sources: 'a Role without pods/exec, recordings on NFS',
    what: 'the mount cannot be asked, and nothing is recorded: no restart on a mount that may hang',
    story: {
      always: statistics(hours(1), () => ({
        mounts: mounts.map((mount) =>
          mount.path.startsWith('/media') ? aMount(mount.path, {...mount, type: 'nfs4'}) : mount,
        ),
      })),
      see: ({since}) =>
        and(
          statistics(since, (age) => ({
            cameras: cameraNames.map((name) => moving(aCamera(name), age)),
            mounts: mounts.map((mount) =>
              mount.path.startsWith('/media') ? aMount(mount.path, {...mount, type: 'nfs4'}) : mount,
            ),
          })),
          {
            frigate: {
              ...(recordedUntil(since) ?? {}),
              mountProbe: unknown('forbidden', 'pods/exec: 403'),
              mounts: unknown('forbidden', 'pods/exec: 403'),
            },
          },
        ),
      restartCures: false,
    },
    expected: {
      ideal: 'tell',
      restarts: 0,
      health: 'unhealthy',
      causes: ['recording', 'storage'],
      finding: 'FRG-601',
      mails: [1, 2],
      says: /FRG-606|not known whether the recordings mount/,
    },
  },
  {
    row: '361c',
    sources: 'a Role without events and nodes',
    what: 'events and node cannot be read, and the API is hung: a restart would be a guess about the node',
    story: {
      see: () =>
        and(apiDead('silent'), {events: unknown('forbidden', 'events: 403'), node: unknown('forbidden', 'nodes: 403')}),
      restartCures: false,
    },
    expected: {
      ideal: 'tell',
      restarts: 0,
      health: 'unhealthy',
      causes: ['process'],
      finding: 'FRG-301',
      mails: [1, 2],
      toldBy: 4,
      says: /403|permission|node/i,
    },
  },
];

/** Two faults at once: what a restart cures is cured, and what stays is still told. */
const twoAtOnce: readonly Incident[] = [
  {
    row: '371',
    sources: 'rec-kill and cam-hang, measured on 0.17.2, together',
    what: 'the recorder is gone, and one camera is away: one restart, and the camera stays away',
    story: {
      see: ({since}) =>
        statistics(since, (age) => {
          const cameras = cameraNames.map((name, index) =>
            name === 'back'
              ? aCamera(name, {cameraFps: 0, processFps: 0, detectionFps: 0, ffmpegPid: 0}, index)
              : moving(aCamera(name, {}, index), age),
          );
          return {cameras, usages: usagesOf(aSnapshot({cameras})).filter(({pid}) => pid !== 260)};
        }),
      restartCures: false,
      passes: 5,
    },
    expected: {
      ideal: 'restart',
      restarts: 1,
      restartBy: 3,
      health: 'unhealthy',
      causes: ['mixed', 'process'],
      finding: 'FRG-304',
      mails: [1, 3],
      says: /back/,
    },
  },
  {
    row: '371b',
    sources: 'det-stop and disk-full, measured on 0.17.2, together',
    what: 'the recordings disk is full, and the detector hangs: one restart for the detector, and the disk is told',
    story: {
      see: ({since}) =>
        and(
          statistics(since, (age) => ({
            cameras: starved(age),
            mounts: mounts.map((mount) =>
              mount.path === '/media/frigate/recordings' ? aMount(mount.path, {used: 999_990, free: 10}) : mount,
            ),
          })),
          {frigate: recordedUntil(since) ?? {}},
        ),
      restartCures: false,
      passes: 5,
    },
    expected: {
      ideal: 'restart',
      restarts: 1,
      restartBy: 3,
      health: 'unhealthy',
      causes: ['mixed', 'storage', 'detector'],
      finding: 'FRG-603',
      mails: [1, 3],
      says: /[Dd]isk full/,
    },
  },
  {
    row: '371c',
    sources: 'cams-gone and a node that is cordoned for its update',
    what: 'all cameras are gone while the node is cordoned: nothing is restarted',
    story: {
      see: ({since}) => and(camerasAway(since), {node: known(aNode({unschedulable: true}))}),
      restartCures: false,
    },
    expected: {
      ideal: 'tell',
      restarts: 0,
      health: 'unhealthy',
      causes: ['mixed', 'network', 'node'],
      finding: 'FRG-501',
      mails: [1, 3],
    },
  },
];

/** A hung API that is restarted, and what the new pod finds. */
const afterwards = (
  row: string,
  sources: string,
  what: string,
  next: (moment: Moment) => ObservationChanges,
  says: RegExp,
  more: Partial<Incident['expected']> = {},
  previousLog?: readonly string[],
): Incident => ({
  row,
  sources,
  what,
  story: {
    see: (moment) => (moment.restarts === 0 ? apiDead('silent') : next(moment)),
    ...(previousLog === undefined ? {} : {previousLog}),
    restartCures: false,
    passes: 14,
  },
  expected: {
    ideal: 'escalate',
    restarts: 1,
    restartBy: 3,
    health: 'unhealthy',
    causes: ['workload', 'node', 'config', 'storage', 'mixed'],
    finding: 'FRG-202',
    mails: [2, 4],
    says,
    ...more,
  },
});

const followed: readonly Incident[] = [
  afterwards(
    '381',
    'a device plugin that does not get the device back',
    'after a restart that was right the new pod finds no device',
    ({since}) => ({
      workload: down,
      pods: known([
        aPod({
          name: 'frigate-7bc659b5f5-new',
          uid: 'new',
          phase: 'Pending',
          createdAt: ago(milliseconds(Math.max(1000, since - minutes(10)))),
          nodeName: null,
          ip: null,
          conditions: [
            condition(
              'PodScheduled',
              'False',
              'Unschedulable',
              '0/3 nodes are available: 3 Insufficient squat.ai/coral. preemption: 0/3 nodes are available: 3 No preemption victims found for incoming pod.',
              minutes(5),
            ),
          ],
          frigate: null,
        }),
      ]),
      frigate: nobodyThere,
    }),
    /Insufficient squat\.ai\/coral/,
  ),
  afterwards(
    '381b',
    'frigate#204, #228: a USB Coral that a restart left in a bad state',
    'after a restart that was right the new container ends for a detector that it does not find',
    ({since}) => crashLoop(since, {exitCode: 143}, minutes(8)),
    /EdgeTPU|detector device/,
    {finding: 'FRG-203', causes: ['node', 'detector', 'workload']},
    [
      python(
        'frigate.detectors.plugins.edgetpu_tfl',
        'No EdgeTPU was detected. If you do not have a Coral device yet, you must configure CPU detectors.',
      ),
      'ValueError: Failed to load delegate from libedgetpu.so.1.0',
      python('frigate.watchdog', 'Detection appears to have stopped. Exiting Frigate...', 'INFO'),
    ],
  ),
  afterwards(
    '381c',
    'bad-config, measured on 0.17.2: a configuration that was edited hours ago and is read now',
    'after a restart that was right Frigate starts in safe mode',
    ({since}) => {
      const {frigate} = statistics(since, () => ({cameras: [], detectors: [aDetector('cpu', {inferenceSpeed: 10})]}));
      return {
        frigate: {
          ...frigate,
          config: known({safeMode: true, cameras: [], detectors: new Map(), go2rtcStreams: [], mqttEnabled: false}),
          segments: new Map(),
          go2rtc: known({streams: [], latency: milliseconds(5)}),
        },
      };
    },
    /safe mode/,
    {finding: 'FRG-303', causes: ['config']},
  ),
  afterwards(
    '381d',
    'homeiac/home, RCA 2026-01-17, after a restart',
    'after a restart that was right the node goes away',
    () => nodeAway,
    /node-a/,
    {finding: 'FRG-151', causes: ['node']},
  ),
];

/** What newer versions show beside what older ones do. */
const shapes: readonly Incident[] = [
  {
    row: '391',
    sources: 'frigate/const.py and frigate/debug_replay.py at dev, 0.18',
    what: 'a debug replay appears among the cameras and stands still when it ends: no camera is away',
    story: {
      see: ({since}) =>
        statistics(since, (age) => ({
          version: '0.18.0-5f6043a',
          cameras: [
            ...cameraNames.map((name) => moving(aCamera(name), age)),
            aCamera('_replay_front', {
              cameraFps: 0,
              processFps: 0,
              detectionFps: 0,
              pid: 390,
              capturePid: 490,
              ffmpegPid: 0,
            }),
          ],
        })),
      restartCures: false,
    },
    expected: {ideal: 'wait', restarts: 0, health: 'healthy', causes: [], finding: null, mails: [0, 0]},
  },
  {
    row: '391b',
    sources: 'frigate/stats/util.py at v0.16.4: a camera that is not enabled has no process',
    what: 'a disabled camera stands among the statistics with zeros and without processes',
    story: {
      see: ({since}) => {
        const seen = statistics(since, (age) => ({
          cameras: [
            ...cameraNames.map((name) => moving(aCamera(name), age)),
            aCamera('shed', {cameraFps: 0, processFps: 0, detectionFps: 0, pid: null, capturePid: null, ffmpegPid: 0}),
          ],
        }));
        return seen;
      },
      restartCures: false,
    },
    expected: {ideal: 'wait', restarts: 0, health: 'healthy', causes: [], finding: null, mails: [0, 0]},
  },
  {
    row: '391c',
    sources: 'a proxy that cannot be reached from the checker; frigate#21779',
    what: 'the reply has no Date header and the statistics are those of a moment ago',
    story: {
      see: ({since}) => ({
        frigate: {...running(since).frigate, stats: known({...aReading(), date: null})},
      }),
      restartCures: false,
    },
    expected: {ideal: 'wait', restarts: 0, health: 'healthy', causes: [], finding: null, mails: [0, 0]},
  },
];

export const podIncidents: readonly Incident[] = [
  ...rejections,
  ...evictions,
  ...readiness,
  ...pending,
  ...blind,
  ...twoAtOnce,
  ...followed,
  ...shapes,
];

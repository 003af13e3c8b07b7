/** The named scenarios: each one literal. */
import {emptyBaselines} from '../../core/state/baselines.js';
import type {CauseClass} from '../../core/finding.js';
import type {RestartRecord, State} from '../../core/state/state.js';
import {earlier, hours, later, minutes, seconds} from '../../core/time.js';
import {farmSite, siteWithCameras} from '../frigate/site.js';
import type {Facts, Scenario} from './scenario.js';

const CORAL = 'squat.ai/coral';

const farm: Omit<Scenario, 'name' | 'title'> = {
  site: farmSite,
  version: '0.17.2',
  installation: {},
  devices: {},
  age: hours(6),
  happenings: [],
};

/** Five minutes ago (or `ago`) a pass observed the fault for the first time: with the next pass Frigate is restarted. */
const countedOnce =
  (cause: CauseClass, ago = minutes(5)) =>
  ({now, podUid, containerId}: Facts): Partial<State> => {
    const observedAt = earlier(now, ago);
    return {
      streak: {
        count: 1,
        first: observedAt,
        last: observedAt,
        podUid,
        containerId,
        cause,
        evidenceAt: earlier(observedAt, seconds(10)),
      },
      lastPass: {at: observedAt, by: 'run-cron', result: 'unhealthy'},
      memory: {
        ...emptyBaselines,
        podUid,
        containerId,
        frigateVersion: '0.17.2-3d4dd3a',
        logCursor: observedAt,
        cameras: farmSite.cameras
          .map((camera) => ({name: camera.name, delivering: true}))
          .sort((a, b) => (a.name < b.name ? -1 : 1)),
      },
    };
  };

/** A restart after which the fault was back `back` minutes before now: within the hour, so that it did not help. */
const relapsed = (facts: Facts, id: string, ago: number, back: number): RestartRecord => ({
  id,
  at: earlier(facts.now, minutes(ago)),
  cause: 'detector',
  rule: 'R-12',
  who: 'automatic',
  reason: 'the detector answers nothing: every camera that wants it skips its frames',
  findings: ['FRG-403'],
  phase: 'did-not-help',
  settledAt: earlier(facts.now, minutes(back)),
});

export const scenarios: readonly Scenario[] = [
  {...farm, name: 'healthy', title: 'Seven cameras on a Coral, everything records'},
  {
    ...farm,
    name: 'coral-stuck',
    title: 'The Coral hangs repeatedly: Frigate kills its detector about every 70 s',
    happenings: [{ago: minutes(12), what: 'fault', fault: 'coral-stuck'}],
    state: countedOnce('detector'),
  },
  {
    ...farm,
    name: 'detector-silent',
    title: 'The detector hangs without logging: every camera with motion skips its frames',
    happenings: [{ago: minutes(10), what: 'fault', fault: 'det-stop'}],
    state: countedOnce('detector'),
  },
  {
    ...farm,
    name: 'stats-frozen',
    title: 'The API answers in milliseconds with healthy numbers that no longer change; nothing is recorded',
    happenings: [{ago: minutes(9), what: 'fault', fault: 'manager-stop'}],
    state: countedOnce('process'),
  },
  {
    ...farm,
    name: 'api-dead',
    title: "Frigate's main process hangs: port 5000 accepts and never answers",
    happenings: [{ago: minutes(9), what: 'fault', fault: 'main-stop'}],
    state: countedOnce('process'),
  },
  {
    ...farm,
    name: 'one-camera-down',
    title: 'One camera refuses connections: a person has to fix it, a restart does not help',
    happenings: [{ago: minutes(30), what: 'fault', fault: 'cams-gone', cameras: ['backyard']}],
  },
  {
    ...farm,
    name: 'subnet-down',
    title: 'Three cameras behind one switch are gone: one network cause, not three cameras',
    happenings: [{ago: minutes(15), what: 'fault', fault: 'cams-net', cameras: ['barn', 'stable', 'gate']}],
  },
  {
    ...farm,
    name: 'disk-full',
    title: 'Other data fills the recordings disk: Frigate deletes its newest recordings to continue',
    happenings: [{ago: minutes(20), what: 'fault', fault: 'disk-full'}],
  },
  {
    ...farm,
    name: 'oom-loop',
    title: 'The memory limit is too small: the kernel kills Frigate at each start',
    installation: {memoryLimit: '768Mi'},
    happenings: [{ago: minutes(40), what: 'fault', fault: 'oom'}],
  },
  {
    ...farm,
    name: 'node-down',
    title: 'The node is down: its pod cannot be reached, the new one cannot be scheduled',
    happenings: [{ago: minutes(8), what: 'node-died'}],
  },
  {
    ...farm,
    name: 'starting',
    title: 'Frigate starts after an upgrade: a database migration, within its grace',
    happenings: [
      {ago: minutes(5), what: 'fault', fault: 'starting', stays: true},
      {ago: minutes(4), what: 'image', image: 'ghcr.io/blakeblackshear/frigate:0.17.2-tensorrt'},
    ],
    state: countedOnce('process', minutes(3)),
  },
  {
    ...farm,
    name: 'breaker-open',
    title: 'The detector hangs again after two restarts within the hour: the breaker is open',
    happenings: [
      {ago: minutes(56), what: 'fault', fault: 'det-stop'},
      {ago: minutes(48), what: 'restart', attempt: 'demo-attempt-1'},
      {ago: minutes(34), what: 'fault', fault: 'det-stop'},
      {ago: minutes(26), what: 'restart', attempt: 'demo-attempt-2'},
      // Each time it had worked for some minutes: a detector that never worked would be starting.
      {ago: minutes(10), what: 'fault', fault: 'det-stop'},
    ],
    state: (facts) => ({
      ...countedOnce('detector')(facts),
      restarts: [relapsed(facts, 'demo-attempt-1', 48, 30), relapsed(facts, 'demo-attempt-2', 26, 6)],
      breaker: {
        state: 'open',
        until: later(facts.now, minutes(12)),
        why: '2 of 2 restarts in the last hour are used',
        failures: 2,
        reset: null,
        coolDownUntil: null,
      },
      incident: {
        id: 'demo-incident',
        since: earlier(facts.now, minutes(6)),
        cause: 'detector',
        worst: 'critical',
        stage: 'critical',
        findings: ['FRG-403'],
        joined: [],
        cameras: [],
        quiet: [],
        faults: [],
        summary: 'the detector answers nothing',
        told: true,
        lastAlertAt: earlier(facts.now, minutes(6)),
        quietSince: null,
        ack: null,
        alerts: 1,
      },
    }),
  },
  {
    ...farm,
    name: 'capture-frozen',
    title: 'The capture process of one camera hangs: its numbers stay healthy, nothing of it is recorded',
    happenings: [{ago: minutes(12), what: 'fault', fault: 'cap-stop', cameras: ['driveway']}],
    state: countedOnce('process'),
  },
  {
    ...farm,
    name: 'recorder-dead',
    title: 'The recorder process exited: stats are normal, no camera is recorded',
    happenings: [{ago: minutes(12), what: 'fault', fault: 'rec-kill'}],
    state: countedOnce('process'),
  },
  {
    ...farm,
    name: 'disk-hang',
    title: 'The NFS server of the recordings is gone: a restart would leave a pod that cannot start',
    site: {...farmSite, mediaType: 'nfs4'},
    happenings: [{ago: minutes(12), what: 'fault', fault: 'disk-hang'}],
  },
  {
    ...farm,
    name: 'safe-mode',
    title: 'A mistake in the configuration: Frigate runs in safe mode without cameras',
    happenings: [{ago: minutes(20), what: 'fault', fault: 'bad-config'}],
  },
  {
    ...farm,
    name: 'unschedulable',
    title: 'The Coral is gone from its bus: no node can run the pod',
    installation: {device: CORAL},
    devices: {[CORAL]: '1'},
    happenings: [
      {ago: minutes(16), what: 'device-lost', device: CORAL},
      {ago: minutes(15), what: 'pod-deleted'},
    ],
  },
  {
    ...farm,
    name: 'image-pull',
    title: 'An upgrade to an image that does not exist',
    happenings: [{ago: minutes(12), what: 'image', image: 'ghcr.io/blakeblackshear/frigate:0.17.9', missing: true}],
  },
  {
    ...farm,
    name: 'crash-loop',
    title: 'The detector process exits at each start and ends the container: CrashLoopBackOff',
    happenings: [{ago: minutes(25), what: 'fault', fault: 'det-kill-loop'}],
  },
  {
    ...farm,
    name: 'go2rtc-hung',
    title: 'go2rtc hangs and is not restarted: the cameras that it streams deliver no frames',
    happenings: [{ago: minutes(10), what: 'fault', fault: 'go2rtc-stop'}],
    state: countedOnce('process'),
  },
  {
    ...farm,
    name: 'fleet',
    title: 'Three Frigates in one cluster, two of them failing: for check -A and watch -A',
    neighbours: [
      {
        namespace: 'cabin',
        site: siteWithCameras(2),
        happenings: [{ago: minutes(20), what: 'fault', fault: 'cams-gone', cameras: ['driveway']}],
      },
      {
        namespace: 'workshop',
        site: siteWithCameras(4),
        happenings: [{ago: minutes(10), what: 'fault', fault: 'det-stop'}],
      },
    ],
  },
  {
    ...farm,
    name: 'cache-full',
    title: '/tmp/cache is full: most cameras deliver no frames, nothing is recorded; a new pod has a new cache',
    happenings: [{ago: minutes(10), what: 'fault', fault: 'cache-full'}],
    state: countedOnce('storage'),
  },
  {
    ...farm,
    name: 'model-build',
    title:
      'After an upgrade Frigate builds its TensorRT models: the API is not up for an hour, and a restart would start the build again',
    version: '0.13.2',
    installation: {readinessPath: '/'},
    happenings: [
      {ago: minutes(41), what: 'fault', fault: 'model-build', detail: 'tensorrt'},
      {ago: minutes(40), what: 'image', image: 'ghcr.io/blakeblackshear/frigate:0.13.2-tensorrt'},
    ],
  },
  {
    ...farm,
    name: 'port-moved',
    title: 'An upgrade moved the port of the API: 5000 refuses connections, everything else works',
    version: '0.18.0',
    happenings: [
      {ago: minutes(26), what: 'fault', fault: 'port-moved', detail: '5005'},
      {ago: minutes(25), what: 'image', image: 'ghcr.io/blakeblackshear/frigate:0.18.0-beta1'},
    ],
  },
  {
    ...farm,
    name: 'switched-off',
    title:
      'Recording and detection are switched off over MQTT, and stay so after a restart, though the configuration has them on',
    site: {...farmSite, mqtt: true},
    happenings: [
      {
        ago: minutes(200),
        what: 'fault',
        fault: 'record-off',
        cameras: ['front_door', 'driveway', 'backyard', 'barn', 'gate'],
        stays: true,
      },
      {ago: minutes(200), what: 'fault', fault: 'detect-off', cameras: ['barn', 'gate'], stays: true},
      {ago: minutes(50), what: 'pod-deleted'},
    ],
  },
  {
    ...farm,
    name: 'stale-mount',
    title:
      'The NFS server of the recordings is back with other file handles: every access fails until the pod is recreated',
    site: {...farmSite, mediaType: 'nfs4'},
    happenings: [{ago: minutes(12), what: 'fault', fault: 'stale-mount'}],
  },
];

/** The scenario of that name; `undefined` where there is none. */
export const findScenario = (name: string): Scenario | undefined =>
  scenarios.find((scenario) => scenario.name === name);

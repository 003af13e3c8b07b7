/**
 * Faults of a real pod on a real Kubernetes, in real time: seconds from the fault to another status on the HTTP API of a `serve`
 * process, and to the PATCH that restarts Frigate, by the audit log. Each run has a namespace, a state and a process of its own.
 */
import {readFileSync} from 'node:fs';
import {setTimeout as wait} from 'node:timers/promises';
import {auditLog, rolloutsIn} from '../../test/cluster/audit.js';
import {loadImages} from '../../test/cluster/images.js';
import {kubectl, kubectlJson} from '../../test/cluster/kubectl.js';
import {startProgram, type Running} from '../../test/cluster/program.js';
import {deployed, eventually, fault, runningPod, type Shape} from '../../test/cluster/simulated-frigate.js';
import {timesOf, timesText, type ClusterRow, type ClusterTimes} from './detection-result.js';

/** Runs of one fault beside each other; more would measure how busy the machine is. */
const AT_ONCE = 6;
/** Milliseconds. */
const EACH = 100;
const PATIENCE = 90_000;
/** The faults come at any moment between two snapshots of Frigate. */
const PHASES = 15_000;
/** Seconds after the start of the fault `oom` in which the simulated Frigate begins to use up its memory (as measured on a real one). */
const OOM_AFTER = 9;

const QUICK = {FRIGATE_HC_STARTUP_GRACE_PERIOD_SECONDS: '60', FRIGATE_HC_API_TIMEOUT_SECONDS: '5s'};

interface Stand {
  readonly shape: Shape;
  readonly serve: Running;
  readonly url: string;
}

interface RealFault {
  readonly fault: string;
  readonly how: string;
  /** Resolves with the instant of the fault, Unix milliseconds. */
  readonly strike: (shape: Shape) => Promise<number>;
  /** What a restart by `serve` cures; it is waited for. */
  readonly restarted: boolean;
}

const onPod = async (shape: Shape, words: (pod: string) => readonly string[]): Promise<number> => {
  const {metadata} = await runningPod(shape);
  const at = Date.now();
  await kubectl(['-n', shape.namespace, ...words(metadata.name)]);
  return at;
};

const podFaults: readonly RealFault[] = [
  {
    fault: "Frigate's main process ends",
    how: 'SIGTERM to process 1 of its container',
    strike: (shape) => onPod(shape, (pod) => ['exec', pod, '--', 'sh', '-c', 'kill -TERM 1']),
    restarted: false,
  },
  {
    fault: 'out of memory',
    how: 'the process uses up the memory limit of its container (512 MiB), and the kernel ends it',
    strike: async (shape) => {
      const at = Date.now();
      await fault(shape, 'oom');
      return at + OOM_AFTER * 1000;
    },
    restarted: false,
  },
  {
    fault: 'the pod is deleted',
    how: '`kubectl delete pod`',
    strike: (shape) => onPod(shape, (pod) => ['delete', 'pod', pod, '--wait=false']),
    restarted: false,
  },
  {
    fault: 'the API hangs',
    how: 'fault `main-stop` of the simulated Frigate in the pod',
    strike: async (shape) => {
      const at = Date.now();
      await fault(shape, 'main-stop');
      return at;
    },
    restarted: true,
  },
];

interface Row {
  readonly instanceId: string;
  readonly health: string;
}

const healthOf = async ({url, shape}: Stand): Promise<string> => {
  const {frigates} = (await (await fetch(new URL('/api/v1/frigates', url))).json()) as {
    readonly frigates: readonly Row[];
  };
  return frigates.find(({instanceId}) => instanceId === `${shape.namespace}.frigate`)?.health ?? 'absent';
};

const opened = async (namespace: string): Promise<Stand> => {
  const shape: Shape = {namespace, name: 'frigate'};
  await kubectl(['create', 'namespace', namespace]);
  await deployed(shape);
  await runningPod(shape);
  const words = ['serve', '-n', namespace, '--profile=fast', '--auth=none', '--listen=127.0.0.1:0'];
  const serve = startProgram(words, QUICK);
  await Promise.race([serve.told('http.listening'), serve.ended.then(({stderr}) => Promise.reject(new Error(stderr)))]);
  const url = /"url":"([^"]+)"/.exec(serve.stdout())?.[1] ?? '';
  const stand = {shape, serve, url};
  await eventually(
    () => healthOf(stand).catch(() => 'no answer'),
    (health) => health === 'healthy',
    `a healthy Frigate in ${namespace}`,
    240_000,
  );
  return stand;
};

const closed = async ({serve, shape}: Stand): Promise<void> => {
  serve.interrupt();
  await serve.ended;
  await kubectl(['delete', 'namespace', shape.namespace, '--wait=false', '--ignore-not-found']);
};

/** Seconds from the fault to the first status that is not healthy; `null`: none in time. */
const untilShown = async (stand: Stand, at: number): Promise<number | null> => {
  while (Date.now() - at < PATIENCE) {
    const asked = Date.now();
    if (asked >= at && (await healthOf(stand).catch(() => 'healthy')) !== 'healthy') return (Date.now() - at) / 1000;
    await wait(EACH);
  }
  return null;
};

const untilPatched = async ({shape}: Stand, at: number): Promise<number | null> => {
  for (;;) {
    const [first] = rolloutsIn(shape.namespace);
    if (first !== undefined) return (Date.parse(first.requestReceivedTimestamp ?? '') - at) / 1000;
    if (Date.now() - at > PATIENCE) return null;
    await wait(500);
  }
};

interface Seen {
  readonly status: number | null;
  readonly restart: number | null;
}

const rowOf = ({fault: name, how}: Pick<RealFault, 'fault' | 'how'>, seen: readonly Seen[]): ClusterRow => {
  const row = {
    fault: name,
    how,
    runs: seen.length,
    status: timesOf(seen.map(({status}) => status)),
    restart: timesOf(seen.map(({restart}) => restart)),
  };
  console.log(
    `${name.padEnd(28)} status ${row.status.times}/${row.runs}: ${timesText(row.status)}; restart ${row.restart.times}/${row.runs}: ${timesText(row.restart)}`,
  );
  return row;
};

/** `count` stands, so many beside each other, one group after another. */
const inGroups = async <T>(
  count: number,
  prefix: string,
  work: (stands: readonly Stand[]) => Promise<readonly T[]>,
): Promise<readonly T[]> => {
  const results: T[] = [];
  for (let done = 0; done < count; done += AT_ONCE) {
    const names = Array.from({length: Math.min(AT_ONCE, count - done)}, (_, index) => `${prefix}-${done + index}`);
    const stands = await Promise.all(names.map(opened));
    try {
      results.push(...(await work(stands)));
    } finally {
      await Promise.all(stands.map(closed));
    }
  }
  return results;
};

const measured = (stands: readonly Stand[], {strike, restarted}: RealFault): Promise<readonly Seen[]> =>
  Promise.all(
    stands.map(async (stand) => {
      await wait(Math.random() * PHASES);
      const at = await strike(stand.shape);
      const status = await untilShown(stand, at);
      // One that a restart does not cure is watched for as long as a restart of the others takes.
      if (!restarted) await wait(30_000);
      return {status, restart: restarted ? await untilPatched(stand, at) : firstPatch(stand, at)};
    }),
  );

const firstPatch = ({shape}: Stand, at: number): number | null => {
  const [first] = rolloutsIn(shape.namespace);
  return first === undefined ? null : (Date.parse(first.requestReceivedTimestamp ?? '') - at) / 1000;
};

/** The only node: its kubelet stands still, as that of a node that hangs; all stands observe one stop. Goes on in any case. */
const nodeStops = async (stands: readonly Stand[], pidFile: string): Promise<readonly Seen[]> => {
  const pid = Number(readFileSync(pidFile, 'utf8').trim());
  await wait(Math.random() * PHASES);
  const at = Date.now();
  process.kill(pid, 'SIGSTOP');
  try {
    const shown = await Promise.all(stands.map((stand) => untilShown(stand, at)));
    await wait(20_000);
    return shown.map((status, index) => ({status, restart: firstPatch(stands[index] ?? stands[0]!, at)}));
  } finally {
    process.kill(pid, 'SIGCONT');
    await eventually(
      () => kubectl(['wait', 'node', '--all', '--for=condition=Ready', '--timeout=60s']).catch(String),
      (answer) => answer.includes('condition met'),
      'a node that is ready again',
    );
  }
};

/** Needs KUBECONFIG, FRIGATE_HC_TEST_IMAGE_LOADER, FRIGATE_HC_TEST_AUDIT_LOG and, for the node, FRIGATE_HC_TEST_KUBELET_PID (docs/testing.md). */
export const measureCluster = async (runs: number): Promise<ClusterTimes> => {
  if (auditLog === null) throw new Error('FRIGATE_HC_TEST_AUDIT_LOG is not set (docs/testing.md)');
  await loadImages();
  const {serverVersion} = await kubectlJson<{readonly serverVersion: {readonly gitVersion: string}}>('version');
  const prefix = `frigate-health-detection-${process.pid}`;
  const rows: ClusterRow[] = [];
  for (const [index, each] of podFaults.entries())
    rows.push(rowOf(each, await inGroups(runs, `${prefix}-${index}`, (stands) => measured(stands, each))));
  const kubelet = process.env['FRIGATE_HC_TEST_KUBELET_PID'] ?? '';
  if (kubelet !== '') {
    const node = {fault: 'the node stops', how: 'its kubelet is suspended; all runs of a group observe one stop'};
    rows.push(rowOf(node, await inGroups(runs, `${prefix}-node`, (stands) => nodeStops(stands, kubelet))));
  }
  return {version: serverVersion.gitVersion, profile: 'fast', rows};
};

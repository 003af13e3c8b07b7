/**
 * A place where the contract of `Cluster` is tried: a real cluster or the simulator.
 * A stage brings workloads into the circumstances that the suite asks for and says what to expect of their containers.
 */
import type {Permission} from '../../src/core/observation/observation.js';
import type {WorkloadKind} from '../../src/core/observation/workload.js';
import type {Cluster} from '../../src/kubernetes/cluster.js';

/** A Kubernetes object as one would write it in YAML. */
export type Manifest = Readonly<Record<string, unknown>> & {
  readonly kind: string;
  readonly metadata: Readonly<Record<string, unknown>> & {readonly name: string};
};

/** A workload whose Frigate container is called `frigate`, in a circumstance that has settled. */
export interface Scene {
  readonly kind: WorkloadKind;
  readonly name: string;
}

/** A workload with one pod that runs and is ready. */
export interface RunningScene extends Scene {
  readonly commands: {
    readonly succeeds: {readonly command: readonly string[]; readonly stdout: string};
    readonly fails: {readonly command: readonly string[]; readonly exitCode: number; readonly stderr: string};
    /** Writes `bytes` to its standard output. */
    readonly large: {readonly command: readonly string[]; readonly bytes: number};
    readonly hangs: readonly string[];
    readonly notThere: readonly string[];
  };
  readonly web: {
    readonly port: number;
    readonly path: string;
    readonly contains: string;
    /** Answered with 404 by the pod itself. */
    readonly missingPath: string;
    /** Nobody listens there. */
    readonly closedPort: number;
  };
  readonly log: {
    /** The first line since the start. */
    readonly first: string;
    /** Part of a line that comes again at least every two seconds. */
    readonly repeats: string;
  };
}

/** One pod that lives its second life: its container ended once and was started again. */
export interface RestartedScene extends Scene {
  /** Part of the log of the first life, and not of the second. */
  readonly firstLife: string;
  readonly exitCode: number;
}

export interface Stage {
  readonly name: string;
  /** A namespace for the suite alone. */
  readonly namespace: string;
  start(): Promise<void>;
  stop(): Promise<void>;
  /** Without `rights`: all of them. With: those alone, besides asking for one's own rights. */
  connect(rights?: readonly Permission[]): Promise<Cluster>;
  apply(manifest: Manifest): Promise<void>;
  delete(kind: string, name: string): Promise<void>;

  /** A Deployment with the strategy Recreate and no annotations on its pod template. */
  running(): Promise<RunningScene>;
  runningStatefulSet(): Promise<Scene>;
  runningDaemonSet(): Promise<Scene>;
  restarted(): Promise<RestartedScene>;
  oomKilled(): Promise<Scene>;
  crashLoop(): Promise<Scene & {readonly exitCode: number}>;
  imagePullFailure(): Promise<Scene>;
  unschedulable(): Promise<Scene>;
  pausedRollout(): Promise<Scene>;
  /** Past its progress deadline: the new revision's pod does not start. */
  stuckRollout(): Promise<Scene>;
  scaledToNothing(): Promise<Scene>;
}

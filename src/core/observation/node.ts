/** The node that Frigate runs on, or would have to run on. */
import type {Condition} from './workload.js';

export interface Taint {
  readonly key: string;
  readonly value: string | null;
  readonly effect: 'NoSchedule' | 'PreferNoSchedule' | 'NoExecute';
}

export interface Node {
  readonly name: string;
  readonly uid: string;
  /** `status.nodeInfo.bootID`: another one after each boot of the machine; `null`: not reported. */
  readonly bootId?: string | null;
  readonly unschedulable: boolean;
  readonly conditions: readonly Condition[];
  readonly taints: readonly Taint[];
  /** `status.allocatable` as plain numbers (cores, bytes, or counts for devices). */
  readonly allocatable: ReadonlyMap<string, number>;
}

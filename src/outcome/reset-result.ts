/** What `reset-breaker` returns. */
import type {ClusterContext} from '../core/cluster-context.js';
import type {BreakerView} from '../core/decision/decision.js';
import type {Breaker} from '../core/state/state.js';

export interface ResetResult {
  readonly stateName: string;
  /** The context of the kubeconfig, where one was used. */
  readonly context: ClusterContext;
  readonly namespace: string;
  readonly before: Breaker;
  /** The breaker as it stands after the reset: the hour's limit may hold on. */
  readonly after: BreakerView;
  readonly by: string;
  readonly reason: string | null;
}

/** What would be closed, and where: for the question whether it shall be. */
export type BreakerStanding = Pick<ResetResult, 'stateName' | 'context' | 'namespace'> & {
  readonly breaker: BreakerView;
};

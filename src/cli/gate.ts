/** The way to the cluster for a use case: opened late, so that a bad flag or setting dials nothing. */
import type {Gate} from '../pass/context.js';
import type {Clock} from '../pass/world.js';
import type {ConnectError} from '../kubernetes/connect-error.js';
import type {KubeOptions} from '../kubernetes/connect.js';

/** The real cluster, with this machine's clock. */
export const realGate = async (options: KubeOptions, clock: Clock): Promise<Gate | ConnectError> => {
  const {connect, isConnectError} = await import('../kubernetes/connect.js');
  const cluster = await connect(options);
  return isConnectError(cluster) ? cluster : {cluster, clock, close: () => Promise.resolve()};
};

/** The way to the cluster for a use case: opened late, so that a bad flag or setting dials nothing. */
import type {Gate} from '../pass/context.js';
import type {Clock} from '../pass/world.js';
import type {ConnectError} from '../kubernetes/connect-error.js';
import type {KubeOptions} from '../kubernetes/connect.js';

/** The commands that a demo tells to type name this context; its cluster is gone when they are typed. */
const DEMO_CONTEXT = 'demo';

const explained = (error: ConnectError, {context}: KubeOptions): ConnectError =>
  context === DEMO_CONTEXT
    ? {...error, fix: 'a simulated cluster ends with its command: type --demo=SCENARIO in the place of --context demo'}
    : error;

/** The real cluster, with this machine's clock. */
export const realGate = async (options: KubeOptions, clock: Clock): Promise<Gate | ConnectError> => {
  const {connect, isConnectError} = await import('../kubernetes/connect.js');
  const cluster = await connect(options);
  return isConnectError(cluster) ? explained(cluster, options) : {cluster, clock, close: () => Promise.resolve()};
};

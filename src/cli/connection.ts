/** The way to the cluster for a use case: opened late, so that a bad flag or setting dials nothing. */
import {note} from '../core/fix.js';
import type {ClusterConnection} from '../pass/context.js';
import type {Timers} from '../core/timers.js';
import type {ConnectError} from '../kubernetes/connect-error.js';
import type {KubeOptions, Opening} from '../kubernetes/connect.js';

/** Commands that a demo prints name this context; its cluster no longer exists when they are typed. */
const DEMO_CONTEXT = 'demo';

const explained = (error: ConnectError, {context}: KubeOptions): ConnectError =>
  context === DEMO_CONTEXT
    ? {
        ...error,
        fix: [note('A simulated cluster ends with its command: use --demo=SCENARIO instead of --context demo.')],
      }
    : error;

/** The real cluster, with the time of this machine. */
export const realConnection = async (
  options: KubeOptions,
  timers: Timers,
  opening: Opening = {},
): Promise<ClusterConnection | ConnectError> => {
  const {connect, isConnectError} = await import('../kubernetes/connect.js');
  const cluster = await connect(options, timers, opening);
  return isConnectError(cluster)
    ? explained(cluster, options)
    : {cluster, clock: timers, close: () => Promise.resolve()};
};

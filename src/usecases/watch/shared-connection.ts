/** One opened way for several use cases: each may open and close it as it likes; the last word has the owner. */
import {lineOf} from '../../core/fix.js';
import type {Context, ClusterConnection} from '../../pass/context.js';
import {CommandFailure} from '../../outcome/failure.js';

export interface Shared {
  readonly context: Context;
  /** Of the kubeconfig's context. */
  readonly name: string;
  readonly close: () => Promise<void>;
}

const kept = ({cluster, clock}: ClusterConnection): ClusterConnection => ({
  cluster: {...cluster, close: () => undefined},
  clock,
  close: () => Promise.resolve(),
});

/** Throws CommandFailure where there is no way. */
export const share = async (context: Context): Promise<Shared> => {
  const connection = await context.open();
  if ('fix' in connection) throw new CommandFailure('usage', connection.message, lineOf(connection.fix));
  return {
    name: connection.cluster.context,
    context: {...context, open: () => Promise.resolve(kept(connection))},
    close: async () => {
      connection.cluster.close();
      await connection.close();
    },
  };
};

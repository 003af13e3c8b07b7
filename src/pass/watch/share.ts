/** One opened way for several use cases: each may open and close it as it likes; the last word has the owner. */
import type {Context, Gate} from '../context.js';
import {CommandFailure} from '../../report/failure.js';

export interface Shared {
  readonly context: Context;
  /** Of the kubeconfig's context. */
  readonly name: string;
  readonly close: () => Promise<void>;
}

const kept = ({cluster, clock}: Gate): Gate => ({
  cluster: {...cluster, close: () => undefined},
  clock,
  close: () => Promise.resolve(),
});

/** Throws CommandFailure where there is no way. */
export const share = async (context: Context): Promise<Shared> => {
  const gate = await context.open();
  if ('fix' in gate) throw new CommandFailure('usage', gate.message, gate.fix);
  return {
    name: gate.cluster.context,
    context: {...context, open: () => Promise.resolve(kept(gate))},
    close: async () => {
      gate.cluster.close();
      await gate.close();
    },
  };
};

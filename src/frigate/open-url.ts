/** A Frigate outside Kubernetes: one way to it, its URL. What is asked by exec in a pod has nobody to ask. */
import {notInKubernetes} from '../core/known.js';
import type {OpenedFrigate, OpenOptions} from './open.js';
import {askStats, httpReader} from './reader.js';
import {urlTransport} from './transport/url.js';

/** @param url As `frigateUrl` gives it (core/frigate-url.ts). */
export const openFrigateAt = async (
  url: string,
  {apiTimeout, timers, signal, onStats}: Omit<OpenOptions, 'via' | 'expected'>,
): Promise<OpenedFrigate> => {
  const transport = urlTransport(url, timers);
  const {liveness, stats} = await askStats({transport, timers}, apiTimeout, signal, onStats);
  const alive = liveness.verdict === 'alive';
  const nobody = (): Promise<typeof notInKubernetes> => Promise.resolve(notInKubernetes);
  return {
    liveness: [liveness],
    stats,
    via: alive ? transport.via : null,
    reader: {
      ...httpReader({transport, timers, apiTimeout, alive}),
      mountProbe: nobody,
      mounts: nobody,
      memoryUse: nobody,
      backend: nobody,
    },
  };
};

/** What the parts of the daemon do, counted for /metrics where they meet the outside. Counting changes no answer. */
import type {Timers} from '../../core/timers.js';
import type {ApiTraffic} from '../../kubernetes/api/traffic.js';
import type {Cluster} from '../../kubernetes/cluster.js';
import type {ProcessMetrics} from '../../metrics/process-metrics.js';
import type {Channel} from '../../notify/channel.js';
import type {PassPorts} from '../../pass/ports.js';

export type Counts = Pick<
  ProcessMetrics,
  'polled' | 'pollLagged' | 'stateWritten' | 'alertSent' | 'kubernetesRequested' | 'watchRestarted'
>;

/** The requests to the API server. */
export const countedTraffic = (counts: Counts): ApiTraffic => ({
  requested: (verb, resource, code) => counts.kubernetesRequested(verb, resource, code),
  watchRestarted: (resource) => counts.watchRestarted(resource),
});

/** The cluster whose writes of ConfigMaps, which hold nothing but state, are counted. */
export const countedCluster = (cluster: Cluster, counts: Counts): Cluster => {
  const counted = async <T extends {readonly kind: string}>(write: Promise<T>): Promise<T> => {
    const outcome = await write;
    counts.stateWritten(outcome.kind === 'done' || outcome.kind === 'conflict' ? outcome.kind : 'failed');
    return outcome;
  };
  return {
    ...cluster,
    createConfigMap: (...asked) => counted(cluster.createConfigMap(...asked)),
    replaceConfigMap: (...asked) => counted(cluster.replaceConfigMap(...asked)),
  };
};

export const countedChannels = (channels: readonly Channel[], counts: Counts): readonly Channel[] =>
  channels.map((channel) => ({
    ...channel,
    send: async (notification, signal) => {
      const delivery = await channel.send(notification, signal);
      counts.alertSent(channel.name, delivery.kind === 'delivered' ? 'delivered' : 'failed');
      return delivery;
    },
  }));

/** The ports of one Frigate whose polls are counted and timed. One that the daemon gave up itself counts as none. */
export const countedPorts = (ports: PassPorts, clock: Pick<Timers, 'monotonic'>, counts: Counts): PassPorts => ({
  ...ports,
  openFrigate: async (...asked) => {
    const begun = clock.monotonic();
    const opened = await ports.openFrigate(...asked);
    const {stats} = opened;
    const [, signal] = asked;
    const failure = stats.known ? null : stats.why.code === 'timeout' ? 'silent' : 'failed';
    if (stats.known || !signal.aborted) counts.polled(failure ?? 'answered', (clock.monotonic() - begun) / 1000);
    return opened;
  },
});

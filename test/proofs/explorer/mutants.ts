/** Planted bugs of the protocol: one safeguard taken away at the ports of a pass. The explorer must find each of them. */
import {decodeState} from '../../../src/core/state/codec.js';
import {encodeState} from '../../../src/core/state/encode.js';
import type {State} from '../../../src/core/state/state.js';
import {known} from '../../../src/core/known.js';
import type {Pod} from '../../../src/core/observation/pod.js';
import {days, earlier, type Instant} from '../../../src/core/time.js';
import type {Cluster, ConfigMap} from '../../../src/kubernetes/cluster.js';
import {DOCUMENT_KEY} from '../../../src/pass/state-store.js';
import type {PassPorts} from '../../../src/pass/ports.js';
import {STATE, type Runner, type Stage} from './stage.js';

export interface Mutant {
  /** What is taken away. */
  readonly guard: string;
  /** Index of the scenario that it is searched in (scenarios.ts). */
  readonly scenario: number;
  readonly mutate: (world: PassPorts, stage: Stage, runner: Runner) => PassPorts;
}

const withCluster = (world: PassPorts, changes: Partial<Cluster>): PassPorts => ({
  ...world,
  cluster: {...world.cluster, ...changes},
});

const changed = (map: ConfigMap, change: (state: State) => State): ConfigMap => {
  const document = map.data.get(DOCUMENT_KEY);
  return document === undefined
    ? map
    : {...map, data: new Map([...map.data, [DOCUMENT_KEY, encodeState(change(decodeState(document).state))]])};
};

const hasIntent = (data: ReadonlyMap<string, string>): boolean =>
  decodeState(data.get(DOCUMENT_KEY) ?? '').state.restarts.some(({phase}) => phase === 'intended');

/** The pod with a container that started a day earlier. */
const ofLongAgo = (pod: Pod): Pod => {
  const {frigate} = pod;
  if (frigate?.state.phase !== 'running' || frigate.state.startedAt === null) return pod;
  return {
    ...pod,
    frigate: {...frigate, state: {...frigate.state, startedAt: earlier(frigate.state.startedAt, days(1))}},
  };
};

export const mutants: readonly Mutant[] = [
  {
    guard: 'compare-and-swap: the state is written whatever stands there',
    scenario: 0,
    mutate: (world, stage) =>
      withCluster(world, {
        replaceConfigMap: (previous, data, signal) =>
          world.cluster.replaceConfigMap(stage.maps.get(previous.name) ?? previous, data, signal),
      }),
  },
  {
    guard: 'fencing token: the PATCH asks for no attempt and no generation',
    scenario: 0,
    mutate: (world, stage) =>
      withCluster(world, {
        restart: (patch, signal) =>
          world.cluster.restart(
            {
              ...patch,
              get expectedAttempt() {
                return stage.workload.attempt;
              },
              get generation() {
                return stage.workload.generation;
              },
            },
            signal,
          ),
      }),
  },
  {
    guard: 'intent before act: the intent is stored after the PATCH',
    scenario: 0,
    mutate: (world) => {
      let held: readonly [ConfigMap, ReadonlyMap<string, string>] | null = null;
      return withCluster(world, {
        replaceConfigMap: (previous, data, signal) => {
          if (held === null && hasIntent(data)) {
            held = [previous, data];
            return Promise.resolve({kind: 'done', value: {...previous, data}});
          }
          return world.cluster.replaceConfigMap(previous, data, signal);
        },
        restart: async (patch, signal) => {
          const outcome = await world.cluster.restart(patch, signal);
          if (held !== null) await world.cluster.replaceConfigMap(...held, signal);
          return outcome;
        },
      });
    },
  },
  {
    guard: 'a write in doubt is no write: a lost answer is taken for success',
    scenario: 0,
    mutate: (world) =>
      withCluster(world, {
        replaceConfigMap: async (previous, data, signal) => {
          const outcome = await world.cluster.replaceConfigMap(previous, data, signal);
          return outcome.kind === 'in-doubt' ? {kind: 'done', value: {...previous, data}} : outcome;
        },
      }),
  },
  {
    guard: 'a conflict ends the pass: it is taken for success',
    scenario: 0,
    mutate: (world) =>
      withCluster(world, {
        replaceConfigMap: async (previous, data, signal) => {
          const outcome = await world.cluster.replaceConfigMap(previous, data, signal);
          return outcome.kind === 'conflict' ? {kind: 'done', value: {...previous, data}} : outcome;
        },
      }),
  },
  {
    guard: 'a PATCH in doubt is looked for: a lost answer is taken for "not applied" and sent again with a new id',
    scenario: 0,
    mutate: (world, stage) =>
      withCluster(world, {
        restart: async (patch, signal) => {
          const outcome = await world.cluster.restart(patch, signal);
          return outcome.kind === 'in-doubt'
            ? world.cluster.restart(
                {
                  ...patch,
                  attempt: `${patch.attempt}-again`,
                  expectedAttempt: stage.workload.attempt,
                  generation: stage.workload.generation,
                },
                signal,
              )
            : outcome;
        },
      }),
  },
  {
    guard: 'the same, sent again with the same id and no fence',
    scenario: 0,
    mutate: (world, stage) =>
      withCluster(world, {
        restart: async (patch, signal) => {
          const outcome = await world.cluster.restart(patch, signal);
          return outcome.kind === 'in-doubt'
            ? world.cluster.restart(
                {...patch, expectedAttempt: stage.workload.attempt, generation: stage.workload.generation},
                signal,
              )
            : outcome;
        },
      }),
  },
  {
    guard: 'an old observation is not acted on: the monotonic clock stands still',
    scenario: 0,
    mutate: (world) => ({...world, clock: {...world.clock, monotonic: () => 0}}),
  },
  {
    guard: 'unreadable is not empty: a failed read counts as "no state" and is written over (B-11)',
    scenario: 0,
    mutate: (world, stage) =>
      withCluster(world, {
        readConfigMap: async (namespace, name, signal) => {
          const found = await world.cluster.readConfigMap(namespace, name, signal);
          return found.known ? found : known(null);
        },
        createConfigMap: (namespace, name, data, signal) => {
          const standing = stage.maps.get(name);
          return standing === undefined
            ? world.cluster.createConfigMap(namespace, name, data, signal)
            : world.cluster.replaceConfigMap(standing, data, signal);
        },
      }),
  },
  {
    guard: 'a future instant counts as now: it is ignored instead (B-18)',
    scenario: 0,
    mutate: (world, stage) =>
      withCluster(world, {
        readConfigMap: async (namespace, name, signal) => {
          const found = await world.cluster.readConfigMap(namespace, name, signal);
          if (!found.known || found.value === null || name !== STATE) return found;
          return known(
            changed(found.value, (state) => ({...state, restarts: state.restarts.filter(({at}) => at <= stage.now)})),
          );
        },
        locate: async (query, signal) => {
          const located = await world.cluster.locate(query, signal);
          const {search} = located;
          if (!search.known || search.value.found !== 'one') return located;
          const {workload} = search.value;
          return {
            ...located,
            search: known({
              found: 'one',
              workload: {
                ...workload,
                attempt: workload.attempt,
                restartedAt: past(workload.restartedAt, stage),
                revisions: workload.revisions.filter((at) => at <= stage.now),
              },
            }),
          };
        },
      }),
  },
  {
    guard: 'a lost state begins with a cool-down: without a state the workload tells nothing of earlier rollouts',
    scenario: 4,
    mutate: (world, stage) => {
      let answered: (lost: boolean) => void = () => undefined;
      const stateIsLost = new Promise<boolean>((resolve) => (answered = resolve));
      return withCluster(world, {
        readConfigMap: async (namespace, name, signal) => {
          const found = await world.cluster.readConfigMap(namespace, name, signal);
          if (name === STATE) answered(found.known && found.value === null);
          return found;
        },
        locate: async (query, signal) => {
          const located = await world.cluster.locate(query, signal);
          const {search} = located;
          if (!(await stateIsLost) || !search.known || search.value.found !== 'one') return located;
          return {
            ...located,
            search: known({
              found: 'one',
              workload: {...search.value.workload, restartedAt: null, revisions: [], attempt: null},
            }),
            // R-06 would hold too: a container that nobody observed at work counts as starting, unless it is old.
            pods: located.pods.known ? known(located.pods.value.map(ofLongAgo)) : located.pods,
          };
        },
        restart: (patch, signal) =>
          world.cluster.restart(
            {...patch, expectedAttempt: stage.workload.attempt, generation: stage.workload.generation},
            signal,
          ),
      });
    },
  },
  {
    guard: 'the alert is in the outbox before the act: it is only kept in memory',
    scenario: 0,
    mutate: (world) =>
      withCluster(world, {
        replaceConfigMap: (previous, data, signal) =>
          world.cluster.replaceConfigMap(
            previous,
            changed({...previous, data}, (state) => ({
              ...state,
              outbox: state.outbox.filter(({deliveredAt}) => deliveredAt !== null),
            })).data,
            signal,
          ),
      }),
  },
];

const past = (at: Instant | null, {now}: Stage): Instant | null => (at !== null && at > now ? null : at);

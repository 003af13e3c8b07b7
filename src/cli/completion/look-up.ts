/** The words that only a kubeconfig, a cluster or Frigate knows. Every failure is no word at all. */
import type {Word, WordKind} from './table.js';
import {decodeState} from '../../core/state/codec.js';
import type {Timers} from '../../core/timers.js';
import {valueOr} from '../../core/known.js';
import {kindAndName} from '../../core/observation/workload.js';
import type {Cluster} from '../../kubernetes/cluster.js';
import {connect, isConnectError, kubeconfigNames, type KubeOptions} from '../../kubernetes/connect.js';
import {DOCUMENT_KEY} from '../../pass/state-store.js';
import {isSettings, load} from '../../settings/load.js';
import {DEFAULT_NAMESPACE, type Settings} from '../../settings/settings.js';
import type {Environment} from '../colour.js';

export interface LookUp {
  readonly options: KubeOptions;
  readonly env: Environment;
  readonly timers: Timers;
  /** Ends the question. */
  readonly signal: AbortSignal;
}

const plain = (names: readonly string[]): readonly Word[] => names.map((value) => ({value, about: ''}));

interface Here extends LookUp {
  readonly cluster: Cluster;
  readonly settings: Settings;
  readonly namespace: string;
}

const workloads = async ({cluster, settings, namespace, signal}: Here): Promise<readonly Word[]> => {
  const search = await cluster.findWorkload(
    {namespace, name: null, kind: null, podSelector: settings.podSelector},
    signal,
  );
  if (!search.known) return [];
  const {value} = search;
  if (value.found === 'one') return [{value: kindAndName(value.workload), about: value.workload.template.image}];
  return value.found === 'several' ? plain(value.candidates.map(kindAndName)) : [];
};

/** From the state of the last pass: one small request. Completion sends no request to Frigate. */
const cameras = async ({cluster, settings, namespace, signal}: Here): Promise<readonly Word[]> => {
  const map = valueOr(await cluster.readConfigMap(namespace, settings.stateName, signal), null);
  const document = map?.data.get(DOCUMENT_KEY);
  return document === undefined ? [] : plain(decodeState(document).state.memory.cameras.map(({name}) => name));
};

const inCluster = async (kind: WordKind, {options, env, timers, signal}: LookUp): Promise<readonly Word[]> => {
  const settings = load({flags: {}, env, readFile: () => null});
  const cluster = await connect(options, timers);
  if (isConnectError(cluster) || !isSettings(settings)) return [];
  try {
    const namespace = options.namespace ?? settings.namespace ?? cluster.defaultNamespace ?? DEFAULT_NAMESPACE;
    const here: Here = {options, env, timers, signal, cluster, settings, namespace};
    if (kind === 'namespaces') return plain(valueOr(await cluster.listNamespaces(signal), []));
    return kind === 'workloads' ? await workloads(here) : await cameras(here);
  } finally {
    cluster.close();
  }
};

/** The words of a kind, in the order in which they are known. */
export const lookUp = async (kind: WordKind, question: LookUp): Promise<readonly Word[]> => {
  switch (kind) {
    case 'contexts':
    case 'clusters':
    case 'users':
      return plain((await kubeconfigNames(question.options))[kind]);
    case 'namespaces':
    case 'workloads':
    case 'cameras':
      return inCluster(kind, question);
    case 'checks':
    case 'scenarios':
    case 'files':
      return [];
  }
};

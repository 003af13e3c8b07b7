/** The words that only a kubeconfig, a cluster or Frigate knows. Every failure is no word at all. */
import type {Word, WordKind} from '../completion/table.js';
import {decodeState} from '../core/state/codec.js';
import {valueOr} from '../core/known.js';
import type {Cluster} from '../kubernetes/cluster.js';
import {connect, isConnectError, kubeconfigNames, type KubeOptions} from '../kubernetes/connect.js';
import {DOCUMENT_KEY} from '../pass/state-store.js';
import {isSettings, load} from '../settings/load.js';
import type {Settings} from '../settings/settings.js';
import type {Environment} from './colour.js';

export interface LookUp {
  readonly options: KubeOptions;
  readonly env: Environment;
  /** Ends the question. */
  readonly signal: AbortSignal;
}

const plain = (names: readonly string[]): readonly Word[] => names.map((value) => ({value, about: ''}));

const DEFAULT_NAMESPACE = 'frigate';

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
  if (value.found === 'one')
    return [
      {value: `${value.workload.kind.toLowerCase()}/${value.workload.name}`, about: value.workload.template.image},
    ];
  return value.found === 'several' ? plain(value.candidates.map((candidate) => candidate.split(' ', 1)[0] ?? '')) : [];
};

/** As the last pass remembered them: one small request, and Frigate itself is not asked at a TAB. */
const cameras = async ({cluster, settings, namespace, signal}: Here): Promise<readonly Word[]> => {
  const map = valueOr(await cluster.readConfigMap(namespace, settings.stateName, signal), null);
  const document = map?.data.get(DOCUMENT_KEY);
  return document === undefined ? [] : plain(decodeState(document).state.memory.cameras.map(({name}) => name));
};

const inCluster = async (kind: WordKind, {options, env, signal}: LookUp): Promise<readonly Word[]> => {
  const settings = load({flags: {}, env, readFile: () => null});
  const cluster = await connect(options);
  if (isConnectError(cluster) || !isSettings(settings)) return [];
  try {
    const namespace = options.namespace ?? settings.namespace ?? cluster.defaultNamespace ?? DEFAULT_NAMESPACE;
    const here: Here = {options, env, signal, cluster, settings, namespace};
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

/** `watch -A`: every Frigate of the cluster, with a short look at each. */
import type {WorkloadKind} from '../../core/observation/workload.js';
import type {HealthClass} from '../../core/diagnosis/diagnosis.js';
import type {Action} from '../../core/decision/rule-id.js';
import {seconds} from '../../core/time.js';
import type {Context} from '../context.js';
import {within} from '../deadline.js';
import {judge} from '../judge.js';
import {lastMailFailure, observe} from '../observe.js';
import {openWorld} from '../open-world.js';
import {StateStore} from '../state-store.js';
import {CommandFailure} from '../../report/failure.js';
import {failureOf} from '../access.js';

const FIND_LIMIT = seconds(15);

export interface FoundFrigate {
  readonly kind: WorkloadKind;
  readonly namespace: string;
  readonly name: string;
}

const kinds: Readonly<Record<string, WorkloadKind>> = {
  deployment: 'Deployment',
  statefulset: 'StatefulSet',
  daemonset: 'DaemonSet',
};

/** Candidates are told in words (WorkloadSearch): `deployment/frigate in namespace cameras`. */
const candidateOf = (text: string): readonly FoundFrigate[] => {
  const found = /^(?<kind>\w+)\/(?<name>\S+) in namespace (?<namespace>\S+)/.exec(text)?.groups;
  const kind = kinds[found?.['kind'] ?? ''];
  return kind === undefined ? [] : [{kind, namespace: found?.['namespace'] ?? '', name: found?.['name'] ?? ''}];
};

/** Sorted by namespace and name. Throws CommandFailure where nothing can be found out, or there is none. */
export const findAll = async (context: Context): Promise<readonly FoundFrigate[]> => {
  const {world, close} = await openWorld(context, 'watch');
  try {
    const {settings, cluster} = world;
    const search = await cluster.findWorkload(
      {
        namespace: null,
        name: settings.workloadGiven ? settings.workload : null,
        kind: null,
        podSelector: settings.podSelector,
      },
      within(FIND_LIMIT, context.signal),
    );
    if (!search.known) throw failureOf(search.why);
    switch (search.value.found) {
      case 'one': {
        const {kind, namespace, name} = search.value.workload;
        return [{kind, namespace, name}];
      }
      case 'several':
        return search.value.candidates
          .flatMap(candidateOf)
          .sort((a, b) => (`${a.namespace}/${a.name}` < `${b.namespace}/${b.name}` ? -1 : 1));
      case 'none':
        throw new CommandFailure(
          'unreachable',
          `No Frigate was found: looked for ${search.value.lookedFor}`,
          'kubectl get deployments,statefulsets,daemonsets -A',
        );
      case 'no-container':
        throw new CommandFailure(
          'unreachable',
          `${search.value.name} has no container that is recognisably Frigate's`,
          'kubectl frigate-health check --explain FRG-201',
        );
    }
  } finally {
    await close();
  }
};

/** The same command about one of them. */
export const contextOf = (context: Context, {namespace, name}: FoundFrigate): Context => ({
  ...context,
  settings: {...context.settings, namespace, workload: name, workloadGiven: true},
});

export interface Glance {
  readonly health: HealthClass;
  readonly summary: string;
  readonly action: Action;
  readonly rule: string;
  readonly critical: boolean;
}

/** One look as `check` has it, in a line. */
export const glance = async (context: Context, frigate: FoundFrigate): Promise<Glance> => {
  const {world, close} = await openWorld(contextOf(context, frigate), 'watch');
  try {
    const store = new StateStore(world.cluster, world.namespace, world.settings.stateName);
    const sight = await observe(
      world,
      store,
      {kind: frigate.kind, rights: null, cronJob: false, mailFailure: lastMailFailure},
      within(world.settings.deadline, context.signal),
    );
    const {findings, diagnosis, decision} = judge(sight, {
      policy: world.settings.policy,
      attemptId: 'watch',
      by: world.runner,
      request: null,
      alerting: false,
      toldOfWipe: null,
    });
    return {
      health: diagnosis.health,
      summary: diagnosis.summary,
      action: decision.action,
      rule: decision.rule,
      critical: findings.some(({status}) => status === 'critical'),
    };
  } finally {
    await close();
  }
};

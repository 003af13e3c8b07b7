/** `watch -A`: every Frigate of the cluster, with a short check of each. */
import {byNamespaceAndName, candidateText, type WorkloadName} from '../../core/observation/workload.js';
import type {HealthClass} from '../../core/diagnosis/diagnosis.js';
import type {Action} from '../../core/rule-id.js';
import {seconds} from '../../core/time.js';
import type {Context} from '../../pass/context.js';
import {within} from '../../core/timers.js';
import {judge, onlyJudging} from '../../pass/judge.js';
import {observe} from '../../pass/observe.js';
import {openPorts} from '../../pass/open-ports.js';
import {StateStore} from '../../pass/state-store.js';
import {CommandFailure} from '../../outcome/failure.js';
import {failureOf} from '../../pass/access.js';

const FIND_LIMIT = seconds(15);

export type FoundFrigate = WorkloadName;

/** Sorted by namespace and name. Throws CommandFailure where nothing can be found out, or there is none. */
export const findAll = async (context: Context): Promise<readonly FoundFrigate[]> => {
  const {ports, close} = await openPorts(context, 'watch');
  try {
    const {settings, cluster} = ports;
    const search = await cluster.findWorkload(
      {
        namespace: null,
        name: settings.workloadGiven ? settings.workload : null,
        kind: null,
        podSelector: settings.podSelector,
      },
      within(ports.clock, FIND_LIMIT, context.signal),
    );
    if (!search.known) throw failureOf(search.why);
    switch (search.value.found) {
      case 'one': {
        const {kind, namespace, name} = search.value.workload;
        return [{kind, namespace, name}];
      }
      case 'several':
        return search.value.candidates.toSorted(byNamespaceAndName);
      case 'none':
        throw new CommandFailure(
          'unreachable',
          `No Frigate workload found: ${search.value.searchedFor}`,
          'kubectl get deployments,statefulsets,daemonsets -A',
        );
      case 'no-container':
        throw new CommandFailure(
          'unreachable',
          `${candidateText(search.value.candidate)} has no Frigate container`,
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

export interface BriefObservation {
  readonly health: HealthClass;
  readonly summary: string;
  readonly action: Action;
  readonly rule: string;
  readonly critical: boolean;
}

/** One run of `check`, in a line. */
export const observeBriefly = async (context: Context, frigate: FoundFrigate): Promise<BriefObservation> => {
  const {ports, close} = await openPorts(contextOf(context, frigate), 'watch');
  try {
    const store = new StateStore(ports.cluster, ports.namespace, ports.settings.stateName);
    const observed = await observe(
      ports,
      store,
      {kind: frigate.kind, permissions: null, cronJob: 'settings'},
      within(ports.clock, ports.settings.deadline, context.signal),
    );
    const {findings, diagnosis, decision} = judge(observed, onlyJudging({...ports, settings: observed.settings}));
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

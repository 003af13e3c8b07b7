/** FRG-104: can what was remembered be trusted? */
import type {StateSoundness} from '../../observation/observation.js';
import type {Check, CheckContext, Verdict} from '../check.js';
import {inNamespace, onCluster} from '../kubectl.js';
import {evidence, notApplicable, plural, unseen} from '../wording.js';

export const state: Check = {
  id: 'FRG-104',
  title: 'state is sound',
  category: 'cluster',
  cause: 'checker',
  needs: ['FRG-101'],
  docs: {
    what: 'The state ConfigMap remembers the restarts of the last days, the breaker, the incident and the alerts not yet sent. Whoever loses it or puts an old one back would re-arm the breaker; the Python checker before this one restarted Frigate five times instead of two because its ConfigMap stood in Git.',
    limits:
      'Critical when it is unreadable in part, immutable, from a newer version of this tool, or written over by somebody else. Missing is info: it is created, with a full cool-down.',
    cure: 'Nothing: restarts are held until the memory can be trusted.',
    next: 'When a GitOps tool wrote over it, take the ConfigMap out of the repository: the tool creates it by itself. Keep the tool from pruning it in the same step. Parts that could not be read are kept under another key of the ConfigMap.',
    source:
      'Flux, Kustomization: `kustomize.toolkit.fluxcd.io/prune`, `/ssa`, `/reconcile` annotations. Argo CD: `argocd.argoproj.io/sync-options: Prune=false`.',
  },
  fix: ({observation}) => `kubectl${inNamespace(observation)} get configmap ${nameOf(observation)} -o yaml`,
  judge: (context) => {
    const {state: soundness} = context.observation;
    if (!soundness.known) {
      return soundness.why.code === 'not-asked'
        ? notApplicable('The state was not read', soundness.why.message)
        : unseen(soundness.why);
    }
    return judgeSoundness(context, soundness.value);
  },
};

/** Who restarted the workload while nobody but this tool wrote the state: a second installation with a state of another name. */
export const ANOTHER_CHECKER = 'another frigate-health';

const nameOf = ({state: soundness}: CheckContext['observation']): string =>
  soundness.known ? soundness.value.name : 'frigate-health-state';

const judgeSoundness = (
  {observation}: CheckContext,
  {name, problems, wipedBy, missing, newer, immutable}: StateSoundness,
): Verdict => {
  const object = {kind: 'ConfigMap', name};
  if (wipedBy !== null) {
    return {
      status: 'critical',
      object,
      ...(wipedBy === ANOTHER_CHECKER
        ? {
            summary: `${wipedBy} restarts this Frigate and remembers it elsewhere; restarts are held`,
            evidence: [evidence('restarted by', wipedBy)],
          }
        : {
            summary: `${wipedBy} writes over the remembered state; restarts are held`,
            evidence: [evidence('written over by', wipedBy)],
          }),
      fix: releaseFrom(wipedBy, observation, name),
    };
  }
  if (newer) {
    return {
      status: 'critical',
      object,
      summary: 'The remembered state is from a newer version of this tool; it is left alone',
      fix: 'kubectl krew upgrade frigate-health  # or, for the CronJob, the image that wrote it',
    };
  }
  if (immutable === true) {
    return {
      status: 'critical',
      object,
      summary: `ConfigMap ${name} is immutable: nothing new can be remembered, so that nothing is restarted and no mail is sent`,
      fix: `kubectl${inNamespace(observation)} delete configmap ${name}  # the next pass makes a new one and begins with a full cool-down`,
    };
  }
  if (problems.length > 0) {
    return {
      status: 'critical',
      object,
      summary: `${plural(problems.length, 'part')} of the remembered state could not be read: ${problems[0] ?? ''}`,
      evidence: problems.slice(0, 10).map((problem) => evidence('set aside', problem)),
    };
  }
  if (missing)
    return {
      status: 'info',
      object,
      summary: `Nothing is remembered yet: ConfigMap ${name} is created by the first pass that writes`,
    };
  return {status: 'ok', object, summary: `The remembered state is sound (ConfigMap ${name})`};
};

/** How to take the ConfigMap out of the hands of the one that writes over it, without losing it on the way. */
const releaseFrom = (manager: string, observation: CheckContext['observation'], name: string): string => {
  if (manager === ANOTHER_CHECKER) {
    return (
      `kubectl${onCluster(observation)} get cronjobs -A -l app.kubernetes.io/name=frigate-health` +
      '  # keep one of those that look after this Frigate: each has a state of its own (FRIGATE_HC_STATE_CONFIGMAP)'
    );
  }
  const kubectl = `kubectl${inNamespace(observation)}`;
  if (/kustomize-controller|flux/i.test(manager)) {
    return (
      `${kubectl} annotate configmap ${name} kustomize.toolkit.fluxcd.io/prune=disabled kustomize.toolkit.fluxcd.io/reconcile=disabled --overwrite` +
      `\n# then remove ${name} from its kustomization.yaml in Git and let Flux reconcile`
    );
  }
  if (/helm/i.test(manager)) {
    return (
      `${kubectl} annotate configmap ${name} helm.sh/resource-policy=keep --overwrite` +
      `\n# then remove ${name} from the chart or its values in Git`
    );
  }
  if (/argo/i.test(manager)) {
    return (
      `${kubectl} annotate configmap ${name} argocd.argoproj.io/sync-options=Prune=false --overwrite` +
      `\n# then remove ${name} from the Application's manifests in Git`
    );
  }
  return `${kubectl} get configmap ${name} --show-managed-fields -o yaml  # then make ${manager} leave ${name} alone: this tool creates it by itself`;
};

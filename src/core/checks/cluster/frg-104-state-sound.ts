/** FRG-104: can the stored state be trusted? */
import {note, run, type Fix} from '../../fix.js';
import type {StateSoundness, Wiper} from '../../observation/observation.js';
import {defineCheck, type CheckContext, type CheckResult} from '../check.js';
import {inNamespace, onCluster} from '../kubectl.js';
import {bySource, evidence, notApplicable, plural, unobserved} from '../evidence/wording.js';

export const stateSound = defineCheck('FRG-104', {
  category: 'cluster',
  cause: 'checker',
  needs: ['FRG-101'],
  docs: {
    what: 'The state ConfigMap holds the restarts of the last days, the breaker, the incident and the alerts not yet sent. A lost or an old state would reset the breaker: the Python checker before this one restarted Frigate five times instead of two because its ConfigMap was in Git.',
    limits:
      'Critical when a part of it is unreadable, when it is immutable, when a newer version of this tool wrote it, or when somebody else overwrites it. Missing is info: it is created, with a full cool-down.',
    cure: 'Nothing: restarts are held until the state can be trusted.',
    next: 'When a GitOps tool overwrites it, remove the ConfigMap from the repository: frigate-health creates it by itself. In the same step keep the GitOps tool from pruning it. Parts that could not be read are kept under another key of the ConfigMap.',
    source:
      'Flux, Kustomization: `kustomize.toolkit.fluxcd.io/prune`, `/ssa`, `/reconcile` annotations. Argo CD: `argocd.argoproj.io/sync-options: Prune=false`.',
  },
  fix: ({observation}) => [run(`kubectl${inNamespace(observation)} get configmap ${nameOf(observation)} -o yaml`)],
  judge: (context) => {
    const {state: soundness} = context.observation;
    if (!soundness.known) {
      return soundness.why.code === 'not-asked'
        ? notApplicable('State not read', bySource(soundness.why))
        : unobserved(soundness.why);
    }
    return judgeSoundness(context, soundness.value);
  },
});

const nameOf = ({state: soundness}: CheckContext['observation']): string =>
  soundness.known ? soundness.value.name : 'frigate-health-state';

const judgeSoundness = (
  {observation}: CheckContext,
  {name, problems, wipedBy, missing, newer, immutable}: StateSoundness,
): CheckResult => {
  const object = {kind: 'ConfigMap', name};
  if (wipedBy !== null) return {status: 'critical', object, ...wiped(wipedBy, observation, name)};
  if (newer) {
    return {
      status: 'critical',
      object,
      summary: `ConfigMap ${name} was written by a newer version of this tool: it is not changed, restarts are held`,
      fix: [
        run('kubectl krew upgrade frigate-health'),
        note('For the CronJob: use the image that wrote the state, or a newer one.'),
      ],
    };
  }
  if (immutable === true) {
    return {
      status: 'critical',
      object,
      summary: `ConfigMap ${name} is immutable: the state cannot be stored, so nothing is restarted and no mail is sent`,
      fix: [
        run(`kubectl${inNamespace(observation)} delete configmap ${name}`),
        note('The next pass creates a new one and starts with a full cool-down.'),
      ],
    };
  }
  if (problems.length > 0) {
    return {
      status: 'critical',
      object,
      summary: `ConfigMap ${name}: ${plural(problems.length, 'part')} of the state unreadable: ${problems[0] ?? ''}`,
      evidence: problems.slice(0, 10).map((problem) => evidence('set aside', problem)),
    };
  }
  if (missing)
    return {
      status: 'info',
      object,
      summary: `No state yet: the first pass that writes creates ConfigMap ${name}`,
    };
  return {status: 'ok', object, summary: `State is sound (ConfigMap ${name})`};
};

const wiped = (
  wiper: Wiper,
  observation: CheckContext['observation'],
  name: string,
): Pick<CheckResult, 'summary' | 'evidence' | 'fix'> => {
  switch (wiper.by) {
    case 'another-checker':
      return {
        summary:
          'Another frigate-health installation restarts this Frigate and stores its state elsewhere: restarts are held',
        evidence: [evidence('restarted by', 'another frigate-health')],
        fix: [
          run(`kubectl${onCluster(observation)} get cronjobs -A -l app.kubernetes.io/name=frigate-health`),
          note(
            'Keep one of the CronJobs that monitor this Frigate: each has a state of its own (FRIGATE_HC_CONFIGMAP_NAME).',
          ),
        ],
      };
    case 'manager':
      return {
        summary: `${wiper.name} overwrites the state in ConfigMap ${name}: restarts are held`,
        evidence: [evidence('overwritten by', wiper.name)],
        fix: releaseFrom(wiper.name, observation, name),
      };
    case 'deletion':
      return {
        summary: `The state ConfigMap ${name} was deleted: restarts are held`,
        evidence: [evidence('deleted', true)],
        fix: [note(`Stop what deletes ${name}: frigate-health creates it by itself.`)],
      };
    case 'unknown':
      return {
        summary: `An unnamed writer overwrote the state in ConfigMap ${name}: restarts are held`,
        evidence: [evidence('overwritten by', null)],
        fix: [
          run(`kubectl${inNamespace(observation)} get configmap ${name} --show-managed-fields -o yaml`),
          note(`Then stop what overwrites or deletes ${name}: frigate-health creates it by itself.`),
        ],
      };
  }
};

/** The GitOps tools that write ConfigMaps, by their field manager, and the annotation that makes each leave one alone. */
const gitOps: ReadonlyArray<{readonly manager: RegExp; readonly annotation: string; readonly then: string}> = [
  {
    manager: /kustomize-controller|flux/i,
    annotation: 'kustomize.toolkit.fluxcd.io/prune=disabled kustomize.toolkit.fluxcd.io/reconcile=disabled',
    then: 'from its kustomization.yaml in Git and let Flux reconcile',
  },
  {manager: /helm/i, annotation: 'helm.sh/resource-policy=keep', then: 'from the chart or its values in Git'},
  {
    manager: /argo/i,
    annotation: 'argocd.argoproj.io/sync-options=Prune=false',
    then: "from the Application's manifests in Git",
  },
];

/** How to make the manager leave the ConfigMap alone, without losing it on the way. */
const releaseFrom = (manager: string, observation: CheckContext['observation'], name: string): Fix => {
  const kubectl = `kubectl${inNamespace(observation)}`;
  const tool = gitOps.find((one) => one.manager.test(manager));
  return tool === undefined
    ? [
        run(`${kubectl} get configmap ${name} --show-managed-fields -o yaml`),
        note(`Then stop ${manager} from writing ${name}: frigate-health creates it by itself.`),
      ]
    : [
        run(`${kubectl} annotate configmap ${name} ${tool.annotation} --overwrite`),
        note(`Then remove ${name} ${tool.then}.`),
      ];
};

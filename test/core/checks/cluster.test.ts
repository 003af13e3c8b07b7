import {known, notAsked, unknown} from '../../../src/core/known.js';
import type {FrigateObservation} from '../../../src/core/observation/frigate.js';
import type {Right, StateSoundness} from '../../../src/core/observation/observation.js';
import {days, hours, minutes, seconds, type Instant} from '../../../src/core/time.js';
import {
  aCronJob,
  aHistory,
  ago,
  ahead,
  anObservation,
  aReading,
  now,
  type ObservationChanges,
} from '../../support/observation.js';
import {tableOf} from '../../support/context.js';

const at = (changes: ObservationChanges) => anObservation({context: 'home', ...changes});

tableOf('FRG-101', [
  {when: 'it answers', observation: at({}), status: 'ok'},
  {
    when: 'nothing listens',
    observation: at({apiServer: unknown('unreachable', 'GET /version: connection refused')}),
    status: 'critical',
    cause: 'cluster',
    cure: 'none',
    summary: /connection refused/,
    fix: /kubectl --context home cluster-info/,
  },
  {
    when: 'the credentials are refused',
    observation: at({apiServer: unknown('unauthorized', '401 Unauthorized')}),
    status: 'critical',
    cause: 'checker',
    fix: /--context home auth whoami/,
  },
  {
    when: 'it is silent',
    observation: at({apiServer: unknown('timeout', 'no answer within 5 s')}),
    status: 'unknown',
    because: /timeout/,
    fix: /kubectl --context home get --raw '\/readyz\?verbose'/,
  },
  {
    when: 'it is throttled',
    observation: at({apiServer: unknown('throttled', '429')}),
    status: 'unknown',
    because: /throttled/,
    fix: /readyz/,
  },
  {
    when: 'the kubeconfig names a file that is gone',
    observation: at({apiServer: unknown('misconfigured', 'the file ca.crt cannot be read', 'put it there')}),
    status: 'critical',
    cause: 'checker',
    summary: /ca\.crt/,
    fix: /put it there/,
  },
  {
    when: 'it fails inside',
    observation: at({apiServer: unknown('server-error', '500')}),
    status: 'unknown',
    fix: /readyz/,
  },
]);

const right = (verb: string, resource: string, changes: Partial<Right> = {}): Right => ({
  verb,
  group: '',
  resource,
  namespace: 'frigate',
  name: null,
  ...changes,
});
const lacking = (...rights: readonly Right[]) => at({missingRights: known(rights)});

tableOf('FRG-102', [
  {when: 'no right is missing', observation: lacking(), status: 'ok'},
  {
    when: 'a subresource may not be read',
    observation: lacking(right('get', 'pods/log')),
    status: 'critical',
    cause: 'checker',
    summary: /1 right missing: get pods\/log in frigate/,
    fix: /^kubectl --context home -n frigate create role frigate-health-pods-log --verb=get --resource=pods\/log\n# then bind them/,
  },
  {
    when: 'nodes may not be read',
    observation: lacking(right('get', 'nodes', {namespace: null})),
    status: 'critical',
    fix: /^kubectl --context home create clusterrole frigate-health-nodes --verb=get --resource=nodes\n# then bind/,
    evidence: ['missing=get nodes (cluster)'],
  },
  {
    when: 'the one workload may not be patched',
    observation: lacking(right('patch', 'deployments', {group: 'apps', name: 'frigate'})),
    status: 'critical',
    fix: /--verb=patch --resource=deployments\.apps --resource-name=frigate\n# then bind/,
  },
  {
    when: 'several verbs of one resource are missing, which is one rule',
    observation: lacking(right('list', 'pods'), right('get', 'pods'), right('list', 'events')),
    status: 'critical',
    summary: /3 rights missing/,
    fix: /^kubectl .* --verb=list --resource=events\nkubectl .* --verb=get,list --resource=pods\n#|^kubectl .* --verb=get,list --resource=pods\n/,
  },
  {
    when: 'it may not be asked',
    observation: at({missingRights: unknown('forbidden', 'selfsubjectaccessreviews: 403')}),
    status: 'unknown',
    because: /forbidden/,
  },
  {when: 'nobody asked', observation: at({missingRights: notAsked()}), status: 'skipped'},
  {
    when: 'the API server is away',
    observation: at({apiServer: unknown('unreachable', 'refused')}),
    status: 'skipped',
    because: /^FRG-101$/,
  },
]);

const stats = (lastUpdated: Instant, date: Instant | null = now, history: FrigateObservation['history'] = notAsked()) =>
  at({frigate: {stats: known(aReading({lastUpdated}, date)), history}});

tableOf('FRG-103', [
  {when: 'the clocks agree', observation: at({}), status: 'ok', summary: /within 1s/},
  {
    when: 'the local clock is 60 s off, the most that is acceptable',
    observation: at({localClock: ahead(seconds(60))}),
    status: 'ok',
  },
  {
    when: 'the local clock is 61 s ahead',
    observation: at({localClock: ahead(seconds(61))}),
    status: 'warning',
    cause: 'checker',
    summary: /this machine is ahead of the API server/,
    fix: /this machine/,
  },
  {
    when: 'the local clock is 6 min behind',
    observation: at({localClock: ago(minutes(6))}),
    status: 'critical',
    cause: 'checker',
    summary: /this machine is behind/,
  },
  {
    when: "Frigate's host is 552 s behind",
    observation: stats(ago(seconds(560)), ago(seconds(552))),
    status: 'critical',
    cause: 'node',
    cure: 'none',
    summary: /Frigate's host is behind the API server/,
  },
  {
    when: "Frigate's host is 90 s ahead",
    observation: stats(ahead(seconds(85)), ahead(seconds(90))),
    status: 'warning',
    cause: 'node',
  },
  {
    when: 'the stats are 85 s in the future of their own reply',
    observation: stats(ahead(seconds(85))),
    status: 'warning',
    cause: 'node',
    summary: /Frigate is ahead of its own web server/,
  },
  {
    when: 'the stats are 20 s in the future',
    observation: stats(ahead(seconds(20))),
    status: 'info',
    summary: /20s in the future/,
  },
  {
    when: 'the stats are 5 s in the future, which whole seconds explain',
    observation: stats(ahead(seconds(5))),
    status: 'ok',
  },
  {
    when: 'the stats are 100 s old but advance within the pass',
    observation: stats(ago(seconds(110)), now, known(aHistory(5, () => ({}), ago(seconds(95))))),
    status: 'warning',
    summary: /behind its own web server/,
  },
  {
    when: "the stats are 100 s old and stand still, which is FRG-302's to say",
    observation: stats(ago(seconds(100)), now, known(aHistory(5, () => ({}), ago(seconds(100))))),
    status: 'ok',
  },
  {
    when: 'Frigate is silent and the other two agree',
    observation: at({frigate: {stats: unknown('timeout', 'no answer')}}),
    status: 'ok',
  },
  {
    when: 'nobody sends a Date',
    observation: at({apiServer: known({date: null}), frigate: {stats: notAsked()}}),
    status: 'unknown',
    because: /Date/,
  },
  {
    when: 'the API server is away',
    observation: at({apiServer: unknown('unreachable', 'refused')}),
    status: 'skipped',
    because: /^FRG-101$/,
  },
]);

const remembered = (changes: Partial<StateSoundness>) =>
  at({
    state: known({name: 'frigate-health-state', problems: [], wipedBy: null, missing: false, newer: false, ...changes}),
  });

tableOf('FRG-104', [
  {when: 'the state is sound', observation: remembered({}), status: 'ok'},
  {
    when: 'nothing is remembered yet',
    observation: remembered({missing: true}),
    status: 'info',
    summary: /frigate-health-state is created/,
  },
  {
    when: 'a part is corrupt',
    observation: remembered({problems: ['restarts: not a list']}),
    status: 'critical',
    cause: 'checker',
    summary: /1 part .* restarts: not a list/,
    fix: /-n frigate get configmap frigate-health-state/,
  },
  {
    when: 'it is from a newer version',
    observation: remembered({newer: true}),
    status: 'critical',
    summary: /newer version/,
  },
  {
    when: 'Flux puts an old one back',
    observation: remembered({wipedBy: 'kustomize-controller'}),
    status: 'critical',
    cause: 'checker',
    summary: /kustomize-controller writes over/,
    fix: /annotate configmap frigate-health-state kustomize\.toolkit\.fluxcd\.io\/prune=disabled .*\n.*kustomization\.yaml/,
  },
  {
    when: 'somebody made it immutable',
    observation: remembered({immutable: true}),
    status: 'critical',
    cause: 'checker',
    cure: 'none',
    summary: /is immutable: nothing new can be remembered/,
    fix: /delete configmap frigate-health-state/,
  },
  {
    when: 'a second checker has a state of its own',
    observation: remembered({wipedBy: 'another frigate-health'}),
    status: 'critical',
    cause: 'checker',
    summary: /^another frigate-health restarts this Frigate/,
    fix: /get cronjobs -A/,
  },
  {
    when: 'Argo CD puts an old one back',
    observation: remembered({wipedBy: 'argocd-controller'}),
    status: 'critical',
    fix: /argocd\.argoproj\.io\/sync-options=Prune=false/,
  },
  {
    when: 'Helm puts an old one back',
    observation: remembered({wipedBy: 'helm-controller'}),
    status: 'critical',
    fix: /helm\.sh\/resource-policy=keep/,
  },
  {
    when: 'somebody else puts an old one back',
    observation: remembered({wipedBy: 'kubectl-client-side-apply'}),
    status: 'critical',
    fix: /kubectl-client-side-apply/,
  },
  {
    when: 'it may not be read',
    observation: at({state: unknown('forbidden', 'configmaps: 403')}),
    status: 'unknown',
    because: /forbidden/,
  },
  {when: 'nobody read it', observation: at({state: notAsked()}), status: 'skipped'},
]);

const cronJob = (changes: Partial<ReturnType<typeof aCronJob>>) => at({cronJob: known(aCronJob(changes))});

tableOf('FRG-105', [
  {when: 'it finished a pass a minute ago', observation: cronJob({}), status: 'ok', evidence: ['schedule=*/5 * * * *']},
  {
    when: 'the last success is exactly 3 intervals old',
    observation: cronJob({lastSuccessful: ago(minutes(15))}),
    status: 'ok',
  },
  {
    when: 'it has not succeeded for longer than 3 intervals',
    observation: cronJob({lastSuccessful: ago(minutes(16))}),
    status: 'critical',
    cause: 'checker',
    summary: /has not succeeded for 16m/,
    evidence: ['last pass=960'],
    fix: /get jobs,pods .*describe pod NAME/,
  },
  {
    when: 'it was not scheduled for longer than 3 intervals',
    observation: cronJob({lastScheduled: ago(hours(18)), lastSuccessful: ago(hours(18))}),
    status: 'critical',
    summary: /was not scheduled for 18h/,
    fix: /describe cronjob frigate-health/,
  },
  {
    when: 'its own schedule is slower than the interval of the one who looks',
    observation: cronJob({schedule: '*/30 * * * *', lastScheduled: ago(minutes(29)), lastSuccessful: ago(minutes(59))}),
    status: 'ok',
  },
  {
    when: 'it missed three starts of its own slow schedule',
    observation: cronJob({schedule: '*/30 * * * *', lastScheduled: ago(minutes(91)), lastSuccessful: ago(minutes(91))}),
    status: 'critical',
    summary: /was not scheduled for 1h 31m/,
  },
  {
    when: 'its starts are not equally far apart',
    observation: cronJob({
      schedule: '5,20,50 * * * *',
      lastScheduled: ago(minutes(30)),
      lastSuccessful: ago(minutes(30)),
    }),
    status: 'ok',
  },
  {
    when: 'it never succeeded in its life',
    observation: cronJob({lastSuccessful: null}),
    status: 'critical',
    summary: /since it was made/,
  },
  {
    when: 'it is suspended',
    observation: cronJob({suspended: true}),
    status: 'critical',
    summary: /suspended/,
    fix: /patch cronjob frigate-health -p '\{"spec":\{"suspend":false\}\}'/,
  },
  {
    when: 'it is a minute old and has not run',
    observation: cronJob({createdAt: ago(minutes(1)), lastScheduled: null, lastSuccessful: null}),
    status: 'info',
    summary: /new/,
  },
  {
    when: 'nobody knows its age and it never ran',
    observation: cronJob({createdAt: null, lastScheduled: null, lastSuccessful: null}),
    status: 'critical',
  },
  {
    when: 'its times lie in the future',
    observation: cronJob({lastScheduled: ahead(days(1)), lastSuccessful: ahead(days(1))}),
    status: 'ok',
  },
  {
    when: 'there is none',
    observation: at({cronJob: known(null)}),
    status: 'info',
    fix: /install --context home -n frigate \| kubectl --context home apply -f -/,
  },
  {when: 'it may not be read', observation: at({cronJob: unknown('forbidden', 'cronjobs: 403')}), status: 'unknown'},
  {when: 'nobody looked', observation: at({cronJob: notAsked()}), status: 'skipped'},
]);

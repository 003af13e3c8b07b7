import {note} from '../../../src/core/fix.js';
import {known, notAsked, unknown} from '../../../src/core/known.js';
import type {FrigateObservation} from '../../../src/core/observation/frigate.js';
import type {Permission, StateSoundness} from '../../../src/core/observation/observation.js';
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

const at = (changes: ObservationChanges) => anObservation({context: {kind: 'kubeconfig', name: 'home'}, ...changes});

tableOf('FRG-101', [
  {when: 'it answers', observation: at({}), status: 'ok'},
  {
    when: 'nothing listens',
    observation: at({apiServer: unknown('unreachable', 'GET /version: connection refused')}),
    status: 'critical',
    cause: 'cluster',
    cure: 'none',
    command: /kubectl --context home cluster-info/,
  },
  {
    when: 'the credentials are refused',
    observation: at({apiServer: unknown('unauthorized', '401 Unauthorized')}),
    status: 'critical',
    cause: 'checker',
    command: /--context home auth whoami/,
  },
  {
    when: 'it is silent',
    observation: at({apiServer: unknown('timeout', 'no answer within 5 s')}),
    status: 'unknown',
    because: 'timeout',
    command: /kubectl --context home get --raw '\/readyz\?verbose'/,
  },
  {
    when: 'it is throttled',
    observation: at({apiServer: unknown('throttled', '429')}),
    status: 'unknown',
    because: 'throttled',
    command: /readyz/,
  },
  {
    when: 'the kubeconfig names a file that is gone',
    observation: at({apiServer: unknown('misconfigured', 'the file ca.crt cannot be read', [note('Put it there.')])}),
    status: 'critical',
    cause: 'checker',
  },
  {
    when: 'it fails inside',
    observation: at({apiServer: unknown('server-error', '500')}),
    status: 'unknown',
    command: /readyz/,
  },
]);

const right = (verb: string, resource: string, changes: Partial<Permission> = {}): Permission => ({
  verb,
  group: '',
  resource,
  namespace: 'frigate',
  name: null,
  ...changes,
});
const lacking = (...rights: readonly Permission[]) => at({missingPermissions: known(rights)});

tableOf('FRG-102', [
  {when: 'no right is missing', observation: lacking(), status: 'ok'},
  {
    when: 'a subresource may not be read',
    observation: lacking(right('get', 'pods/log')),
    status: 'critical',
    cause: 'checker',
    command: /^kubectl --context home -n frigate create role frigate-health-pods-log --verb=get --resource=pods\/log$/,
  },
  {
    when: 'nodes may not be read',
    observation: lacking(right('get', 'nodes', {namespace: null})),
    status: 'critical',
    command: /^kubectl --context home create clusterrole frigate-health-nodes --verb=get --resource=nodes$/,
    evidence: ['missing=get nodes (cluster)'],
  },
  {
    when: 'the one workload may not be patched',
    observation: lacking(right('patch', 'deployments', {group: 'apps', name: 'frigate'})),
    status: 'critical',
    command: /--verb=patch --resource=deployments\.apps --resource-name=frigate$/,
  },
  {
    when: 'several verbs of one resource are missing, which is one rule',
    observation: lacking(right('list', 'pods'), right('get', 'pods'), right('list', 'events')),
    status: 'critical',
    command:
      /^kubectl .* --verb=list --resource=events\nkubectl .* --verb=get,list --resource=pods$|^kubectl .* --verb=get,list --resource=pods\n/,
  },
  {
    when: 'it may not be asked',
    observation: at({missingPermissions: unknown('forbidden', 'selfsubjectaccessreviews: 403')}),
    status: 'unknown',
    because: 'forbidden',
  },
  {when: 'nobody asked', observation: at({missingPermissions: notAsked()}), status: 'skipped'},
  {
    when: 'the API server is away',
    observation: at({apiServer: unknown('unreachable', 'refused')}),
    status: 'skipped',
    because: 'FRG-101',
  },
]);

const stats = (lastUpdated: Instant, date: Instant | null = now, history: FrigateObservation['history'] = notAsked()) =>
  at({frigate: {stats: known(aReading({lastUpdated}, date)), history}});

tableOf('FRG-103', [
  {when: 'the clocks agree', observation: at({}), status: 'ok'},
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
    command: /^timedatectl status$/,
  },
  {
    when: 'the local clock is 6 min behind',
    observation: at({localClock: ago(minutes(6))}),
    status: 'critical',
    cause: 'checker',
  },
  {
    when: "Frigate's host is 552 s behind",
    observation: stats(ago(seconds(560)), ago(seconds(552))),
    status: 'critical',
    cause: 'node',
    cure: 'none',
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
  },
  {
    when: 'the stats are 20 s in the future',
    observation: stats(ahead(seconds(20))),
    status: 'info',
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
    because: 'no-date',
  },
  {
    when: 'the API server is away',
    observation: at({apiServer: unknown('unreachable', 'refused')}),
    status: 'skipped',
    because: 'FRG-101',
  },
]);

const recalledState = (changes: Partial<StateSoundness>) =>
  at({
    state: known({name: 'frigate-health-state', problems: [], wipedBy: null, missing: false, newer: false, ...changes}),
  });

tableOf('FRG-104', [
  {when: 'the state is sound', observation: recalledState({}), status: 'ok'},
  {
    when: 'nothing is remembered yet',
    observation: recalledState({missing: true}),
    status: 'info',
  },
  {
    when: 'a part is corrupt',
    observation: recalledState({problems: ['restarts: not a list']}),
    status: 'critical',
    cause: 'checker',
    command: /-n frigate get configmap frigate-health-state/,
  },
  {
    when: 'it is from a newer version',
    observation: recalledState({newer: true}),
    status: 'critical',
  },
  {
    when: 'Flux puts an old one back',
    observation: recalledState({wipedBy: {by: 'manager', name: 'kustomize-controller'}}),
    status: 'critical',
    cause: 'checker',
    command: /annotate configmap frigate-health-state kustomize\.toolkit\.fluxcd\.io\/prune=disabled .*--overwrite$/,
  },
  {
    when: 'somebody made it immutable',
    observation: recalledState({immutable: true}),
    status: 'critical',
    cause: 'checker',
    cure: 'none',
    command: /delete configmap frigate-health-state/,
  },
  {
    when: 'a second checker has a state of its own',
    observation: recalledState({wipedBy: {by: 'another-checker'}}),
    status: 'critical',
    cause: 'checker',
    command: /get cronjobs -A/,
  },
  {
    when: 'Argo CD puts an old one back',
    observation: recalledState({wipedBy: {by: 'manager', name: 'argocd-controller'}}),
    status: 'critical',
    command: /argocd\.argoproj\.io\/sync-options=Prune=false/,
  },
  {
    when: 'Helm puts an old one back',
    observation: recalledState({wipedBy: {by: 'manager', name: 'helm-controller'}}),
    status: 'critical',
    command: /helm\.sh\/resource-policy=keep/,
  },
  {
    when: 'somebody else puts an old one back',
    observation: recalledState({wipedBy: {by: 'manager', name: 'kubectl-client-side-apply'}}),
    status: 'critical',
    command: /--show-managed-fields/,
  },
  {
    when: 'a writer without a name puts an old one back',
    observation: recalledState({wipedBy: {by: 'unknown'}}),
    status: 'critical',
    command: /--show-managed-fields/,
  },
  {
    when: 'somebody deleted it',
    observation: recalledState({wipedBy: {by: 'deletion'}}),
    status: 'critical',
  },
  {
    when: 'it may not be read',
    observation: at({state: unknown('forbidden', 'configmaps: 403')}),
    status: 'unknown',
    because: 'forbidden',
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
    evidence: ['last pass=960'],
    command: /get jobs,pods .*\n.*logs job\/NAME\n.*describe pod NAME/,
  },
  {
    when: 'it was not scheduled for longer than 3 intervals',
    observation: cronJob({lastScheduled: ago(hours(18)), lastSuccessful: ago(hours(18))}),
    status: 'critical',
    command: /describe cronjob frigate-health/,
  },
  {
    when: 'its own schedule is slower than the interval of the one who looks',
    observation: cronJob({
      schedule: '*/30 * * * *',
      interval: minutes(30),
      lastScheduled: ago(minutes(29)),
      lastSuccessful: ago(minutes(59)),
    }),
    status: 'ok',
  },
  {
    when: 'it missed three starts of its own slow schedule',
    observation: cronJob({
      schedule: '*/30 * * * *',
      interval: minutes(30),
      lastScheduled: ago(minutes(91)),
      lastSuccessful: ago(minutes(91)),
    }),
    status: 'critical',
  },
  {
    when: 'its starts are not equally far apart',
    observation: cronJob({
      schedule: '5,20,50 * * * *',
      interval: null,
      lastScheduled: ago(minutes(30)),
      lastSuccessful: ago(minutes(30)),
    }),
    status: 'ok',
  },
  {
    when: 'it never succeeded in its life',
    observation: cronJob({lastSuccessful: null}),
    status: 'critical',
  },
  {
    when: 'it is suspended',
    observation: cronJob({suspended: true}),
    status: 'critical',
    command: /patch cronjob frigate-health -p '\{"spec":\{"suspend":false\}\}'/,
  },
  {
    when: 'it is a minute old and has not run',
    observation: cronJob({createdAt: ago(minutes(1)), lastScheduled: null, lastSuccessful: null}),
    status: 'info',
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
    command: /install --context home -n frigate \| kubectl --context home apply -f -/,
  },
  {when: 'it may not be read', observation: at({cronJob: unknown('forbidden', 'cronjobs: 403')}), status: 'unknown'},
  {when: 'nobody looked', observation: at({cronJob: notAsked()}), status: 'skipped'},
]);

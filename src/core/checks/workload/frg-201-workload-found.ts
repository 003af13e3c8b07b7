/** FRG-201: is there exactly one Frigate to monitor? */
import {note, run, type Fix} from '../../fix.js';
import {PAUSED_UNTIL, readPause} from '../../pause.js';
import {
  byNamespaceAndName,
  candidateText,
  kindAndName,
  type Candidate,
  type WorkloadSearch,
} from '../../observation/workload.js';
import {defineCheck, type CheckResult} from '../check.js';
import {objectOf, onCluster, quoted} from '../kubectl.js';
import {evidence, listed, plural, unobserved} from '../evidence/wording.js';

export const workloadFound = defineCheck('FRG-201', {
  category: 'workload',
  cause: 'workload',
  needs: ['FRG-101'],
  docs: {
    what: 'Searches for the one Deployment, StatefulSet or DaemonSet that runs Frigate: by the name given, else by its labels, else by its image. Its pods are found by its own selector and owner chain, so that neither a helper pod nor a second Frigate is taken for it.',
    limits:
      "Critical when none or several are found, or when none of its containers can be recognised as Frigate's. Then nothing is done. Warning when its annotation `frigate-health.io/paused-until` is no time: then it is not paused.",
    cure: 'Nothing: without exactly one target nothing can be restarted safely.',
    next: 'Name it: `kubectl frigate-health check NAME -n NAMESPACE`, or `FRIGATE_HC_DEPLOYMENT_NAME` and `FRIGATE_HC_NAMESPACE` for the CronJob.',
    source:
      'Charts and manifests in use: the container is called frigate, app or main; labels are app.kubernetes.io/name=frigate or app=frigate. The Python checker before this one took whatever pod carried the label.',
  },
  fix: ({observation}) => [
    run(`kubectl${onCluster(observation)} get deployments,statefulsets,daemonsets -A -o wide | grep -i frigate`),
    note('Then name the workload:'),
    run(`kubectl frigate-health check${onCluster(observation)} -n NAMESPACE KIND/NAME`),
  ],
  judge: ({observation}) =>
    observation.workload.known
      ? judgeSearch(observation.workload.value, onCluster(observation))
      : unobserved(observation.workload.why),
});

/** What to type for each candidate, and for all of them where they are not of one namespace. */
const choices = (candidates: readonly Candidate[], flags: string): Fix => {
  const isFleet = new Set(candidates.map(({namespace}) => namespace)).size > 1;
  const each = candidates
    .slice(0, 5)
    .map((candidate) =>
      run(`kubectl frigate-health check${flags} -n ${quoted(candidate.namespace)} ${quoted(kindAndName(candidate))}`),
    );
  return [
    ...each,
    ...(isFleet ? [note('All of them on one screen:'), run(`kubectl frigate-health watch${flags} -A`)] : []),
  ];
};

const judgeSearch = (search: WorkloadSearch, flags: string): CheckResult => {
  switch (search.found) {
    case 'one': {
      const {workload} = search;
      if (readPause(workload) === 'malformed')
        return {
          status: 'warning',
          cause: 'config',
          object: {kind: workload.kind, name: workload.name},
          summary: `Annotation ${PAUSED_UNTIL} of ${objectOf(workload)} is not a time: Frigate is not paused`,
          evidence: [evidence(PAUSED_UNTIL, workload.pause?.until.slice(0, 60) ?? '')],
          fix: [
            note('Write the end as RFC 3339 with a time zone, such as 2026-11-23T18:00:00Z, or set it by command:'),
            run(
              `kubectl frigate-health pause${flags} -n ${quoted(workload.namespace)} ${quoted(kindAndName(workload))} --for=2h`,
            ),
          ],
        };
      return {
        status: 'ok',
        object: {kind: workload.kind, name: workload.name},
        summary: `${objectOf(workload)} in ${workload.namespace} runs Frigate`,
        evidence: [evidence('image', workload.template.image)],
      };
    }
    case 'none':
      return {status: 'critical', summary: `No Frigate found: ${search.searchedFor}`};
    case 'several': {
      const candidates = search.candidates.toSorted(byNamespaceAndName);
      const texts = candidates.map(candidateText);
      return {
        status: 'critical',
        summary: `${plural(texts.length, 'workload')} could be Frigate, exactly 1 is needed: ${listed(texts)}`,
        evidence: texts.slice(0, 20).map((text) => evidence('candidate', text)),
        fix: choices(candidates, flags),
      };
    }
    case 'no-container':
      return {
        status: 'critical',
        summary: `No container of ${candidateText(search.candidate)} is recognised as Frigate: it has ${listed(search.containers)}`,
        evidence: search.containers.slice(0, 20).map((container) => evidence('container', container)),
        fix: [
          note('Name the workload that runs Frigate:'),
          run(`kubectl frigate-health check${flags} -n NAMESPACE KIND/NAME`),
        ],
      };
  }
};

/** FRG-201: is there exactly one Frigate to look at? */
import type {WorkloadSearch} from '../../observation/workload.js';
import type {Check, Verdict} from '../check.js';
import {objectOf, onCluster, quoted} from '../kubectl.js';
import {evidence, listed, plural, unseen} from '../wording.js';

export const found: Check = {
  id: 'FRG-201',
  title: 'workload found',
  category: 'workload',
  cause: 'workload',
  needs: ['FRG-101'],
  docs: {
    what: 'Looks for the one Deployment, StatefulSet or DaemonSet that runs Frigate: by the name given, else by its labels, else by its image. Everything else starts from it, by its own selector and owner chain, so that neither a helper pod nor a second Frigate is taken for it.',
    limits:
      "Critical when none or several are found, or when no container of it is recognisably Frigate's. Then nothing is done.",
    cure: 'Nothing: without exactly one target there is nothing that could be restarted safely.',
    next: 'Name it: `kubectl frigate-health check NAME -n NAMESPACE`, or `FRIGATE_HC_WORKLOAD` and `FRIGATE_HC_NAMESPACE` for the CronJob.',
    source:
      'Charts and manifests in use: the container is called frigate, app or main; labels are app.kubernetes.io/name=frigate or app=frigate. The Python checker before this one took whatever pod carried the label.',
  },
  fix: ({observation}) =>
    `kubectl${onCluster(observation)} get deployments,statefulsets,daemonsets -A -o wide | grep -i frigate  # then: kubectl frigate-health check${onCluster(observation)} -n NAMESPACE KIND/NAME`,
  judge: ({observation}) =>
    observation.workload.known
      ? judgeSearch(observation.workload.value, onCluster(observation))
      : unseen(observation.workload.why),
};

/** `deployment/frigate in namespace nvr`, with what may follow, as a search names its candidates. */
const CANDIDATE = /^(\S+\/\S+) in namespace (\S+)/;

/** What to type for each candidate, and for all of them where they are not of one namespace. */
const choices = (candidates: readonly string[], flags: string): string => {
  const named = candidates.flatMap((candidate) => {
    const [, object, namespace] = CANDIDATE.exec(candidate) ?? [];
    return object === undefined || namespace === undefined ? [] : [{object, namespace}];
  });
  const isFleet = new Set(named.map(({namespace}) => namespace)).size > 1;
  const each = named
    .slice(0, 5)
    .map(({object, namespace}) => `kubectl frigate-health check${flags} -n ${quoted(namespace)} ${quoted(object)}`);
  return [...each, ...(isFleet ? [`kubectl frigate-health watch${flags} -A  # all of them on one screen`] : [])].join(
    '\n',
  );
};

const judgeSearch = (search: WorkloadSearch, flags: string): Verdict => {
  switch (search.found) {
    case 'one': {
      const {workload} = search;
      return {
        status: 'ok',
        object: {kind: workload.kind, name: workload.name},
        summary: `${objectOf(workload)} in ${workload.namespace} runs Frigate`,
        evidence: [evidence('image', workload.template.image)],
      };
    }
    case 'none':
      return {status: 'critical', summary: `No Frigate was found: ${search.lookedFor}`};
    case 'several':
      return {
        status: 'critical',
        summary: `${plural(search.candidates.length, 'workload')} could be meant: ${listed([...search.candidates].sort())}`,
        evidence: [...search.candidates]
          .sort()
          .slice(0, 20)
          .map((candidate) => evidence('candidate', candidate)),
        fix: choices([...search.candidates].sort(), flags),
      };
    case 'no-container':
      return {
        status: 'critical',
        summary: `No container of ${search.name} is Frigate's: it has ${listed(search.containers)}`,
        evidence: search.containers.slice(0, 20).map((container) => evidence('container', container)),
        fix: `kubectl frigate-health check${flags} -n NAMESPACE KIND/NAME  # name the workload that runs Frigate`,
      };
  }
};

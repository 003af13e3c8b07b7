/** FRG-101: does the API server answer? */
import {note, run} from '../../fix.js';
import {defineCheck} from '../check.js';
import {onCluster} from '../kubectl.js';
import {unobserved} from '../evidence/wording.js';

export const apiServerAnswers = defineCheck('FRG-101', {
  category: 'cluster',
  cause: 'cluster',
  needs: [],
  docs: {
    what: "The API server is the only way to observe Frigate's pod and to restart it. Without it no other check can be evaluated, and nothing is done.",
    limits:
      'Critical when no connection can be made (refused, no route, DNS, TLS), when the credentials are not accepted (401), or when the kubeconfig names a file or program that does not exist. A timeout, 429 or 5xx is unknown: a busy API server says nothing about Frigate, and never counts against it.',
    cure: 'Nothing. A Frigate that cannot be observed is not restarted: it may be recording normally.',
    next: 'Ask the cluster itself with `kubectl cluster-info`. On 401 renew the credentials of the kubeconfig context, or the token of the ServiceAccount.',
    source:
      'Kubernetes, API concepts: status codes. The Python checker before this one took an error while listing pods for "no pod" and restarted a healthy Frigate.',
  },
  fix: ({observation}) => [run(`kubectl${onCluster(observation)} cluster-info`)],
  judge: ({observation}) => {
    const {apiServer} = observation;
    if (apiServer.known) return {status: 'ok', summary: 'API server responds'};
    const {why} = apiServer;
    const given = why.fix === undefined ? {} : {fix: why.fix};
    switch (why.code) {
      case 'unreachable':
        return {status: 'critical', summary: `API server unreachable: ${why.message}`, ...given};
      case 'misconfigured':
        return {
          status: 'critical',
          cause: 'checker',
          summary: `API server cannot be reached with this configuration: ${why.message}`,
          ...given,
        };
      case 'unauthorized':
        return {
          status: 'critical',
          cause: 'checker',
          summary: `API server rejects the credentials (${why.message})`,
          fix: why.fix ?? [
            run(`kubectl${onCluster(observation)} auth whoami`),
            note('Then renew the credentials of this context.'),
          ],
        };
      default:
        // Something responds, too late or not as an API server does: it reports its own state.
        return {fix: [run(`kubectl${onCluster(observation)} get --raw '/readyz?verbose'`)], ...unobserved(why)};
    }
  },
});

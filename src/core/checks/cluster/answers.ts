/** FRG-101: does the API server answer? */
import type {Check} from '../check.js';
import {onCluster} from '../kubectl.js';
import {unseen} from '../wording.js';

export const answers: Check = {
  id: 'FRG-101',
  title: 'API server answers',
  category: 'cluster',
  cause: 'cluster',
  needs: [],
  docs: {
    what: "The API server is the only way to see Frigate's pod and to restart it. Without it nothing below can be judged, and nothing is done.",
    limits:
      "Critical when no connection comes about (refused, no route, DNS, TLS) the credentials are not accepted (401), or the kubeconfig names a file or program that is not there. A timeout, 429 or 5xx is unknown: a busy API server is no fault of Frigate's, and it never counts as one.",
    cure: 'Nothing: a Frigate that cannot be seen is not restarted. It may be recording well all the while.',
    next: 'Ask the cluster for itself with `kubectl cluster-info`. On 401 renew the credentials of the kubeconfig context, or the token of the ServiceAccount.',
    source:
      'Kubernetes, API concepts: status codes. The Python checker before this one took an error while listing pods for "no pod" and restarted a healthy Frigate.',
  },
  fix: ({observation}) => `kubectl${onCluster(observation)} cluster-info`,
  judge: ({observation}) => {
    const {apiServer} = observation;
    if (apiServer.known) return {status: 'ok', summary: 'The API server answers'};
    switch (apiServer.why.code) {
      case 'unreachable':
        return {
          status: 'critical',
          summary: `The API server cannot be reached: ${apiServer.why.message}`,
          ...fixed(apiServer.why.fix),
        };
      case 'misconfigured':
        return {
          status: 'critical',
          cause: 'checker',
          summary: `The API server cannot be asked with this configuration (${apiServer.why.message})`,
          ...fixed(apiServer.why.fix),
        };
      case 'unauthorized':
        return {
          status: 'critical',
          cause: 'checker',
          summary: `No access to the API server with these credentials (${apiServer.why.message})`,
          fix:
            apiServer.why.fix ??
            `kubectl${onCluster(observation)} auth whoami  # then renew the credentials of this context`,
        };
      default:
        // Something answers, late or not as an API server does: it says itself how it is.
        return {fix: `kubectl${onCluster(observation)} get --raw '/readyz?verbose'`, ...unseen(apiServer.why)};
    }
  },
};

const fixed = (fix: string | undefined): {readonly fix?: string} => (fix === undefined ? {} : {fix});

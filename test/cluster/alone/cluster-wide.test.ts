/** The one right that every installation on the cluster shares, taken away: it would be missed by suites that run beside this one. */
import {applyText, install, suspended, uninstalled} from '../installed.js';
import {apply, kubectl} from '../kubectl.js';
import {answering, deployed, type Shape} from '../simulated-frigate.js';
import {takeAwayEach} from '../taken-rights.js';

const namespace = `frigate-health-cluster-wide-${process.pid}`;
const frigate: Shape = {namespace, name: 'frigate'};

describe('install on a real cluster, with the right of the cluster taken away', function () {
  this.timeout(180_000);

  before(async () => {
    await apply({apiVersion: 'v1', kind: 'Namespace', metadata: {name: namespace}});
    await deployed(frigate);
    await answering(frigate);
    applyText((await install(namespace, ['--via', 'proxy'])).stdout);
    await suspended(namespace);
  });

  after(async () => {
    await uninstalled(namespace);
    await kubectl(['delete', 'clusterrole', 'frigate-health-nodes', '--ignore-not-found']);
  });

  takeAwayEach(namespace, (right) => right.namespace === null);
});

/** The rights that `install` grants, taken away one by one: each has to be missed by its name. */
import assert from 'node:assert/strict';
import type {Permission} from '../../src/core/observation/observation.js';
import {rulesOf} from '../../src/usecases/install/access.js';
import {permissionInWords} from '../../src/usecases/install/compare.js';
import type {WorkloadKind} from '../../src/core/observation/workload.js';
import {resourceOf, permissionsFor} from '../../src/pass/permissions.js';
import {ACCOUNT, accountIn, install} from './installed.js';
import {apply, kubectl} from './kubectl.js';
import {lineOf, program, said, type Ended} from './program.js';
import {eventually} from './simulated-frigate.js';

/** As the CronJob's own account, through the API server: the pod's address cannot be dialled from everywhere. */
export const passAs = (namespace: string): Promise<Ended> =>
  program([
    'run-cron',
    '--namespace',
    namespace,
    '--via',
    'proxy',
    '--workload',
    'frigate',
    '--as',
    accountIn(namespace),
    '--as-group',
    'system:serviceaccounts,system:authenticated',
  ]);

export const forget = (namespace: string): Promise<string> =>
  kubectl([
    'delete',
    'configmap',
    '-n',
    namespace,
    '--ignore-not-found',
    'frigate-health-state',
    'frigate-health-state-guard',
  ]);

const mayI = async (account: string, {verb, group, resource, name, namespace: where}: Permission): Promise<boolean> => {
  const [kind = resource, subresource] = resource.split('/');
  const words = [
    `${kind}${group === '' ? '' : `.${group}`}${name === null ? '' : `/${name}`}`,
    ...(subresource === undefined ? [] : [`--subresource=${subresource}`]),
    ...(where === null ? [] : ['-n', where]),
  ];
  return (await kubectl(['auth', 'can-i', verb, ...words, `--as=${account}`]).catch(() => 'no')).trim() === 'yes';
};

const give = async (namespace: string, given: readonly Permission[]): Promise<void> => {
  const metadata = {apiVersion: 'rbac.authorization.k8s.io/v1'};
  const own = [
    ...given.filter((right) => right.namespace !== null),
    // Of `check` alone, so that no pass could miss it.
    {verb: 'get', group: 'batch', resource: 'cronjobs', namespace, name: ACCOUNT},
  ];
  const shared = given.filter((right) => right.namespace === null);
  await apply(
    {...metadata, kind: 'Role', metadata: {name: ACCOUNT, namespace}, rules: rulesOf(own)},
    {...metadata, kind: 'ClusterRole', metadata: {name: 'frigate-health-nodes'}, rules: rulesOf(shared)},
  );
};

/** A test for each right that is chosen, in a namespace where `install --via proxy` was applied. */
export const takeAwayEach = (
  namespace: string,
  chosen: (right: Permission) => boolean,
  kind: WorkloadKind = 'Deployment',
): void => {
  const rights = permissionsFor({
    namespace,
    workload: {resource: resourceOf(kind), name: 'frigate'},
    stateName: 'frigate-health-state',
    cronJobName: null,
    via: 'proxy',
    mode: 'act',
  });
  const account = accountIn(namespace);

  for (const taken of rights.filter(chosen)) {
    it(`names exactly ${permissionInWords(taken)}`, async () => {
      await give(
        namespace,
        rights.filter((right) => right !== taken),
      );
      try {
        await eventually(
          () => mayI(account, taken),
          (may) => !may,
          `that ${permissionInWords(taken)} is refused`,
        );
        await forget(namespace);
        const ended = await passAs(namespace);
        assert.equal(ended.exitCode, 77, said(ended));
        assert.deepEqual(
          lineOf(ended, 'warning')?.['missing'],
          [`${permissionInWords(taken)} ${taken.namespace === null ? '(cluster)' : `in ${namespace}`}`],
          said(ended),
        );
        const {exitCode, stdout} = await install(namespace, ['--via', 'proxy', '--check'], {}, kind.toLowerCase());
        assert.equal(exitCode, 2, stdout);
        assert.ok(
          stdout
            .split('\n')
            .some((line) => line.startsWith('missing: ') && line.endsWith(`: ${permissionInWords(taken)}`)),
          stdout,
        );
      } finally {
        await give(namespace, rights);
      }
      await eventually(
        () => mayI(account, taken),
        (may) => may,
        `the right to ${permissionInWords(taken)}`,
      );
    });
  }
};

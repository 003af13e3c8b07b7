import assert from 'node:assert/strict';
import type {AccessQuestion, ReviewedUser} from '../../src/core/observation/access-review.js';
import type {Known} from '../../src/core/known.js';
import type {Cluster} from '../../src/kubernetes/cluster.js';
import type {SimulatedCluster} from '../../src/simulator/cluster.js';
import {connectAs, startWorkloads} from '../contract/simulated-workloads.js';

const NAMESPACE = 'nvr';
const within = (): AbortSignal => AbortSignal.timeout(5000);

const valueOf = <T>(answer: Known<T>): T => {
  assert.ok(answer.known, answer.known ? '' : answer.why.message);
  return answer.value;
};

const patching = (name: string, namespace = NAMESPACE): AccessQuestion => ({
  kind: 'resource',
  permission: {verb: 'patch', group: 'apps', resource: 'deployments', namespace, name},
});

describe('the reviews of tokens and permissions', () => {
  let simulated: SimulatedCluster;
  let cluster: Cluster;
  before(async () => {
    simulated = await startWorkloads(NAMESPACE, []);
    cluster = await connectAs(simulated, 'frigate-health');
    simulated.access.grant('ada', [
      {verbs: ['patch'], groups: ['apps'], resources: ['deployments'], names: ['frigate'], namespaces: [NAMESPACE]},
      {verbs: ['get'], groups: [], resources: [], urls: ['/api/*', '/']},
    ]);
  });
  after(async () => {
    cluster.close();
    await simulated.close();
  });

  const ada = async (): Promise<ReviewedUser> => {
    const user = valueOf(await cluster.reviews.userOf('token-ada', within()));
    assert.ok(user);
    return user;
  };

  it('tell whose a token is', async () => {
    assert.deepEqual(await ada(), {name: 'ada', uid: 'uid-ada', groups: ['system:authenticated'], extra: {}});
    assert.equal(valueOf(await cluster.reviews.userOf('stolen', within())), null);
  });

  it('tell what that user may do, not what this program may', async () => {
    const may = async (question: AccessQuestion): Promise<boolean> =>
      valueOf(await cluster.reviews.allows(await ada(), question, within()));
    assert.deepEqual(
      [
        await may(patching('frigate')),
        await may(patching('other')),
        await may(patching('frigate', 'elsewhere')),
        await may({kind: 'path', verb: 'get', path: '/api/instances'}),
        await may({kind: 'path', verb: 'post', path: '/api/instances/refresh'}),
        await may({kind: 'path', verb: 'get', path: '/metrics'}),
      ],
      [true, false, false, true, false, false],
    );
  });

  it('are unknown without the permission to ask, and while the API server is away', async () => {
    simulated.access.grant('poor', []);
    const poor = await connectAs(simulated, 'poor');
    const refused = await poor.reviews.userOf('token-ada', within());
    assert.ok(!refused.known);
    assert.equal(refused.why.code, 'forbidden');
    assert.match(refused.why.message, /tokenreviews\.authentication\.k8s\.io/);
    assert.ok(!refused.why.message.includes('token-ada'));
    assert.equal((await poor.reviews.allows(await ada(), patching('frigate'), within())).known, false);
    poor.close();

    const user = await ada();
    const repair = simulated.disruptions.add({match: () => true, answer: {status: 500}});
    assert.equal((await cluster.reviews.allows(user, patching('frigate'), within())).known, false);
    repair();
  });
});

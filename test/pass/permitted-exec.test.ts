import assert from 'node:assert/strict';
import {known, unknown, type Known} from '../../src/core/known.js';
import type {Permission} from '../../src/core/observation/observation.js';
import {permittedExec} from '../../src/pass/permitted-exec.js';

const address = {namespace: 'nvr', pod: 'frigate-1', container: 'frigate'};
const options = {signal: AbortSignal.timeout(5000), limit: 100};

/** A cluster that counts what it is asked. */
const clusterWith = (missing: (rights: readonly Permission[]) => Known<readonly Permission[]>) => {
  const asked = {rights: 0, execs: 0};
  return {
    asked,
    exec: () => {
      asked.execs += 1;
      return Promise.resolve(known({exitCode: 0, stdout: Buffer.from('here'), stderr: Buffer.alloc(0)}));
    },
    missingPermissions: (rights: readonly Permission[]) => {
      asked.rights += 1;
      return Promise.resolve(missing(rights));
    },
  };
};

describe('exec by right', () => {
  it('asks nothing of the container where the account may not, and says what is missing', async () => {
    const cluster = clusterWith((rights) => known(rights));
    const exec = permittedExec(cluster);
    for (const answer of [await exec(address, ['cat'], options), await exec(address, ['stat'], options)]) {
      assert.ok(!answer.known);
      assert.equal(answer.why.code, 'forbidden');
      assert.match(answer.why.message, /pods\/exec/);
      assert.deepEqual(answer.why.fix, [{command: 'kubectl auth can-i create pods --subresource=exec -n nvr'}]);
    }
    assert.deepEqual(cluster.asked, {rights: 1, execs: 0});
  });

  const allowed: ReadonlyArray<
    readonly [when: string, missing: (rights: readonly Permission[]) => Known<readonly Permission[]>]
  > = [
    ['it may', () => known([])],
    [
      'one of the two verbs is granted: which of them counts depends on the API server',
      (rights) => known(rights.slice(1)),
    ],
    ['it cannot be told: the API server decides', () => unknown('timeout', 'silent')],
  ];
  for (const [when, missing] of allowed) {
    it(`goes ahead where ${when}`, async () => {
      const cluster = clusterWith(missing);
      const exec = permittedExec(cluster);
      for (const answer of [await exec(address, ['cat'], options), await exec(address, ['cat'], options)])
        assert.ok(answer.known && answer.value.stdout.toString() === 'here');
      assert.deepEqual(cluster.asked, {rights: 1, execs: 2});
    });
  }
});

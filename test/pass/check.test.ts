import assert from 'node:assert/strict';
import {runCheck} from '../../src/pass/check.js';
import type {CheckOptions, Context} from '../../src/pass/context.js';
import {breakerInWords} from '../../src/report/words.js';
import {aSettings, FakeWorld} from '../support/fake-world.js';

const options: CheckOptions = {kind: null, allNamespaces: true, only: [], skip: [], failOn: 'warning', wait: null};

const contextOf = (fake: FakeWorld, workloadGiven: boolean): Context => {
  const {cluster, clock} = fake.world();
  return {
    settings: aSettings({workload: 'frigat', workloadGiven}), open: () => Promise.resolve({cluster, clock, close: () => Promise.resolve()}),
    signal: AbortSignal.timeout(5000), stdout: () => undefined, warn: () => undefined, version: '0.0.0',
  };
};

describe('check in every namespace', () => {
  const names: ReadonlyArray<readonly [string, boolean, string | null, boolean]> = [
    ['takes no other workload for a name that was given', true, 'frigat', true],
    ['discovers the workload where no name was given', false, null, false],
  ];
  for (const [what, given, name, exact] of names) {
    it(what, async () => {
      const fake = new FakeWorld();
      fake.interfere = (call) => (call === 'findWorkload' ? 'fail' : 'pass');
      await runCheck(contextOf(fake, given), {...options, kind: 'StatefulSet'});

      assert.deepEqual(fake.queries[0], {namespace: null, name, kind: 'StatefulSet', podSelector: null, exact});
    });
  }
});

describe('check without the remembered state', () => {
  it('says that breaker and streak are not known, and not that nothing was restarted', async () => {
    const fake = new FakeWorld();
    fake.interfere = (call) => (call === 'findWorkload' || call === 'readConfigMap' ? 'fail' : 'pass');
    const report = await runCheck(contextOf(fake, false), {...options, allNamespaces: false});

    assert.deepEqual(report.decision.breaker, {state: 'unknown', used: 0, limit: 2, until: null, why: 'the remembered state was not read'});
    assert.match(breakerInWords(report.decision), /^Breaker and failures in a row are not known/);
  });
});

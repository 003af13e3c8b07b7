import assert from 'node:assert/strict';
import {catalogue, checkOf} from '../../../src/core/checks/catalogue.js';
import {isCheckId} from '../../../src/core/check-table.js';
import type {Check, CheckContext} from '../../../src/core/checks/check.js';
import {quoted} from '../../../src/core/checks/kubectl.js';
import type {Fix} from '../../../src/core/fix.js';
import {notAsked} from '../../../src/core/known.js';
import {aMemory, anObservation, aPolicy, withTemplate} from '../../support/observation.js';
import {checkContext} from '../../support/context.js';
import {commandsOf} from '../../support/messages.js';

/** Ids are never renumbered or reused: a check that goes leaves its id behind, a new one comes with a new id. */
const frozen = [
  'FRG-101',
  'FRG-102',
  'FRG-103',
  'FRG-104',
  'FRG-105',
  'FRG-151',
  'FRG-152',
  'FRG-201',
  'FRG-202',
  'FRG-203',
  'FRG-204',
  'FRG-205',
  'FRG-206',
  'FRG-207',
  'FRG-301',
  'FRG-302',
  'FRG-303',
  'FRG-304',
  'FRG-305',
  'FRG-306',
  'FRG-401',
  'FRG-402',
  'FRG-403',
  'FRG-404',
  'FRG-405',
  'FRG-501',
  'FRG-502',
  'FRG-503',
  'FRG-504',
  'FRG-601',
  'FRG-602',
  'FRG-603',
  'FRG-604',
  'FRG-605',
  'FRG-606',
  'FRG-607',
  'FRG-701',
  'FRG-702',
  'FRG-703',
  'FRG-801',
  'FRG-802',
  'FRG-901',
];

/** The commands of kubectl itself, not those of this tool. */
const kubectlIn = (fix: Fix): readonly string[] =>
  commandsOf(fix)
    .split('\n')
    .filter((line) => /^kubectl (?!frigate-health|krew)/.test(line));

const categories = [
  'cluster',
  'node',
  'workload',
  'frigate',
  'detectors',
  'cameras',
  'recording',
  'resources',
  'services',
  'alerts',
];

describe('the catalogue', () => {
  it('holds these checks, in this order, each once', () =>
    assert.deepEqual(
      catalogue.map(({id}) => id),
      frozen,
    ));

  it('keeps the checks of a category together', () => {
    const order = catalogue.map(({category}) => categories.indexOf(category));
    assert.deepEqual(
      order,
      [...order].sort((a, b) => a - b),
    );
  });

  it('finds a check by its id', () => {
    assert.equal(checkOf('FRG-203').title, 'container stays up');
    assert.equal(isCheckId('FRG-999'), false);
    // @ts-expect-error The compiler knows the ids.
    assert.equal(checkOf('FRG-999'), undefined);
  });

  it('needs only checks that exist', () => {
    for (const {id, needs, after = []} of catalogue) {
      for (const other of [...needs, ...after]) assert.ok(isCheckId(other) && other !== id, `${id} names ${other}`);
    }
  });

  it('has no circle of needs', () => {
    const done = new Set<string>();
    const visit = (check: Check, path: readonly string[]): void => {
      assert.ok(!path.includes(check.id), `circle: ${[...path, check.id].join(' → ')}`);
      if (done.has(check.id)) return;
      for (const other of [...check.needs, ...(check.after ?? [])]) visit(checkOf(other), [...path, check.id]);
      done.add(check.id);
    };
    for (const check of catalogue) visit(check, []);
  });

  const settling = catalogue.filter(({settles}) => settles === true).map(({id}) => id);
  it('lets detectors and cameras settle', () => {
    for (const id of ['FRG-401', 'FRG-402', 'FRG-403', 'FRG-501', 'FRG-502'] as const)
      assert.ok(settling.includes(id), id);
  });

  for (const check of catalogue) {
    describe(check.id, () => {
      it('says in whole sentences what it checks, its limits, the cure, what comes next and its sources', () => {
        for (const [part, text] of Object.entries(check.docs)) {
          assert.match(text, /^\S[\s\S]{12,}[.)`?]$/, `${part}: ${text}`);
          assert.ok(!text.includes('\n#'), `${part} has no headings`);
        }
      });

      it('has a title of a few words', () =>
        assert.ok(check.title.length > 3 && check.title.length <= 40, check.title));

      it('gives a fix to type, with real names where they are known, and some fix where nothing is', () => {
        const blind = anObservation({
          apiServer: notAsked(),
          missingPermissions: notAsked(),
          workload: notAsked(),
          pods: notAsked(),
          node: notAsked(),
          events: notAsked(),
          claims: notAsked(),
          log: notAsked(),
          state: notAsked(),
          cronJob: notAsked(),
          frigate: {stats: notAsked(), history: notAsked(), config: notAsked()},
        });
        for (const observation of [anObservation(), blind]) {
          const context: CheckContext = checkContext(observation, aMemory(), aPolicy());
          const fix = check.fix(context);
          assert.ok(fix.length > 0);
          for (const step of fix) {
            const said = 'text' in step ? step.text : step.command;
            assert.doesNotMatch(said, /undefined|null|\[object| {2}|#/);
            if ('text' in step) assert.match(said, /^[A-Z].*[.:]$/, 'a whole sentence');
          }
        }
      });

      it('names the context of a person in its kubectl commands', () => {
        for (const name of ['my home', 'in-cluster']) {
          const fix = check.fix(
            checkContext(anObservation({context: {kind: 'kubeconfig', name}}), aMemory(), aPolicy()),
          );
          for (const command of kubectlIn(fix)) assert.ok(command.includes(` --context ${quoted(name)}`), command);
        }
      });

      it('names no context inside the cluster', () => {
        const fix = check.fix(checkContext(anObservation({context: {kind: 'in-cluster'}}), aMemory(), aPolicy()));
        for (const command of kubectlIn(fix)) assert.doesNotMatch(command, /--context/);
      });

      it('names the container for logs and exec where another one stands beside it', () => {
        const beside = withTemplate({containerName: 'nvr', sidecars: ['vpn']});
        for (const command of kubectlIn(check.fix(checkContext(beside, aMemory(), aPolicy()))))
          if (/\b(logs|exec) /.test(command)) assert.match(command, / -c (nvr|frigate)\b/);
        for (const command of kubectlIn(check.fix(checkContext(anObservation(), aMemory(), aPolicy()))))
          assert.doesNotMatch(command, /\b(logs|exec) .*deployment\/\S+ -c /);
      });
    });
  }
});

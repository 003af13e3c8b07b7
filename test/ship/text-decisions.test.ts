/** No code decides by the text of a message: wording can change without a decision changing with it. */
import assert from 'node:assert/strict';
import {readdirSync, readFileSync} from 'node:fs';
import path from 'node:path';
import {textDecisions, type TextDecision} from './text-decisions.js';

const root = path.join(import.meta.dirname, '..', '..', 'src');

/** Where others' texts are read: what another program gives as a text alone, or a code of Kubernetes in a list of them. */
const edges: ReadonlyArray<readonly [file: string, name: string, why: string]> = [
  ['cli/errors.ts', 'message', 'oclif gives an unknown command as a message alone'],
  ['core/checks/evidence/pending-pod.ts', 'message', 'the scheduler names taints in the message of PodScheduled alone'],
  ['core/checks/evidence/pending-pod.ts', 'reason', 'lists of reasons of Kubernetes'],
  [
    'core/checks/evidence/termination-cause.ts',
    'message',
    'the kubelet names the probe in the message of its event alone',
  ],
  ['core/checks/evidence/termination-cause.ts', 'reason', 'lists of reasons of Kubernetes'],
  ['core/checks/evidence/runtime-message.ts', 'message', 'kubelet and runtime say what failed in a message alone'],
  ['core/checks/workload/frg-202-pod-running.ts', 'reason', 'lists of reasons of Kubernetes'],
  ['core/observation/pod.ts', 'message', 'the kubelet names the probe in the message of its event alone'],
  ['core/rollout/progress.ts', 'reason', 'lists of reasons of Kubernetes'],
  ['frigate/missing-program.ts', 'message', 'runc gives a missing program as a message alone'],
  ['kubernetes/pods/metrics.ts', 'message', 'the API server gives a group that it does not serve as a message alone'],
  ['settings/checks-file.ts', 'message', 'yaml gives its error in several lines, and the first one is shown'],
  ['kubernetes/pods/proxy.ts', 'message', 'the API server gives a failed dial as a message alone'],
  [
    'kubernetes/writes/config-maps.ts',
    'message',
    'the API server gives an immutable or a full ConfigMap as a message alone',
  ],
  [
    'simulator/control-plane/controllers.ts',
    'message',
    'the controller writes a condition again when its message differs',
  ],
  ['simulator/control-plane/events.ts', 'message', 'the event recorder counts events of the same message as one'],
  ['simulator/control-plane/rollout.ts', 'reason', 'the controller keeps a condition of the same reason'],
  ['simulator/control-plane/events.ts', 'reason', 'the event recorder counts events of the same reason as one'],
  ['core/incident/incident.ts', 'summary', 'a notification does not list one text twice; nothing is decided by it'],
];

const found: ReadonlyArray<TextDecision & {readonly file: string}> = readdirSync(root, {
  recursive: true,
  encoding: 'utf8',
})
  .filter((file) => /\.tsx?$/.test(file))
  .map((file) => file.replaceAll(path.sep, '/'))
  .sort()
  .flatMap((file) =>
    textDecisions(readFileSync(path.join(root, file), 'utf8'), file.endsWith('.tsx')).map((one) => ({file, ...one})),
  );

describe('code that decides by the text of a message', () => {
  it('stands nowhere but where the texts of others are read', () => {
    const refused = found.filter(({file, name}) => !edges.some(([at, what]) => at === file && what === name));
    assert.deepEqual(
      refused.map(({file, line, code}) => `src/${file}:${line} ${code}`),
      [],
    );
  });

  for (const [file, name, why] of edges) {
    it(`is still allowed in ${file} for a reason: ${why}`, () =>
      assert.ok(
        found.some((one) => one.file === file && one.name === name),
        'nothing there decides by a text any more: remove the entry',
      ));
  }

  const planted: ReadonlyArray<readonly [code: string, name: string]> = [
    ["finding.summary === 'The API server answers'", 'summary'],
    ["'not read yet' !== why.message", 'message'],
    ['why.message !== other.message', 'message'],
    ["decision.liftedBy?.startsWith('kubectl')", 'liftedBy'],
    ["(finding.because ?? '').includes('FRG-')", 'because'],
    ["finding['reason'].endsWith('x')", 'reason'],
    ["String(finding.fix).split('\\n')", 'fix'],
    ['/kubectl/.test(fix)', 'fix'],
    ['PATTERN.exec(finding.summary!)', 'summary'],
    ['known.has(why.message as string)', 'message'],
    ["['a', 'b'].includes(decision.reason)", 'reason'],
    ["switch (why.message) { case 'x': break; }", 'message'],
    ['({message}) => message.match(/x/)', 'message'],
    ["const {reason} = verdict; reason === 'held by the breaker'", 'reason'],
    ["state.reason === 'oom-killed'", 'reason'],
  ];
  for (const [code, name] of planted) {
    it(`is refused: ${code}`, () =>
      assert.deepEqual(
        textDecisions(code).map((one) => one.name),
        [name],
      ));
  }

  const innocent = [
    'finding.fix === null',
    'because !== undefined',
    "because?.kind === 'check'",
    "because.id === 'FRG-205'",
    "why.code === 'not-asked'",
    "state.reason === 'OOMKilled'",
    'summary.slice(0, 200)',
    'finding.summary.length > 80',
    '`${why.message} (${reason})`',
    "message.replaceAll('\\n', ' ')",
  ];
  for (const code of innocent) it(`is not: ${code}`, () => assert.deepEqual(textDecisions(code), []));
});

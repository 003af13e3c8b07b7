/** The runbook, typed: each of its commands about the cluster, against what `install` put there. */
import assert from 'node:assert/strict';
import {TOOL_IMAGE} from './images.js';
import {installed, passOf, scheduledJobs, uninstalled} from './installed.js';
import {apply, kubectl} from './kubectl.js';
import {commandsOf, personWithPlugin, type Person, type Typed} from './page-commands.js';
import {answering, deployed, eventually, type Shape} from './simulated-frigate.js';

const namespace = `frigate-health-runbook-${process.pid}`;
const frigate: Shape = {namespace, name: 'frigate'};

/** Their commands are typed by moved-over.test.ts and alone/image.test.ts, and by everybody who runs these tests. */
const ELSEWHERE = ['Move over from the Python checker', 'Build and run the image', 'Before a push'];

/**
 * What the runbook of the Python checker says, word for word. Of its debug pod the image is another, and the account is said
 * by --overrides, because kubectl has no --serviceaccount any more.
 */
const OLD = [
  'KUBECONFIG=~/kubeconfig kubectl get cronjob frigate-health-checker -n frigate',
  'KUBECONFIG=~/kubeconfig kubectl get jobs -n frigate -l app=frigate-health-checker --sort-by=.metadata.creationTimestamp | tail -5',
  'KUBECONFIG=~/kubeconfig kubectl logs -n frigate -l app=frigate-health-checker --tail=50',
  'KUBECONFIG=~/kubeconfig kubectl logs -n frigate job/frigate-health-checker-XXXXX',
  'KUBECONFIG=~/kubeconfig kubectl create job --from=cronjob/frigate-health-checker -n frigate test-manual-$(date +%s)',
  'KUBECONFIG=~/kubeconfig kubectl get configmap frigate-health-state -n frigate -o yaml',
  `KUBECONFIG=~/kubeconfig kubectl run debug-exec -n frigate --image=REGISTRY/frigate-health:0.1.0 --overrides='{"spec":{"serviceAccountName":"frigate-health-checker"}}' --rm -it --restart=Never -- /bin/sh`,
  'KUBECONFIG=~/kubeconfig kubectl delete pod debug-exec -n frigate',
];

interface Expected {
  /** Finds the command. */
  readonly of: RegExp;
  readonly says: RegExp;
  readonly never?: RegExp;
  /** Of the exit code; default: 0. */
  readonly code?: number | readonly number[];
  /** Typed at the prompt of the shell that it opens. */
  readonly input?: string;
  readonly before?: () => Promise<unknown>;
  /** It ends at once: kubectl may attach between its last word and its end, and shows nothing then. Typed again until it was there in time. */
  readonly brief?: true;
}

const expectations: readonly Expected[] = [
  // A simulated Frigate that was deployed a moment ago is starting, or has something to warn of.
  {of: /frigate-health check -n/, says: /deployment\/frigate/i, never: /FRG-102|critical/, code: [0, 1]},
  {of: /get cronjob /, says: /frigate-health-checker +\*\/1 \* \* \* \*|frigate-health-checker +\* \* \* \* \*/},
  {of: /get jobs /, says: /^frigate-health-checker-\d+ +Complete/m},
  {of: /logs .*-l app=/, says: /"event":"pass\.ended"/},
  {of: /logs .*job\//, says: /"event":"pass\.ended".*"exitCode":0/},
  {of: /create job /, says: /^job\.batch\/test-manual-\d+ created$/m},
  {of: /get configmap /, says: /^ {2}name: frigate-health-state$/m},
  {of: /frigate-health state /, says: /breaker/i},
  {of: /reset-breaker/, says: /breaker/i},
  // The account has no pods/exec: the media mount stays unknown where something points at it (a young Frigate without a segment); nothing else is.
  {
    of: /-- check$/,
    says: /nothing points at the media mount|1 unknown/,
    never: /FRG-102|critical|\b[2-9] unknown/,
    code: [0, 1, 3],
    brief: true,
  },
  {
    of: /-- \/bin\/sh$/,
    says: /^This image has no \/bin\/sh\..*-- check.*kubectl debug -n \S+ -it/m,
    code: 64,
    brief: true,
  },
  {of: /get pods /, says: /^frigate-\S+ +1\/1 +Running/m},
  {of: / debug /, says: /"service"/, input: 'wget -qO- http://localhost:5000/api/stats; exit'},
  {
    of: /delete pod /,
    says: /pod "debug-exec" (?:force )?deleted/,
    before: () =>
      kubectl(['run', 'debug-exec', '-n', namespace, `--image=${TOOL_IMAGE}`, '--restart=Never', '--', 'check']),
  },
  {of: /can-i /, says: /^cronjobs\.batch +\[\] +\[frigate-health-checker\] +\[get\]$/m},
  {of: /--permissions --check$/, says: /^Everything is installed as it would be printed now\.$/m},
  {
    of: /--permissions \| /,
    says: /^role\.rbac\.authorization\.k8s\.io\/frigate-health-checker (?:unchanged|configured)$/m,
  },
];

describe('the runbook on a real cluster', function () {
  this.timeout(180_000);

  const all = commandsOf('docs/runbook.md');
  let person: Person;
  let job = '';
  let pod = '';

  before(async () => {
    person = personWithPlugin(process.env['KUBECONFIG'] ?? '');
    await apply({apiVersion: 'v1', kind: 'Namespace', metadata: {name: namespace}});
    await deployed(frigate);
    pod = (await answering(frigate)).metadata.name;
    await installed(namespace);
    const [first] = await eventually(
      () => scheduledJobs(namespace),
      ([one]) => one !== undefined,
      'the first Job of the schedule',
    );
    job = first?.metadata.name ?? '';
    assert.ok((await passOf(namespace, job)).succeeded);
  });

  after(async () => {
    person.leave();
    await uninstalled(namespace);
  });

  /** In the words of this cluster. */
  const here = (command: string): string =>
    command
      .replaceAll(/-n frigate(?=\s|$)/g, `-n ${namespace}`)
      .replaceAll(':frigate:', `:${namespace}:`)
      .replaceAll('REGISTRY/frigate-health:0.1.0', TOOL_IMAGE)
      .replaceAll('=busybox:1', '=localhost/busybox:1')
      .replaceAll('frigate-health-checker-XXXXX', job)
      .replaceAll('FRIGATE_POD', pod);

  it('has every command of the runbook before it', () => {
    const written = all.map(({command}) => command);
    assert.deepEqual(
      OLD.filter((command) => !written.includes(command)),
      [],
    );
  });

  it('has no command under these headings that is typed nowhere', () => {
    assert.deepEqual(
      ELSEWHERE.filter((heading) => !all.some((one) => one.heading === heading)),
      [],
    );
  });

  for (const {heading, command} of all.filter((one) => !ELSEWHERE.includes(one.heading))) {
    it(`${heading.toLowerCase()}: ${command.replace(/^KUBECONFIG=\S+ /, '')}`, async () => {
      const [expected, ...others] = expectations.filter(({of}) => of.test(command));
      assert.ok(expected !== undefined && others.length === 0, 'exactly one expectation is for it');
      await expected.before?.();
      const typed = (): Promise<Typed> => person.type(here(command), expected.input);
      const {code, output} =
        expected.brief === true
          ? await eventually(typed, ({output: shown}) => expected.says.test(shown), 'a word of it')
          : await typed();
      assert.match(output, expected.says);
      if (expected.never !== undefined) assert.doesNotMatch(output, expected.never);
      assert.ok(code !== null && [expected.code ?? 0].flat().includes(code), output);
    });
  }
});

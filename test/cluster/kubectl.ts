/** kubectl, and what the suites on a real cluster do with it. */
import {execFile} from 'node:child_process';
import {setTimeout as wait} from 'node:timers/promises';
import {promisify} from 'node:util';
import type {Permission} from '../../src/core/observation/observation.js';
import type {Manifest} from '../contract/stage.js';

const run = promisify(execFile);

export const kubectl = async (args: readonly string[], input?: unknown): Promise<string> => {
  const running = run('kubectl', [...args], {maxBuffer: 64 * 1024 * 1024});
  running.child.stdin?.end(input === undefined ? '' : JSON.stringify(input));
  return (await running).stdout;
};

export const kubectlJson = async <T>(...args: readonly string[]): Promise<T> =>
  JSON.parse(await kubectl([...args, '-o', 'json'])) as T;

export const apply = async (...manifests: readonly Manifest[]): Promise<void> => {
  await kubectl(['apply', '-f', '-'], {apiVersion: 'v1', kind: 'List', items: manifests});
};

export interface Subject {
  readonly kind: 'User' | 'ServiceAccount';
  readonly name: string;
  readonly namespace?: string;
}

const GROUP = 'rbac.authorization.k8s.io';

/** A Role with exactly these rights, bound to the subject; without a namespace a ClusterRole. */
export const grantManifests = (
  name: string,
  subject: Subject,
  rights: readonly Permission[],
  namespace: string | null,
): readonly Manifest[] => {
  const kind = namespace === null ? 'ClusterRole' : 'Role';
  const metadata = {name, ...(namespace === null ? {} : {namespace})};
  const rules = rights.map((right) => ({
    verbs: [right.verb],
    apiGroups: [right.group],
    resources: [right.resource],
    ...(right.name === null ? {} : {resourceNames: [right.name]}),
  }));
  return [
    {apiVersion: `${GROUP}/v1`, kind, metadata, rules},
    {
      apiVersion: `${GROUP}/v1`,
      kind: `${kind}Binding`,
      metadata,
      roleRef: {apiGroup: GROUP, kind, name},
      subjects: [{...subject, ...(subject.kind === 'User' ? {apiGroup: GROUP} : {})}],
    },
  ];
};

/** The authorizer follows its watch: what was just granted is there a moment later. */
export const untilGranted = async (
  user: string,
  {verb, group, resource}: Permission,
  namespace: string | null,
): Promise<void> => {
  const [kind = resource, subresource] = resource.split('/');
  const words = [
    `${kind}${group === '' ? '' : `.${group}`}`,
    ...(subresource === undefined ? [] : [`--subresource=${subresource}`]),
    ...(namespace === null ? [] : ['-n', namespace]),
  ];
  for (;;) {
    const answer = await kubectl(['auth', 'can-i', verb, ...words, `--as=${user}`]).catch(() => 'no');
    if (answer.trim() === 'yes') return;
    await wait(200);
  }
};

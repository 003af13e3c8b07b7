/** The targets file of `serve`: Frigates that are named instead of found. YAML; read again at each relist. */
import {parse} from 'yaml';
import * as z from 'zod';
import type {WorkloadKind} from '../../core/observation/workload.js';

/** One Frigate of the file. */
export interface StaticTarget {
  readonly kind: WorkloadKind;
  readonly namespace: string;
  readonly name: string;
}

export type TargetsFile =
  | {readonly ok: true; readonly targets: readonly StaticTarget[]}
  /** One line that names the place and what is expected there. */
  | {readonly ok: false; readonly error: string};

const LARGEST = 1024 * 1024;
const objectName = z
  .string()
  .max(253)
  .regex(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/, 'not a Kubernetes object name');

const schema = z.strictObject({
  targets: z
    .array(
      z.strictObject({
        kind: z.enum(['Deployment', 'StatefulSet', 'DaemonSet']).optional(),
        namespace: objectName,
        name: objectName,
      }),
    )
    .max(10_000),
});

/** Parses the file; `text` null: it cannot be read. Never throws. */
export const parseTargets = (path: string, text: string | null): TargetsFile => {
  if (text === null) return {ok: false, error: `${path} cannot be read`};
  if (text.length > LARGEST) return {ok: false, error: `${path} is larger than 1 MiB`};
  let document: unknown;
  try {
    document = parse(text, {maxAliasCount: 0});
  } catch (error) {
    const [line = ''] = (error instanceof Error ? error.message : String(error)).split('\n');
    return {ok: false, error: `${path} is not YAML: ${line}`};
  }
  const parsed = schema.safeParse(document);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const place = issue === undefined || issue.path.length === 0 ? 'the document' : issue.path.join('.');
    return {ok: false, error: `${path}: ${place}: ${issue?.message ?? 'not a list of targets'}`};
  }
  const known = new Set<string>();
  for (const {namespace, name} of parsed.data.targets) {
    const id = `${namespace}/${name}`;
    if (known.has(id)) return {ok: false, error: `${path}: ${id} stands there twice`};
    known.add(id);
  }
  return {
    ok: true,
    targets: parsed.data.targets.map(({kind, namespace, name}) => ({kind: kind ?? 'Deployment', namespace, name})),
  };
};

/** The targets file of `serve`: Frigates that are named instead of found. YAML; read again at each relist. */
import {parse} from 'yaml';
import * as z from 'zod';
import {frigateUrl} from '../../core/frigate-url.js';
import type {WorkloadKind} from '../../core/observation/workload.js';

/** One Frigate of the file: a workload, or one outside Kubernetes at its URL. */
export type StaticTarget =
  | {readonly kind: WorkloadKind; readonly namespace: string; readonly name: string}
  | {readonly kind: 'url'; readonly name: string; readonly url: string};

export type TargetsFile =
  | {readonly ok: true; readonly targets: readonly StaticTarget[]}
  /** One line that names the place and what is expected there. */
  | {readonly ok: false; readonly error: string};

const LARGEST = 1024 * 1024;
const objectName = z
  .string()
  .max(253)
  .regex(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/, 'not a Kubernetes object name');

/** A part of the name of its state's ConfigMap, and of its id. */
const urlName = z
  .string()
  .max(63)
  .regex(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/, 'not a name of small letters, digits and hyphens');
const address = z.string().transform((written, context) => {
  const url = frigateUrl(written);
  if (url === null)
    context.addIssue({
      code: 'custom',
      message: 'not an http or https URL without user, password, query and fragment',
    });
  return url ?? z.NEVER;
});

const workload = z.strictObject({
  kind: z.enum(['Deployment', 'StatefulSet', 'DaemonSet']).optional(),
  namespace: objectName,
  name: objectName,
});
const outside = z.strictObject({name: urlName, url: address});

/** By what an entry names, so that a mistake in it is reported for the kind that was meant. */
const entry = z.unknown().transform((written, context): StaticTarget => {
  const isOutside = typeof written === 'object' && written !== null && 'url' in written;
  const parsed = isOutside ? outside.safeParse(written) : workload.safeParse(written);
  if (!parsed.success) {
    for (const {path, message} of parsed.error.issues) context.addIssue({code: 'custom', path: [...path], message});
    return z.NEVER;
  }
  return 'url' in parsed.data
    ? {kind: 'url', ...parsed.data}
    : {kind: parsed.data.kind ?? 'Deployment', namespace: parsed.data.namespace, name: parsed.data.name};
});

const schema = z.strictObject({targets: z.array(entry).max(10_000)});

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
  for (const target of parsed.data.targets) {
    const id = target.kind === 'url' ? target.name : `${target.namespace}/${target.name}`;
    if (known.has(id)) return {ok: false, error: `${path}: ${id} stands there twice`};
    known.add(id);
  }
  return {ok: true, targets: parsed.data.targets};
};

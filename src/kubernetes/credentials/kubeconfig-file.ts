/**
 * One kubeconfig file, parsed at the edge: whatever stands in it, what comes out has the types that are written here, or is
 * one sentence that names the field. kubectl refuses a whole file for one wrong value; here an entry that is not selected is
 * ignored.
 */
import {note, type Fix} from '../../core/fix.js';
import fs from 'node:fs';
import path from 'node:path';
import {parseAllDocuments} from 'yaml';
import * as z from 'zod';
import {oneLine} from '../api/failure.js';
import type {ConnectError} from '../connect-error.js';
import {connectError} from '../connect-error.js';

export interface ClusterEntry {
  readonly name: string;
  readonly server: string | null;
  readonly caData: string | null;
  readonly caFile: string | null;
  readonly skipTlsVerify: boolean;
  readonly tlsServerName: string | null;
  readonly proxyUrl: string | null;
}

export interface ExecEntry {
  readonly apiVersion: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env: ReadonlyArray<{readonly name: string; readonly value: string}>;
  readonly installHint: string | null;
  readonly provideClusterInfo: boolean;
  readonly interactiveMode: InteractiveMode;
}

const INTERACTIVE_MODES = ['Never', 'IfAvailable', 'Always'] as const;
export type InteractiveMode = (typeof INTERACTIVE_MODES)[number];

export interface AuthProvider {
  readonly name: string;
  readonly config: Readonly<Record<string, string>>;
}

export interface UserEntry {
  readonly name: string;
  readonly certData: string | null;
  readonly certFile: string | null;
  readonly keyData: string | null;
  readonly keyFile: string | null;
  readonly token: string | null;
  readonly tokenFile: string | null;
  readonly username: string | null;
  readonly password: string | null;
  readonly as: string | null;
  readonly asGroups: readonly string[];
  readonly asUid: string | null;
  readonly asExtra: Readonly<Record<string, readonly string[]>>;
  readonly exec: ExecEntry | null;
  readonly authProvider: AuthProvider | null;
}

export interface ContextEntry {
  readonly name: string;
  readonly cluster: string | null;
  readonly user: string | null;
  readonly namespace: string | null;
}

/** An entry with its file, or the sentence that names the value that is wrong in it. */
export type Entry<T> =
  | {readonly valid: true; readonly value: T; readonly file: string}
  | {readonly valid: false; readonly error: ConnectError};

/** By name; within a file the first of several entries of one name counts. */
export interface KubeconfigFile {
  readonly currentContext: string | null;
  readonly clusters: ReadonlyMap<string, Entry<ClusterEntry>>;
  readonly users: ReadonlyMap<string, Entry<UserEntry>>;
  readonly contexts: ReadonlyMap<string, Entry<ContextEntry>>;
}

/** Empty and absent are the same, as in Go. A lone surrogate, which YAML can write, would break what encodes it later. */
const text = z
  .string()
  .nullish()
  .transform((value) => (value ? value.toWellFormed() : null));
const word = z
  .string()
  .nullish()
  .transform((value) => value?.toWellFormed() ?? '');
const flag = z
  .boolean()
  .nullish()
  .transform((value) => value === true);
const words = z
  .array(word)
  .nullish()
  .transform((value) => value ?? []);

/** Of a Kubernetes namespace (RFC 1123, as the API server has it); any other gives nothing but 404. */
const NAMESPACE = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;

const clusterBody = z.object({
  server: text,
  'certificate-authority-data': text,
  'certificate-authority': text,
  'insecure-skip-tls-verify': flag,
  'tls-server-name': text,
  'proxy-url': text,
});

const contextBody = z.object({
  cluster: text,
  user: text,
  namespace: text.refine((value) => value === null || NAMESPACE.test(value), {
    error: 'is not the name of a namespace (a-z, 0-9 and "-", at most 63 characters)',
  }),
});

const execBody = z.object({
  apiVersion: text.transform((value) => value ?? 'client.authentication.k8s.io/v1'),
  command: word.refine((value) => value !== '', {error: 'names no command'}),
  args: words,
  env: z.array(z.object({name: word, value: word})).nullish(),
  installHint: text,
  provideClusterInfo: flag,
  // v1 wants it to be given, v1beta1 has this default (client-go, exec.go).
  interactiveMode: z
    .enum(INTERACTIVE_MODES)
    .nullish()
    .transform((value) => value ?? 'IfAvailable'),
});

const userBody = z.object({
  'client-certificate-data': text,
  'client-certificate': text,
  'client-key-data': text,
  'client-key': text,
  token: text,
  tokenFile: text,
  // Not kubectl's, but what other clients (client-node) read.
  'token-file': text,
  username: text,
  password: text,
  as: text,
  'as-groups': words,
  'as-uid': text,
  'as-user-extra': z.record(z.string(), words).nullish(),
  exec: execBody.nullish(),
  'auth-provider': z.object({name: word, config: z.record(z.string(), word).nullish()}).nullish(),
});

const named = z
  .array(z.looseObject({name: text}).nullable())
  .nullish()
  .transform((entries) => entries ?? []);
const fileBody = z.object({'current-context': text, clusters: named, users: named, contexts: named});

/** What is expected, in words; by zod's names of types. */
const expectations: ReadonlyMap<string, string> = new Map([
  ['string', 'a string'],
  ['boolean', 'true or false'],
  ['array', 'a list'],
  ['object', 'a mapping'],
  ['record', 'a mapping'],
]);

const kindOf = (value: unknown): string => {
  if (value === null || value === undefined) return 'empty';
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' ? 'a mapping' : `a ${typeof value}`;
};

const valueAt = (root: unknown, at: readonly PropertyKey[]): unknown =>
  at.reduce<unknown>(
    (value, key) => (typeof value === 'object' && value !== null ? (value as Record<PropertyKey, unknown>)[key] : null),
    root,
  );

/** `users[0].user.exec.args[1]` */
const fieldOf = (at: readonly PropertyKey[]): string =>
  at.reduce<string>(
    (field, key) => (typeof key === 'number' ? `${field}[${key}]` : `${field}${field === '' ? '' : '.'}${String(key)}`),
    '',
  );

/** A number or a boolean that was meant as a text: the commonest of these errors, and the easiest to repair. */
const wantsQuotes = (issue: z.core.$ZodIssue, value: unknown): boolean =>
  issue.code === 'invalid_type' &&
  issue.expected === 'string' &&
  (typeof value === 'number' || typeof value === 'boolean');

const troubleOf = (issue: z.core.$ZodIssue, value: unknown): string => {
  if (issue.code === 'invalid_type')
    return `is ${kindOf(value)}, not ${expectations.get(issue.expected) ?? issue.expected}`;
  return issue.code === 'invalid_value' ? `is not one of ${issue.values.join(', ')}` : issue.message;
};

/** The sentence about the first thing that is wrong. No value is quoted: it may be a secret. */
const wrongValue = (
  file: string,
  before: readonly PropertyKey[],
  root: unknown,
  {issues}: z.ZodError,
): ConnectError => {
  const issue = issues[0];
  const field = oneLine(fieldOf([...before, ...(issue?.path ?? [])]), 120);
  const value = valueAt(root, issue?.path ?? []);
  return connectError(
    `the kubeconfig ${file}${field === '' ? '' : `: ${field}`} ${issue === undefined ? 'is malformed' : troubleOf(issue, value)}`,
    issue !== undefined && wantsQuotes(issue, value)
      ? [note(`Edit ${file}: put the value of ${field} in quotes.`)]
      : editOrName(file),
  );
};

type Named = z.infer<typeof named>;

/** The entries of one list. `key`: under which of its fields the body of an entry stands. */
const entriesOf = <Body, T>(
  file: string,
  list: string,
  key: string,
  entries: Named,
  schema: z.ZodType<Body>,
  make: (name: string, body: Body) => T,
): ReadonlyMap<string, Entry<T>> => {
  const found = new Map<string, Entry<T>>();
  for (const [index, entry] of entries.entries()) {
    if (entry?.name === null || entry === null || found.has(entry.name)) continue;
    const body = entry[key] ?? {};
    const parsed = schema.safeParse(body);
    found.set(
      entry.name,
      parsed.success
        ? {valid: true, value: make(entry.name, parsed.data), file}
        : {valid: false, error: wrongValue(file, [list, index, key], body, parsed.error)},
    );
  }
  return found;
};

const clusterOf =
  (absolute: (file: string | null) => string | null) =>
  (name: string, body: z.infer<typeof clusterBody>): ClusterEntry => ({
    name,
    server: body.server,
    caData: body['certificate-authority-data'],
    caFile: absolute(body['certificate-authority']),
    skipTlsVerify: body['insecure-skip-tls-verify'],
    tlsServerName: body['tls-server-name'],
    proxyUrl: body['proxy-url'],
  });

const userOf =
  (absolute: (file: string | null) => string | null) =>
  (name: string, body: z.infer<typeof userBody>): UserEntry => {
    const provider = body['auth-provider'];
    return {
      name,
      certData: body['client-certificate-data'],
      certFile: absolute(body['client-certificate']),
      keyData: body['client-key-data'],
      keyFile: absolute(body['client-key']),
      token: body.token,
      tokenFile: absolute(body.tokenFile ?? body['token-file']),
      username: body.username,
      password: body.password,
      as: body.as,
      asGroups: body['as-groups'],
      asUid: body['as-uid'],
      asExtra: body['as-user-extra'] ?? {},
      exec: body.exec ? {...body.exec, env: body.exec.env ?? []} : null,
      authProvider: provider ? {name: provider.name, config: provider.config ?? {}} : null,
    };
  };

const contextOf = (name: string, body: z.infer<typeof contextBody>): ContextEntry => ({name, ...body});

const reasonOf = (error: unknown): string => oneLine(error instanceof Error ? error.message : String(error), 160);

/**
 * The first document of the text, as Go's YAML reads it; `null` for an empty one. Throws where it is no YAML.
 * JSON, which tools write, is read without the slower parser.
 */
const documentIn = (content: string): unknown => {
  const trimmed = content.replace(/^\ufeff/, '').trimStart();
  if (trimmed.startsWith('{')) {
    try {
      return JSON.parse(trimmed);
    } catch {
      // YAML in flow style, or broken: the parser below says which.
    }
  }
  const document = parseAllDocuments(trimmed, {strict: false, uniqueKeys: false, merge: true, logLevel: 'error'})[0];
  if (document === undefined) return null;
  const error = document.errors[0];
  if (error !== undefined) throw error;
  // Aliases are counted, so that a few lines cannot fill the memory; one that holds itself fits no schema.
  return document.toJS({maxAliasCount: 1000});
};

/** What the operating system says of a file, in words. */
const fileTroubles: ReadonlyMap<unknown, string> = new Map([
  ['ENOENT', 'does not exist'],
  ['ENOTDIR', 'does not exist'],
  ['EISDIR', 'is a folder'],
  ['EACCES', 'may not be read by this user'],
]);

const editOrName = (file: string): Fix => [note(`Edit ${file}, or name another file with --kubeconfig or KUBECONFIG.`)];

const unreadable = (file: string, error: unknown): ConnectError => {
  const trouble = fileTroubles.get(error instanceof Error && 'code' in error ? error.code : null);
  return trouble === undefined
    ? connectError(`the kubeconfig ${file} cannot be read: ${reasonOf(error)}`, editOrName(file))
    : connectError(`the kubeconfig ${file} ${trouble}`, [
        note('Name an existing file that you may read with --kubeconfig or KUBECONFIG.'),
      ]);
};

/** Reads and parses one file. Throws nothing. An empty file is an empty configuration, as for kubectl. */
export const readKubeconfigFile = (file: string): KubeconfigFile | ConnectError => {
  let content: unknown;
  try {
    content = documentIn(fs.readFileSync(file, 'utf8')) ?? {};
  } catch (error) {
    return unreadable(file, error);
  }
  const parsed = fileBody.safeParse(content);
  if (!parsed.success) return wrongValue(file, [], content, parsed.error);
  const folder = path.dirname(path.resolve(file));
  const absolute = (name: string | null): string | null => (name === null ? null : path.resolve(folder, name));
  const {clusters, users, contexts} = parsed.data;
  return {
    currentContext: parsed.data['current-context'],
    clusters: entriesOf(file, 'clusters', 'cluster', clusters, clusterBody, clusterOf(absolute)),
    users: entriesOf(file, 'users', 'user', users, userBody, userOf(absolute)),
    contexts: entriesOf(file, 'contexts', 'context', contexts, contextBody, contextOf),
  };
};

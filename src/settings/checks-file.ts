/** The file of FRIGATE_HC_CHECKS_FILE: checks of the user's own, as YAML or JSON. Loaded only where one is named. */
import {isAlias, LineCounter, parseDocument, visit, type Document} from 'yaml';
import * as z from 'zod';
import {isCheckId, type CustomId, type ReportedId} from '../core/check-table.js';
import {
  OPERATORS,
  type Comparison,
  type CustomCheck,
  type CustomProbe,
  type Scalar,
} from '../core/custom/custom-check.js';
import {compilePattern, LONGEST_PATTERN} from './line-pattern.js';
import {mask} from '../core/mask.js';
import {milliseconds, type Duration} from '../core/time.js';
import {parseDuration} from './duration.js';

export type ChecksFile =
  | {readonly ok: true; readonly checks: readonly CustomCheck[]}
  /** One line that names file, line and field, and what is expected there. */
  | {readonly ok: false; readonly error: string};

const LARGEST = 256 * 1024;
const MOST_CHECKS = 100;
/** Each of them reads every line of the log. */
const MOST_LOG_CHECKS = 20;

const line = (longest: number): z.ZodString =>
  z
    .string()
    .trim()
    .min(1)
    .max(longest)
    .regex(/^\P{Cc}*$/u, 'one line of text is expected');

const duration = (least: number, most: number): z.ZodType<Duration> =>
  z.union([z.string(), z.number()]).transform((given, context) => {
    const length = parseDuration(String(given));
    if (length !== null && length >= least && length <= most) return length;
    context.addIssue({
      code: 'custom',
      message: `a duration from ${least / 1000}s to ${most / 1000}s is expected, such as 5s`,
    });
    return z.NEVER;
  });

const host = line(253).regex(/^[\w.:-]+$/, 'a host name or an address is expected, without scheme and port');
const port = z.int().min(1).max(65_535);

const urlOf = (...schemes: readonly string[]): z.ZodType<string> =>
  line(2000).refine(
    (text) => URL.canParse(text) && schemes.includes(new URL(text).protocol) && new URL(text).hostname !== '',
    `a URL is expected that begins with ${schemes.map((scheme) => `${scheme}//`).join(' or ')}`,
  );

const scalar = z.union([z.string().max(200), z.number(), z.boolean(), z.null()]);

/** `< 80`, `== ok`, or the value itself. */
const comparison = scalar.transform((given): Comparison => {
  if (typeof given !== 'string') return {operator: '==', value: given};
  const text = given.trim();
  const operator = OPERATORS.find((one) => text.startsWith(one));
  return operator === undefined
    ? {operator: '==', value: text}
    : {operator, value: literal(text.slice(operator.length).trim())};
});

/** Of a number of lines. */
const numeric = comparison.refine(
  ({value}) => typeof value === 'number' && value >= 0,
  'a number or a comparison with one is expected, such as "< 3"',
);

const literal = (text: string): Scalar => {
  if (/^[+-]?\d+(\.\d+)?$/.test(text)) return Number(text);
  if (text === 'true' || text === 'false') return text === 'true';
  return text === 'null' ? null : text.replace(/^"(.*)"$/, '$1');
};

const pointer = line(500).regex(/^(\/[^/]*)+$/, 'a JSON pointer is expected, such as /service/version');
const customId = z
  .string()
  .regex(/^X-[A-Za-z0-9-]{1,32}$/, 'X- and up to 32 letters, digits and "-" are expected, such as X-broker')
  .refine((id): id is CustomId => id.startsWith('X-'));

const logPattern = line(LONGEST_PATTERN).superRefine((text, context) => {
  const compiled = compilePattern(text);
  if (!compiled.ok) context.addIssue({code: 'custom', message: compiled.error});
});

const EVERY = milliseconds(30_000);
const TIMEOUT = milliseconds(5000);

const shared = {
  id: customId,
  title: line(80),
  frigate: line(330)
    .regex(
      /^[a-z0-9.-]+\/[a-z0-9.-]+$/,
      'NAMESPACE/NAME of the workload of a Frigate is expected, such as frigate/frigate',
    )
    .nullable()
    .default(null),
  severity: z.enum(['info', 'warning', 'critical']).default('warning'),
  dependsOn: z.array(z.string().max(40)).max(20).default([]),
  fix: line(500).nullable().default(null),
};

/** Of those that are asked, each in its own time; the others are read with each observation. */
const common = {
  ...shared,
  every: duration(5000, 3_600_000).default(EVERY),
  timeout: duration(100, 10_000).default(TIMEOUT),
};

const entry = z.discriminatedUnion('kind', [
  z.strictObject({
    ...common,
    kind: z.literal('http'),
    url: urlOf('http:', 'https:'),
    status: z
      .union([z.int().min(100).max(599), z.array(z.int().min(100).max(599)).max(20)])
      .transform((codes): readonly number[] => (typeof codes === 'number' ? [codes] : codes))
      .default([]),
    pointer: pointer.nullable().default(null),
    expect: comparison.nullable().default(null),
  }),
  z.strictObject({...common, kind: z.literal('tcp'), host, port}),
  z.strictObject({
    ...common,
    kind: z.literal('dns'),
    name: host,
    expect: z.union([z.string(), z.array(z.string()).max(20)]).default([]),
  }),
  z.strictObject({...common, kind: z.literal('redis'), url: urlOf('redis:', 'rediss:')}),
  z.strictObject({...common, kind: z.literal('mqtt'), url: urlOf('mqtt:', 'mqtts:')}),
  z.strictObject({...common, kind: z.literal('rtsp'), url: urlOf('rtsp:', 'rtsps:')}),
  z.strictObject({
    ...common,
    kind: z.literal('prometheus'),
    url: urlOf('http:', 'https:'),
    query: line(2000),
    expect: comparison,
  }),
  z.strictObject({...shared, kind: z.literal('stats'), pointer, expect: comparison}),
  z.strictObject({
    ...shared,
    kind: z.literal('log'),
    pattern: logPattern,
    window: duration(60_000, 3_600_000).default(milliseconds(600_000)),
    expect: numeric.default({operator: '==', value: 0}),
  }),
]);

type Entry = z.infer<typeof entry>;

/** The port where the URL names none. */
const USUAL: Readonly<Record<string, number>> = {
  'redis:': 6379,
  'rediss:': 6379,
  'mqtt:': 1883,
  'mqtts:': 8883,
  'rtsp:': 554,
  'rtsps:': 322,
};

const SECURE: ReadonlySet<string> = new Set(['rediss:', 'mqtts:', 'rtsps:']);

const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
};

const endpointOf = (
  text: string,
): {
  readonly host: string;
  readonly port: number;
  readonly tls: boolean;
  readonly user: string;
  readonly password: string;
} => {
  const url = new URL(text);
  return {
    host: url.hostname.replace(/^\[(.*)\]$/, '$1'),
    port: url.port === '' ? (USUAL[url.protocol] ?? 0) : Number(url.port),
    tls: SECURE.has(url.protocol),
    user: decoded(url.username),
    password: decoded(url.password),
  };
};

const probeOf = (given: Entry): CustomProbe => {
  switch (given.kind) {
    case 'http':
      return {kind: 'http', url: given.url, status: given.status, pointer: given.pointer, expect: given.expect};
    case 'tcp':
      return {kind: 'tcp', host: given.host, port: given.port};
    case 'dns':
      return {kind: 'dns', name: given.name, expect: typeof given.expect === 'string' ? [given.expect] : given.expect};
    case 'redis':
    case 'mqtt':
      return {kind: given.kind, ...endpointOf(given.url)};
    case 'rtsp': {
      const {host: name, port: number, tls} = endpointOf(given.url);
      return {kind: 'rtsp', host: name, port: number, tls, path: new URL(given.url).pathname};
    }
    case 'prometheus':
      return {kind: 'prometheus', url: given.url, query: given.query, expect: given.expect};
    case 'stats':
      return {kind: 'stats', pointer: given.pointer, expect: given.expect};
    case 'log':
      return {kind: 'log', pattern: given.pattern, window: given.window, expect: given.expect};
  }
};

interface Issue {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

/** What the schema can not see: ids that stand twice, dependencies that are none, a circle, a pointer without its comparison. */
const issuesAmong = (entries: readonly Entry[]): Issue | null => {
  const ids = new Map<string, number>();
  for (const [index, given] of entries.entries()) {
    const name = given.id.toUpperCase();
    if (ids.has(name)) return {path: [index, 'id'], message: `${given.id} stands there twice`};
    ids.set(name, index);
    if (given.kind === 'log' && entries.slice(0, index + 1).filter(({kind}) => kind === 'log').length > MOST_LOG_CHECKS)
      return {path: [index, 'kind'], message: `at most ${MOST_LOG_CHECKS} checks of the kind log are accepted`};
    if (given.kind === 'http' && (given.pointer === null) !== (given.expect === null))
      return {path: [index], message: 'pointer and expect are expected together'};
  }
  for (const [index, {dependsOn}] of entries.entries())
    for (const [at, id] of dependsOn.entries())
      if (!isCheckId(id) && !entries.some((other) => other.id === id))
        return {path: [index, 'dependsOn', at], message: `there is no check ${JSON.stringify(id)}`};
  return circleIn(entries);
};

const circleIn = (entries: readonly Entry[]): Issue | null => {
  const byId = new Map<string, Entry>(entries.map((one) => [one.id, one]));
  const done = new Set<string>();
  const chain: string[] = [];
  const visitOne = (id: string): string | null => {
    const given = byId.get(id);
    if (given === undefined || done.has(id)) return null;
    if (chain.includes(id)) return id;
    chain.push(id);
    for (const next of given.dependsOn) {
      const found = visitOne(next);
      if (found !== null) return found;
    }
    chain.pop();
    done.add(id);
    return null;
  };
  for (const [index, {id}] of entries.entries())
    if (visitOne(id) !== null)
      return {path: [index, 'dependsOn'], message: `a circle: ${[...chain, chain[0]].join(' → ')}`};
  return null;
};

const allOf = (entries: readonly Entry[]): readonly CustomCheck[] =>
  entries.map((given) => ({
    id: given.id,
    title: given.title,
    every: 'every' in given ? given.every : EVERY,
    timeout: 'timeout' in given ? given.timeout : TIMEOUT,
    frigate: given.frigate,
    severity: given.severity,
    dependsOn: given.dependsOn.filter((id): id is ReportedId => isCheckId(id) || id.startsWith('X-')),
    fix: given.fix,
    probe: probeOf(given),
  }));

/** Where the field stands, or the nearest around it that is there. */
const lineOf = (document: Document, counter: LineCounter, path: readonly PropertyKey[]): number => {
  for (let length = path.length; length >= 0; length -= 1) {
    const node: unknown = length === 0 ? document.contents : document.getIn(path.slice(0, length), true);
    if (typeof node === 'object' && node !== null && 'range' in node && Array.isArray(node.range))
      return counter.linePos(Number((node.range as readonly unknown[])[0])).line;
  }
  return 1;
};

const fieldOf = (path: readonly PropertyKey[]): string =>
  path.length === 0
    ? 'the document'
    : path
        .map((step) => (typeof step === 'number' ? `[${step}]` : `.${String(step)}`))
        .join('')
        .replace(/^\./, '');

/** Parses the file; `text` null: it cannot be read. Never throws. */
export const parseChecks = (file: string, text: string | null): ChecksFile => {
  const wrong = (why: string): ChecksFile => ({ok: false, error: mask(`${file}${why}`)});
  if (text === null) return wrong(' cannot be read');
  if (text.length > LARGEST) return wrong(' is larger than 256 KiB');
  const counter = new LineCounter();
  const document = parseDocument(text, {lineCounter: counter, logLevel: 'silent', prettyErrors: false});
  const [broken] = document.errors;
  if (broken !== undefined)
    return wrong(`, line ${counter.linePos(broken.pos[0]).line}: no YAML: ${broken.message.split('\n', 1)[0] ?? ''}`);
  const at = ({path, message}: Issue): ChecksFile =>
    wrong(`, line ${lineOf(document, counter, path)}: ${fieldOf(path)}: ${message}`);
  if (hasAlias(document)) return at({path: [], message: 'anchors and aliases are not accepted'});
  const parsed = z.array(entry).max(MOST_CHECKS).safeParse(plain(document));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    return at({path: issue?.path ?? [], message: issue?.message ?? 'a list of checks is expected'});
  }
  const issue = issuesAmong(parsed.data);
  return issue === null ? {ok: true, checks: allOf(parsed.data)} : at(issue);
};

const hasAlias = (document: Document): boolean => {
  let found = false;
  visit(document, (_, node) => {
    if (isAlias(node)) found = true;
    return found ? visit.BREAK : undefined;
  });
  return found;
};

/** `undefined`: it cannot be made a value, which the schema then refuses. */
const plain = (document: Document): unknown => {
  try {
    return document.toJS({maxAliasCount: 0});
  } catch {
    return undefined;
  }
};

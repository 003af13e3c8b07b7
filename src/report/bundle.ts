/** The bundle of a bug report as a file: every secret hidden, then packed. And the words about it. */
import {hiderOf, secretsIn, secretsInTexts} from '../core/known-secrets.js';
import {lineOf} from '../core/fix.js';
import {jsonOf} from '../core/json.js';
import {maskJson} from '../core/mask-json.js';
import {mask} from '../core/mask.js';
import type {BundleResult, BundleSource} from '../outcome/bundle-result.js';
import {page} from './documents.js';
import {clean} from './layout.js';
import {masked, render} from './render.js';
import {renderStateText} from './state-text.js';
import type {Style} from './style.js';
import {tarGz, type ArchivedFile} from './tar.js';

const HIDDEN = '***';
const PLAIN: Style = {colour: false, ascii: false, columns: null};

/** What is in no other file: each source that is missing, and why. */
const readmeOf = ({report, sources}: BundleResult, names: readonly string[]): string => {
  const {metadata, summary} = report;
  const absent = sources.flatMap((source) => (source.kind === 'missing' ? [source] : []));
  return [
    `frigate-health ${metadata.version}, ${metadata.generatedAt}: ${summary.health}`,
    `Frigate ${metadata.frigateVersion ?? '(version not known)'}, via ${metadata.via ?? '(no transport)'}`,
    '',
    'Passwords, tokens, environment variables and arguments are replaced by ***. Host names, addresses, camera names and paths',
    'are as they are: read the files before you publish them.',
    '',
    'Files:',
    ...names.map((name) => `  ${name}`),
    ...(absent.length === 0 ? [] : ['', 'Missing:', ...absent.map((source) => `  ${missingLine(source)}`)]),
    '',
  ].join('\n');
};

const missingLine = ({name, why}: Extract<BundleSource, {kind: 'missing'}>): string =>
  `${name}: ${why.code === 'not-asked' ? '' : `${why.code}: `}${why.message}${why.fix === undefined ? '' : ` (${lineOf(why.fix)})`}`;

/** A config of Frigate has variables of any name, and what they are for is not known. */
const ANY_VALUE = new Set(['environment_vars', 'env', 'httpHeaders', 'headers']);

const valuesIn = (value: unknown): readonly string[] => {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(valuesIn) : [];
};

const variablesIn = (value: unknown): readonly string[] => {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) =>
    !Array.isArray(value) && ANY_VALUE.has(name) && !Array.isArray(inner) ? valuesIn(inner) : variablesIn(inner),
  );
};

const secretsOf = ({sources, secrets, report, state}: BundleResult): readonly string[] => [
  ...secrets,
  ...secretsInTexts(report),
  ...secretsInTexts(state),
  ...sources.flatMap((source) => {
    switch (source.kind) {
      case 'json':
        return [...secretsIn(source.value), ...variablesIn(source.value)];
      case 'document':
        return secretsInTexts(source.value);
      case 'text':
        return secretsInTexts(source.text);
      case 'missing':
        return secretsInTexts(source.why.message);
    }
  }),
];

/** Every text of a JSON value, names too, and numbers that are secrets. */
const hidden = (value: unknown, hide: (text: string) => string): unknown => {
  if (typeof value === 'string') return hide(value);
  if (typeof value === 'number') return hide(String(value)) === HIDDEN ? HIDDEN : value;
  if (Array.isArray(value)) return value.map((item) => hidden(item, hide));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [hide(name), hidden(inner, hide)]));
};

/** The files without a secret. Masked by name first, then whatever was found under a name is hidden wherever else it stands. */
const filesOf = async (result: BundleResult): Promise<readonly ArchivedFile[]> => {
  const hide = hiderOf(secretsOf(result), new Set(result.names), (text) => Buffer.from(text).toString('base64'));
  const json = (name: string, value: unknown): ArchivedFile => ({
    name,
    content: `${jsonOf(hidden(JSON.parse(maskJson(jsonOf(value))), hide), 2)}\n`,
  });
  const ours = (name: string, value: unknown): ArchivedFile => ({
    name,
    content: `${jsonOf(masked(hidden(value, hide)), 2)}\n`,
  });
  const text = (name: string, content: string): ArchivedFile => ({name, content: mask(hide(content))});
  const files = [
    ours('report.json', result.report),
    text('report.txt', await render(result.report, 'wide', PLAIN)),
    ...(result.state === null
      ? []
      : [ours('state.json', result.state), text('state.txt', renderStateText(result.state, PLAIN))]),
    ...result.sources.flatMap((source) => {
      if (source.kind === 'missing') return [];
      if (source.kind === 'text') return [text(source.name, `${source.text}\n`)];
      return [(source.kind === 'json' ? json : ours)(source.name, source.value)];
    }),
  ];
  return [
    text(
      'README.txt',
      readmeOf(
        result,
        files.map(({name}) => name),
      ),
    ),
    ...files,
  ];
};

export interface PackedBundle {
  readonly bytes: Buffer;
  readonly files: number;
}

/** `folder`: the one that the archive unpacks to. */
export const packBundle = async (result: BundleResult, folder: string): Promise<PackedBundle> => {
  const files = await filesOf(result);
  return {bytes: tarGz(folder, files, Date.parse(result.report.metadata.generatedAt)), files: files.length};
};

/** `frigate-health-bundle-20261128T214500Z` */
export const bundleName = ({report}: Pick<BundleResult, 'report'>): string =>
  `frigate-health-bundle-${report.metadata.generatedAt.replace(/\.\d+/, '').replace(/[-:]/g, '')}`;

export const renderBundle = (result: BundleResult, {bytes, files}: PackedBundle, path: string, style: Style): string =>
  page(
    [
      `Wrote ${clean(path)}: ${files} files, ${Math.ceil(bytes.length / 1024)} KiB. Secrets are hidden; read it before you publish it.`,
      ...result.sources.flatMap((source) =>
        source.kind === 'missing' ? [`  missing  ${clean(missingLine(source))}`] : [],
      ),
    ],
    style,
  );

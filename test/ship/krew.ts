/** krew's rules for a plugin manifest (kubernetes-sigs/krew, internal/index/validation/validate.go and the developer guide), and the bot's template. */
import * as z from 'zod';

/** Renders as krew-release-bot does (pkg/source: the address is a template itself, four spaces before `sha256`). */
export const renderTemplate = (template: string, tag: string, checksumOf: (url: string) => string): string => {
  const withTag = (text: string): string => text.replaceAll(/\{\{\s*\.TagName\s*\}\}/g, tag);
  const filled = template.replaceAll(
    /\{\{\s*addURIAndSha "(.*?)" \.TagName\s*\}\}/g,
    (_, url: string) => `uri: ${withTag(url)}\n    sha256: ${checksumOf(withTag(url))}`,
  );
  return withTag(filled);
};

const selector = z.strictObject({
  matchLabels: z.record(z.string(), z.string()).optional(),
  matchExpressions: z
    .array(
      z.strictObject({
        key: z.string(),
        operator: z.enum(['In', 'NotIn', 'Exists', 'DoesNotExist']),
        values: z.array(z.string()).optional(),
      }),
    )
    .optional(),
});

const platform = z.strictObject({
  uri: z.string(),
  sha256: z.string(),
  bin: z.string(),
  selector: selector.optional(),
  files: z.array(z.strictObject({from: z.string(), to: z.string()})).optional(),
});

const plugin = z.strictObject({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: z.strictObject({name: z.string()}),
  spec: z.strictObject({
    version: z.string(),
    homepage: z.string().optional(),
    shortDescription: z.string(),
    description: z.string().optional(),
    caveats: z.string().optional(),
    platforms: z.array(platform),
  }),
});

export type Plugin = z.infer<typeof plugin>;
type Platform = z.infer<typeof platform>;

const SEMVER = /^v(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(-[\w.-]+)?(\+[\w.-]+)?$/;
const LONGEST_SHORT_DESCRIPTION = 50;

interface Rule<T> {
  readonly says: string;
  readonly holds: (value: T) => boolean;
}

const pluginRules: ReadonlyArray<Rule<Plugin>> = [
  {
    says: 'apiVersion is krew.googlecontainertools.github.com/v1alpha2',
    holds: ({apiVersion}) => apiVersion === 'krew.googlecontainertools.github.com/v1alpha2',
  },
  {says: 'kind is Plugin', holds: ({kind}) => kind === 'Plugin'},
  {says: 'the name is safe', holds: ({metadata}) => /^[\w-]+$/.test(metadata.name)},
  {
    says: 'the name is not one that kubectl has or krew forbids',
    holds: ({metadata}) => !/^(kube-|kubectl)/.test(metadata.name),
  },
  {says: 'the version is v and a semantic version', holds: ({spec}) => SEMVER.test(spec.version)},
  {says: 'there is a short description', holds: ({spec}) => spec.shortDescription.trim() !== ''},
  {says: 'the short description is one line', holds: ({spec}) => !/[\r\n]/.test(spec.shortDescription)},
  {
    says: `the short description has at most ${LONGEST_SHORT_DESCRIPTION} characters and no full stop`,
    holds: ({spec}) =>
      spec.shortDescription.length <= LONGEST_SHORT_DESCRIPTION && !spec.shortDescription.endsWith('.'),
  },
  {says: 'there is a homepage', holds: ({spec}) => /^https:\/\//.test(spec.homepage ?? '')},
  {says: 'there is a platform', holds: ({spec}) => spec.platforms.length > 0},
  {
    says: 'no two platforms are the same',
    holds: ({spec}) =>
      new Set(spec.platforms.map((each) => JSON.stringify(each.selector))).size === spec.platforms.length,
  },
];

const keysOf = ({selector: chosen}: Platform): readonly string[] => [
  ...Object.keys(chosen?.matchLabels ?? {}),
  ...(chosen?.matchExpressions ?? []).map(({key}) => key),
];

const isInside = (path: string): boolean => path !== '' && !path.startsWith('/') && !path.split(/[\\/]/).includes('..');

const platformRules: ReadonlyArray<Rule<Platform>> = [
  {says: 'the address is an https one of a zip or tar.gz', holds: ({uri}) => /^https:\/\/.*\.(zip|tar\.gz)$/.test(uri)},
  {says: 'the checksum is 64 lower-case hexadecimal digits', holds: ({sha256}) => /^[0-9a-f]{64}$/.test(sha256)},
  {says: 'there is a program', holds: ({bin}) => isInside(bin)},
  {says: 'the selector is not empty', holds: (each) => keysOf(each).length > 0},
  {
    says: 'the selector knows only os and arch',
    holds: (each) => keysOf(each).every((key) => key === 'os' || key === 'arch'),
  },
  {
    says: 'files are absent, or have from and to',
    holds: ({files}) =>
      files === undefined || (files.length > 0 && files.every(({from, to}) => from !== '' && to !== '')),
  },
  {
    says: 'the program of Windows is a real .exe',
    holds: ({bin, selector: chosen}) => chosen?.matchLabels?.['os'] !== 'windows' || bin.endsWith('.exe'),
  },
];

/** The rules that a manifest breaks; empty: krew takes it. `fileName`: without `.yaml`, must be the plugin's name. */
export const brokenRules = (manifest: unknown, fileName: string): readonly string[] => {
  const parsed = plugin.safeParse(manifest);
  if (!parsed.success) return parsed.error.issues.map(({path, message}) => `${path.join('.')}: ${message}`);
  const {data} = parsed;
  return [
    ...(data.metadata.name === fileName ? [] : ['the file has the name of the plugin']),
    ...pluginRules.filter(({holds}) => !holds(data)).map(({says}) => says),
    ...data.spec.platforms.flatMap((each, index) =>
      platformRules.filter(({holds}) => !holds(each)).map(({says}) => `platform ${index}: ${says}`),
    ),
  ];
};

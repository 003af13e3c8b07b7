/** One renderer per format over one report. A new format is one file and one line here. */
import {escapedYaml, jsonOf, needsEscapes} from '../core/json.js';
import {mask} from '../core/mask.js';
import {toAscii} from './layout.js';
import type {Style} from './style.js';
import type {CheckReport} from '../outcome/check-report.js';
import {checkReportList} from '../outcome/check-report-list.js';

export const FORMATS = ['text', 'wide', 'short', 'json', 'yaml', 'jsonl', 'junit', 'prometheus'] as const;
export type Format = (typeof FORMATS)[number];

/** Formats that say any value as it is. `jsonl`: the JSON on one line, to be appended to a file. */
export type DataFormat = 'json' | 'yaml' | 'jsonl';
export const isData = (format: Format): format is DataFormat =>
  format === 'json' || format === 'yaml' || format === 'jsonl';

/** Formats for programs: one document on stdout, even for an error. */
export const isMachine = (format: Format): format is DataFormat | 'junit' | 'prometheus' =>
  isData(format) || format === 'junit' || format === 'prometheus';

/** Any value as one JSON or YAML document, ended by a line break. */
export const renderValue = async (value: unknown, format: DataFormat): Promise<string> => {
  if (format === 'json') return `${jsonOf(value, 2)}\n`;
  if (format === 'jsonl') return `${jsonOf(value)}\n`;
  // By its default: in the bundle a CommonJS package has no other export.
  const {default: yaml} = await import('yaml');
  const document = new yaml.Document(value);
  yaml.visit(document, {
    Scalar: (_key, node) => {
      // Only double quotes know escapes.
      if (typeof node.value === 'string' && needsEscapes(node.value)) node.type = 'QUOTE_DOUBLE';
    },
  });
  return escapedYaml(document.toString({lineWidth: 0}));
};

/** Every text of a value masked, once and for all formats: no secret in any output (docs/how-it-decides.md, "What bad input gets"). */
export const masked = <T>(value: T): T => {
  const walk = (part: unknown): unknown => {
    if (typeof part === 'string') return mask(part);
    if (Array.isArray(part)) return part.map(walk);
    if (typeof part !== 'object' || part === null) return part;
    return Object.fromEntries(Object.entries(part).map(([name, inner]) => [name, walk(inner)]));
  };
  // Only texts are exchanged for texts, so that the shape stays what it was.
  return walk(value) as T;
};

/** Any document masked, as JSON or YAML. */
export const renderMasked = (value: object, format: 'json' | 'yaml'): Promise<string> =>
  renderValue(masked(value), format);

/** One report in a format. */
export const render = (report: CheckReport, format: Format, style: Style): Promise<string> =>
  renderAll([report], format, style);

/**
 * The reports in a format, as one document: one report stands alone, several are a list with the worst exit code. The renderers are
 * loaded when they are needed, so that a machine format loads no colours.
 */
export const renderAll = async (reports: readonly CheckReport[], format: Format, style: Style): Promise<string> => {
  const shown = masked(reports);
  if (format === 'jsonl') return (await Promise.all(shown.map((report) => renderValue(report, format)))).join('');
  if (isData(format)) {
    const [first] = shown;
    return renderValue(first !== undefined && shown.length === 1 ? first : checkReportList(shown), format);
  }
  if (format === 'junit') return (await import('./junit.js')).renderJunit(shown);
  if (format === 'prometheus') return (await import('./prometheus.js')).renderPrometheus(shown);
  const text = await textOf(shown, format, style);
  return style.ascii ? toAscii(text) : text;
};

/** The pages one after another; of several, what they come to in all stands last, where a terminal shows it. */
const textOf = async (
  reports: readonly CheckReport[],
  format: 'text' | 'wide' | 'short',
  style: Style,
): Promise<string> => {
  const {fleetVerdict} = await import('./words.js');
  const page =
    format === 'short'
      ? await import('./short.js').then(
          ({renderShort}) =>
            (report: CheckReport) =>
              renderShort(report, style),
        )
      : await import('./text.js').then(
          ({renderText}) =>
            (report: CheckReport) =>
              renderText(report, style, format === 'wide'),
        );
  const inAll = fleetVerdict(reports);
  return [...reports.map(page), ...(inAll === null ? [] : [`${inAll}\n`])].join('\n');
};

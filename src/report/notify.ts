/** The words and documents of `notify`. */
import {EXIT} from '../outcome/exit-code.js';
import {clean, toAscii} from './layout.js';
import {renderMasked} from './render.js';
import {themeOf, type Style} from './style.js';

export interface ReportedResult {
  readonly channel: string;
  readonly least: string;
  readonly delivered: boolean;
  readonly answer: string;
}

export interface ReportedPreview {
  readonly channel: string;
  readonly least: string;
  readonly text: string;
}

/** 0 where every channel took it, else 1. */
export const exitOfTest = (results: readonly ReportedResult[]): number =>
  results.every(({delivered}) => delivered) ? EXIT.ok : EXIT.warning;

const API_VERSION = 'frigate-health.io/v1';

export const renderTest = async (
  results: readonly ReportedResult[],
  format: 'text' | 'json' | 'yaml',
  style: Style,
): Promise<string> => {
  if (format !== 'text')
    return renderMasked(
      {apiVersion: API_VERSION, kind: 'NotifyTest', exitCode: exitOfTest(results), channels: results},
      format,
    );
  const theme = themeOf(style);
  const width = Math.max(...results.map(({channel}) => channel.length));
  const text = results
    .map(({channel, least, delivered, answer}) =>
      [
        theme.symbol(delivered ? 'ok' : 'warning'),
        clean(channel).padEnd(width),
        delivered ? 'sent:' : 'not sent:',
        clean(answer),
        ...(least === 'critical' ? ['(critical incidents only)'] : []),
      ].join(' '),
    )
    .join('\n');
  return style.ascii ? toAscii(`${text}\n`) : `${text}\n`;
};

export const renderPreview = async (
  previews: readonly ReportedPreview[],
  format: 'text' | 'json' | 'yaml',
  style: Style,
): Promise<string> => {
  if (format !== 'text')
    return renderMasked({apiVersion: API_VERSION, kind: 'NotifyPreview', channels: previews}, format);
  const theme = themeOf(style);
  const text = previews
    .map(({channel, text: body}) => [theme.strong(`${clean(channel)} would be sent:`), body, ''].join('\n'))
    .join('\n');
  return style.ascii ? toAscii(text) : text;
};

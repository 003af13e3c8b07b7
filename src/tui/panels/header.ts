/** The first line: what is watched and how fresh it is. */
import {contextName} from '../../core/cluster-context.js';
import type {WatchedTarget} from '../../usecases/watch/live.js';
import type {Snapshot} from '../store.js';
import {clipLine, columnsOf, fitLine, line, lineColumns, span, type Line} from '../text.js';
import {NARROW} from './banner.js';
import type {Display} from './display.js';

const separator = '  ';
/** Narrower than this there is no space for our own name. */
const WIDE = 100;

/** As many whole parts as fit: a version that is cut off means nothing. */
const fitting = (
  name: readonly string[],
  where: readonly string[],
  version: readonly string[],
  uptime: readonly string[],
  space: number,
): string => {
  const choices = [
    [...name, ...where, ...version, ...uptime],
    [...where, ...version, ...uptime],
    [...where, ...version],
    where,
  ].map((parts) => parts.join(separator));
  return choices.find((text) => columnsOf(text) <= space) ?? where.join(separator);
};

export const headerLine = (
  {view, freshness}: Snapshot,
  target: WatchedTarget,
  paused: boolean,
  columns: number,
  display: Display,
): Line => {
  const workload = view?.pod.workload ?? target.workload;
  const where =
    columns < NARROW
      ? [`${target.namespace}/${workload.slice(workload.indexOf('/') + 1)}`]
      : [`${contextName(target.context)}/${target.namespace}`, workload];
  const version =
    view?.frigateVersion === null || view === null ? [] : [`Frigate ${display.text(view.frigateVersion)}`];
  const uptime = view?.uptime === null || view === null ? [] : [`up ${view.uptime}`];
  // A picture that is held still is of then and not live.
  const fresh = paused
    ? line(span('PAUSED ', 'warn'), span(freshness.text.replace(/^live /, 'at '), freshness.live ? 'faint' : 'bad'))
    : line(span(freshness.text, freshness.live ? 'good' : view === null ? 'faint' : 'bad'));
  const space = columns - lineColumns(fresh) - separator.length;
  if (space < 10) return clipLine(fresh, columns, display.glyphs.more);
  return [
    ...fitLine(
      line(
        span(
          fitting(columns < WIDE ? [] : ['frigate-health'], where.map(display.text), version, uptime, space),
          'strong',
        ),
      ),
      space,
      display.glyphs.more,
    ),
    span(separator),
    ...fresh,
  ];
};

/** The first line: what is watched and how fresh it is. */
import type {Place} from '../../pass/watch/live.js';
import type {Snapshot} from '../store.js';
import {clipLine, columnsOf, fitLine, line, lineColumns, span, type Line} from '../text.js';
import {NARROW} from './banner.js';
import type {Pen} from './pen.js';

const separator = '  ';
/** Narrower than this there is no room for our own name. */
const WIDE = 100;

/** As much as fits in whole parts: a version that is cut in two tells nothing. */
const fitting = (
  name: readonly string[],
  where: readonly string[],
  version: readonly string[],
  uptime: readonly string[],
  room: number,
): string => {
  const choices = [
    [...name, ...where, ...version, ...uptime],
    [...where, ...version, ...uptime],
    [...where, ...version],
    where,
  ].map((parts) => parts.join(separator));
  return choices.find((text) => columnsOf(text) <= room) ?? where.join(separator);
};

export const headerLine = (
  {view, freshness}: Snapshot,
  place: Place,
  paused: boolean,
  columns: number,
  pen: Pen,
): Line => {
  const workload = view?.pod.workload ?? place.workload;
  const where =
    columns < NARROW
      ? [`${place.namespace}/${workload.slice(workload.indexOf('/') + 1)}`]
      : [`${place.context}/${place.namespace}`, workload];
  const version = view?.frigateVersion === null || view === null ? [] : [`Frigate ${pen.text(view.frigateVersion)}`];
  const uptime = view?.uptime === null || view === null ? [] : [`up ${view.uptime}`];
  // A picture that is held still is of then and not live.
  const fresh = paused
    ? line(span('PAUSED ', 'warn'), span(freshness.text.replace(/^live /, 'at '), freshness.live ? 'faint' : 'bad'))
    : line(span(freshness.text, freshness.live ? 'good' : view === null ? 'faint' : 'bad'));
  const room = columns - lineColumns(fresh) - separator.length;
  if (room < 10) return clipLine(fresh, columns, pen.glyphs.more);
  return [
    ...fitLine(
      line(
        span(fitting(columns < WIDE ? [] : ['frigate-health'], where.map(pen.text), version, uptime, room), 'strong'),
      ),
      room,
      pen.glyphs.more,
    ),
    span(separator),
    ...fresh,
  ];
};

/** The three lines that stay behind on the main screen, and one more where an act was left under way: the alternate screen leaves nothing. */
import {inContext} from '../core/checks/kubectl.js';
import {humanDuration, since, type Instant} from '../core/time.js';
import type {Place} from '../pass/watch/live.js';
import {repairText, verdictLine} from './panels/verdict.js';
import type {Pen} from './panels/pen.js';
import type {Snapshot} from './store.js';
import type {ActionName} from './ui.js';

/** `underWay`: what was asked for and has not been answered. */
export const summaryOf = (
  {view, begun, changeCount, freshness}: Snapshot,
  place: Place,
  now: Instant,
  underWay: readonly ActionName[],
  pen: Pen,
): readonly string[] => {
  const where = pen.text(`${place.context}/${place.namespace} ${view?.pod.workload ?? place.workload}`);
  const watched = `watched ${where} for ${humanDuration(since(begun, now))}, ${changeCount} ${changeCount === 1 ? 'change' : 'changes'} seen${freshness.live || view === null ? '' : `; at the end ${freshness.text.replace(/^! /, '')}`}`;
  const kubectl = (command: string): string =>
    pen.text(`kubectl frigate-health ${command}${inContext(place.context)} -n ${place.namespace}`);
  if (view === null || !view.live.complete)
    return ['? nothing was seen yet', watched, `${kubectl('check')} looks once`];
  const left = underWay.map(
    (action) =>
      `${pen.glyphs.status.unknown} left while this was under way: ${action}; ${kubectl('state')} tells what became of it`,
  );
  return [
    verdictLine(view, freshness.live, pen)
      .map(({text}) => text)
      .join(''),
    repairText(view, pen),
    watched,
    ...left,
  ];
};

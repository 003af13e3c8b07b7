/** The three lines that stay behind on the main screen: the alternate screen leaves nothing. */
import {humanDuration, since, type Instant} from '../core/time.js';
import type {Place} from '../pass/watch/live.js';
import {repairText, verdictLine} from './panels/header.js';
import type {Pen} from './panels/pen.js';
import type {Snapshot} from './store.js';

export const summaryOf = ({view, begun, changeCount, freshness}: Snapshot, place: Place, now: Instant, pen: Pen): readonly string[] => {
  const where = pen.text(`${place.context}/${place.namespace} ${view?.pod.workload ?? place.workload}`);
  const watched = `watched ${where} for ${humanDuration(since(begun, now))}, ${changeCount} ${changeCount === 1 ? 'change' : 'changes'} seen${freshness.live || view === null ? '' : `; at the end ${freshness.text.replace(/^! /, '')}`}`;
  if (view === null || !view.live.complete) return ['? nothing was seen yet', watched, 'kubectl frigate-health check looks once'];
  return [verdictLine(view, pen).map(({text}) => text).join(''), repairText(view, pen), watched];
};

/** The three lines that are printed when watch ends, and one more for an action that was not answered yet: the alternate screen leaves nothing. */
import {contextName} from '../core/cluster-context.js';
import {inContext} from '../core/checks/kubectl.js';
import {humanDuration, since, type Instant} from '../core/time.js';
import type {WatchedTarget} from '../usecases/watch/live.js';
import {repairText, verdictLine} from './panels/verdict.js';
import type {Display} from './panels/display.js';
import type {Snapshot} from './store.js';
import type {ActionName} from './ui.js';

/** `underWay`: actions that were requested and not answered yet. */
export const summaryOf = (
  {view, begun, changeCount, freshness}: Snapshot,
  target: WatchedTarget,
  now: Instant,
  underWay: readonly ActionName[],
  display: Display,
): readonly string[] => {
  const where = display.text(
    `${contextName(target.context)}/${target.namespace} ${view?.pod.workload ?? target.workload}`,
  );
  const watched = `watched ${where} for ${humanDuration(since(begun, now))}, ${changeCount} ${changeCount === 1 ? 'change' : 'changes'}${freshness.live || view === null ? '' : `; at the end: ${freshness.text.replace(/^! /, '')}`}`;
  const kubectl = (command: string): string =>
    display.text(`kubectl frigate-health ${command}${inContext(target.context)} -n ${target.namespace}`);
  if (view === null || !view.live.complete)
    return ['? no result yet', watched, `for a single result: ${kubectl('check')}`];
  const left = underWay.map(
    (action) =>
      `${display.glyphs.status.unknown} watch ended before the ${action} was answered; for its result: ${kubectl('state')}`,
  );
  return [
    verdictLine(view, freshness.live, display)
      .map(({text}) => text)
      .join(''),
    repairText(view, display),
    watched,
    ...left,
  ];
};

/** `/api/v1`: the stable names. */
import {seconds} from '../../core/time.js';
import {within} from '../../core/timers.js';
import {json, type Asked, type Handler} from '../context.js';
import {problemResponse} from '../problem.js';
import type {FrigateTarget} from '../../outcome/fleet.js';
import {detailOf} from '../views/detail.js';
import {frigateListOf, historyOf, incidentListOf} from '../views/lists.js';
import {frigateOf, namedBy, noFrigate} from './frigate.js';

const REVIEW_LIMIT = seconds(5);

export const frigates: Handler = ({daemon: {source, events}, caller}) =>
  json(frigateListOf(caller, source.current, events.eventId));

/** Whether the caller could recover it; where that cannot be asked, nothing is offered. */
export const mayRecover = async (
  {daemon: {options, timers}, caller, signal}: Asked,
  target: FrigateTarget,
): Promise<boolean> => {
  const allowed = await options.access.allows(caller, {kind: 'recover', target}, within(timers, REVIEW_LIMIT, signal));
  return target.kind !== 'url' && allowed.known && allowed.value;
};

export const frigate: Handler = async (asked) => {
  const {source, events} = asked.daemon;
  const {eventId} = events;
  const snapshot = source.current;
  const found = frigateOf(asked.caller, snapshot, namedBy(asked));
  if (found === null) return noFrigate();
  return json(detailOf(found, {snapshot, eventId, mayRecover: await mayRecover(asked, found.target)}));
};

export const report: Handler = (asked) => {
  const found = frigateOf(asked.caller, asked.daemon.source.current, namedBy(asked));
  if (found === null) return noFrigate();
  return found.judged === null ? problemResponse('not-observed') : json(found.judged.report());
};

export const history: Handler = (asked) => {
  const found = frigateOf(asked.caller, asked.daemon.source.current, namedBy(asked));
  return found === null ? noFrigate() : json(historyOf(found));
};

export const incidents: Handler = ({daemon: {source}, caller}) => json(incidentListOf(caller, source.current));

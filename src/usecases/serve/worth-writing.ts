/** Which changes of the state are written at once. A thousand calm Frigates must not cost a thousand writes every few seconds. */
import type {Standing, State} from '../../core/state/state.js';
import {since, type Duration, type Instant} from '../../core/time.js';

/** All of a state that another runner, or this one after a crash, could not find out again. */
const durable = (state: State): unknown => {
  const {target, streak, restarts, breaker, incident, outbox, decisions, standing, memory} = state;
  return [
    target?.uid,
    streak === null ? null : [streak.count, streak.containerId, streak.cause],
    restarts.map(({id, phase}) => [id, phase]),
    [breaker.state, breaker.until, breaker.failures, breaker.reset?.at, breaker.coolDownUntil],
    incident === null
      ? null
      : [incident.id, incident.stage, incident.findings, incident.alerts, incident.quietSince === null],
    outbox.map(({key, tries, deliveredAt}) => [key, tries, deliveredAt]),
    decisions.at(-1),
    standing.map(({what}: Standing) => what).sort(),
    [
      memory.containerId,
      memory.latched.map(({signature, containerId}) => [signature, containerId]),
      memory.frigateVersion,
    ],
  ];
};

/** Whether the next state says something new that must last. */
export const isWorthWriting = (stored: State, next: State): boolean =>
  JSON.stringify(durable(stored)) !== JSON.stringify(durable(next));

/** Once in each interval the last pass is written, so that others see that somebody is at work. */
export const heartbeatIsDue = (stored: State, now: Instant, interval: Duration): boolean =>
  stored.lastPass === null || since(stored.lastPass.at, now) >= interval;

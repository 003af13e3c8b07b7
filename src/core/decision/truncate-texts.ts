/** The last step before the state is stored: texts one line long and bounded, whatever a camera or an error is called. */
import type {State} from '../state/state.js';

const LONGEST = 400;

export const truncateTexts = (state: State): State => ({
  ...state,
  restarts: state.restarts.map((restart) => ({...restart, reason: bounded(restart.reason), who: bounded(restart.who)})),
  breaker: {...state.breaker, why: state.breaker.why === null ? null : bounded(state.breaker.why)},
  incident: state.incident === null ? null : {...state.incident, summary: bounded(state.incident.summary)},
  decisions: state.decisions.map((decision) => ({...decision, reason: bounded(decision.reason)})),
});

const bounded = (text: string): string => text.slice(0, LONGEST);

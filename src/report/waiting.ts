/** The progress of `check --wait`, one line for people. */
import {waitingText} from '../core/rollout/wording.js';
import {humanDuration} from '../core/time.js';
import type {WaitProgress} from '../outcome/check-report.js';

export const waitLine = ({left, health, summary, progress}: WaitProgress): string => {
  const rollout = progress?.kind === 'waiting' ? `; ${waitingText(progress.why)}` : '';
  return `Waiting, ${humanDuration(left)} left: ${health}: ${summary}${rollout}`;
};

/** The one line that a notification is known by: severity, Frigate, fact; the same in the subject of a mail and the title on a phone. */
import {maskedLine, oneLine} from '../mask.js';
import {humanDuration, type Duration} from '../time.js';

const LONGEST_SUBJECT = 150;
const LONGEST_FACT = 300;

export interface Subject {
  readonly tag: 'critical' | 'warning' | 'resolved' | 'test';
  readonly event: 'began' | 'worse' | 'reminder' | 'ended' | 'test';
  readonly namespace: string;
  readonly name: string;
  readonly fact: string;
  /** How long the incident lasted by then. */
  readonly lasted: Duration;
}

/** `[critical] frigate/frigate: Detector coral is stuck`, at most 150 characters. */
export const subjectLine = ({tag, event, namespace, name, fact, lasted}: Subject): string => {
  const length = humanDuration(lasted, ' ');
  const after = {began: '', worse: '', test: '', reminder: `, for ${length}`, ended: `, after ${length}`}[event];
  const head = `[${tag}] ${namespace}/${name}: ${event === 'worse' ? 'worse: ' : ''}`;
  const space = Math.max(0, LONGEST_SUBJECT - head.length - after.length);
  return oneLine(`${head}${oneLine(maskedLine(fact, LONGEST_FACT), space)}${after}`, LONGEST_SUBJECT);
};

/** Checks of the catalogue and of the user's own, as they are shown beside each other. */
import {becauseText} from '../../core/because.js';
import type {CustomFinding} from '../../core/custom/custom-check.js';
import {customBecauseText} from '../../core/custom/judge.js';
import {inOneLine, type Finding, type Fix} from '../../core/finding.js';
import {note} from '../../core/fix.js';

export type ShownCheck = Finding | CustomFinding;

export const isOwn = (check: ShownCheck): check is CustomFinding => check.id.startsWith('X-');

/** Why it is unknown or skipped; `null`: nothing is to be said. */
export const reasonOf = (check: ShownCheck): string | null => {
  if (isOwn(check)) return check.because === null ? null : customBecauseText(check.because);
  return check.because === null ? null : becauseText(check.because);
};

export const fixOf = (check: ShownCheck): Fix | null => {
  if (!isOwn(check)) return check.fix;
  return check.fix === null ? null : [note(check.fix)];
};

/** In one line: what is not known stands there with its reason. */
export const sentenceOf = (check: ShownCheck): string => {
  if (!isOwn(check)) return inOneLine(check);
  const reason = reasonOf(check);
  return check.status === 'unknown' && reason !== null ? `${check.summary} (${reason})` : check.summary;
};

/** What a detector reports of its own errors: it is neither hung nor silent then, and a restart does not correct what it names. */
import {note, run} from '../../fix.js';
import type {Evidence} from '../../finding.js';
import type {ErrorReport} from '../../observation/log.js';
import {earlier, minutes} from '../../time.js';
import type {CheckContext, CheckResult} from '../check.js';
import {frigateIn} from '../kubectl.js';
import {causeOfError, isCurable} from './error-causes.js';
import {errorsSince} from './errors.js';
import {evidence} from './wording.js';

/** So recent an error shows that the detector, or the loop around it, works. */
const RECENT = minutes(3);

/** The newest error that a detector itself has written and that a restart is not known to cure; `null`: it is silent. */
export const errorOfDetector = ({observation, now}: CheckContext): ErrorReport | null =>
  errorsSince(observation, ['detector'], earlier(now, RECENT)).find((report) => !isCurable(report, () => false)) ??
  null;

/** What every finding says that rests on such an error. */
export const reportedByDetector = (
  {observation}: CheckContext,
  error: ErrorReport,
  facts: readonly Evidence[],
): Pick<CheckResult, 'cause' | 'because' | 'evidence' | 'fix'> => ({
  cause: causeOfError(error),
  because: {kind: 'no-restart', why: 'reported-error'},
  evidence: [evidence('log', error.sample), ...facts],
  fix: [run(`kubectl logs ${frigateIn(observation)} | grep -i detect | tail`), note('Correct what it names.')],
});

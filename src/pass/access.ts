/** An unknown that ends a command, as the failure that people see: 64 misconfigured, 77 not permitted, 69 unreachable. */
import {lineOf} from '../core/fix.js';
import type {UnknownCode, UnknownReason} from '../core/known.js';
import {EXIT} from '../outcome/exit-code.js';
import {CommandFailure} from '../outcome/failure.js';

/** What kind of trouble it is that the API server could not be asked. */
export const troubleOf = (code: UnknownCode): 'usage' | 'forbidden' | 'unreachable' => {
  if (code === 'misconfigured') return 'usage';
  return code === 'forbidden' || code === 'unauthorized' ? 'forbidden' : 'unreachable';
};

/** The exit code where there is a report beside the failure: what answered, but not as it should have, is not unreachable. */
export const exitOf = (code: UnknownCode): number => {
  if (code === 'forbidden' || code === 'unauthorized' || code === 'misconfigured') return EXIT[troubleOf(code)];
  return code === 'unreachable' || code === 'timeout' ? EXIT.unreachable : EXIT.unknown;
};

/** The exit code of an observation where the API server gave no answer: a silence that is this checker's own is `unknown`. */
export const exitWithoutApi = (code: UnknownCode): number =>
  code === 'starved' ? EXIT.unknown : EXIT[troubleOf(code)];

export const failureOf = ({code, message, fix}: UnknownReason): CommandFailure => {
  const kind = troubleOf(code);
  return new CommandFailure(
    kind,
    message,
    fix === undefined ? (kind === 'unreachable' ? 'kubectl get --raw /readyz' : null) : lineOf(fix),
  );
};

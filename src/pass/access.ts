/** An unknown that ends a command, as the failure that people see: 64 misconfigured, 77 not permitted, 69 unreachable. */
import type {UnknownCode, UnknownReason} from '../core/known.js';
import {EXIT} from '../report/exit-code.js';
import {CommandFailure} from '../report/failure.js';

/** What kind of trouble it is that the API server could not be asked. */
export const troubleOf = (code: UnknownCode): 'usage' | 'forbidden' | 'unreachable' => {
  if (code === 'misconfigured') return 'usage';
  return code === 'forbidden' || code === 'unauthorized' ? 'forbidden' : 'unreachable';
};

/** The exit code where there is more to tell than a failure: what answered, but not as it should have, is not out of reach. */
export const exitOf = (code: UnknownCode): number => {
  if (code === 'forbidden' || code === 'unauthorized' || code === 'misconfigured') return EXIT[troubleOf(code)];
  return code === 'unreachable' || code === 'timeout' ? EXIT.unreachable : EXIT.unknown;
};

export const failureOf = ({code, message, fix}: UnknownReason): CommandFailure => {
  const kind = troubleOf(code);
  return new CommandFailure(kind, message, fix ?? (kind === 'unreachable' ? 'kubectl get --raw /readyz' : null));
};

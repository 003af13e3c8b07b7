/** An unknown that ends a command, as the failure that people see: 64 misconfigured, 77 not permitted, 69 unreachable. */
import type {UnknownCode, UnknownReason} from '../core/known.js';
import {CommandFailure} from '../report/failure.js';

/** What kind of trouble it is that the API server could not be asked. */
export const troubleOf = (code: UnknownCode): 'usage' | 'forbidden' | 'unreachable' => {
  if (code === 'misconfigured') return 'usage';
  return code === 'forbidden' || code === 'unauthorized' ? 'forbidden' : 'unreachable';
};

export const failureOf = ({code, message, fix}: UnknownReason): CommandFailure => {
  const kind = troubleOf(code);
  return new CommandFailure(kind, message, fix ?? (kind === 'unreachable' ? 'kubectl get --raw /readyz' : null));
};

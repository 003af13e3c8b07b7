/** An unknown that ends a command, as the failure that people see: 77 not permitted, 69 unreachable. */
import type {UnknownReason} from '../core/known.js';
import {CommandFailure} from '../report/failure.js';

export const failureOf = ({code, message, fix}: UnknownReason): CommandFailure => {
  const kind = code === 'forbidden' || code === 'unauthorized' ? 'forbidden' : 'unreachable';
  return new CommandFailure(kind, message, fix ?? (kind === 'unreachable' ? 'kubectl get --raw /readyz' : null));
};

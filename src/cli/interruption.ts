/** SIGINT and SIGTERM as one AbortSignal, whose reason is the failure that the command then ends with. */
import {CommandFailure} from '../outcome/failure.js';

/** The part of `process` that is needed. */
export interface SignalSource {
  once(signal: 'SIGINT' | 'SIGTERM', listener: () => void): unknown;
  removeListener(signal: 'SIGINT' | 'SIGTERM', listener: () => void): unknown;
}

export interface Interruption {
  readonly signal: AbortSignal;
  /** `null` until a signal came. */
  readonly failure: () => CommandFailure | null;
  readonly dispose: () => void;
}

/**
 * Listens for both signals. Each listener goes with its first signal, so that a second one ends the process at once,
 * whatever hangs. `atSignal` is called when one arrives.
 */
export const interruption = (source: SignalSource, atSignal: () => void = () => undefined): Interruption => {
  const controller = new AbortController();
  let failure: CommandFailure | null = null;
  const end = (kind: 'interrupted' | 'terminated', name: string) => (): void => {
    failure ??= new CommandFailure(kind, `Ended by ${name}`);
    controller.abort(failure);
    atSignal();
  };
  const onInterrupt = end('interrupted', 'SIGINT');
  const onTerminate = end('terminated', 'SIGTERM');
  source.once('SIGINT', onInterrupt);
  source.once('SIGTERM', onTerminate);
  return {
    signal: controller.signal,
    failure: () => failure,
    dispose: () => {
      source.removeListener('SIGINT', onInterrupt);
      source.removeListener('SIGTERM', onTerminate);
    },
  };
};

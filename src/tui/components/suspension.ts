/** Releasing the terminal and taking it back: after a key, after a signal from another process, after a stop without a signal handler. */
import {useApp} from 'ink';
import {useEffect, useRef} from 'react';
import type {Terminal} from '../terminal.js';

export interface Stopping {
  /** Stops the process; resolves when it goes on. */
  readonly stop: Terminal['stop'];
  /** Called when another process stops it. */
  readonly onStop: Terminal['onStop'];
}

/** The way to stop by a key. */
export const useSuspension = ({stop, onStop}: Stopping): (() => Promise<void>) => {
  const {suspendTerminal} = useApp();
  // One after the other: a second stop while the first one lasts is the same.
  const suspended = useRef(false);
  const suspend = async (meanwhile: () => Promise<void>): Promise<void> => {
    if (suspended.current) return;
    suspended.current = true;
    try {
      await suspendTerminal(meanwhile);
    } finally {
      suspended.current = false;
    }
  };
  const newest = useRef(suspend);
  newest.current = suspend;
  useEffect(() => onStop((meanwhile) => void newest.current(meanwhile)), [onStop]);
  return () => suspend(stop);
};

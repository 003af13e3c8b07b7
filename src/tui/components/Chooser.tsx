/** The list of every Frigate: enter goes in. */
import {useInput, useWindowSize} from 'ink';
import {useRef, useState, useSyncExternalStore} from 'react';
import type {ReactElement} from 'react';
import {namesOfKeys} from '../keys.js';
import {chooserLines, type ChooserRow} from '../panels/chooser.js';
import type {Pen} from '../panels/pen.js';
import {Lines, type Styles} from './Lines.js';
import {useSuspension, type Stopping} from './suspension.js';

export interface ChooserProps extends Stopping {
  readonly rows: () => readonly ChooserRow[];
  readonly subscribe: (listener: () => void) => () => void;
  readonly context: string;
  /** The row that is selected at first. */
  readonly start: number;
  readonly pen: Pen;
  readonly styles: Styles;
  readonly refresh: () => void;
  readonly choose: (row: ChooserRow) => void;
  readonly leave: (how: 'quit' | 'interrupt') => void;
}

const steps: Readonly<Record<string, number>> = {up: -1, k: -1, down: 1, j: 1, home: -Infinity, g: -Infinity, end: Infinity, G: Infinity};

export const Chooser = ({rows, subscribe, context, start, pen, styles, refresh, choose, leave, stop, onStop}: ChooserProps): ReactElement => {
  const list = useSyncExternalStore(subscribe, rows, rows);
  const size = useWindowSize();
  const [index, setIndex] = useState(start);
  const current = useRef(start);
  const suspend = useSuspension({stop, onStop});
  const press = (name: string): void => {
    const step = steps[name];
    if (step !== undefined) {
      current.current = Math.max(0, Math.min(list.length - 1, current.current + step));
      setIndex(current.current);
    }
    const row = list[current.current];
    if ((name === 'enter' || name === 'right' || name === 'l') && row !== undefined) choose(row);
    if (name === 'r') refresh();
    if (name === 'q' || name === 'escape') leave('quit');
    if (name === 'ctrl+c') leave('interrupt');
    if (name === 'ctrl+z') void suspend();
  };
  useInput((input, key) => {
    for (const name of namesOfKeys(input, key)) press(name);
  });
  return <Lines lines={chooserLines(list, index, size, context, pen)} rows={size.rows} columns={size.columns} styles={styles} />;
};

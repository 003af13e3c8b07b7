/** The list of every Frigate: enter goes in. */
import {useInput, useWindowSize} from 'ink';
import {useRef, useState, useSyncExternalStore} from 'react';
import type {ReactElement} from 'react';
import {KEYS_OF_LIST, type Command} from '../keys.js';
import {namesOfKeys} from '../pressed-keys.js';
import {chooserLines, listRows, type ChooserRow} from '../panels/chooser.js';
import type {Display} from '../panels/display.js';
import {Lines, type Styles} from './Lines.js';
import {useSuspension, type Stopping} from './suspension.js';

export interface ChooserProps extends Stopping {
  readonly rows: () => readonly ChooserRow[];
  readonly subscribe: (listener: () => void) => () => void;
  readonly context: string;
  /** The row that is selected at first. */
  readonly start: number;
  readonly display: Display;
  readonly styles: Styles;
  readonly refresh: () => void;
  readonly choose: (row: ChooserRow) => void;
  readonly leave: (how: 'quit' | 'interrupt') => void;
}

export const Chooser = ({
  rows,
  subscribe,
  context,
  start,
  display,
  styles,
  refresh,
  choose,
  leave,
  stop,
  onStop,
}: ChooserProps): ReactElement => {
  const list = useSyncExternalStore(subscribe, rows, rows);
  const size = useWindowSize();
  const [index, setIndex] = useState(start);
  const current = useRef(start);
  const suspend = useSuspension({stop, onStop});
  const move = (distance: number): void => {
    current.current = Math.max(0, Math.min(list.length - 1, current.current + distance));
    setIndex(current.current);
  };
  const open = (): void => {
    const row = list[current.current];
    if (row !== undefined) choose(row);
  };
  const page = Math.max(1, listRows(size.rows) - 1);
  const doing: Readonly<Partial<Record<Command, () => void>>> = {
    up: () => move(-1),
    down: () => move(1),
    'page-up': () => move(-page),
    'page-down': () => move(page),
    first: () => move(-Infinity),
    last: () => move(Infinity),
    open,
    refresh,
    quit: () => leave('quit'),
    back: () => leave('quit'),
    interrupt: () => leave('interrupt'),
    suspend: () => void suspend(),
  };
  const press = (name: string): void => {
    const command = KEYS_OF_LIST.find(({keys}) => keys.includes(name))?.command;
    if (command !== undefined) doing[command]?.();
  };
  useInput((input, key) => {
    for (const name of namesOfKeys(input, key)) press(name);
  });
  return (
    <Lines
      lines={chooserLines(list, index, size, context, display)}
      rows={size.rows}
      columns={size.columns}
      styles={styles}
    />
  );
};

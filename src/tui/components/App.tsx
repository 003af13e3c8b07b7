/** The screen: a snapshot of the store, what the person did, and the size of the terminal, drawn as one frame. */
import {useApp, useInput, useWindowSize} from 'ink';
import {useRef, useState, useSyncExternalStore} from 'react';
import type {ReactElement} from 'react';
import {frameLines, type FrameOptions} from '../frame.js';
import {namesOfKeys} from '../keys.js';
import {layoutFor} from '../layout.js';
import type {Pen} from '../panels/pen.js';
import {rowKeys} from '../panels/rows.js';
import type {Snapshot, Store} from '../store.js';
import {firstUi, press, type Effect, type Scene, type Ui} from '../ui.js';
import {Lines, type Styles} from './Lines.js';

export interface AppProps {
  readonly store: Store;
  readonly options: Omit<FrameOptions, 'workloadName'>;
  readonly pen: Pen;
  readonly styles: Styles;
  /** Does what the keys ask for; the answer is shown in the key bar. `null`: nothing to say. */
  readonly perform: (effect: Exclude<Effect, {kind: 'suspend'}>) => Promise<string | null>;
  /** Stops the process; resolves when it goes on. */
  readonly stop: () => Promise<void>;
}

const workloadNameOf = ({view}: Snapshot): string | null => {
  const search = view?.live.board.located?.search;
  return search?.known === true && search.value.found === 'one' ? search.value.workload.name : null;
};

export const App = ({store, options, pen, styles, perform, stop}: AppProps): ReactElement => {
  const newest = useSyncExternalStore(store.subscribe, store.get, store.get);
  const {rows, columns} = useWindowSize();
  const {suspendTerminal} = useApp();
  const [ui, setUi] = useState<Ui>(firstUi);
  const held = useRef<Snapshot | null>(null);
  // Keys may come several at a time, faster than React draws: each must see what the one before it did.
  const current = useRef<Ui>(firstUi);

  if (!ui.paused) held.current = null;
  else held.current ??= newest;
  const snapshot = held.current ?? newest;

  const update = (change: (before: Ui) => Ui): void => {
    current.current = change(current.current);
    setUi(current.current);
  };
  const run = async (effect: Effect): Promise<void> => {
    if (effect.kind === 'suspend') {
      await suspendTerminal(stop);
      return;
    }
    const message = await perform(effect);
    update((before) => ({...before, message, mode: before.mode.kind === 'busy' ? {kind: 'browse'} : before.mode}));
  };

  const layout = layoutFor(rows, columns);
  const scene = (): Scene => ({
    allowActions: options.allowActions, severalFrigates: options.severalFrigates, workloadName: workloadNameOf(snapshot),
    page: Math.max(1, layout.main - 2), rows: (panel) => rowKeys(panel, snapshot, current.current),
  });
  useInput((input, key) => {
    for (const name of namesOfKeys(input, key)) {
      const {ui: next, effect} = press(current.current, name, scene());
      update(() => next);
      if (effect !== null) void run(effect);
    }
  }, {isActive: options.canType});

  const lines = frameLines(snapshot, ui, layout.rows, layout.columns, {...options, workloadName: workloadNameOf(snapshot)}, pen);
  return <Lines lines={lines} rows={layout.rows} columns={layout.columns} styles={styles} />;
};

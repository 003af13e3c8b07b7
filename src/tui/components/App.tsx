/** The screen: a snapshot of the store, what the person did, and the size of the terminal, drawn as one frame. */
import {useInput, useWindowSize} from 'ink';
import {useCallback, useRef, useState, useSyncExternalStore} from 'react';
import type {ReactElement} from 'react';
import {singleWorkload} from '../../core/observation/workload.js';
import {frameLines, furthestScroll, type FrameOptions} from '../frame.js';
import {namesOfKeys} from '../pressed-keys.js';
import {layoutFor} from '../layout.js';
import type {Display} from '../panels/display.js';
import {rowKeys} from '../panels/rows.js';
import type {PerformedEffect} from '../perform.js';
import type {Snapshot, Store} from '../store.js';
import type {Line} from '../text.js';
import {firstUi, press, type Effect, type Scene, type Ui} from '../ui.js';
import {Lines, sameLines, type Styles} from './Lines.js';
import {useSuspension, type Stopping} from './suspension.js';

export interface AppProps extends Stopping {
  readonly store: Store;
  readonly options: Omit<FrameOptions, 'workloadName'>;
  readonly display: Display;
  readonly styles: Styles;
  /** Does what the keys ask for; the answer is shown in the key bar. `null`: nothing to say. */
  readonly perform: (effect: PerformedEffect) => Promise<string | null>;
}

const workloadNameOf = ({view}: Snapshot): string | null => {
  const search = view?.live.watchState.located?.search;
  return search === undefined ? null : (singleWorkload(search)?.name ?? null);
};

type Draw = (snapshot: Snapshot) => readonly Line[];

/** The newest frame. A snapshot that would be drawn the same makes none, and costs neither React nor the terminal anything. */
const useFrame = (store: Store, newest: () => Snapshot, draw: Draw): readonly Line[] => {
  const drawn = useRef<{readonly snapshot: Snapshot; readonly draw: Draw; readonly lines: readonly Line[]} | null>(
    null,
  );
  const get = (): readonly Line[] => {
    const snapshot = newest();
    const before = drawn.current;
    if (before?.snapshot === snapshot && before.draw === draw) return before.lines;
    const lines = draw(snapshot);
    drawn.current = {snapshot, draw, lines: before !== null && sameLines(before.lines, lines) ? before.lines : lines};
    return drawn.current.lines;
  };
  return useSyncExternalStore(store.subscribe, get, get);
};

export const App = ({store, options, display, styles, perform, stop, onStop}: AppProps): ReactElement => {
  const {rows, columns} = useWindowSize();
  const [ui, setUi] = useState<Ui>(firstUi);
  const held = useRef<Snapshot | null>(null);
  // Keys may come several at a time, faster than React draws: each must see what the one before it did.
  const current = useRef<Ui>(firstUi);

  /** What is shown while paused is what stood there when it began. */
  const newest = (): Snapshot => {
    if (!current.current.paused) held.current = null;
    else held.current ??= store.get();
    return held.current ?? store.get();
  };

  const update = (change: (before: Ui) => Ui): void => {
    current.current = change(current.current);
    setUi(current.current);
  };
  const suspend = useSuspension({stop, onStop});
  const run = async (effect: Effect): Promise<void> => {
    if (effect.kind === 'suspend') {
      await suspend();
      return;
    }
    const message = await perform(effect);
    update((before) => ({...before, message, mode: before.mode.kind === 'busy' ? {kind: 'browse'} : before.mode}));
  };

  const layout = layoutFor(rows, columns);
  const scene = (): Scene => ({
    allowActions: options.allowActions,
    severalFrigates: options.severalFrigates,
    workloadName: workloadNameOf(newest()),
    page: Math.max(1, layout.main - 2),
    rows: (panel) => rowKeys(panel, newest(), current.current),
    furthest: (of) =>
      furthestScroll(newest(), of, rows, columns, {...options, workloadName: workloadNameOf(newest())}, display),
  });
  useInput(
    (input, key) => {
      for (const name of namesOfKeys(input, key)) {
        const {ui: next, effect} = press(current.current, name, scene());
        update(() => next);
        if (effect !== null) void run(effect);
      }
    },
    {isActive: options.canType},
  );

  const draw = useCallback<Draw>(
    (snapshot) =>
      frameLines(snapshot, ui, rows, columns, {...options, workloadName: workloadNameOf(snapshot)}, display),
    [ui, rows, columns, options, display],
  );
  return <Lines lines={useFrame(store, newest, draw)} rows={layout.rows} columns={layout.columns} styles={styles} />;
};

/** The rows of each list as they stand on the screen: after filter and order, each with a key that the selection holds on to. */
import type {LogLine} from '../../usecases/watch/watch-state.js';
import type {PanelName} from '../keys.js';
import type {Snapshot} from '../store.js';
import type {Ui} from '../ui.js';
import {sortCameras, type CameraRow} from '../view/cameras.js';
import type {Change} from '../view/changes.js';
import type {DetectorRow} from '../view/detectors.js';
import type {ShownCheck} from '../view/own-checks.js';
import type {MountRow} from '../view/storage.js';

const matching = <T>(items: readonly T[], filter: string, textOf: (item: T) => string): readonly T[] => {
  const wanted = filter.trim().toLowerCase();
  return wanted === '' ? items : items.filter((item) => textOf(item).toLowerCase().includes(wanted));
};

export const cameraRows = ({view}: Snapshot, {filter, sort}: Ui): readonly CameraRow[] =>
  sortCameras(
    matching(
      view?.cameras ?? [],
      filter.cameras,
      (row) => `${row.name} ${row.state} ${row.status} ${row.findings.join(' ')}`,
    ),
    sort,
  );

export const detectorRows = ({view}: Snapshot, {filter}: Ui): readonly DetectorRow[] =>
  matching(view?.detectors ?? [], filter.detectors, (row) => `${row.name} ${row.type ?? ''} ${row.status}`);

export const mountRows = ({view}: Snapshot, {filter}: Ui): readonly MountRow[] =>
  matching(view?.mounts ?? [], filter.storage, (row) => `${row.path} ${row.type ?? ''} ${row.status}`);

export const checkRows = ({view}: Snapshot, {filter}: Ui): readonly ShownCheck[] =>
  matching(view?.checks ?? [], filter.checks, (row) => `${row.id} ${row.status} ${row.summary}`);

export const logRows = ({view}: Snapshot, {filter}: Ui): readonly LogLine[] =>
  matching(view?.live.watchState.lines ?? [], filter.log, (row) => `${row.signature} ${row.camera ?? ''} ${row.text}`);

export const changeRows = ({changes}: Snapshot, {filter}: Ui): readonly Change[] =>
  matching(changes, filter.events, (row) => `${row.kind} ${row.subject} ${row.to} ${row.detail}`);

/** Rings lose their oldest: a line is known by its time and text. */
const numbered = (texts: readonly string[]): readonly string[] => {
  const counts = new Map<string, number>();
  return texts.map((text) => {
    const count = (counts.get(text) ?? 0) + 1;
    counts.set(text, count);
    return `${text}#${count}`;
  });
};

const logKeys = (rows: readonly LogLine[]): readonly string[] => numbered(rows.map(({at, text}) => `${at} ${text}`));
const changeKeys = (rows: readonly Change[]): readonly string[] =>
  numbered(rows.map(({at, subject, to}) => `${at} ${subject} ${to}`));

const rowAt = <T>(rows: readonly T[], keys: (rows: readonly T[]) => readonly string[], key: string): T | null =>
  rows[keys(rows).indexOf(key)] ?? null;

/** `null`: the ring has lost it. */
export const logRowAt = (snapshot: Snapshot, ui: Ui, key: string): LogLine | null =>
  rowAt(logRows(snapshot, ui), logKeys, key);
export const changeRowAt = (snapshot: Snapshot, ui: Ui, key: string): Change | null =>
  rowAt(changeRows(snapshot, ui), changeKeys, key);

export const rowKeys = (panel: PanelName, snapshot: Snapshot, ui: Ui): readonly string[] => {
  switch (panel) {
    case 'cameras':
      return cameraRows(snapshot, ui).map(({name}) => name);
    case 'detectors':
      return detectorRows(snapshot, ui).map(({name}) => name);
    case 'storage':
      return mountRows(snapshot, ui).map(({path}) => path);
    case 'repair':
      return [];
    case 'checks':
      return checkRows(snapshot, ui).map(({id}) => id);
    case 'log':
      return logKeys(logRows(snapshot, ui));
    case 'events':
      return changeKeys(changeRows(snapshot, ui));
  }
};

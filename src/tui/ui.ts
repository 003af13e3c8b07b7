/** The state that keys change, as a pure state machine: from key to state, and to what has to be done. */
import {
  commandOf,
  keysInDetail,
  opens,
  PANELS,
  type Command,
  type KeyContext,
  type OpeningPanel,
  type PanelName,
} from './keys.js';
import {nextSort, type CameraSort} from './view/cameras.js';

export type ActionName = 'restart' | 'reset-breaker';

/** What a detail is about. */
export interface Detail {
  readonly panel: OpeningPanel;
  readonly key: string;
}

export type Mode =
  | {readonly kind: 'browse'}
  | {readonly kind: 'filter'; readonly draft: string}
  | {readonly kind: 'help'; readonly offset: number}
  | {readonly kind: 'detail'; readonly of: Detail; readonly offset: number}
  | {readonly kind: 'confirm'; readonly action: ActionName; readonly typed: string}
  | {readonly kind: 'busy'; readonly action: ActionName};

/** By key, so that a row stays selected when the rows change places; by position when it has gone. What is read has no rows: its position is how far it is scrolled. */
export interface Selection {
  readonly key: string | null;
  readonly index: number;
}

export interface Ui {
  readonly panel: PanelName;
  readonly selection: Readonly<Record<PanelName, Selection>>;
  readonly filter: Readonly<Record<PanelName, string>>;
  readonly sort: CameraSort;
  readonly mode: Mode;
  readonly paused: boolean;
  /** The answer to the last key; gone with the next one. */
  readonly message: string | null;
}

/** What the state machine cannot do itself. */
export type Effect =
  | {readonly kind: 'quit'; readonly how: 'quit' | 'interrupt'}
  | {readonly kind: 'refresh' | 'copy' | 'save'}
  | {readonly kind: 'suspend'}
  | {readonly kind: 'act'; readonly action: ActionName};

/** The facts outside the Ui that keys depend on. */
export interface Scene {
  readonly allowActions: boolean;
  readonly severalFrigates: boolean;
  /** The keys of the rows of a panel as they stand on the screen, after filter and order. */
  readonly rows: (panel: PanelName) => readonly string[];
  /** Rows that a page has. */
  readonly page: number;
  /** How far what is read (help, a detail, the panel of repair) can be scrolled as it stands on the screen. */
  readonly furthest: (ui: Ui) => number;
  /** The name to type; `null`: there is nothing to act on. */
  readonly workloadName: string | null;
}

const none: Selection = {key: null, index: 0};
const forAll = <T>(value: T): Record<PanelName, T> => ({
  cameras: value,
  detectors: value,
  storage: value,
  repair: value,
  checks: value,
  log: value,
  events: value,
});

export const firstUi: Ui = {
  panel: 'cameras',
  selection: forAll(none),
  filter: forAll(''),
  sort: 'state',
  mode: {kind: 'browse'},
  paused: false,
  message: null,
};

/** Lists that grow at their end: without a selection they follow what is newest. */
export const FOLLOWING: ReadonlySet<PanelName> = new Set<PanelName>(['log', 'events']);

/** Where the selection of a panel stands among its rows. */
export const indexOf = (panel: PanelName, {key, index}: Selection, rows: readonly string[]): number => {
  if (key === null && FOLLOWING.has(panel)) return rows.length - 1;
  const found = key === null ? -1 : rows.indexOf(key);
  return found >= 0 ? found : Math.max(0, Math.min(index, rows.length - 1));
};

const select = (ui: Ui, rows: readonly string[], index: number): Ui => {
  const position = Math.max(0, Math.min(index, rows.length - 1));
  return {...ui, selection: {...ui.selection, [ui.panel]: {key: rows[position] ?? null, index: position}}};
};

export interface Step {
  readonly ui: Ui;
  readonly effect: Effect | null;
}

const stay = (ui: Ui): Step => ({ui, effect: null});
const browse = (ui: Ui): Ui => ({...ui, mode: {kind: 'browse'}});

/** Where a scroll ends; `null`: the command is none. What is shorter now than it was is scrolled no further than to its end. */
const scrolled = (offset: number, command: Command | null, page: number, furthest: number): number | null => {
  const within = (position: number): number => Math.max(0, Math.min(position, furthest));
  const from = within(offset);
  switch (command) {
    case 'up':
      return within(from - 1);
    case 'down':
      return within(from + 1);
    case 'page-up':
      return within(from - page);
    case 'page-down':
      return within(from + page);
    case 'first':
      return 0;
    case 'last':
      return furthest;
    default:
      return null;
  }
};

const move = (ui: Ui, command: Command, scene: Scene): Ui | null => {
  if (ui.panel === 'repair') {
    const index = scrolled(ui.selection.repair.index, command, scene.page, scene.furthest(ui));
    return index === null ? null : {...ui, selection: {...ui.selection, repair: {key: null, index}}};
  }
  const rows = scene.rows(ui.panel);
  const at = indexOf(ui.panel, ui.selection[ui.panel], rows);
  switch (command) {
    case 'up':
      return select(ui, rows, at - 1);
    case 'down':
      return select(ui, rows, at + 1);
    case 'page-up':
      return select(ui, rows, at - scene.page);
    case 'page-down':
      return select(ui, rows, at + scene.page);
    case 'first':
      return select(ui, rows, 0);
    case 'last':
      return FOLLOWING.has(ui.panel)
        ? {...ui, selection: {...ui.selection, [ui.panel]: none}}
        : select(ui, rows, rows.length - 1);
    default:
      return null;
  }
};

const showPanel = (ui: Ui, panel: PanelName): Ui => ({...browse(ui), panel});

const neighbour = (panel: PanelName, distance: number): PanelName =>
  PANELS[(PANELS.indexOf(panel) + distance + PANELS.length) % PANELS.length] ?? panel;

const open = (ui: Ui, scene: Scene): Ui => {
  const {panel} = ui;
  if (!opens(panel)) return ui;
  const rows = scene.rows(panel);
  const key = rows[indexOf(panel, ui.selection[panel], rows)];
  return key === undefined ? ui : {...ui, mode: {kind: 'detail', of: {panel, key}, offset: 0}};
};

const NOTHING_TO_ACT_ON = 'there is not exactly one workload';

/** A decision needs current data: the pause ends. */
const ask = (ui: Ui, action: ActionName, {workloadName}: Scene): Ui =>
  workloadName === null
    ? {...ui, message: NOTHING_TO_ACT_ON}
    : {...ui, paused: false, mode: {kind: 'confirm', action, typed: ''}};

/** First the filter goes; where there is none, one goes back to the list of several Frigates. */
const back = (ui: Ui, {severalFrigates}: Scene): Step => {
  if (ui.filter[ui.panel] !== '') return stay({...ui, filter: {...ui.filter, [ui.panel]: ''}});
  return {ui, effect: severalFrigates ? {kind: 'quit', how: 'quit'} : null};
};

const obey = (ui: Ui, command: Command, scene: Scene): Step => {
  const moved = move(ui, command, scene);
  if (moved !== null) return stay(moved);
  switch (command) {
    case 'help':
      return stay({...ui, mode: {kind: 'help', offset: 0}});
    case 'filter':
      return stay({...ui, mode: {kind: 'filter', draft: ui.filter[ui.panel]}});
    case 'sort':
      return stay({...ui, sort: nextSort(ui.sort)});
    case 'open':
      return stay(open(ui, scene));
    case 'back':
      return back(ui, scene);
    case 'next-panel':
      return stay(showPanel(ui, neighbour(ui.panel, 1)));
    case 'previous-panel':
      return stay(showPanel(ui, neighbour(ui.panel, -1)));
    case 'pause':
      return stay({...ui, paused: !ui.paused});
    case 'restart':
    case 'reset-breaker':
      return stay(ask(ui, command, scene));
    case 'quit':
    case 'interrupt':
      return {ui, effect: {kind: 'quit', how: command}};
    case 'refresh':
      return {ui: {...ui, message: 'refreshing'}, effect: {kind: 'refresh'}};
    case 'copy':
    case 'save':
      return {ui, effect: {kind: command}};
    case 'suspend':
      return {ui, effect: {kind: command}};
    default:
      return stay(command.startsWith('panel:') ? showPanel(ui, command.slice('panel:'.length) as PanelName) : ui);
  }
};

/** Typing into a line; `null`: the key means something else there. */
const typed = (text: string, key: string): string | null => {
  if (key === 'backspace') return Array.from(text).slice(0, -1).join('');
  if (key === 'ctrl+u') return '';
  return Array.from(key).length === 1 ? text + key : null;
};

const LONGEST_TYPED = 253;

const inFilter = (ui: Ui, draft: string, key: string): Ui => {
  const set = (filter: string): Ui => ({...ui, filter: {...ui.filter, [ui.panel]: filter}});
  if (key === 'enter') return browse(set(draft));
  if (key === 'escape') return browse(set(''));
  const text = typed(draft, key)?.slice(0, LONGEST_TYPED);
  return text === undefined ? ui : {...set(text), mode: {kind: 'filter', draft: text}};
};

const inConfirm = (ui: Ui, action: ActionName, text: string, key: string, {workloadName}: Scene): Step => {
  if (key === 'escape') return stay({...browse(ui), message: 'cancelled'});
  if (key === 'enter') {
    if (workloadName === null) return stay({...browse(ui), message: `cancelled: ${NOTHING_TO_ACT_ON} any more`});
    if (text !== workloadName) return stay({...browse(ui), message: `cancelled: "${text}" is not the name`});
    return {ui: {...ui, mode: {kind: 'busy', action}}, effect: {kind: 'act', action}};
  }
  const next = typed(text, key)?.slice(0, LONGEST_TYPED);
  return stay(next === undefined ? ui : {...ui, mode: {kind: 'confirm', action, typed: next}});
};

/** Scrolls what is read; `null`: the key does something else. */
const read = (ui: Ui, mode: Extract<Mode, {offset: number}>, command: Command | null, scene: Scene): Ui | null => {
  const offset = scrolled(mode.offset, command, scene.page, scene.furthest(ui));
  return offset === null ? null : {...ui, mode: {...mode, offset}};
};

const inDetail = (ui: Ui, command: Command | null, context: KeyContext, scene: Scene): Step => {
  if (command === 'back' || command === 'open') return stay(browse(ui));
  return command !== null && keysInDetail(context).some((binding) => binding.command === command)
    ? obey(ui, command, scene)
    : stay(ui);
};

/** One key. Ctrl-C always leaves, wherever one is. */
export const press = (before: Ui, key: string, scene: Scene): Step => {
  const ui: Ui = {...before, message: null};
  const context: KeyContext = {
    panel: ui.panel,
    allowActions: scene.allowActions,
    severalFrigates: scene.severalFrigates,
  };
  const command = commandOf(key, context);
  const {mode} = ui;
  if (command === 'interrupt' || command === 'suspend') return obey(ui, command, scene);
  switch (mode.kind) {
    case 'filter':
      return stay(inFilter(ui, mode.draft, key));
    case 'confirm':
      return inConfirm(ui, mode.action, mode.typed, key, scene);
    case 'busy':
      return stay(ui);
    case 'help':
      return stay(read(ui, mode, command, scene) ?? browse(ui));
    case 'detail': {
      const moved = read(ui, mode, command, scene);
      return moved === null ? inDetail(ui, command, context, scene) : stay(moved);
    }
    case 'browse':
      return command === null ? stay(ui) : obey(ui, command, scene);
  }
};

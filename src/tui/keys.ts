/** Every key of the screen, once: the handlers, the key bar, the help and docs/watch.md all come from this table. */

export type PanelName = 'cameras' | 'detectors' | 'storage' | 'repair' | 'checks' | 'log' | 'events';
export const PANELS: readonly PanelName[] = ['cameras', 'detectors', 'storage', 'repair', 'checks', 'log', 'events'];

export type Command =
  | 'help'
  | 'quit'
  | 'interrupt'
  | 'suspend'
  | 'filter'
  | 'sort'
  | 'pause'
  | 'refresh'
  | 'copy'
  | 'save'
  | 'up'
  | 'down'
  | 'page-up'
  | 'page-down'
  | 'first'
  | 'last'
  | 'open'
  | 'back'
  | 'next-panel'
  | 'previous-panel'
  | 'restart'
  | 'reset-breaker'
  | `panel:${PanelName}`;

/** Panels whose rows can be opened. */
const OPENING = ['cameras', 'detectors', 'checks', 'log', 'events'] as const satisfies readonly PanelName[];
export type OpeningPanel = (typeof OPENING)[number];
export const opens = (panel: PanelName): panel is OpeningPanel => OPENING.some((one) => one === panel);

/** What a key may depend on. */
export interface KeyContext {
  readonly panel: PanelName;
  readonly allowActions: boolean;
  /** There is a list to go back to. */
  readonly severalFrigates: boolean;
}

export interface KeyBinding {
  readonly command: Command;
  /** As `namesOfKeys` names them. */
  readonly keys: readonly string[];
  /** In the key bar; `null`: only in the help. */
  readonly label: string | null;
  readonly help: string;
  /** Only shown and heard when this holds; absent: always. */
  readonly when?: (context: KeyContext) => boolean;
  /** It changes something: only with --allow-actions. */
  readonly acts?: true;
}

const panelHelp: Readonly<Record<PanelName, string>> = {
  cameras: 'cameras',
  detectors: 'detectors',
  storage: 'recording and storage',
  repair: 'repair, pod and node',
  checks: 'checks',
  log: "Frigate's log",
  events: 'events',
};

export const KEYS: readonly KeyBinding[] = [
  {command: 'help', keys: ['?'], label: 'help', help: 'this list'},
  {
    command: 'filter',
    keys: ['/'],
    label: 'filter',
    help: 'show only what contains a text; empty shows all',
    when: ({panel}) => panel !== 'repair',
  },
  {
    command: 'sort',
    keys: ['s'],
    label: 'sort',
    help: 'next order: state, name, fps, skipped, recording',
    when: ({panel}) => panel === 'cameras',
  },
  {
    command: 'open',
    keys: ['enter'],
    label: 'open',
    help: 'details of what is selected; the whole of a line',
    when: ({panel}) => opens(panel),
  },
  {
    command: 'back',
    keys: ['escape'],
    label: null,
    help: 'back, close, cancel, clear the filter; with several Frigates back to the list',
  },
  ...PANELS.map((panel, index): KeyBinding => ({
    command: `panel:${panel}`,
    keys: [String(index + 1)],
    label: null,
    help: panelHelp[panel],
  })),
  {command: 'next-panel', keys: ['tab', 'right', 'l'], label: null, help: 'next panel'},
  {command: 'previous-panel', keys: ['shift+tab', 'left', 'h'], label: null, help: 'panel before'},
  {command: 'up', keys: ['up', 'k'], label: null, help: 'up'},
  {command: 'down', keys: ['down', 'j'], label: null, help: 'down'},
  {command: 'page-up', keys: ['pageup', 'ctrl+u'], label: null, help: 'a page up'},
  {command: 'page-down', keys: ['pagedown', 'ctrl+d'], label: null, help: 'a page down'},
  {command: 'first', keys: ['home', 'g'], label: null, help: 'to the top'},
  {command: 'last', keys: ['end', 'G'], label: null, help: 'to the end'},
  {command: 'pause', keys: ['p'], label: 'pause', help: 'hold the picture still; what happens is gathered'},
  {command: 'refresh', keys: ['r'], label: 'refresh', help: 'ask everything now'},
  {command: 'copy', keys: ['y'], label: 'copy report', help: 'the report of check into the clipboard (OSC 52)'},
  {command: 'save', keys: ['w'], label: null, help: 'the report of check into a file of the current folder'},
  {
    command: 'restart',
    keys: ['R'],
    label: 'restart...',
    help: 'restart Frigate through the guards of automatic repair; asks for the name',
    acts: true,
  },
  {
    command: 'reset-breaker',
    keys: ['B'],
    label: 'reset breaker...',
    help: 'close and unlock the breaker; asks for the name',
    acts: true,
  },
  {command: 'quit', keys: ['q'], label: 'quit', help: 'leave; with several Frigates back to the list'},
  {command: 'interrupt', keys: ['ctrl+c'], label: null, help: 'leave at once, with exit code 130'},
  {command: 'suspend', keys: ['ctrl+z'], label: null, help: 'stop; fg goes on'},
];

/** The bindings that count now. */
export const keysFor = (context: KeyContext): readonly KeyBinding[] =>
  KEYS.filter(({when, acts}) => (acts !== true || context.allowActions) && (when?.(context) ?? true));

export const commandOf = (key: string, context: KeyContext): Command | null =>
  keysFor(context).find(({keys}) => keys.includes(key))?.command ?? null;

/** While a detail is open these would change a list that nobody sees; `enter` closes the detail. */
const LISTS_ONLY: ReadonlySet<Command> = new Set(['filter', 'sort', 'open']);

/** The bindings that count while a detail is open. */
export const keysInDetail = (context: KeyContext): readonly KeyBinding[] =>
  keysFor(context).filter(({command}) => !LISTS_ONLY.has(command));

/** The list of several Frigates knows these; what they do there is what they do elsewhere. */
const OF_THE_LIST: ReadonlySet<Command> = new Set([
  'open',
  'refresh',
  'quit',
  'back',
  'up',
  'down',
  'page-up',
  'page-down',
  'first',
  'last',
  'interrupt',
  'suspend',
]);
const listContext: KeyContext = {panel: 'cameras', allowActions: false, severalFrigates: false};
export const KEYS_OF_LIST: readonly KeyBinding[] = keysFor(listContext).filter(({command}) => OF_THE_LIST.has(command));

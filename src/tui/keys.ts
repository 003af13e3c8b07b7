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
  /** watch -A shows a list of several. */
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
  repair: 'automatic repair, pod and node',
  checks: 'checks',
  log: "Frigate's log",
  events: 'events',
};

export const KEYS: readonly KeyBinding[] = [
  {command: 'help', keys: ['?'], label: 'help', help: 'show the keys'},
  {
    command: 'filter',
    keys: ['/'],
    label: 'filter',
    help: 'filter the list by a text; an empty text shows all',
    when: ({panel}) => panel !== 'repair',
  },
  {
    command: 'sort',
    keys: ['s'],
    label: 'sort',
    help: 'change the order: state, name, fps, skipped, recording',
    when: ({panel}) => panel === 'cameras',
  },
  {
    command: 'open',
    keys: ['enter'],
    label: 'open',
    help: 'details of the selected row, or the whole line',
    when: ({panel}) => opens(panel),
  },
  {
    command: 'back',
    keys: ['escape'],
    label: null,
    help: 'close, cancel, clear the filter; with several Frigates back to the list',
  },
  ...PANELS.map((panel, index): KeyBinding => ({
    command: `panel:${panel}`,
    keys: [String(index + 1)],
    label: null,
    help: panelHelp[panel],
  })),
  {command: 'next-panel', keys: ['tab', 'right', 'l'], label: null, help: 'next panel'},
  {command: 'previous-panel', keys: ['shift+tab', 'left', 'h'], label: null, help: 'previous panel'},
  {command: 'up', keys: ['up', 'k'], label: null, help: 'row up'},
  {command: 'down', keys: ['down', 'j'], label: null, help: 'row down'},
  {command: 'page-up', keys: ['pageup', 'ctrl+u'], label: null, help: 'page up'},
  {command: 'page-down', keys: ['pagedown', 'ctrl+d'], label: null, help: 'page down'},
  {command: 'first', keys: ['home', 'g'], label: null, help: 'first row'},
  {command: 'last', keys: ['end', 'G'], label: null, help: 'last row'},
  {command: 'pause', keys: ['p'], label: 'pause', help: 'pause the screen; changes are still recorded'},
  {command: 'refresh', keys: ['r'], label: 'refresh', help: 'refresh everything now'},
  {command: 'copy', keys: ['y'], label: 'copy report', help: 'copy the report of check to the clipboard (OSC 52)'},
  {command: 'save', keys: ['w'], label: null, help: 'write the report of check to a file in the current directory'},
  {
    command: 'restart',
    keys: ['R'],
    label: 'restart...',
    help: 'restart Frigate if the rules of automatic repair allow it; asks for the name of the workload',
    acts: true,
  },
  {
    command: 'reset-breaker',
    keys: ['B'],
    label: 'reset breaker...',
    help: 'close and unlock the breaker; asks for the name of the workload',
    acts: true,
  },
  {command: 'quit', keys: ['q'], label: 'quit', help: 'quit; with several Frigates back to the list'},
  {command: 'interrupt', keys: ['ctrl+c'], label: null, help: 'quit at once, with exit code 130'},
  {command: 'suspend', keys: ['ctrl+z'], label: null, help: 'suspend; fg resumes'},
];

/** The bindings that count now. */
export const keysFor = (context: KeyContext): readonly KeyBinding[] =>
  KEYS.filter(({when, acts}) => (acts !== true || context.allowActions) && (when?.(context) ?? true));

export const commandOf = (key: string, context: KeyContext): Command | null =>
  keysFor(context).find(({keys}) => keys.includes(key))?.command ?? null;

/** While a detail is open these would change a hidden list; `enter` closes the detail. */
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

/** What `watch` was asked for, parsed. */
import type {WorkloadKind} from '../core/observation/workload.js';
import type {Duration} from '../core/time.js';
import type {ThemeName} from './theme.js';

/** How `watch` ended. `quit`: q · `interrupt`: Ctrl-C · `hang-up`: the terminal went · `signal`: whatever aborted the command. */
export type WatchEnd = 'quit' | 'interrupt' | 'hang-up' | 'signal';

export interface WatchResult {
  readonly end: WatchEnd;
  /** The exit code that `check` would have; `null` when there was no result. */
  readonly healthCode: number | null;
}

export interface WatchFlags {
  readonly kind: WorkloadKind | null;
  /** Between two polls of Frigate. */
  readonly interval: Duration;
  readonly output: 'text' | 'jsonl';
  readonly once: boolean;
  /** Lines instead of a screen. */
  readonly plain: boolean;
  readonly allNamespaces: boolean;
  readonly allowActions: boolean;
  readonly alternateScreen: boolean;
  /** One change a second and no graphs. */
  readonly lowBandwidth: boolean;
  /** Milliseconds between two changes of the screen. */
  readonly gap: number;
  readonly maxFps: number;
  readonly bell: boolean;
  /** End with the exit code of `check` instead of 0. */
  readonly exitCode: boolean;
  readonly theme: ThemeName;
  readonly colour: boolean;
  readonly ascii: boolean;
  /** Who types, for the record of what is done. */
  readonly who: string;
}

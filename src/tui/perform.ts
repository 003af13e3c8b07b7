/** What the keys ask for beyond the screen itself: reports, and a person's actions, by the same use cases as the commands. */
import {breakerText, reasonText, unblockText} from '../core/decision/wording.js';
import {render} from '../report/render.js';
import type {RestartResult} from '../outcome/restart-result.js';
import type {ResetResult} from '../outcome/reset-result.js';
import {CommandFailure} from '../outcome/failure.js';
import type {Watching} from '../usecases/watch/watch.js';
import {rfc3339, type Instant} from '../core/time.js';
import type {Store} from './store.js';
import {copyTo, type Terminal} from './terminal.js';
import type {ActionName, Effect} from './ui.js';
import type {Change} from './view/changes.js';

const REASON = 'requested in watch';
/** Wide enough for the sentences of a report; it can be wrapped again where it is pasted. */
const REPORT_COLUMNS = 100;

/** What is done outside of the screen. */
export type PerformedEffect = Exclude<Effect, {kind: 'suspend'}>;

export interface Performing {
  readonly watching: Watching;
  readonly store: Store;
  readonly terminal: Terminal;
  /** Who types, for the record. */
  readonly who: string;
  readonly leave: (how: 'quit' | 'interrupt') => void;
}

const reportText = async ({watching}: Performing): Promise<string | null> => {
  const report = watching.report();
  return report === null ? null : render(report, 'text', {colour: false, ascii: false, columns: REPORT_COLUMNS});
};

const copy = async (performing: Performing): Promise<string> => {
  const text = await reportText(performing);
  if (text === null) return 'nothing to copy yet';
  copyTo(performing.terminal, text);
  return `copied the report, ${text.length} characters (terminals without OSC 52 ignore it: w writes a file)`;
};

const saveReport = async (performing: Performing): Promise<string> => {
  const text = await reportText(performing);
  if (text === null) return 'nothing to write yet';
  const path = `frigate-health-${rfc3339(performing.watching.now()).replace(/[-:]/g, '')}.txt`;
  const failure = await performing.terminal.save(path, text);
  return failure === null ? `wrote ${path}` : `not written: ${failure}`;
};

/** As `restart` says it; R-01 and R-02 cannot be overridden. */
const forcedBy = ({decision: {rule}, again}: Extract<RestartResult, {kind: 'refused'}>): string =>
  rule === 'R-01' || rule === 'R-02' ? '' : `; or ${again} --force --reason "..."`;

const unblockHint = ({decision}: Extract<RestartResult, {kind: 'refused'}>): string => {
  const unblock = unblockText(decision.reason);
  return unblock === null ? '' : `; to unblock: ${unblock}`;
};

const restarted = (end: RestartResult): Pick<Change, 'status' | 'to' | 'detail'> => {
  switch (end.kind) {
    case 'restarted':
      return {status: 'ok', to: 'restart sent', detail: `attempt ${end.attempt}`};
    case 'refused':
      return {
        status: 'warning',
        to: `refused by ${end.decision.rule}`,
        detail: `${reasonText(end.decision.reason)}${unblockHint(end)}${forcedBy(end)}`,
      };
    case 'dry-run':
      return {status: 'info', to: 'dry run', detail: end.detail};
    case 'in-doubt':
      return {status: 'unknown', to: 'result not known', detail: end.detail};
    case 'conflict':
      return {status: 'warning', to: 'conflict with another run', detail: end.detail};
    case 'failed':
      return {status: 'critical', to: 'failed', detail: end.detail};
  }
};

const reset = ({before, after}: ResetResult): Pick<Change, 'status' | 'to' | 'detail'> => ({
  status: 'ok',
  to: `breaker ${after.state}`,
  detail: `was ${before.state}${after.why === null ? '' : `; ${breakerText(after.why)}`}`,
});

const failed = (error: unknown): Pick<Change, 'status' | 'to' | 'detail'> => {
  if (!(error instanceof CommandFailure)) throw error;
  return {status: 'critical', to: 'failed', detail: error.message};
};

const act = async ({watching, store, who}: Performing, action: ActionName): Promise<string> => {
  const outcome =
    action === 'restart'
      ? await watching.restart({who, reason: REASON, wait: null, onProgress: () => undefined}).then(restarted, failed)
      : await watching.resetBreaker(who, REASON).then(reset, failed);
  const at: Instant = watching.now();
  store.note({at, kind: 'person', subject: `${action} by ${who}`, from: null, ...outcome});
  return `${action}: ${outcome.to}${outcome.detail === '' ? '' : `, ${outcome.detail}`}`;
};

/** Does it; the message for the key bar, `null`: none. */
export const perform = async (performing: Performing, effect: PerformedEffect): Promise<string | null> => {
  switch (effect.kind) {
    case 'quit':
      performing.leave(effect.how);
      return null;
    case 'refresh':
      performing.watching.refresh();
      return 'refreshing';
    case 'copy':
      return copy(performing);
    case 'save':
      return saveReport(performing);
    case 'act':
      return act(performing, effect.action);
  }
};

/** The expected failure of a command: one message, never with a stack trace. */
import {rfc3339} from '../core/time.js';
import type {Instant} from '../core/time.js';
import {EXIT} from './exit-code.js';
import type {CheckReport, ReportedError} from './check-report.js';

export type FailureKind =
  | 'usage'
  | 'forbidden'
  | 'unreachable'
  | 'conflict'
  | 'refused'
  | 'waitRanOut'
  | 'interrupted'
  | 'terminated'
  | 'unwritten'
  | 'bug';

/** The stable code of each kind, as it stands in `errors[].code`. */
const codes: Readonly<Record<FailureKind, string>> = {
  usage: 'FRG-E-USAGE',
  forbidden: 'FRG-E-ACCESS',
  unreachable: 'FRG-E-UNREACHABLE',
  conflict: 'FRG-E-CONFLICT',
  refused: 'FRG-E-REFUSED',
  waitRanOut: 'FRG-E-WAIT',
  interrupted: 'FRG-E-INTERRUPTED',
  terminated: 'FRG-E-TERMINATED',
  unwritten: 'FRG-E-OUTPUT',
  bug: 'FRG-E-BUG',
};

/**
 * Thrown to end a command with a message, a fix and the exit code of its kind. Use cases throw it only where
 * there is no report to give; anything else that is thrown is a bug in this tool.
 */
export class CommandFailure extends Error {
  override readonly name = 'CommandFailure';
  readonly kind: FailureKind;
  /** What to type next; `null` where there is nothing. */
  readonly fix: string | null;

  constructor(kind: FailureKind, message: string, fix: string | null = null, options?: ErrorOptions) {
    super(message, options);
    this.kind = kind;
    this.fix = fix;
  }

  get exitCode(): number {
    return EXIT[this.kind];
  }

  get reported(): ReportedError {
    return {code: codes[this.kind], message: this.message, fix: this.fix};
  }
}

/** The report of a command that observed nothing: the same shape as any other, so that `-o json` is one document even then. */
export const failedReport = (failure: CommandFailure, version: string, at: Instant): CheckReport => ({
  apiVersion: 'frigate-health.io/v1',
  kind: 'CheckReport',
  metadata: {
    generatedAt: rfc3339(at),
    durationMs: 0,
    version,
    context: null,
    namespace: null,
    target: null,
    frigateVersion: null,
    via: null,
  },
  summary: {
    health: 'unknown',
    exitCode: failure.exitCode,
    counts: {ok: 0, info: 0, warning: 0, critical: 0, unknown: 0, skipped: 0},
  },
  diagnosis: {cause: null, summary: failure.message, primary: [], folded: []},
  checks: [],
  decision: {
    action: 'none',
    rule: 'R-03',
    reason: 'Nothing was observed',
    liftedBy: failure.fix,
    breaker: {state: 'unknown', used: 0, limit: 0, until: null, why: 'nothing was observed'},
    streak: {count: 0, needed: 0},
  },
  settings: [],
  errors: [failure.reported],
});

/** The words and documents of `reset-breaker` and `restart`: what was changed, what was refused and why. */
import {inContext} from '../core/checks/kubectl.js';
import type {BreakerView} from '../core/decision/decision.js';
import type {Breaker} from '../core/state/state.js';
import type {Finding} from '../core/finding.js';
import {mask} from '../core/mask.js';
import {rfc3339} from '../core/time.js';
import {EXIT} from './exit-code.js';
import {clean, fixLines, toAscii} from './layout.js';
import {themeOf, type Look} from './look.js';
import {renderMasked} from './render.js';

/** The formats of commands whose result is a document, not a report of checks. */
export const DOCUMENT_FORMATS = ['text', 'json', 'yaml'] as const;
export type DocumentFormat = (typeof DOCUMENT_FORMATS)[number];

const API_VERSION = 'frigate-health.io/v1';

/** Reasons, log lines and what an API server says are other people's text: a password in them is shown to nobody. */
const page = (lines: readonly string[], look: Look): string => {
  const text = `${lines.map((line) => mask(line)).join('\n')}\n`;
  return look.ascii ? toAscii(text) : text;
};

/* ------------------------------------------------------------------ reset-breaker */

export interface ResetSeen {
  readonly stateName: string;
  readonly context: string | null;
  readonly namespace: string;
  readonly before: Breaker;
  readonly after: BreakerView;
  readonly by: string;
  readonly reason: string | null;
}

const breakerName = ({namespace, stateName}: Pick<ResetSeen, 'namespace' | 'stateName'>): string =>
  `breaker in ${clean(namespace)}/${clean(stateName)}`;

/** What a person is asked, with the cluster that would be changed: the wrong one is seen before it is too late. */
export const resetQuestion = (
  standing: Pick<ResetSeen, 'stateName' | 'context' | 'namespace'> & {readonly breaker: BreakerView},
): string => {
  const {breaker, context} = standing;
  const why = breaker.why === null ? '' : `: ${clean(breaker.why)}`;
  return `The ${breakerName(standing)}${context === null ? '' : ` (context ${clean(context)})`} is ${breaker.state}${why}. Close it and count failures from 0 again?`;
};

export const renderReset = async (seen: ResetSeen, format: DocumentFormat, look: Look): Promise<string> => {
  const {before, after} = seen;
  const until = after.until === null ? null : rfc3339(after.until);
  if (format !== 'text') {
    return renderMasked(
      {
        apiVersion: API_VERSION,
        kind: 'BreakerReset',
        metadata: {namespace: seen.namespace, name: seen.stateName},
        by: seen.by,
        reason: seen.reason,
        before: {state: before.state, why: before.why, failures: before.failures},
        after: {state: after.state, why: after.why, until, used: after.used, limit: after.limit},
      },
      format,
    );
  }
  const theme = themeOf(look);
  const why = before.why === null ? '' : ` (${clean(before.why)})`;
  const was =
    before.state === 'closed'
      ? 'was closed already'
      : `was ${before.state}${why}${after.state === 'open' ? '' : ' and is closed now'}`;
  return page(
    [
      `${theme.symbol('ok')} The ${breakerName(seen)} ${was}; failed passes and restarts that did not help count from 0 again.`,
      ...(after.state === 'open'
        ? [
            `${theme.symbol('warning')} The limit of restarts holds on${until === null ? '' : ` until ${until}`}: ${clean(after.why ?? '')}.`,
          ]
        : []),
      `  Nothing was restarted. The history stays: kubectl frigate-health state${inContext(seen.context)} -n ${clean(seen.namespace)}`,
    ],
    look,
  );
};

/* ------------------------------------------------------------------ restart */

export interface Refusal {
  readonly rule: string;
  readonly reason: string;
  readonly liftedBy: string | null;
}

export type RestartSeen =
  | {
      readonly kind: 'refused';
      readonly decision: Refusal;
      readonly evidence: readonly Finding[];
      readonly again: string;
      readonly first: string | null;
    }
  | ({
      readonly kind: 'dry-run';
      readonly accepted: boolean;
      readonly detail: string;
      readonly decision: Refusal;
    } & Undone)
  | {
      readonly kind: 'restarted';
      readonly attempt: string;
      readonly workload: {
        readonly kind: string;
        readonly namespace: string;
        readonly name: string;
        readonly strategy: string;
      };
      /** The flags that lead there: ` --context home -n frigate`. */
      readonly flags: string;
      readonly followed: Followed | null;
    }
  | {readonly kind: 'in-doubt'; readonly attempt: string; readonly detail: string}
  | {readonly kind: 'conflict'; readonly detail: string}
  | ({readonly kind: 'failed'; readonly detail: string} & Undone);

/** What the API server did not do has the exit code of its reason. */
interface Undone {
  readonly exitCode: number;
  readonly fix: string | null;
}

export type Followed =
  | {readonly kind: 'back'; readonly text: string}
  | {readonly kind: 'failed'; readonly text: string; readonly fix: string; readonly lastLines: readonly string[]}
  | {readonly kind: 'ran-out'; readonly text: string}
  | {readonly kind: 'interrupted'};

/** 0 done (and back, when followed) · 2 followed into a failure · 10 refused · 3, 69, 77 the API server did not do it · 75 somebody else · 124 the wait ran out. */
export const exitOfRestart = (seen: RestartSeen): number => {
  switch (seen.kind) {
    case 'refused':
      return EXIT.refused;
    case 'dry-run':
    case 'failed':
      return seen.exitCode;
    case 'conflict':
      return EXIT.conflict;
    case 'in-doubt':
      return EXIT.unknown;
    case 'restarted':
      return followedExit(seen.followed);
  }
};

const followedExit = (followed: Followed | null): number => {
  if (followed === null) return EXIT.ok;
  const codes: Readonly<Record<Followed['kind'], number>> = {
    back: EXIT.ok,
    failed: EXIT.critical,
    'ran-out': EXIT.waitRanOut,
    interrupted: EXIT.interrupted,
  };
  return codes[followed.kind];
};

export const renderRestart = async (seen: RestartSeen, format: DocumentFormat, look: Look): Promise<string> => {
  if (format !== 'text')
    return renderMasked(
      {apiVersion: API_VERSION, kind: 'RestartResult', exitCode: exitOfRestart(seen), ...documentOf(seen)},
      format,
    );
  return page(linesOf(seen, look), look);
};

const documentOf = (seen: RestartSeen): object => {
  switch (seen.kind) {
    case 'refused':
      return {
        result: seen.kind,
        rule: seen.decision.rule,
        reason: seen.decision.reason,
        liftedBy: seen.decision.liftedBy,
        evidence: seen.evidence.map(({id, status, summary}) => ({id, status, summary})),
        first: seen.first,
      };
    case 'dry-run':
      return {
        result: seen.kind,
        accepted: seen.accepted,
        detail: seen.detail,
        fix: seen.fix,
        rule: seen.decision.rule,
        reason: seen.decision.reason,
      };
    case 'restarted':
      return {
        result: seen.kind,
        attempt: seen.attempt,
        target: {kind: seen.workload.kind, namespace: seen.workload.namespace, name: seen.workload.name},
        followed: seen.followed,
      };
    case 'in-doubt':
      return {result: seen.kind, attempt: seen.attempt, detail: seen.detail};
    case 'conflict':
      return {result: seen.kind, detail: seen.detail};
    case 'failed':
      return {result: seen.kind, detail: seen.detail, fix: seen.fix};
  }
};

const linesOf = (seen: RestartSeen, look: Look): readonly string[] => {
  const theme = themeOf(look);
  const bad = theme.symbol('critical');
  switch (seen.kind) {
    case 'refused':
      return [
        `${bad} Refused by ${seen.decision.rule}: ${clean(seen.decision.reason)}.`,
        ...seen.evidence.map((finding) => `    evidence  ${finding.id} ${finding.status}: ${clean(finding.summary)}`),
        ...(seen.decision.liftedBy === null ? [] : [`    lifted by ${clean(seen.decision.liftedBy)}`]),
        ...(seen.decision.rule === 'R-01' ? seen.evidence.flatMap(fixOf) : []),
        ...(seen.decision.rule === 'R-02' && seen.first !== null
          ? [`    first     ${clean(seen.first)}  # a pass that remembers and restarts nothing`]
          : []),
        ...(seen.decision.rule === 'R-01' || seen.decision.rule === 'R-02'
          ? []
          : [`    or        ${clean(seen.again)} --force --reason "…"`]),
        '  Nothing was changed.',
      ];
    case 'dry-run':
      return seen.accepted
        ? [
            `${theme.symbol('ok')} Would restart (${seen.decision.rule}): ${clean(seen.decision.reason)}. Dry run: ${clean(seen.detail)}; nothing was changed.`,
          ]
        : [`${bad} The dry run was not accepted: ${clean(seen.detail)}. Nothing was changed.`, ...fixOf(seen)];
    case 'in-doubt':
      return [
        `${theme.symbol('unknown')} It is not known whether the restart ${seen.attempt} was applied: ${clean(seen.detail)}. It is counted; the next pass finds out by its mark on the workload.`,
      ];
    case 'conflict':
      return [`${theme.symbol('warning')} Somebody else is acting: ${clean(seen.detail)}. Nothing was changed.`];
    case 'failed':
      return [`${bad} Not restarted: ${clean(seen.detail)}.`, ...fixOf(seen)];
    case 'restarted':
      return restartedLines(seen, theme);
  }
};

const fixOf = ({fix}: Pick<Undone, 'fix'>): readonly string[] =>
  fix === null
    ? []
    : fixLines(fix, null).map((line, index) => `    ${index === 0 ? 'fix       ' : '          '}${line}`);

const restartedLines = (
  {workload, attempt, flags, followed}: Extract<RestartSeen, {kind: 'restarted'}>,
  theme: ReturnType<typeof themeOf>,
): readonly string[] => {
  const target = `${workload.kind.toLowerCase()}/${workload.name}`;
  const sent = `${theme.symbol('ok')} Restart of ${target} sent (attempt ${attempt}).`;
  const status = `kubectl${flags} rollout status ${target}`;
  if (followed === null) return [sent, `  Follow it: ${status}`];
  switch (followed.kind) {
    case 'back':
      return [sent, `${theme.symbol('ok')} ${clean(followed.text)}.`];
    case 'failed':
      return [
        sent,
        `${theme.symbol('critical')} ${clean(followed.text)}`,
        ...(followed.lastLines.length === 0
          ? []
          : ['    last log lines of the container:', ...followed.lastLines.map((line) => `      ${clean(line)}`)]),
        ...fixOf(followed),
      ];
    case 'ran-out':
      return [
        sent,
        `${theme.symbol('unknown')} Not back in time: ${clean(followed.text)}. The rollout goes on: ${status}`,
      ];
    case 'interrupted':
      return [sent, `  Not followed any further; the rollout goes on: ${status}`];
  }
};

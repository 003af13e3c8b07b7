/** The words and documents of `restart`: what was done, what was refused and why. */
import {scriptOf, type Fix} from '../core/fix.js';
import {reasonText, stepText, unblockSteps, unblockText} from '../core/decision/wording.js';
import {failureText, progressText} from '../core/rollout/wording.js';
import {exitOfRestart, type FollowResult, type RestartResult, type Undone} from '../outcome/restart-result.js';
import {API_VERSION, page, type DocumentFormat} from './documents.js';
import {clean, fixLines} from './layout.js';
import {renderMasked} from './render.js';
import {themeOf, type Style} from './style.js';

export const renderRestart = async (result: RestartResult, format: DocumentFormat, style: Style): Promise<string> => {
  if (format !== 'text')
    return renderMasked(
      {apiVersion: API_VERSION, kind: 'RestartResult', exitCode: exitOfRestart(result), ...documentOf(result)},
      format,
    );
  return page(linesOf(result, style), style);
};

const documentOf = (result: RestartResult): object => {
  switch (result.kind) {
    case 'refused':
      return {
        result: result.kind,
        rule: result.decision.rule,
        reason: reasonText(result.decision.reason),
        liftedBy: unblockText(result.decision.reason),
        evidence: result.evidence.map(({id, status, summary}) => ({id, status, summary})),
        first: result.first,
      };
    case 'dry-run':
      return {
        result: result.kind,
        accepted: result.accepted,
        detail: result.detail,
        fix: scriptOrNull(result.fix),
        rule: result.decision.rule,
        reason: reasonText(result.decision.reason),
      };
    case 'restarted':
      return {
        result: result.kind,
        attempt: result.attempt,
        target: {kind: result.workload.kind, namespace: result.workload.namespace, name: result.workload.name},
        followed: result.followed === null ? null : followedDocument(result.followed),
        unstored: result.unstored,
      };
    case 'in-doubt':
      return {result: result.kind, attempt: result.attempt, detail: result.detail, unstored: result.unstored};
    case 'conflict':
      return {result: result.kind, detail: result.detail};
    case 'failed':
      return {result: result.kind, detail: result.detail, fix: scriptOrNull(result.fix)};
  }
};

const linesOf = (result: RestartResult, style: Style): readonly string[] => {
  const theme = themeOf(style);
  const bad = theme.symbol('critical');
  switch (result.kind) {
    case 'refused':
      return [
        `${bad} Refused by ${result.decision.rule}: ${clean(reasonText(result.decision.reason))}.`,
        ...result.evidence.map((finding) => `    evidence  ${finding.id} ${finding.status}: ${clean(finding.summary)}`),
        ...unblockSteps(result.decision.reason).map(
          (step, index) => `    ${index === 0 ? 'unblock   ' : '          '}${clean(stepText(step))}`,
        ),
        ...(result.decision.rule === 'R-01' ? result.evidence.flatMap(fixOf) : []),
        ...(result.decision.rule === 'R-02' && result.first !== null
          ? [`    first     ${clean(result.first)}  # a pass that stores a state and restarts nothing`]
          : []),
        ...(result.decision.rule === 'R-01' || result.decision.rule === 'R-02'
          ? []
          : [`    or        ${clean(result.again)} --force --reason "…"`]),
        '  Nothing was changed.',
      ];
    case 'dry-run':
      return result.accepted
        ? [
            `${theme.symbol('ok')} Would restart (${result.decision.rule}): ${clean(reasonText(result.decision.reason))}. Dry run: ${clean(result.detail)}; nothing was changed.`,
          ]
        : [`${bad} The dry run was not accepted: ${clean(result.detail)}. Nothing was changed.`, ...fixOf(result)];
    case 'in-doubt':
      return [
        `${theme.symbol('unknown')} It is not known whether the restart ${result.attempt} was applied: ${clean(result.detail)}. It counts toward the limits; the next pass determines the outcome from the attempt id on the workload.`,
        ...unstoredLines(result.unstored, theme),
      ];
    case 'conflict':
      return [`${theme.symbol('warning')} Conflict with another run: ${clean(result.detail)}. Nothing was changed.`];
    case 'failed':
      return [`${bad} Not restarted: ${clean(result.detail)}.`, ...fixOf(result)];
    case 'restarted':
      return [...restartedLines(result, theme), ...unstoredLines(result.unstored, theme)];
  }
};

const unstoredLines = (unstored: string | null, theme: ReturnType<typeof themeOf>): readonly string[] =>
  unstored === null
    ? []
    : [
        `${theme.symbol('warning')} The notification was sent, but the state could not be updated: ${clean(unstored)}. It may be sent again.`,
      ];

const scriptOrNull = (fix: Fix | null): string | null => (fix === null ? null : scriptOf(fix));

const fixOf = ({fix}: Pick<Undone, 'fix'>): readonly string[] =>
  fix === null
    ? []
    : fixLines(fix, null).map((line, index) => `    ${index === 0 ? 'fix       ' : '          '}${line}`);

const restartedLines = (
  {workload, attempt, flags, followed}: Extract<RestartResult, {kind: 'restarted'}>,
  theme: ReturnType<typeof themeOf>,
): readonly string[] => {
  const target = `${workload.kind.toLowerCase()}/${workload.name}`;
  const sent = `${theme.symbol('ok')} Restart of ${target} sent (attempt ${attempt}).`;
  const status = `kubectl${flags} rollout status ${target}`;
  if (followed === null) return [sent, `  Follow it: ${status}`];
  switch (followed.kind) {
    case 'back':
      return [sent, `${theme.symbol('ok')} ${clean(progressText(followed.progress))}.`];
    case 'failed':
      return [
        sent,
        `${theme.symbol('critical')} ${clean(failureText(followed.progress.why))}`,
        ...(followed.lastLines.length === 0
          ? []
          : ['    last log lines of the container:', ...followed.lastLines.map((line) => `      ${clean(line)}`)]),
        ...fixOf(followed.progress),
      ];
    case 'ran-out':
      return [
        sent,
        `${theme.symbol('unknown')} Frigate did not recover in time: ${clean(lastText(followed))}. The rollout continues: ${status}`,
      ];
    case 'interrupted':
      return [sent, `  Stopped following; the rollout continues: ${status}`];
  }
};

const lastText = ({last}: Extract<FollowResult, {kind: 'ran-out'}>): string =>
  last === null ? 'nothing was observed after the restart' : progressText(last);

/** The JSON of v1 keeps its sentences; `code` is what programs compare. */
const followedDocument = (followed: FollowResult): object => {
  switch (followed.kind) {
    case 'back':
      return {kind: followed.kind, text: progressText(followed.progress)};
    case 'failed': {
      const {why, fix} = followed.progress;
      return {
        kind: followed.kind,
        code: why.code,
        text: failureText(why),
        fix: scriptOf(fix),
        lastLines: followed.lastLines,
      };
    }
    case 'ran-out':
      return {
        kind: followed.kind,
        ...(followed.last?.kind === 'waiting' ? {code: followed.last.why.code} : {}),
        text: lastText(followed),
      };
    case 'interrupted':
      return {kind: followed.kind};
  }
};

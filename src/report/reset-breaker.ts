/** The words and documents of `reset-breaker`: what was changed, and what still holds. */
import {inContext} from '../core/checks/kubectl.js';
import {contextName} from '../core/cluster-context.js';
import {breakerText} from '../core/decision/wording.js';
import {rfc3339} from '../core/time.js';
import type {BreakerStanding, ResetResult} from '../outcome/reset-result.js';
import {API_VERSION, page, type DocumentFormat} from './documents.js';
import {clean} from './layout.js';
import {renderMasked} from './render.js';
import {themeOf, type Style} from './style.js';

const breakerName = ({namespace, stateName}: Pick<ResetResult, 'namespace' | 'stateName'>): string =>
  `breaker in ${clean(namespace)}/${clean(stateName)}`;

/** What a person is asked, with the cluster that would be changed: a wrong one is noticed before anything is changed. */
export const resetQuestion = (standing: BreakerStanding): string => {
  const {breaker, context} = standing;
  const why = breaker.why === null ? '' : `: ${breakerText(breaker.why)}`;
  return `The ${breakerName(standing)} (context ${clean(contextName(context))}) is ${breaker.state}${why}. Close it and count failures from 0 again?`;
};

export const renderReset = async (result: ResetResult, format: DocumentFormat, style: Style): Promise<string> => {
  const {before, after} = result;
  const until = after.until === null ? null : rfc3339(after.until);
  const whyOpen = after.why === null ? null : breakerText(after.why);
  if (format !== 'text') {
    return renderMasked(
      {
        apiVersion: API_VERSION,
        kind: 'BreakerReset',
        metadata: {namespace: result.namespace, name: result.stateName},
        by: result.by,
        reason: result.reason,
        before: {state: before.state, why: before.why, failures: before.failures},
        after: {state: after.state, why: whyOpen, until, used: after.used, limit: after.limit},
      },
      format,
    );
  }
  const theme = themeOf(style);
  const why = before.why === null ? '' : ` (${clean(before.why)})`;
  const was =
    before.state === 'closed'
      ? 'was already closed'
      : `was ${before.state}${why}${after.state === 'open' ? '' : ' and is now closed'}`;
  return page(
    [
      `${theme.symbol('ok')} The ${breakerName(result)} ${was}; failed passes and restarts that did not help count from 0 again.`,
      ...(after.state === 'open'
        ? [
            `${theme.symbol('warning')} The restart limit still applies${until === null ? '' : ` until ${until}`}: ${whyOpen ?? ''}.`,
          ]
        : []),
      `  Nothing was restarted. The history is kept: kubectl frigate-health state${inContext(result.context)} -n ${clean(result.namespace)}`,
    ],
    style,
  );
};

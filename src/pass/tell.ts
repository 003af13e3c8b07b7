/** Tell: the outbox, one mail after another, each within the mailer's own limit (B-35); what was delivered is marked, the rest waits for the next pass. */
import {compose, type AlertContext} from '../core/alerts/compose.js';
import {markDelivered, markFailed, pending} from '../core/alerts/outbox.js';
import type {State} from '../core/state/state.js';
import type {Instant} from '../core/time.js';
import type {Journal} from './journal.js';
import type {World} from './world.js';

export const tell = async (
  world: World,
  state: State,
  now: Instant,
  journal: Journal,
  signal: AbortSignal,
): Promise<State> => {
  let told = state;
  for (const entry of pending(state)) {
    if (!world.mailer.configured || signal.aborted) {
      journal('alert.waiting', {
        key: entry.key,
        reason: world.mailer.configured ? 'no time left in this pass' : 'no mail server is configured',
      });
      continue;
    }
    const message = compose(entry, told, contextOf(world, told));
    const delivery = await world.mailer.send({id: `<${entry.key}@frigate-health>`, ...message}, signal);
    if (delivery.kind === 'delivered') {
      told = markDelivered(told, entry.key, now);
      const {refused} = delivery;
      journal('alert.sent', {key: entry.key, kind: entry.kind, ...(refused === undefined ? {} : {refused})});
      if (refused !== undefined)
        journal('warning', {
          summary: `the mail server does not take mail for ${refused.join(', ')}`,
          fix: 'correct FRIGATE_HC_SMTP_TO',
        });
    } else {
      const why = delivery.kind === 'failed' ? delivery.why : 'no mail server is configured';
      told = markFailed(told, entry.key, why, now);
      journal('alert.failed', {key: entry.key, reason: why});
      // One server, one trouble: the others would fail alike and take their ten seconds each.
      break;
    }
  }
  return told;
};

const contextOf = ({namespace, cluster, settings, version}: World, {target}: State): AlertContext => ({
  namespace,
  workload: target === null ? settings.workload : `${target.kind}/${target.name}`,
  cluster: cluster.context,
  version,
  hints: {cronJob: settings.cronJobName, mode: settings.policy.mode},
});

/** FRG-901: can alerts be delivered? */
import {note, run} from '../../fix.js';
import {defineCheck} from '../check.js';
import {inNamespace} from '../kubectl.js';
import {evidence, listed, plural} from '../evidence/wording.js';

export const alertChannel = defineCheck('FRG-901', {
  category: 'alerts',
  cause: 'checker',
  needs: [],
  docs: {
    what: 'Reports whether alerts can be sent: whether mail or another channel is configured, and whether the last delivery of each succeeded. A fault that nobody is notified of stays unrepaired.',
    limits:
      'Info when no alert channel is configured, warning when the last delivery of a channel failed. The alert stays in the outbox and is sent again by that channel at each pass; the other channels do not wait for it.',
    cure: 'Nothing: a failing channel never blocks, repeats or changes what is done about Frigate.',
    next: 'Try every channel with `kubectl frigate-health notify --test`. Set `FRIGATE_HC_NOTIFY`, or for mail `FRIGATE_HC_SMTP_USER`, `FRIGATE_HC_SMTP_PASSWORD` and `FRIGATE_HC_ALERT_EMAIL` (and `FRIGATE_HC_SMTP_HOST`, where the mail provider is not a well-known one), or correct what the error names: host, port, credentials, certificate.',
    source: 'The Python checker before this one recorded a failed mail as sent, so that nobody was ever notified.',
  },
  fix: ({observation}) => [
    note('Show the outbox:'),
    run(`kubectl frigate-health state${inNamespace(observation)}`),
    note('Then correct the channel (FRIGATE_HC_NOTIFY, FRIGATE_HC_SMTP_…) and try it:'),
    run(`kubectl frigate-health notify --test${inNamespace(observation)}`),
  ],
  judge: ({
    observation: {
      alertChannels: {names, failures},
    },
  }) => {
    if (names.length === 0) {
      return {
        status: 'info',
        summary: 'No alert channel configured: alerts are not sent',
        fix: [
          note(
            'Set FRIGATE_HC_NOTIFY, or for mail FRIGATE_HC_SMTP_USER, FRIGATE_HC_SMTP_PASSWORD and FRIGATE_HC_ALERT_EMAIL (docs/notifications.md).',
          ),
        ],
      };
    }
    if (failures.length > 0)
      return {
        status: 'warning',
        summary:
          names.length === 1
            ? `Last alert not delivered: ${failures[0]?.why ?? ''}`
            : `Last alert not delivered by ${listed(failures.map(({channel}) => channel))} (${failures.length} of ${plural(names.length, 'channel')}): ${failures[0]?.why ?? ''}`,
        evidence: failures.map(({channel, why}) => evidence(`${channel} last failure`, why)),
      };
    return {
      status: 'ok',
      summary: names.length === 1 ? 'Alerts can be sent' : `Alerts can be sent by ${names.length} channels`,
    };
  },
});

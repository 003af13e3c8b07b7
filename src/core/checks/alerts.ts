/** FRG-901: does anybody hear of it? */
import type {Check} from './check.js';
import {inNamespace} from './kubectl.js';
import {evidence} from './wording.js';

const channel: Check = {
  id: 'FRG-901',
  title: 'alert channel',
  category: 'alerts',
  cause: 'checker',
  needs: [],
  docs: {
    what: 'Says whether alerts can leave: whether a mail server is configured, and how the last delivery went. A checker that sees everything and tells nobody protects nobody.',
    limits:
      'Info when none is configured, warning when the last delivery failed. The alert itself waits in the outbox and is tried again at each pass.',
    cure: 'Nothing: a failing mail server never blocks, repeats or changes what is done about Frigate.',
    next: 'Set `FRIGATE_HC_SMTP_HOST`, `FRIGATE_HC_SMTP_FROM` and `FRIGATE_HC_SMTP_TO`, or repair what the error names: host, port, credentials, certificate.',
    source: 'The Python checker before this one remembered a failed mail as sent, so that nobody ever heard of it.',
  },
  fix: ({observation}) =>
    `kubectl frigate-health state${inNamespace(observation)}  # shows the outbox; then set FRIGATE_HC_SMTP_HOST, FRIGATE_HC_SMTP_PORT and the credentials right`,
  judge: ({
    observation: {
      alertChannel: {configured, lastFailure},
    },
  }) => {
    if (!configured) {
      return {
        status: 'info',
        summary: 'No alert channel is configured: nobody is told',
        fix: 'set FRIGATE_HC_SMTP_HOST, FRIGATE_HC_SMTP_FROM and FRIGATE_HC_SMTP_TO',
      };
    }
    if (lastFailure !== null)
      return {
        status: 'warning',
        summary: `The last alert could not be delivered: ${lastFailure}`,
        evidence: [evidence('last failure', lastFailure)],
      };
    return {status: 'ok', summary: 'Alerts can be sent'};
  },
};

export const alertChecks: readonly Check[] = [channel];

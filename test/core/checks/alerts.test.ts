import {anObservation} from '../../support/observation.js';
import {tableOf} from '../../support/context.js';

tableOf('FRG-901', [
  {when: 'mail is configured and the last one went out', observation: anObservation(), status: 'ok'},
  {
    when: 'nothing is configured',
    observation: anObservation({alertChannel: {configured: false, lastFailure: null}}),
    status: 'info',
    fix: /FRIGATE_HC_SMTP_HOST/,
  },
  {
    when: 'the last delivery failed',
    observation: anObservation({alertChannel: {configured: true, lastFailure: '535 authentication failed'}}),
    status: 'warning',
    cause: 'checker',
    cure: 'none',
    summary: /535/,
  },
]);

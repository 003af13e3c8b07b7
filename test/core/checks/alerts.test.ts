import {anObservation} from '../../support/observation.js';
import {tableOf} from '../../support/context.js';

tableOf('FRG-901', [
  {when: 'mail is configured and the last one went out', observation: anObservation(), status: 'ok'},
  {
    when: 'one of three channels fails: it is named',
    observation: anObservation({
      alertChannels: {names: ['mail', 'phone', 'chat'], failures: [{channel: 'phone', why: 'HTTP 403'}]},
    }),
    status: 'warning',
    cause: 'checker',
  },
  {
    when: 'nothing is configured',
    observation: anObservation({alertChannels: {names: [], failures: []}}),
    status: 'info',
  },
  {
    when: 'the last delivery failed',
    observation: anObservation({
      alertChannels: {names: ['mail'], failures: [{channel: 'mail', why: '535 authentication failed'}]},
    }),
    status: 'warning',
    cause: 'checker',
    cure: 'none',
  },
]);

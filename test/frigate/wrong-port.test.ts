/** A port on which nothing ever listened (a typing error in FRIGATE_HC_API_PORT) beside one on which nothing listens any more. */
import type {ApiLiveness, Via} from '../../src/core/observation/frigate.js';
import {known, unknown} from '../../src/core/known.js';
import {cases} from '../support/frigate-cases.js';
import {aContainer, anObservation, aPod, aProbe, withTemplate} from '../support/observation.js';

const refused = (via: Via): ApiLiveness => ({via, verdict: 'dead', how: 'refused', detail: 'connection refused'});
const noStats = unknown('unreachable', 'GET /api/stats: connection refused');
const over = (...vias: readonly Via[]) => ({
  frigate: {liveness: vias.map(refused), stats: noStats, history: noStats, config: noStats},
});
const wrong = {status: 'critical', cure: 'none', cause: 'config'} as const;
const fault = {status: 'critical', cure: 'restart', cause: 'process'} as const;

describe('FRG-301: a port that refuses, outside and inside', () => {
  cases('FRG-301', [
    {
      it: 'is the wrong one where nothing ever answered: no restart cures that',
      given: anObservation(over('proxy', 'exec')),
      expect: wrong,
      says: /^Nothing listens on the port/,
    },
    {
      it: 'is a fault where a version was seen: a shutdown may hang with nginx gone',
      remembered: {frigateVersion: '0.14.1'},
      given: anObservation(over('direct', 'exec')),
      expect: fault,
    },
    {
      it: 'is a fault where cameras were seen, of a Frigate that tells no version',
      remembered: {cameras: [{name: 'front', delivering: true}]},
      given: anObservation(over('proxy', 'exec')),
      expect: fault,
    },
    {
      it: 'is a fault where only one path refuses and Kubernetes agrees: that says nothing of the port',
      given: withTemplate(
        {readinessProbe: aProbe()},
        {...over('proxy'), pods: known([aPod({frigate: aContainer({ready: false})})])},
      ),
      expect: fault,
    },
  ]);
});

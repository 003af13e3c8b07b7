/** A port on which nothing ever listened (a typing error in FRIGATE_HC_FRIGATE_API_PORT) beside one on which nothing listens any more. */
import type {ApiLiveness, FrigateObservation, Via} from '../../src/core/observation/frigate.js';
import {known, notAsked, unknown} from '../../src/core/known.js';
import type {LogEvidence} from '../../src/core/observation/log.js';
import {hours, minutes, type Duration} from '../../src/core/time.js';
import {cases} from '../support/frigate-cases.js';
import {aContainer, ago, aLog, anObservation, aPod, aPodOfAge, aProbe, withTemplate} from '../support/observation.js';

const refused = (via: Via): ApiLiveness => ({via, verdict: 'dead', how: 'refused', detail: 'connection refused'});
const noStats = unknown('unreachable', 'GET /api/stats: connection refused');
const over = (...vias: readonly Via[]) => ({
  frigate: {liveness: vias.map(refused), stats: noStats, history: noStats, config: noStats},
});
const wrong = {status: 'critical', cure: 'none', cause: 'config'} as const;
const fault = {status: 'critical', cure: 'restart', cause: 'process'} as const;

/** Months of work of the container before this one. */
const worked = {frigateVersion: '0.17.2', containerId: 'containerd://before', lastUpdated: ago(hours(1))};
const building = {
  kind: 'model-build',
  at: ago(minutes(39)),
  text: 'Generating yolov7-320.trt. This may take a few minutes.',
  ended: false,
} as const;
const young = (age: Duration, backend: FrigateObservation['backend'], log: Partial<LogEvidence> = {}) => {
  const {frigate} = over('proxy', 'exec');
  return anObservation({
    frigate: {...frigate, backend},
    pods: known([aPodOfAge(age)]),
    log: known(aLog({}, log)),
  });
};

describe('FRG-301: a port that refuses, outside and inside', () => {
  cases(
    'FRG-301',
    [
      {
        it: 'is the wrong one where nothing ever answered: no restart cures that',
        given: anObservation(over('proxy', 'exec')),
        expect: wrong,
      },
      {
        it: 'is the wrong one where a new container refuses since its start and Frigate answers behind nginx (report 3)',
        recalledState: worked,
        given: young(minutes(20), known('answers')),
        expect: wrong,
      },
      {
        it: 'is the wrong one until shown otherwise where the backend could not be asked',
        recalledState: worked,
        given: young(minutes(20), unknown('forbidden', 'exec: 403')),
        expect: wrong,
      },
      {
        it: 'is the wrong one where others were answered, on whatever port',
        recalledState: worked,
        given: young(minutes(20), unknown('forbidden', 'exec: 403'), {startShown: ago(minutes(19))}),
        expect: wrong,
      },
      {
        it: 'is the wrong one of a container that was first observed hours after its start',
        recalledState: worked,
        given: young(hours(7), unknown('forbidden', 'exec: 403')),
        expect: wrong,
      },
      {
        it: 'is a fault where others were answered and the backend refuses now: no start is to be waited for',
        recalledState: worked,
        given: young(minutes(20), known('refused'), {startShown: ago(minutes(19))}),
        expect: {...fault, immediate: false},
      },
      {
        it: 'is starting while the backend refuses too: a model is built (report 1)',
        recalledState: worked,
        given: young(minutes(40), known('refused'), {startStep: building}),
        expect: {...fault, normalAtStart: true, immediate: true},
      },
      {
        it: 'is starting while a model is built and the backend could not be asked',
        recalledState: worked,
        given: young(minutes(40), notAsked(), {startStep: building}),
        expect: {...fault, normalAtStart: true, immediate: true},
      },
      {
        it: 'is a fault where the backend refuses too and nothing has happened for an hour',
        recalledState: worked,
        given: young(minutes(61), known('refused')),
        expect: {...fault, immediate: false},
      },
      {
        it: 'is no wrong one within the grace: a start looks so',
        recalledState: worked,
        given: young(minutes(1), known('refused')),
        expect: fault,
      },
      {
        it: 'is a fault where a version was seen: a shutdown may hang with nginx gone',
        recalledState: {frigateVersion: '0.14.1'},
        given: anObservation(over('direct', 'exec')),
        expect: fault,
      },
      {
        it: 'is a fault where cameras were seen, of a Frigate that tells no version',
        recalledState: {cameras: [{name: 'front', delivering: true}]},
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
    ],
    'FRG-301-port',
  );
});

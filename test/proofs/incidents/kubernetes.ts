/** Incidents of Kubernetes around Frigate. */
import {known} from '../../../src/core/known.js';
import {days, hours, milliseconds, minutes} from '../../../src/core/time.js';
import {
  aContainer,
  aCronJob,
  ago,
  anEvent,
  aPod,
  aTemplate,
  aTermination,
  aWorkload,
} from '../../support/observation.js';
import type {Incident} from './incident.js';
import {apiDead, crashLoop, nodeAway, nobodyThere} from './sights.js';

const ghost = aPod({
  name: 'frigate-6d5f8c7b9-aaaaa',
  uid: 'ghost',
  phase: 'Running',
  createdAt: ago(days(5)),
  current: false,
  ip: null,
  frigate: aContainer({
    id: 'containerd://ghost',
    ready: false,
    state: {phase: 'terminated', ...aTermination({exitCode: 255, reason: 'Unknown', finishedAt: ago(hours(3))})},
  }),
});

const unready = aWorkload({readyReplicas: 0, availableReplicas: 0});

export const kubernetesIncidents: readonly Incident[] = [
  {
    row: '91',
    sources: 'homeiac/home, RCA 2026-01-17',
    what: 'a storm of mails and restarts while the node was down for hours',
    story: {see: () => nodeAway, restartCures: false, passes: 12 * 6},
    expected: {ideal: 'tell', restarts: 0, health: 'unhealthy', causes: ['node'], finding: 'FRG-151', mails: [1, 1]},
  },
  {
    row: '99',
    sources: 'rwlove/home-ops',
    what: 'the API hangs, and its liveness probe is switched off: nobody restarts it',
    story: {
      always: {workload: known({found: 'one', workload: aWorkload({template: aTemplate({livenessProbe: null})})})},
      see: () => apiDead('silent'),
      restartCures: true,
      passes: 16,
    },
    expected: {ideal: 'restart', restarts: 1, health: 'healthy', causes: [], finding: 'FRG-301', mails: [1, 3]},
    differs:
      'the hung API is restarted by this tool; that a probe is missing is not reported, because a probe of the API kills Frigate in long migrations too',
  },
  {
    row: '105',
    sources: 'nachtschatt3n/cberg-home-nextgen',
    what: 'the CronJob that should watch has never run',
    story: {
      see: () => ({cronJob: known(aCronJob({lastScheduled: null, lastSuccessful: null, createdAt: ago(days(6))}))}),
      restartCures: false,
      fromTheFirstLook: true,
    },
    expected: {ideal: 'tell', restarts: 0, health: 'degraded', causes: ['checker'], finding: 'FRG-105', mails: [1, 2]},
  },
  {
    row: '109a',
    sources: 'nachtschatt3n/cberg-home-nextgen, 2026-07-17',
    what: 'after a power cut a terminated pod lingers beside the living one',
    story: {see: () => ({pods: known([ghost, aPod()])}), restartCures: false},
    expected: {ideal: 'wait', restarts: 0, health: 'healthy', causes: [], finding: null, mails: [0, 0]},
  },
  {
    row: '109b',
    sources: 'nachtschatt3n/cberg-home-nextgen, 2026-07-17',
    what: 'the dead pod holds the volume, and the new one waits nine hours for its mount',
    story: {
      see: ({since}) => ({
        workload: known({found: 'one', workload: unready}),
        pods: known([
          ghost,
          aPod({
            name: 'frigate-7bc659b5f5-new',
            uid: 'pod-new',
            phase: 'Pending',
            createdAt: ago(milliseconds(since)),
            ip: null,
            frigate: aContainer({
              id: null,
              ready: false,
              state: {phase: 'waiting', reason: 'ContainerCreating', message: null},
            }),
          }),
        ]),
        events: known([
          anEvent(
            'FailedMount',
            'Unable to attach or mount volumes: unmounted volumes=[config], unattached volumes=[config]: timed out waiting for the condition',
            {object: {kind: 'Pod', name: 'frigate-7bc659b5f5-new', uid: 'pod-new'}},
          ),
        ]),
        frigate: nobodyThere,
      }),
      restartCures: false,
      passes: 12 * 9,
    },
    expected: {
      ideal: 'tell',
      restarts: 0,
      health: 'unhealthy',
      causes: ['workload', 'storage', 'config'],
      finding: 'FRG-202',
      mails: [1, 2],
      says: /mount/i,
    },
  },
  {
    row: '111',
    sources: 'dapperdivers/dapper-cluster, 09ce96d5a',
    what: 'the first start: a large image, then an init container that exports a model for 15 minutes',
    story: {
      see: ({since}) => {
        const there = since >= minutes(22);
        const age = milliseconds(Math.max(0, since - minutes(22)));
        if (there && age >= minutes(1))
          return {
            pods: known([
              aPod({
                uid: 'pod-first',
                createdAt: ago(since),
                frigate: aContainer({id: 'containerd://first', state: {phase: 'running', startedAt: ago(age)}}),
              }),
            ]),
          };
        return {
          workload: known({found: 'one', workload: unready}),
          pods: known([
            aPod({
              uid: 'pod-first',
              phase: 'Pending',
              createdAt: ago(since),
              ip: null,
              frigate: aContainer({
                id: null,
                ready: false,
                state: {phase: 'waiting', reason: 'PodInitializing', message: null},
              }),
              initContainers: [
                aContainer({
                  name: 'export-model',
                  id: 'containerd://init',
                  ready: false,
                  state:
                    since < minutes(7)
                      ? {phase: 'waiting', reason: 'PodInitializing', message: null}
                      : {phase: 'running', startedAt: ago(milliseconds(since - minutes(7)))},
                }),
              ],
            }),
          ]),
          frigate: nobodyThere,
        };
      },
      restartCures: false,
      fromTheFirstLook: true,
      passes: 12,
    },
    expected: {ideal: 'wait', restarts: 0, health: 'healthy', causes: [], finding: null, mails: [0, 2]},
  },
  {
    row: '113',
    sources: 'dapperdivers/dapper-cluster, 17cc16af3 and 614de0493',
    what: 'an empty config.yml was left behind: a crash loop',
    story: {
      see: ({since}) => crashLoop(since, {exitCode: 1}),
      previousLog: [
        '*************************************************************',
        '***    Your config file is not valid!                     ***',
      ],
      restartCures: false,
    },
    expected: {
      ideal: 'tell',
      restarts: 0,
      health: 'unhealthy',
      causes: ['config'],
      finding: 'FRG-203',
      mails: [1, 2],
      says: /configuration/,
    },
  },
];

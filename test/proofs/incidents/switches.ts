/** What somebody switched off, and what healed itself: neither is an outage. */
import {known} from '../../../src/core/known.js';
import {minutes, type Duration} from '../../../src/core/time.js';
import {
  aCameraConfig,
  aConfig,
  aContainer,
  ago,
  aNode,
  aPod,
  aTermination,
  cameraNames,
  type ObservationChanges,
} from '../../support/observation.js';
import type {Incident} from './incident.js';

const configured = (changes: Parameters<typeof aCameraConfig>[1]): ObservationChanges => ({
  frigate: {config: known(aConfig({cameras: cameraNames.map((name) => aCameraConfig(name, changes))}))},
});

const said = (what: string) =>
  cameraNames.map((name) => ({
    at: 2,
    line: `[2024-05-01 12:00:00] frigate.comms.dispatcher       INFO    : Turning off ${what} ${name}`,
  }));

const quiet = {ideal: 'wait', restarts: 0, health: 'healthy', causes: [], finding: null, mails: [0, 0]} as const;

/** The container runs again a minute after it ended as given. */
const again = (since: Duration, exit: {readonly exitCode: number; readonly reason: string}): ObservationChanges => ({
  pods: known([
    aPod({
      frigate: aContainer({
        id: 'containerd://again',
        restartCount: 1,
        state: {phase: 'running', startedAt: ago(since)},
        last: aTermination({...exit, finishedAt: ago(since)}),
      }),
    }),
  ]),
});

export const switchIncidents: readonly Incident[] = [
  {
    row: '251a',
    sources: '#2129, #6142, #6270, #1759',
    what: 'recording of all cameras is switched off over MQTT in the middle of the day',
    story: {
      see: () => configured({recordEnabled: false, switchedOff: ['recording']}),
      log: said('recordings for'),
      restartCures: false,
    },
    expected: quiet,
  },
  {
    row: '251b',
    sources: '#6548, #2699, #5065',
    what: 'detection of all cameras is switched off over MQTT',
    story: {see: () => configured({detectEnabled: false}), log: said('detection for'), restartCures: false},
    expected: quiet,
  },
  {
    row: '251c',
    sources: '#2129, on 0.16 and later',
    what: 'all cameras are switched off in the UI',
    story: {
      see: () => configured({enabled: false, switchedOff: ['camera']}),
      log: said('camera'),
      restartCures: false,
    },
    expected: quiet,
  },
  {
    row: '251d',
    sources: '#6142',
    what: 'a retained message switches recording off at the start after a crash',
    story: {
      see: ({since}) => ({
        ...again(since, {exitCode: 1, reason: 'Error'}),
        ...configured({recordEnabled: false, switchedOff: ['recording']}),
      }),
      log: said('recordings for'),
      restartCures: false,
      passes: 12,
    },
    expected: {
      ideal: 'tell',
      restarts: 0,
      health: 'degraded',
      causes: ['config'],
      finding: 'FRG-607',
      mails: [1, 1],
      says: /switched off at run time, on before this start/,
    },
  },
  {
    row: '252a',
    sources: 'home-assistant/operating-system#4769, #4496',
    what: 'the node reboots, and Frigate runs again by itself',
    story: {
      always: {node: known(aNode({bootId: 'boot-1'}))},
      see: ({since}) => ({
        ...again(since, {exitCode: 255, reason: 'Unknown'}),
        node: known(aNode({bootId: 'boot-2'})),
      }),
      restartCures: false,
      passes: 14,
    },
    expected: quiet,
  },
  {
    row: '252b',
    sources: '#17797',
    what: 'the detector dies once, Frigate ends itself with 143 and runs again',
    story: {see: ({since}) => again(since, {exitCode: 143, reason: 'Error'}), restartCures: false, passes: 14},
    expected: quiet,
  },
  {
    row: '252c',
    sources: '#17797',
    what: 'the container ends each 80 minutes: never a crash loop, and no accident',
    story: {
      see: ({since}) => again((since % minutes(80)) as Duration, {exitCode: 1, reason: 'Error'}),
      restartCures: false,
      passes: 53,
    },
    expected: {
      ideal: 'tell',
      restarts: 0,
      health: 'degraded',
      causes: ['workload'],
      finding: 'FRG-203',
      mails: [1, 4],
      says: /times in 24 h/,
    },
  },
];

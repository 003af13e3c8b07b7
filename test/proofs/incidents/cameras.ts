/** Incidents of cameras, networks and what looks like them. */
import {readFileSync} from 'node:fs';
import {known, notAsked} from '../../../src/core/known.js';
import {minutes, seconds} from '../../../src/core/time.js';
import {readSnapshot} from '../../../src/frigate/parse/stats.js';
import {ahead, aCamera, aHistory, aReading, cameraNames} from '../../support/observation.js';
import type {Incident} from './incident.js';
import {camerasAway, house, moving, statistics} from './sights.js';

const five = ['doorbell', 'driveway', 'garden', 'porch', 'yard'];
const many = ['cam1', 'cam2', 'cam3', 'cam4', 'cam5', 'cam6'];

/** What `/api/stats` of a 0.8 told while its live view stood still. */
const frozenView = readSnapshot(
  JSON.parse(
    readFileSync(new URL('../../fixtures/frigate/stats/real-0.8-ui-frozen-but-healthy.json', import.meta.url), 'utf8'),
  ),
);

const crashes = (name: string, every: number, words: string) => [
  {
    at: 0,
    every,
    line: `[2024-05-01 12:00:00] watchdog.${name}                ERROR   : Ffmpeg process crashed unexpectedly for ${name}.`,
  },
  {at: 1, every, line: `[2024-05-01 12:00:01] ffmpeg.${name}.detect           ERROR   : ${words}`},
];

export const cameraIncidents: readonly Incident[] = [
  {
    row: '39',
    sources: 'homeiac/home, 2026-02-21',
    what: 'the doorbell, one of five, loses a third of its packets on WiFi and delivers nothing',
    story: {
      always: {frigate: house(five)},
      see: ({since}) => camerasAway(since, ['doorbell'], five),
      restartCures: false,
    },
    expected: {
      ideal: 'tell',
      restarts: 0,
      health: 'degraded',
      causes: ['camera'],
      finding: 'FRG-501',
      mails: [1, 2],
      says: /doorbell/,
    },
  },
  {
    row: '41',
    sources: '#3836, #4868',
    what: 'all ffmpeg processes end in the same second: the CPU is saturated',
    story: {
      always: {frigate: house(many, (_, index) => `10.0.${index}.20`)},
      see: ({since}) => camerasAway(since, many, many, {systemCpu: 99.5}),
      log: many.map((name) => ({
        at: 0,
        line: `[2022-12-20 10:00:00] watchdog.${name}                  ERROR   : Ffmpeg process crashed unexpectedly for ${name}.`,
      })),
      restartCures: false,
    },
    expected: {
      ideal: 'tell',
      restarts: 0,
      health: 'unhealthy',
      causes: ['network', 'node'],
      finding: 'FRG-501',
      mails: [1, 2],
      says: /common cause/,
    },
    differs:
      'tells that all went in the same instant; that the CPU of the host is saturated stands in the report, not in the mail',
  },
  {
    row: '43',
    sources: '#949',
    what: 'the live view stands still while the statistics are well',
    story: {
      see: () =>
        frozenView.known
          ? {
              frigate: {
                stats: known({...aReading(), snapshot: frozenView.value}),
                history: notAsked(),
                config: notAsked(),
                segments: new Map(),
                go2rtc: notAsked(),
              },
            }
          : {},
      restartCures: true,
      fromTheFirstLook: true,
    },
    expected: {ideal: 'wait', restarts: 0, health: 'unknown', causes: [], finding: null, mails: [0, 2]},
  },
  {
    row: '45',
    sources: '#10415',
    what: 'one snapshot with a camera at zero among good ones',
    story: {
      see: ({since}) =>
        since < minutes(5)
          ? statistics(seconds(10), () => ({
              cameras: cameraNames.map((name) => aCamera(name, name === 'back' ? {cameraFps: 0, processFps: 0} : {})),
            }))
          : {},
      restartCures: false,
    },
    expected: {ideal: 'wait', restarts: 0, health: 'healthy', causes: [], finding: null, mails: [0, 0]},
  },
  {
    row: '47',
    sources: '#3688',
    what: 'one camera is reset, and at 02:00 no camera delivers for four minutes',
    story: {
      see: ({since}) => (since < minutes(4) ? camerasAway(since) : {}),
      log: cameraNames.map((name) => ({
        at: 20,
        every: 20,
        until: 240,
        line: `[2022-08-20 02:00:20] watchdog.${name}                 ERROR   : No frames received from ${name} in 20 seconds. Exiting ffmpeg...`,
      })),
      restartCures: false,
    },
    expected: {ideal: 'wait', restarts: 0, health: 'healthy', causes: [], finding: null, mails: [0, 0]},
  },
  {
    row: '49',
    sources: '#1450, #6239, #8390, community-scripts/ProxmoxVE#6915',
    what: 'ffmpeg ends again and again for one model of camera: a wrong option',
    story: {
      see: ({since}) => camerasAway(since, ['back']),
      log: crashes('back', 10, 'Option stimeout not found.'),
      restartCures: false,
    },
    expected: {
      ideal: 'tell',
      restarts: 0,
      health: 'degraded',
      causes: ['camera', 'config'],
      finding: 'FRG-501',
      mails: [1, 2],
      says: /ffmpeg/,
    },
  },
  {
    row: '51',
    sources: '#7747',
    what: 'one camera needs longer to connect than the 20 s that the watchdog gives it',
    story: {
      see: ({since}) => camerasAway(since, ['back']),
      log: [
        {
          at: 20,
          every: 25,
          line: '[2023-09-10 12:00:20] watchdog.back                  ERROR   : No frames received from back in 20 seconds. Exiting ffmpeg...',
        },
      ],
      restartCures: false,
    },
    expected: {
      ideal: 'tell',
      restarts: 0,
      health: 'degraded',
      causes: ['camera', 'config'],
      finding: 'FRG-501',
      mails: [1, 2],
    },
  },
  {
    row: '79',
    sources: 'dermotduffy/advanced-camera-card#1733',
    what: 'thousands of timeouts in the browser: the API is slow, and answers',
    story: {
      see: ({since}) => ({
        frigate: {
          ...statistics(since, (age) => ({cameras: cameraNames.map((name) => moving(aCamera(name), age))})).frigate,
          liveness: [{via: 'proxy', verdict: 'alive', latency: seconds(7)}],
        },
      }),
      restartCures: false,
    },
    expected: {ideal: 'wait', restarts: 0, health: 'healthy', causes: [], finding: null, mails: [0, 0]},
  },
  {
    row: '103',
    sources: 'homeiac/home, 2025-12-27',
    what: "the node's clock is 552 s off, its time source dead",
    story: {
      see: () => {
        const there = (past: number) => ahead(seconds(552 - past));
        return {
          frigate: {
            stats: known(aReading({lastUpdated: there(8)}, there(0))),
            history: known(aHistory(20, () => ({}), there(8))),
            segments: new Map(
              cameraNames.map((name) => [name, known({found: 'one', segment: {end: there(12), length: seconds(10)}})]),
            ),
          },
        };
      },
      restartCures: false,
    },
    expected: {
      ideal: 'tell',
      restarts: 0,
      health: 'degraded',
      causes: ['node'],
      finding: 'FRG-103',
      mails: [1, 2],
      says: /clock/i,
    },
  },
];

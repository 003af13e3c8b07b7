import {known, notAsked, unknown} from '../../../src/core/known.js';
import {milliseconds, minutes, seconds} from '../../../src/core/time.js';
import {
  aCamera,
  aCameraConfig,
  aConfig,
  ago,
  aPodOfAge,
  anObservation,
  aPolicy,
  aReading,
  aSegment,
  aTally,
  cameraNames,
  withLog,
  type ObservationChanges,
} from '../../support/observation.js';
import {tableOf} from '../../support/context.js';

const hung = known({hung: true as const, after: milliseconds(5000)});
/** go2rtc is silent; these cameras deliver nothing; `through` come through go2rtc. */
const silent = (dead: readonly string[], through: readonly string[] = ['front'], changes: ObservationChanges = {}) =>
  anObservation({
    ...changes,
    frigate: {
      go2rtc: hung,
      stats: known(
        aReading({cameras: cameraNames.map((name) => aCamera(name, dead.includes(name) ? {cameraFps: 0} : {}))}),
      ),
      history: notAsked(),
      config: known(
        aConfig({cameras: cameraNames.map((name) => aCameraConfig(name, {throughGo2rtc: through.includes(name)}))}),
      ),
      ...changes.frigate,
    },
  });

tableOf('FRG-801', [
  {when: 'it answers', observation: anObservation(), status: 'ok'},
  {
    when: 'it hangs and the camera through it is silent',
    observation: silent(['front']),
    status: 'critical',
    cause: 'process',
    cure: 'restart',
    cameras: ['front'],
    evidenceAt: ago(seconds(8)),
  },
  {
    when: 'it hangs and all cameras come through it',
    observation: silent(cameraNames, cameraNames),
    status: 'critical',
    cure: 'restart',
    cameras: ['back', 'front', 'garage'],
  },
  {
    when: 'it hangs and the camera whose recording comes through it is not recorded',
    observation: silent([], ['front'], {
      frigate: {segments: new Map(cameraNames.map((name) => [name, aSegment(seconds(name === 'front' ? 240 : 12))]))},
    }),
    status: 'critical',
    cure: 'restart',
    cameras: ['front'],
  },
  {when: 'it hangs and its cameras deliver all the same', observation: silent([]), status: 'warning', cure: 'none'},
  {
    when: 'it hangs and one of its cameras still delivers',
    observation: silent(['front'], ['front', 'back']),
    status: 'warning',
    cure: 'none',
  },
  {
    when: 'it hangs and only cameras beside it are silent',
    observation: silent(['back']),
    status: 'warning',
    cure: 'none',
  },
  {when: 'it hangs and no camera comes through it', observation: silent(['back'], []), status: 'warning', cure: 'none'},
  {
    when: 'it hangs and its only silent camera is skipped',
    observation: silent(['front']),
    policy: aPolicy({skipCameras: new Set(['front'])}),
    status: 'warning',
    cure: 'none',
  },
  {
    when: 'it hangs and nobody knows which cameras come through it',
    observation: silent(['front'], ['front'], {frigate: {config: unknown('timeout', '/api/config')}}),
    status: 'warning',
    cure: 'none',
  },
  {
    when: 'it was restarted again and again',
    observation: withLog({'go2rtc-restarted': 4}),
    status: 'warning',
    cause: 'config',
  },
  {
    when: 'it was restarted 3 times, the most that is acceptable',
    observation: withLog({'go2rtc-restarted': 3}),
    status: 'ok',
  },
  {
    when: 'it has no streams',
    observation: anObservation({
      frigate: {go2rtc: known({streams: [], latency: milliseconds(3)}), config: known(aConfig({go2rtcStreams: []}))},
    }),
    status: 'ok',
  },
  {
    when: 'the path to it fails',
    observation: anObservation({frigate: {go2rtc: unknown('server-error', '/api/go2rtc/streams: 500')}}),
    status: 'unknown',
    because: 'server-error',
  },
  {when: 'nobody asked it', observation: anObservation({frigate: {go2rtc: notAsked()}}), status: 'skipped'},
  {
    when: 'Frigate started a minute ago',
    observation: silent(['front'], ['front'], {pods: known([aPodOfAge(seconds(60))])}),
    status: 'skipped',
    because: 'settling',
  },
]);

/** go2rtc answers and knows these streams; the cameras named deliver nothing and ask it for `stream`. */
const answering = (
  streams: Readonly<Record<string, boolean>>,
  dead: readonly string[],
  stream: string | null = 'front',
) =>
  anObservation({
    frigate: {
      go2rtc: known({
        streams: Object.entries(streams).map(([name, connected]) => ({name, connected})),
        latency: milliseconds(3),
      }),
      stats: known(
        aReading({cameras: cameraNames.map((name) => aCamera(name, dead.includes(name) ? {cameraFps: 0} : {}))}),
      ),
      history: notAsked(),
      config: known(
        aConfig({
          cameras: cameraNames.map((name) => aCameraConfig(name, name === 'front' ? {go2rtcStream: stream} : {})),
        }),
      ),
    },
  });

tableOf('FRG-504', [
  {when: 'nobody asked go2rtc', observation: anObservation({frigate: {go2rtc: notAsked()}}), status: 'skipped'},
  {when: 'all deliver', observation: anObservation(), status: 'ok'},
  {
    when: 'the stream of a silent camera has no connection to its source',
    observation: answering({front: false}, ['front']),
    status: 'warning',
    cause: 'camera',
    cure: 'none',
    cameras: ['front'],
  },
  {
    when: 'go2rtc does not know the stream of a silent camera',
    observation: answering({door: true}, ['front']),
    status: 'warning',
    cause: 'config',
    cure: 'none',
    cameras: ['front'],
  },
  {
    when: 'the picture is lost behind go2rtc',
    observation: answering({front: true}, ['front']),
    status: 'ok',
  },
  {when: 'only cameras beside it are silent', observation: answering({front: false}, ['back']), status: 'ok'},
  {when: 'the address does not name the stream', observation: answering({front: false}, ['front'], null), status: 'ok'},
  {
    when: 'the silent camera is skipped',
    observation: answering({front: false}, ['front']),
    policy: aPolicy({skipCameras: new Set(['front'])}),
    status: 'ok',
  },
  {when: 'go2rtc hangs', observation: silent(['front']), status: 'skipped'},
  {
    when: 'the path to it fails',
    observation: anObservation({frigate: {go2rtc: unknown('server-error', '/api/go2rtc/streams: 500')}}),
    status: 'unknown',
    because: 'server-error',
  },
]);

tableOf('FRG-802', [
  {when: 'the log says nothing of it', observation: anObservation(), status: 'ok'},
  {
    when: 'the broker was lost again and again',
    observation: withLog({'mqtt-disconnected': 2}),
    status: 'warning',
    cause: 'dependency',
    cure: 'none',
  },
  {when: 'it was lost a minute ago', observation: withLog({'mqtt-disconnected': 1}), status: 'warning'},
  {
    when: 'it was lost once and came back',
    observation: withLog({'mqtt-disconnected': {...aTally(1), last: ago(minutes(5))}}),
    status: 'info',
  },
  {
    when: 'MQTT is not enabled',
    observation: withLog({'mqtt-disconnected': 9}, {frigate: {config: known(aConfig({mqttEnabled: false}))}}),
    status: 'skipped',
  },
  {
    when: 'the log could not be read',
    observation: anObservation({log: unknown('forbidden', 'pods/log: 403')}),
    status: 'unknown',
  },
]);

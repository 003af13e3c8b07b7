/**
 * What a user switched off at run time, over MQTT or in the UI (frigate/comms/dispatcher.py). Up to 0.17 a restart takes the
 * configuration again; a retained message of a broker does it again at each start, which is the same fault left in place.
 * `/api/config` shows the state of now; `enabled_in_config` stands beside it for recording from 0.12 and for cameras from 0.16,
 * never for detection (frigate/config.py at v0.12.1, frigate/config/camera at v0.16.4 and v0.17.2).
 */
import {once, type Fault, type FaultContext, type LogLine, type Span, type Switch} from '../fault.js';
import {bracketed} from '../lines.js';
import {minorOf, type SimulatedCamera} from '../site.js';

const forever = {from: 0, to: Infinity};

/** Seconds from the start of a container until MQTT is connected and retained messages have come. */
const MQTT_CONNECTED = 13;

const said = (what: Switch, camera: string): string =>
  ({
    recording: `Turning off recordings for ${camera}`,
    detection: `Turning off detection for ${camera}`,
    camera: `Turning off camera ${camera}`,
  })[what];

const dispatcherLog =
  (what: Switch) =>
  (context: FaultContext, span: Span): readonly LogLine[] => {
    const begins = context.since + (context.fromStart ? MQTT_CONNECTED : 0);
    const cameras = context.run.site.cameras.filter(({name, enabled}) => enabled && context.cameras.has(name));
    return once(
      begins,
      cameras.map(({name}, index) => [
        index * 0.002,
        bracketed(begins, 'frigate.comms.dispatcher', 'INFO', said(what, name)),
      ]),
      span,
    );
  };

const recordOff: Fault = {
  name: 'record-off',
  summary: 'recording is switched off at run time though on in the configuration',
  cure: 'restart',
  switchesOff: 'recording',
  recordingStops: () => forever,
  log: dispatcherLog('recording'),
};

const detectOff: Fault = {
  name: 'detect-off',
  summary: 'detection is switched off at run time: frames flow, nothing is detected, recording goes on',
  cure: 'restart',
  switchesOff: 'detection',
  rates: (_camera, healthy) => ({...healthy, skipped: 0, detection: 0}),
  log: dispatcherLog('detection'),
};

/** The switch came with 0.16. Its ffmpeg is stopped, its processes stay, and its rates are not reset. */
const canSwitchCameras = (context: FaultContext): boolean => minorOf(context.run.version) >= 16;

const cameraOff: Fault = {
  name: 'camera-off',
  summary: 'cameras are switched off at run time (0.16 and later): their rates stand still, their ffmpeg is gone',
  cure: 'restart',
  switchesOff: 'camera',
  rates: (camera: SimulatedCamera, healthy, context) =>
    canSwitchCameras(context) ? context.frozenRates(camera) : healthy,
  missing: (context) =>
    canSwitchCameras(context)
      ? context.run.site.cameras.filter(({name}) => context.cameras.has(name)).map(({name}) => `ffmpeg:${name}`)
      : [],
  recordingStops: (_camera, context) => (canSwitchCameras(context) ? forever : null),
  log: (context, span) => (canSwitchCameras(context) ? dispatcherLog('camera')(context, span) : []),
};

export const switchFaults: readonly Fault[] = [recordOff, detectOff, cameraOff];

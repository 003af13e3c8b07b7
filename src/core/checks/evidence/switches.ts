/**
 * What was switched off at run time although the configuration says on: over MQTT or in the UI (frigate/comms/dispatcher.py).
 * `/api/config` shows the state of now. Beside it `enabled_in_config` stands for recording from 0.12 and for cameras from 0.16,
 * never for detection (frigate/config.py at v0.12.1, frigate/config/camera at v0.16.4 and v0.17.2): there the log of this
 * container says it, or that the camera was detecting before.
 */
import type {CameraConfig} from '../../observation/frigate.js';
import type {Signature} from '../../observation/log.js';
import type {Observation} from '../../observation/observation.js';
import type {Baselines, SwitchedOff, SwitchName} from '../../state/baselines.js';
import {storedName} from '../../state/bounds.js';
import {frigateContainer, tally} from './facts.js';

const logged: Readonly<Record<SwitchName, Signature>> = {
  recording: 'recording-switched-off',
  detection: 'detection-switched-off',
  camera: 'camera-switched-off',
};

interface Observed {
  readonly observation: Observation;
  readonly memory: Baselines;
}

/** How one switch is called where they are compared. */
export const switchKey = ({what, camera}: Pick<SwitchedOff, 'what' | 'camera'>): string => `${what}:${camera}`;

/** Everything that is switched off now, by camera; `null`: the configuration could not be read. */
export const switchedOff = (observed: Observed): readonly SwitchedOff[] | null => {
  const {config} = observed.observation.frigate;
  if (!config.known || config.value.safeMode) return null;
  return config.value.cameras.flatMap((camera) =>
    switchesOf(observed, camera).map((what) => describe(observed, what, camera.name)),
  );
};

const switchesOf = (observed: Observed, camera: CameraConfig): readonly SwitchName[] => {
  if (camera.switchedOff?.includes('camera') === true) return ['camera'];
  if (!camera.enabled) return [];
  return [
    ...(camera.switchedOff ?? []),
    ...(!camera.detectEnabled && wasDetecting(observed, camera.name) ? (['detection'] as const) : []),
  ];
};

/** Without one of these signs a camera that does not detect may be configured so. */
const wasDetecting = ({observation, memory}: Observed, name: string): boolean => {
  const camera = storedName(name);
  const {switches = null} = memory;
  return (
    tally(observation, logged.detection)?.cameras.has(name) === true ||
    switches?.off.some((each) => each.what === 'detection' && each.camera === camera) === true ||
    (switches !== null &&
      switches.notDetecting?.includes(camera) === false &&
      memory.cameras.some((each) => each.name === camera))
  );
};

const describe = ({observation, memory}: Observed, what: SwitchName, name: string): SwitchedOff => {
  const camera = storedName(name);
  const line = tally(observation, logged[what]);
  if (line?.cameras.has(name) === true) return {what, camera, since: line.last, logged: true};
  const before =
    memory.switches?.containerId === frigateContainer(observation)?.id
      ? memory.switches?.off.find((each) => each.what === what && each.camera === camera)
      : undefined;
  return before ?? {what, camera, since: observation.at, logged: false};
};

/** How many cameras have to come back after a restart. */
import type {Baselines} from '../state/baselines.js';
import type {Observation} from '../observation/observation.js';

/** Those that delivered frames when Frigate was last well; where nothing is stored, those that deliver now. */
export const expectedCameras = ({frigate}: Observation, memory: Baselines): number => {
  const recalledState = memory.cameras.filter((camera) => camera.delivering).length;
  if (recalledState > 0) return recalledState;
  return frigate.stats.known
    ? frigate.stats.value.snapshot.cameras.filter((camera) => (camera.cameraFps ?? 0) > 0).length
    : 0;
};

/** How many cameras have to come back after a restart. */
import type {Memory} from '../memory.js';
import type {Observation} from '../observation/observation.js';

/** Those that delivered frames when Frigate was last well; where nothing is remembered, those that deliver now. */
export const expectedCameras = ({frigate}: Observation, memory: Memory): number => {
  const remembered = memory.cameras.filter((camera) => camera.delivering).length;
  if (remembered > 0) return remembered;
  return frigate.stats.known
    ? frigate.stats.value.snapshot.cameras.filter((camera) => (camera.cameraFps ?? 0) > 0).length
    : 0;
};

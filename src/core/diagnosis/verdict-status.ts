/** How bad a verdict is: what gives it its symbol and its colour, in a report as on the screen. */
import type {Status} from '../finding.js';
import type {HealthClass} from './diagnosis.js';

const ofHealth: Readonly<Record<HealthClass, Status>> = {
  healthy: 'ok',
  degraded: 'warning',
  unhealthy: 'critical',
  starting: 'warning',
  paused: 'warning',
  unknown: 'unknown',
};

/**
 * The health class says how much of its job Frigate does, the status how bad the findings are: as bad as the worst of them. What every start shows
 * is no critical finding while one lasts, and is not to be counted as one.
 */
export const verdictStatus = (health: HealthClass, anyCritical: boolean): Status =>
  anyCritical ? 'critical' : ofHealth[health];

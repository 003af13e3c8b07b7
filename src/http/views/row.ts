/** One Frigate in one line: what the list, the events and the page's overview show. */
import {isRunning} from '../../core/checks/evidence/facts.js';
import {leastFrames} from '../../core/checks/evidence/judged-cameras.js';
import {reasonText} from '../../core/decision/wording.js';
import {rfc3339, type Instant} from '../../core/time.js';
import type {FrigateStatus, JudgedFrigate} from '../../outcome/fleet.js';
import type {FrigateRow} from '../schemas/types.js';

export const timeOf = (at: Instant | null): string | null => (at === null ? null : rfc3339(at));

/** Why there is no more to say of a Frigate that was not judged. */
export const NOT_OBSERVED = 'Not observed yet';

/** How many cameras are on and how many of them deliver frames; `null` where Frigate does not run, or did not say. */
const cameraCounts = ({observation}: JudgedFrigate): FrigateRow['cameras'] => {
  const {stats, config} = observation.frigate;
  if (!stats.known || !isRunning(observation)) return null;
  const configs = new Map(config.known ? config.value.cameras.map((camera) => [camera.name, camera]) : []);
  const on = stats.value.snapshot.cameras.filter(({name}) => configs.get(name)?.enabled ?? true);
  const delivering = on.filter(
    ({name, cameraFps, expectedFps}) =>
      cameraFps !== null && cameraFps >= leastFrames(configs.get(name)?.detectFps ?? expectedFps),
  );
  return {on: on.length, delivering: delivering.length};
};

const versionOf = ({observation}: JudgedFrigate): string | null =>
  observation.frigate.stats.known ? observation.frigate.stats.value.snapshot.version : null;

export const rowOf = ({target, judged, health, since}: FrigateStatus): FrigateRow => ({
  instanceId: target.id,
  namespace: target.namespace,
  name: target.name,
  kind: target.kind,
  url: target.url,
  foundBy: target.foundBy,
  stale: target.stale,
  lastError: target.lastError,
  health,
  cause: judged?.diagnosis.cause ?? null,
  summary: judged?.diagnosis.summary ?? NOT_OBSERVED,
  since: rfc3339(since),
  judgedAt: timeOf(judged?.at ?? null),
  decision:
    judged === null
      ? null
      : {action: judged.decision.action, rule: judged.decision.rule, reason: reasonText(judged.decision.reason)},
  frigateVersion: judged === null ? null : versionOf(judged),
  cameras: judged === null ? null : cameraCounts(judged),
});

/** `/api/quality/deep-health`: one Frigate in the blocks video, audio, performance and network. */
import {chosenPod, frigateContainer} from '../../core/checks/evidence/facts.js';
import {isBad} from '../../core/finding.js';
import type {HealthClass} from '../../core/diagnosis/diagnosis.js';
import {rfc3339} from '../../core/time.js';
import type {FleetSnapshot, FrigateStatus, FrigateTarget, JudgedFrigate} from '../../outcome/fleet.js';
import type {DeepHealth, DeepHealthList} from '../schemas/types.js';
import {audioOf, networkOf, performanceOf, videoOf} from './blocks.js';
import {failureTypeOf} from './failure-type.js';
import {lastExitOf} from './pod.js';
import {NOT_OBSERVED} from './row.js';

const ownerOf = ({kind, name}: FrigateTarget): string => `${kind}/${name}`;

const kubernetesOf = (target: FrigateTarget, judged: JudgedFrigate | null): DeepHealth['kubernetes'] => {
  if (target.kind === 'url') return null;
  const pod = judged === null ? null : chosenPod(judged.observation);
  const container = judged === null ? null : frigateContainer(judged.observation);
  const exit = lastExitOf(container);
  return {
    namespace: target.namespace,
    workload: {kind: target.kind, name: target.name},
    pod: pod?.name ?? null,
    node: pod?.nodeName ?? null,
    owner: ownerOf(target),
    restarts: container?.restartCount ?? null,
    last_exit: exit === null ? null : {code: exit.code, reason: exit.reason, finished_at: exit.finishedAt},
  };
};

const recommendationsOf = ({findings, diagnosis}: JudgedFrigate): DeepHealth['recommendations'] => {
  const primary = new Set(diagnosis.primary);
  return findings
    .filter((finding) => isBad(finding) && primary.has(finding.id))
    .map(({id, summary, fix}) => ({check: id, summary, steps: [...(fix ?? [])]}));
};

export const deepHealthOf = ({target, judged, health}: FrigateStatus, {at}: FleetSnapshot): DeepHealth => ({
  instanceId: target.id,
  status: health,
  timestamp: judged === null ? null : rfc3339(judged.at),
  summary: judged?.diagnosis.summary ?? NOT_OBSERVED,
  cause: judged?.diagnosis.cause ?? null,
  failureType: judged === null ? null : failureTypeOf(judged),
  video: videoOf(judged, at),
  audio: audioOf(judged, at),
  performance: performanceOf(judged, at),
  network: networkOf(judged, at),
  recommendations: judged === null ? [] : recommendationsOf(judged),
  kubernetes: kubernetesOf(target, judged),
});

const WORST: readonly HealthClass[] = ['unhealthy', 'degraded', 'unknown', 'starting', 'paused', 'healthy'];

/** `unknown` where there is no Frigate: nothing is not health. */
export const worstOf = (frigates: readonly FrigateStatus[]): HealthClass =>
  WORST.find((health) => frigates.some((frigate) => frigate.health === health)) ?? 'unknown';

export const deepHealthListOf = (frigates: readonly FrigateStatus[], snapshot: FleetSnapshot): DeepHealthList => ({
  status: worstOf(frigates),
  timestamp: rfc3339(snapshot.at),
  instances: frigates.map((frigate) => deepHealthOf(frigate, snapshot)),
});

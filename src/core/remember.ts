/** What a pass leaves for the next one (docs/how-it-decides.md, "What is remembered"). Pure, never throws, and under 24 KiB of JSON for any observation. */
import {fitting, rememberedName} from './bounded.js';
import {chosenPod, frigateContainer} from './checks/facts.js';
import {changesKept, type PidSeen} from './checks/detectors/history.js';
import {answersTooFast} from './checks/detectors/silent.js';
import {leastFrames} from './checks/judged-cameras.js';
import {newestSnapshot, snapshotsOf} from './checks/snapshots.js';
import type {CheckId, Finding} from './finding.js';
import type {Memory, RememberedCamera} from './memory.js';
import type {Observation} from './observation/observation.js';
import type {Snapshot} from './observation/frigate.js';
import type {Policy} from './policy.js';
import {rememberBaselines} from './remember/baselines.js';
import {rememberLatched} from './remember/latched.js';
import type {Remembering} from './remember/remembering.js';
import {rememberGpu, rememberResources} from './remember/resources.js';
import {minutes, since} from './time.js';

/** Entries of restart counts, and how far apart they stand while nothing changes: together well over the hour of FRG-203. */
const MOST_COUNTS = 20;
const COUNTS_APART = minutes(5);
/** Bytes of JSON for each list, in the order in which they are served; what one leaves goes to the cameras. */
const BUDGET = {
  all: 22_500,
  latched: 2_000,
  mounts: 1_000,
  restartCounts: 2_400,
  baselines: 5_000,
  detectorPids: 3_500,
  resources: 3_600,
  cameras: 11_000,
};
/** Characters of a uid, a container id, a version. */
const LONGEST_ID = 128;

/**
 * The memory after this pass. What was not seen stays as it was; what belongs to a container ends with it.
 * @param findings What `assess` found over the same observation and memory.
 */
export const remember = (
  memory: Memory,
  observation: Observation,
  findings: readonly Finding[],
  policy: Policy,
): Memory => {
  const container = frigateContainer(observation);
  const containerId = container === null || container.id === null ? memory.containerId : identity(container.id);
  const from: Remembering = {
    memory,
    observation,
    findings: new Map(findings.map((finding) => [finding.id, finding])),
    sameContainer: containerId === memory.containerId,
  };
  const newest = newestSnapshot(from);
  const version = newest === null || newest.version === null ? memory.frigateVersion : identity(newest.version);
  const cameras = rememberCameras(from, newest, policy);
  return bounded({
    podUid: chosenPod(observation)?.uid.slice(0, LONGEST_ID) ?? memory.podUid,
    containerId,
    restartCounts: rememberCounts(from),
    frigateVersion: version,
    configurationChangedAt: configurationChanged(memory, version, cameras)
      ? observation.at
      : memory.configurationChangedAt,
    cameras,
    lastUpdated: newest?.lastUpdated ?? (from.sameContainer ? memory.lastUpdated : null),
    lastRates: rememberRates(from, newest),
    detectorPids: rememberPids(from),
    baselines: rememberBaselines(from, version),
    idleDetectorPasses: rememberIdlePasses(from, newest),
    mounts: rememberMounts(from, newest),
    logCursor: observation.log.known ? observation.log.value.to : memory.logCursor,
    latched: rememberLatched(from),
    mountProbe: rememberProbe(from),
    resources: rememberResources(from),
    gpu: rememberGpu(from, version),
  });
};

const identity = (text: string): string => text.slice(0, LONGEST_ID).toWellFormed();

const said = ({findings}: Remembering, id: CheckId, ...statuses: ReadonlyArray<Finding['status']>): boolean =>
  statuses.includes(findings.get(id)?.status ?? 'skipped');

const rememberCounts = ({memory, observation}: Remembering): Memory['restartCounts'] => {
  const pod = chosenPod(observation);
  const container = frigateContainer(observation);
  if (pod === null || container === null) return memory.restartCounts;
  const entry = {at: observation.at, podUid: pod.uid.slice(0, LONGEST_ID), count: container.restartCount};
  const last = memory.restartCounts.at(-1);
  const unchanged = last?.podUid === entry.podUid && last.count === entry.count;
  if (unchanged && since(last.at, observation.at) < COUNTS_APART) return memory.restartCounts;
  return [...memory.restartCounts, entry].slice(-MOST_COUNTS);
};

/** Enabled cameras, at a sight that is fresh and of the real configuration; whether each of them delivered. */
const rememberCameras = (from: Remembering, newest: Snapshot | null, policy: Policy): Memory['cameras'] => {
  const {config} = from.observation.frigate;
  const sound = said(from, 'FRG-302', 'ok', 'info') && said(from, 'FRG-303', 'ok', 'info');
  if (!sound || newest === null || newest.cameras.length === 0 || !config.known || config.value.safeMode)
    return from.memory.cameras;
  const configured = new Map(config.value.cameras.map((camera) => [camera.name, camera]));
  return newest.cameras
    .filter(({name}) => configured.get(name)?.enabled === true && !policy.skipCameras.has(name))
    .map(({name, cameraFps, expectedFps}) => ({
      name: rememberedName(name),
      delivering: (cameraFps ?? 0) >= leastFrames(configured.get(name)?.detectFps ?? expectedFps),
    }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
};

const configurationChanged = (memory: Memory, version: string | null, cameras: Memory['cameras']): boolean => {
  if (memory.frigateVersion !== null && version !== memory.frigateVersion) return true;
  return (
    memory.cameras.length > 0 &&
    cameras.map(({name}) => name).join('\n') !== memory.cameras.map(({name}) => name).join('\n')
  );
};

/** Only where there is no history: the second observation of Frigate ≤0.13. */
const rememberRates = (
  {memory, observation, sameContainer}: Remembering,
  newest: Snapshot | null,
): readonly RememberedCamera[] => {
  if (observation.frigate.history.known) return [];
  if (newest === null || !observation.frigate.stats.known) return sameContainer ? memory.lastRates : [];
  return newest.cameras.map(({name, cameraFps, processFps, skippedFps, detectionFps}) => ({
    name: rememberedName(name),
    rates: [cameraFps, processFps, skippedFps, detectionFps],
  }));
};

const rememberPids = ({memory, observation, sameContainer}: Remembering): Memory['detectorPids'] => {
  const snapshots = snapshotsOf({memory, observation});
  const names = new Set([
    ...(sameContainer ? memory.detectorPids.map(({detector}) => detector) : []),
    ...snapshots.flatMap(({detectors}) => detectors.map(({name}) => rememberedName(name))),
  ]);
  return [...names].sort().flatMap((detector) => {
    const before: readonly PidSeen[] = sameContainer
      ? memory.detectorPids.filter((each) => each.detector === detector)
      : [];
    const seen = snapshots.flatMap(({lastUpdated, detectors}) =>
      detectors.flatMap(({name, pid}) =>
        rememberedName(name) === detector && pid !== null && lastUpdated !== null ? [{pid, at: lastUpdated}] : [],
      ),
    );
    return changesKept([...before, ...seen], observation.at).map((each) => ({detector, ...each}));
  });
};

/** Passes in a row over advancing snapshots; one that saw nothing neither counts nor ends the row. */
const rememberIdlePasses = (from: Remembering, newest: Snapshot | null): number => {
  const {memory, observation, sameContainer} = from;
  const before = sameContainer ? memory.idleDetectorPasses : 0;
  if (newest === null || newest.lastUpdated === null || (sameContainer && newest.lastUpdated === memory.lastUpdated))
    return before;
  return answersTooFast({observation, memory}) ? before + 1 : 0;
};

/** A mount that changed stays remembered as it was, so that FRG-604 goes on to tell it; a new container may bring another volume. */
const rememberMounts = (from: Remembering, newest: Snapshot | null): Memory['mounts'] => {
  const seen = (newest?.mounts ?? []).flatMap(({path, type, total}) =>
    type === null ? [] : [{path: rememberedName(path), type: rememberedName(type), total}],
  );
  const replaced = !from.sameContainer && seen.every(({type}) => type !== 'overlay');
  return seen.length === 0 || (said(from, 'FRG-604', 'critical') && !replaced) ? from.memory.mounts : seen;
};

const rememberProbe = ({memory, observation, sameContainer}: Remembering): Memory['mountProbe'] => {
  const {mountProbe} = observation.frigate;
  if (mountProbe.known) return {at: observation.at, answered: mountProbe.value.answered};
  return sameContainer ? memory.mountProbe : null;
};

/** Serves each list its bytes; the cameras of a very large site are cut last, and their remembered rates with them. */
const bounded = (memory: Memory): Memory => {
  let left = BUDGET.all;
  const serve = <T>(items: readonly T[], most: number): readonly T[] => {
    const kept = fitting(items, Math.min(most, left));
    left -= kept.bytes;
    return kept.items;
  };
  return {
    ...memory,
    latched: serve(memory.latched, BUDGET.latched),
    mounts: serve(memory.mounts, BUDGET.mounts),
    restartCounts: newestFirst(serve(newestFirst(memory.restartCounts), BUDGET.restartCounts)),
    baselines: serve(memory.baselines, BUDGET.baselines),
    detectorPids: serve(memory.detectorPids, BUDGET.detectorPids),
    resources: newestFirst(serve(newestFirst(memory.resources), BUDGET.resources)),
    cameras: serve(memory.cameras, BUDGET.cameras),
    lastRates: serve(memory.lastRates, BUDGET.all),
  };
};

const newestFirst = <T>(items: readonly T[]): readonly T[] => [...items].reverse();

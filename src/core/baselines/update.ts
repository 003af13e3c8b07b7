/** What a pass leaves for the next one (docs/how-it-decides.md, "State"). Pure, never throws, and under 24 KiB of JSON for any observation. */
import {fitting, storedName} from '../state/bounds.js';
import {chosenPod, frigateContainer} from '../checks/evidence/facts.js';
import {changesKept, pidsIn, type ObservedPid} from '../checks/evidence/detector-history.js';
import {answersTooFast} from '../checks/evidence/detection-demand.js';
import {leastFrames} from '../checks/evidence/judged-cameras.js';
import {newestSnapshot, snapshotsOf} from '../checks/evidence/snapshots.js';
import type {CheckId, Finding} from '../finding.js';
import type {Baselines, StatisticsObserved, StoredCamera} from '../state/baselines.js';
import type {Observation} from '../observation/observation.js';
import type {Snapshot} from '../observation/frigate.js';
import type {Policy} from '../policy.js';
import {keepInferenceBaselines} from './inference-baselines.js';
import {keepLatched} from './latched.js';
import {keepStart} from './start.js';
import type {BaselineContext} from './context.js';
import {keepGpu, keepResources} from './resources.js';
import {keepBootId, keepExits} from './exits.js';
import {keepSwitches} from './switches.js';
import {minutes, since} from '../time.js';

/** Entries of restart counts, and how far apart they stand while nothing changes: together well over the hour of FRG-203. */
const MOST_COUNTS = 20;
const COUNTS_APART = minutes(5);
/** Bytes of JSON for each list, in the order in which they are served; what one leaves goes to the cameras. */
const BUDGET = {
  all: 21_600,
  latched: 2_000,
  mounts: 1_000,
  restartCounts: 2_400,
  baselines: 5_000,
  detectorPids: 3_500,
  resources: 3_600,
  exits: 1_200,
  switchedOff: 2_000,
  switchedOffBefore: 1_000,
  cameras: 11_000,
};
/** Characters of a uid, a container id, a version. */
const LONGEST_ID = 128;

/**
 * The baselines after this pass. What was not observed stays as it was; what belongs to a container ends with it.
 * @param findings What `assess` found over the same observation and memory.
 */
export const updateBaselines = (
  memory: Baselines,
  observation: Observation,
  findings: readonly Finding[],
  policy: Policy,
): Baselines => {
  const container = frigateContainer(observation);
  const containerId = container === null || container.id === null ? memory.containerId : identity(container.id);
  const from: BaselineContext = {
    memory,
    observation,
    findings: new Map(findings.map((finding) => [finding.id, finding])),
    sameContainer: containerId === memory.containerId,
  };
  const newest = newestSnapshot(from);
  const version = newest === null || newest.version === null ? memory.frigateVersion : identity(newest.version);
  const cameras = keepCameras(from, newest, policy);
  return bounded({
    podUid: chosenPod(observation)?.uid.slice(0, LONGEST_ID) ?? memory.podUid,
    containerId,
    start: keepStart(from),
    restartCounts: keepCounts(from),
    frigateVersion: version,
    configurationChangedAt: configurationChanged(memory, version, cameras)
      ? observation.at
      : memory.configurationChangedAt,
    cameras,
    lastUpdated: newest?.lastUpdated ?? (from.sameContainer ? memory.lastUpdated : null),
    statisticsObserved: keepStatisticsObserved(from),
    lastRates: keepRates(from, newest),
    detectorPids: keepPids(from),
    baselines: keepInferenceBaselines(from, version),
    idleDetectorPasses: keepIdlePasses(from, newest),
    mounts: keepMounts(from, newest),
    logCursor: observation.log.known ? observation.log.value.to : memory.logCursor,
    latched: keepLatched(from),
    mountProbe: keepProbe(from),
    resources: keepResources(from),
    gpu: keepGpu(from, version),
    switches: keepSwitches(from),
    exits: keepExits(from),
    bootId: keepBootId(from),
  });
};

const identity = (text: string): string => text.slice(0, LONGEST_ID).toWellFormed();

const said = ({findings}: BaselineContext, id: CheckId, ...statuses: ReadonlyArray<Finding['status']>): boolean =>
  statuses.includes(findings.get(id)?.status ?? 'skipped');

const keepCounts = ({memory, observation}: BaselineContext): Baselines['restartCounts'] => {
  const pod = chosenPod(observation);
  const container = frigateContainer(observation);
  if (pod === null || container === null) return memory.restartCounts;
  const entry = {at: observation.at, podUid: pod.uid.slice(0, LONGEST_ID), count: container.restartCount};
  const last = memory.restartCounts.at(-1);
  const unchanged = last?.podUid === entry.podUid && last.count === entry.count;
  if (unchanged && since(last.at, observation.at) < COUNTS_APART) return memory.restartCounts;
  return [...memory.restartCounts, entry].slice(-MOST_COUNTS);
};

/** Enabled cameras, in a snapshot that is fresh and of the real configuration; whether each of them delivered. */
const keepCameras = (from: BaselineContext, newest: Snapshot | null, policy: Policy): Baselines['cameras'] => {
  const {config} = from.observation.frigate;
  const sound = said(from, 'FRG-302', 'ok', 'info') && said(from, 'FRG-303', 'ok', 'info');
  if (!sound || newest === null || newest.cameras.length === 0 || !config.known || config.value.safeMode)
    return from.memory.cameras;
  const configured = new Map(config.value.cameras.map((camera) => [camera.name, camera]));
  return newest.cameras
    .filter(({name}) => configured.get(name)?.enabled === true && !policy.skipCameras.has(name))
    .map(({name, cameraFps, expectedFps}) => ({
      name: storedName(name),
      delivering: (cameraFps ?? 0) >= leastFrames(configured.get(name)?.detectFps ?? expectedFps),
    }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
};

const configurationChanged = (memory: Baselines, version: string | null, cameras: Baselines['cameras']): boolean => {
  if (memory.frigateVersion !== null && version !== memory.frigateVersion) return true;
  return (
    memory.cameras.length > 0 &&
    cameras.map(({name}) => name).join('\n') !== memory.cameras.map(({name}) => name).join('\n')
  );
};

/** Only where there is no history: the second observation of Frigate ≤0.13. */
const keepRates = (
  {memory, observation, sameContainer}: BaselineContext,
  newest: Snapshot | null,
): readonly StoredCamera[] => {
  if (observation.frigate.history.known) return [];
  if (newest === null || !observation.frigate.stats.known) return sameContainer ? memory.lastRates : [];
  return newest.cameras.map(({name, cameraFps, processFps, skippedFps, detectionFps}) => ({
    name: storedName(name),
    rates: [cameraFps, processFps, skippedFps, detectionFps],
  }));
};

const keepPids = ({memory, observation, sameContainer}: BaselineContext): Baselines['detectorPids'] => {
  const snapshots = snapshotsOf({memory, observation});
  const names = new Set([
    ...(sameContainer ? memory.detectorPids.map(({detector}) => detector) : []),
    ...snapshots.flatMap(({detectors}) => detectors.map(({name}) => storedName(name))),
  ]);
  return [...names].sort().flatMap((detector) => {
    const before: readonly ObservedPid[] = sameContainer
      ? memory.detectorPids.filter((each) => each.detector === detector)
      : [];
    const named = snapshots.flatMap(({detectors}) => detectors.map(({name}) => name));
    const name = named.find((each) => storedName(each) === detector) ?? detector;
    const found = pidsIn(snapshots, name, observation.at);
    return changesKept([...before, ...found], observation.at).map((each) => ({detector, ...each}));
  });
};

/** Passes in a row over advancing snapshots; one without a snapshot neither counts nor ends the row. */
const keepIdlePasses = (from: BaselineContext, newest: Snapshot | null): number => {
  const {memory, observation, sameContainer} = from;
  const before = sameContainer ? memory.idleDetectorPasses : 0;
  if (newest === null || newest.lastUpdated === null || (sameContainer && newest.lastUpdated === memory.lastUpdated))
    return before;
  return answersTooFast({observation, memory}) ? before + 1 : 0;
};

const keepStatisticsObserved = ({memory, observation, sameContainer}: BaselineContext): StatisticsObserved | null => {
  const {at, frigate} = observation;
  const before = sameContainer ? (memory.statisticsObserved ?? null) : null;
  const lastUpdated = frigate.stats.known ? frigate.stats.value.snapshot.lastUpdated : null;
  if (lastUpdated === null) return before;
  return lastUpdated === before?.lastUpdated
    ? {...before, last: at}
    : {lastUpdated, first: at, last: at, otherAt: before?.last ?? null};
};

/** A mount that changed stays stored as it was, so that FRG-604 goes on to report it; a new container may bring another volume. */
const keepMounts = (from: BaselineContext, newest: Snapshot | null): Baselines['mounts'] => {
  const found = (newest?.mounts ?? []).flatMap(({path, type, total}) =>
    type === null ? [] : [{path: storedName(path), type: storedName(type), total}],
  );
  const replaced = !from.sameContainer && found.every(({type}) => type !== 'overlay');
  return found.length === 0 || (said(from, 'FRG-604', 'critical') && !replaced) ? from.memory.mounts : found;
};

const keepProbe = ({memory, observation, sameContainer}: BaselineContext): Baselines['mountProbe'] => {
  const {mountProbe} = observation.frigate;
  if (mountProbe.known) return {at: observation.at, answered: mountProbe.value.answered};
  return sameContainer ? memory.mountProbe : null;
};

/** Serves each list its bytes; the cameras of a very large site are cut last, and their stored rates with them. */
const bounded = (memory: Baselines): Baselines => {
  let left = BUDGET.all;
  const serve = <T>(items: readonly T[], most: number): readonly T[] => {
    const kept = fitting(items, Math.min(most, left));
    left -= kept.bytes;
    return kept.items;
  };
  const {switches = null} = memory;
  return {
    ...memory,
    switches:
      switches === null
        ? null
        : {
            ...switches,
            off: serve(switches.off, BUDGET.switchedOff),
            before: switches.before === null ? null : serve(switches.before, BUDGET.switchedOffBefore),
          },
    exits: serve(memory.exits ?? [], BUDGET.exits),
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

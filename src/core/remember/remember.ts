/** What a pass leaves for the next one (docs/how-it-decides.md, "State"). Pure, never throws, and under 24 KiB of JSON for any observation. */
import {fitting, rememberedName} from '../state/bounds.js';
import {chosenPod, frigateContainer} from '../checks/evidence/facts.js';
import {changesKept, pidsIn, type ObservedPid} from '../checks/evidence/detector-history.js';
import {answersTooFast} from '../checks/evidence/detection-demand.js';
import {leastFrames} from '../checks/evidence/judged-cameras.js';
import {newestSnapshot, snapshotsOf} from '../checks/evidence/snapshots.js';
import type {CheckId, Finding} from '../finding.js';
import type {Baselines, RememberedCamera} from '../state/baselines.js';
import type {Observation} from '../observation/observation.js';
import type {Snapshot} from '../observation/frigate.js';
import type {Policy} from '../policy.js';
import {rememberInferenceBaselines} from './inference-baselines.js';
import {rememberLatched} from './latched.js';
import {rememberStart} from './start.js';
import type {RememberContext} from './context.js';
import {rememberGpu, rememberResources} from './resources.js';
import {rememberBootId, rememberExits} from './exits.js';
import {rememberSwitches} from './switches.js';
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
export const remember = (
  memory: Baselines,
  observation: Observation,
  findings: readonly Finding[],
  policy: Policy,
): Baselines => {
  const container = frigateContainer(observation);
  const containerId = container === null || container.id === null ? memory.containerId : identity(container.id);
  const from: RememberContext = {
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
    start: rememberStart(from),
    restartCounts: rememberCounts(from),
    frigateVersion: version,
    configurationChangedAt: configurationChanged(memory, version, cameras)
      ? observation.at
      : memory.configurationChangedAt,
    cameras,
    lastUpdated: newest?.lastUpdated ?? (from.sameContainer ? memory.lastUpdated : null),
    lastRates: rememberRates(from, newest),
    detectorPids: rememberPids(from),
    baselines: rememberInferenceBaselines(from, version),
    idleDetectorPasses: rememberIdlePasses(from, newest),
    mounts: rememberMounts(from, newest),
    logCursor: observation.log.known ? observation.log.value.to : memory.logCursor,
    latched: rememberLatched(from),
    mountProbe: rememberProbe(from),
    resources: rememberResources(from),
    gpu: rememberGpu(from, version),
    switches: rememberSwitches(from),
    exits: rememberExits(from),
    bootId: rememberBootId(from),
  });
};

const identity = (text: string): string => text.slice(0, LONGEST_ID).toWellFormed();

const said = ({findings}: RememberContext, id: CheckId, ...statuses: ReadonlyArray<Finding['status']>): boolean =>
  statuses.includes(findings.get(id)?.status ?? 'skipped');

const rememberCounts = ({memory, observation}: RememberContext): Baselines['restartCounts'] => {
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
const rememberCameras = (from: RememberContext, newest: Snapshot | null, policy: Policy): Baselines['cameras'] => {
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

const configurationChanged = (memory: Baselines, version: string | null, cameras: Baselines['cameras']): boolean => {
  if (memory.frigateVersion !== null && version !== memory.frigateVersion) return true;
  return (
    memory.cameras.length > 0 &&
    cameras.map(({name}) => name).join('\n') !== memory.cameras.map(({name}) => name).join('\n')
  );
};

/** Only where there is no history: the second observation of Frigate ≤0.13. */
const rememberRates = (
  {memory, observation, sameContainer}: RememberContext,
  newest: Snapshot | null,
): readonly RememberedCamera[] => {
  if (observation.frigate.history.known) return [];
  if (newest === null || !observation.frigate.stats.known) return sameContainer ? memory.lastRates : [];
  return newest.cameras.map(({name, cameraFps, processFps, skippedFps, detectionFps}) => ({
    name: rememberedName(name),
    rates: [cameraFps, processFps, skippedFps, detectionFps],
  }));
};

const rememberPids = ({memory, observation, sameContainer}: RememberContext): Baselines['detectorPids'] => {
  const snapshots = snapshotsOf({memory, observation});
  const names = new Set([
    ...(sameContainer ? memory.detectorPids.map(({detector}) => detector) : []),
    ...snapshots.flatMap(({detectors}) => detectors.map(({name}) => rememberedName(name))),
  ]);
  return [...names].sort().flatMap((detector) => {
    const before: readonly ObservedPid[] = sameContainer
      ? memory.detectorPids.filter((each) => each.detector === detector)
      : [];
    const named = snapshots.flatMap(({detectors}) => detectors.map(({name}) => name));
    const name = named.find((each) => rememberedName(each) === detector) ?? detector;
    const seen = pidsIn(snapshots, name, observation.at);
    return changesKept([...before, ...seen], observation.at).map((each) => ({detector, ...each}));
  });
};

/** Passes in a row over advancing snapshots; one that saw nothing neither counts nor ends the row. */
const rememberIdlePasses = (from: RememberContext, newest: Snapshot | null): number => {
  const {memory, observation, sameContainer} = from;
  const before = sameContainer ? memory.idleDetectorPasses : 0;
  if (newest === null || newest.lastUpdated === null || (sameContainer && newest.lastUpdated === memory.lastUpdated))
    return before;
  return answersTooFast({observation, memory}) ? before + 1 : 0;
};

/** A mount that changed stays remembered as it was, so that FRG-604 goes on to tell it; a new container may bring another volume. */
const rememberMounts = (from: RememberContext, newest: Snapshot | null): Baselines['mounts'] => {
  const seen = (newest?.mounts ?? []).flatMap(({path, type, total}) =>
    type === null ? [] : [{path: rememberedName(path), type: rememberedName(type), total}],
  );
  const replaced = !from.sameContainer && seen.every(({type}) => type !== 'overlay');
  return seen.length === 0 || (said(from, 'FRG-604', 'critical') && !replaced) ? from.memory.mounts : seen;
};

const rememberProbe = ({memory, observation, sameContainer}: RememberContext): Baselines['mountProbe'] => {
  const {mountProbe} = observation.frigate;
  if (mountProbe.known) return {at: observation.at, answered: mountProbe.value.answered};
  return sameContainer ? memory.mountProbe : null;
};

/** Serves each list its bytes; the cameras of a very large site are cut last, and their remembered rates with them. */
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

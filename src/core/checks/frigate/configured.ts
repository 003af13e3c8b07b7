/** FRG-303: does Frigate run with its own configuration, or in safe mode with none? */
import type {Snapshot} from '../../observation/frigate.js';
import type {LogEvidence} from '../../observation/log.js';
import {rememberedName} from '../../bounded.js';
import type {Check, CheckContext, Verdict} from '../check.js';
import {frigateIn} from '../kubectl.js';
import {containerStart} from '../facts.js';
import {isJudged} from '../judged-cameras.js';
import {newestSnapshot} from '../snapshots.js';
import {evidence, listed, plural, unseen} from '../wording.js';

export const configured: Check = {
  id: 'FRG-303',
  title: 'not in safe mode',
  category: 'frigate',
  cause: 'config',
  needs: ['FRG-301'],
  docs: {
    what: 'After an invalid configuration Frigate 0.17+ starts in safe mode: the API is up and answers 200, with no camera, another detector and no clean-up of the disk. Nothing is recorded.',
    limits:
      'Critical when `/api/config` says safe mode, when cameras that the configuration or the last healthy pass knew are missing, or when a detector runs that the configuration does not name. A camera that the configuration itself dropped is only told.',
    cure: 'None: the same configuration gives the same safe mode.',
    next: 'Read the validation errors in the log, correct the configuration, then restart.',
    source:
      'Frigate 0.17.2 frigate/__main__.py; measured on 0.17.2: `detect.fps: five` gave `cameras: {}` and a detector `cpu` with 10.0 ms.',
  },
  fix: ({observation}) =>
    `kubectl logs ${frigateIn(observation)} | grep -A8 'Your config file is not valid'  # correct the configuration, then restart`,
  judge: (context) => {
    const {config, stats} = context.observation.frigate;
    const newest = newestSnapshot(context);
    if (config.known && config.value.safeMode) return safeMode('/api/config says safe_mode');
    if (newest === null)
      return (
        saidByLog(context) ??
        unseen(stats.known ? {code: 'failed', message: 'No statistics of the present process'} : stats.why)
      );
    return (
      strangeDetector(context, newest) ??
      missingCameras(context, newest) ??
      saidByLog(context) ??
      withoutCameras(newest) ??
      (config.known
        ? {status: 'ok', summary: `Frigate runs ${plural(newest.cameras.length, 'camera')} of its configuration`}
        : unseen(config.why))
    );
  },
};

const safeMode = (sign: string, cameras: readonly string[] = []): Verdict => ({
  status: 'critical',
  immediate: true,
  summary: 'Frigate runs in safe mode: no camera, no recording',
  evidence: [evidence('sign', sign)],
  cameras,
});

/** A line since this container's start; an older one is about a configuration that may be mended. */
const saidByLog = ({observation}: CheckContext): Verdict | null => {
  if (!observation.log.known) return null;
  const line = lineSince(observation.log.value, containerStart(observation) ?? observation.log.value.from);
  return line === null ? null : safeMode(line);
};

const lineSince = (log: LogEvidence, start: number): string | null => {
  const tally = log.tallies.get('safe-mode');
  return tally !== undefined && tally.last >= start ? tally.sample : null;
};

const strangeDetector = ({observation}: CheckContext, newest: Snapshot): Verdict | null => {
  const {config} = observation.frigate;
  if (!config.known || config.value.detectors.size === 0) return null;
  const strange = newest.detectors.find(({name}) => !config.value.detectors.has(name));
  return strange === undefined
    ? null
    : {
        status: 'critical',
        summary: `Detector ${strange.name} runs, but the configuration does not name it`,
        evidence: [
          evidence('detector', strange.name),
          evidence('configured', [...config.value.detectors.keys()].join(', ')),
        ],
      };
};

const missingCameras = (context: CheckContext, newest: Snapshot): Verdict | null => {
  const {config} = context.observation.frigate;
  const running = new Set(newest.cameras.map(({name}) => rememberedName(name)));
  const absent = (names: readonly string[]): string[] =>
    names.filter((name) => isJudged(context, name) && !running.has(rememberedName(name))).sort();
  const configuredButAbsent = config.known
    ? absent(config.value.cameras.filter(({enabled}) => enabled).map(({name}) => name))
    : [];
  if (configuredButAbsent.length > 0) {
    return {
      status: 'critical',
      cameras: configuredButAbsent,
      summary: `Frigate does not run ${plural(configuredButAbsent.length, 'camera')} of its configuration: ${listed(configuredButAbsent)}`,
      evidence: [evidence('cameras', newest.cameras.length, configuredButAbsent.length + newest.cameras.length)],
    };
  }
  const forgotten = absent(context.memory.cameras.map(({name}) => name));
  if (forgotten.length === 0) return null;
  if (newest.cameras.length === 0) return {...safeMode('no camera at all', forgotten), immediate: false};
  const seen = [evidence('cameras', newest.cameras.length, context.memory.cameras.length)];
  return config.known
    ? {
        status: 'info',
        summary: `The configuration no longer names ${listed(forgotten)}`,
        evidence: seen,
        cameras: forgotten,
      }
    : {
        status: 'warning',
        summary: `${plural(forgotten.length, 'camera')} fewer than at the last healthy look: ${listed(forgotten)}`,
        evidence: seen,
        cameras: forgotten,
      };
};

const withoutCameras = (newest: Snapshot): Verdict | null =>
  newest.cameras.length > 0
    ? null
    : {
        status: 'warning',
        summary: 'Frigate runs no camera',
        evidence: [evidence('cameras', 0, 1)],
      };

/** FRG-303: does Frigate run with its own configuration, or in safe mode with none? */
import {note, run} from '../../fix.js';
import type {Snapshot} from '../../observation/frigate.js';
import type {LogEvidence} from '../../observation/log.js';
import {storedName} from '../../state/bounds.js';
import {defineCheck, type CheckContext, type CheckResult} from '../check.js';
import {frigateIn, restartCommand} from '../kubectl.js';
import {containerStart} from '../evidence/facts.js';
import {isJudged} from '../evidence/judged-cameras.js';
import {newestSnapshot} from '../evidence/snapshots.js';
import {evidence, listed, plural, unobserved} from '../evidence/wording.js';

export const notInSafeMode = defineCheck('FRG-303', {
  category: 'frigate',
  cause: 'config',
  needs: ['FRG-301'],
  docs: {
    what: 'With an invalid configuration Frigate 0.17+ starts in safe mode: the API is up and returns 200, with no camera, another detector and no clean-up of the disk. Nothing is recorded.',
    limits:
      'Critical when `/api/config` reports safe mode, when cameras of the configuration or of the last healthy pass are missing, or when a detector runs that the configuration does not name. A camera that was removed from the configuration is info.',
    cure: 'None: the same configuration leads to safe mode again.',
    next: 'Read the validation errors in the log, correct the configuration, then restart.',
    source:
      'Frigate 0.17.2 frigate/__main__.py; measured on 0.17.2: `detect.fps: five` gave `cameras: {}` and a detector `cpu` with 10.0 ms.',
  },
  fix: ({observation}) => [
    run(`kubectl logs ${frigateIn(observation)} | grep -A14 'Your config file is not valid'`),
    note('Correct the configuration, then:'),
    restartCommand(observation),
  ],
  judge: (context) => {
    const {config, stats} = context.observation.frigate;
    const newest = newestSnapshot(context);
    if (config.known && config.value.safeMode) return safeMode('/api/config: safe_mode');
    if (newest === null)
      return (
        loggedSafeMode(context) ??
        unobserved(stats.known ? {code: 'failed', message: 'no statistics of the running process'} : stats.why)
      );
    return (
      unconfiguredDetector(context, newest) ??
      missingCameras(context, newest) ??
      loggedSafeMode(context) ??
      withoutCameras(newest) ??
      (config.known
        ? {
            status: 'ok',
            summary: `Frigate runs ${plural(newest.cameras.length, 'camera')} of its configuration, not in safe mode`,
          }
        : unobserved(config.why))
    );
  },
});

const safeMode = (sign: string, cameras: readonly string[] = []): CheckResult => ({
  status: 'critical',
  immediate: true,
  outage: true,
  summary: 'Frigate runs in safe mode: no camera runs, nothing is recorded',
  evidence: [evidence('sign', sign)],
  cameras,
});

/** A line since this container's start; an older one is about a configuration that may have been corrected. */
const loggedSafeMode = ({observation}: CheckContext): CheckResult | null => {
  if (!observation.log.known) return null;
  const line = lineSince(observation.log.value, containerStart(observation) ?? observation.log.value.from);
  return line === null ? null : safeMode(line);
};

const lineSince = (log: LogEvidence, start: number): string | null => {
  const tally = log.tallies.get('safe-mode');
  return tally !== undefined && tally.last >= start ? tally.sample : null;
};

const unconfiguredDetector = ({observation}: CheckContext, newest: Snapshot): CheckResult | null => {
  const {config} = observation.frigate;
  if (!config.known || config.value.detectors.size === 0) return null;
  const unconfigured = newest.detectors.find(({name}) => !config.value.detectors.has(name));
  return unconfigured === undefined
    ? null
    : {
        status: 'critical',
        outage: newest.cameras.length === 0,
        summary: `Detector ${unconfigured.name} runs, but the configuration does not name it`,
        evidence: [
          evidence('detector', unconfigured.name),
          evidence('configured', [...config.value.detectors.keys()].join(', ')),
        ],
      };
};

const missingCameras = (context: CheckContext, newest: Snapshot): CheckResult | null => {
  const {config} = context.observation.frigate;
  const running = new Set(newest.cameras.map(({name}) => storedName(name)));
  const absent = (names: readonly string[]): string[] =>
    names.filter((name) => isJudged(context, name) && !running.has(storedName(name))).sort();
  const configuredButAbsent = config.known
    ? absent(config.value.cameras.filter(({enabled}) => enabled).map(({name}) => name))
    : [];
  if (configuredButAbsent.length > 0) {
    return {
      status: 'critical',
      outage: newest.cameras.length === 0,
      cameras: configuredButAbsent,
      summary: `Frigate does not run ${plural(configuredButAbsent.length, 'configured camera')}: ${listed(configuredButAbsent)}`,
      evidence: [evidence('cameras', newest.cameras.length, configuredButAbsent.length + newest.cameras.length)],
    };
  }
  const removed = absent(context.memory.cameras.map(({name}) => name));
  if (removed.length === 0) return null;
  if (newest.cameras.length === 0) return {...safeMode('no camera at all', removed), immediate: false};
  const facts = [evidence('cameras', newest.cameras.length, context.memory.cameras.length)];
  return config.known
    ? {
        status: 'info',
        summary: `Removed from the configuration: ${listed(removed)}`,
        evidence: facts,
        cameras: removed,
      }
    : {
        status: 'warning',
        summary: `${plural(removed.length, 'camera')} missing since the last healthy pass: ${listed(removed)}`,
        evidence: facts,
        cameras: removed,
      };
};

const withoutCameras = (newest: Snapshot): CheckResult | null =>
  newest.cameras.length > 0
    ? null
    : {
        status: 'warning',
        summary: 'Frigate runs no camera',
        evidence: [evidence('cameras', 0, 1)],
      };

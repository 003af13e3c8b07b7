/** FRG-306: do the processes beside recording and detection exist: embeddings (search, faces, licence plates), audio, output? */
import {note, run} from '../../fix.js';
import type {FrigateConfig} from '../../observation/frigate.js';
import {defineCheck, type CheckResult} from '../check.js';
import {frigateIn, inNamespace, restartCommand} from '../kubectl.js';
import {bySetup, byCheck, evidence, notApplicable, plural, unobserved} from '../evidence/wording.js';

/** By their key in `processes`: 0.13 wrote `audioDetector`. */
const WORK: Readonly<Record<string, string>> = {
  embeddings: 'enrichments',
  audio_detector: 'audio detection',
  audioDetector: 'audio detection',
  output: 'live view and birdseye',
};

export const enrichmentsRunning = defineCheck('FRG-306', {
  category: 'frigate',
  cause: 'process',
  needs: ['FRG-302'],
  after: ['FRG-304'],
  docs: {
    what: 'Compares the pids of the processes beside recording and detection with the list of running processes: `embeddings` (semantic search, face recognition, licence plates, classification), `audio_detector`, and from 0.18 on `output`. Recording and detection go on without them, and nothing else shows that their work is not done. The review process belongs to FRG-304.',
    limits:
      'Warning when one is missing. Info for `embeddings` while the configuration enables no enrichment: 0.17 starts the process always. The first snapshot of a start is not judged.',
    cure: 'A restart starts the process again; up to 0.17 Frigate itself does not. It interrupts every recording, so it is never done automatically for this.',
    next: 'Check memory first: a killed process is the usual sign of a limit that is too low. Then restart Frigate at a convenient time.',
    source:
      'Frigate frigate/stats/util.py, `processes`: `embeddings` from 0.15 on (0.17: always), `audio_detector` where a camera has audio detection. frigate/watchdog.py restarts embeddings, recording, review and output from 0.18 on; up to 0.17 nobody does.',
  },
  fix: ({observation}) => [
    run(`kubectl top pod${inNamespace(observation)} --containers`),
    run(`kubectl logs ${frigateIn(observation)} --tail=200`),
    note('Then, at a convenient time:'),
    restartCommand(observation),
  ],
  judge: (context) => {
    const {stats, config} = context.observation.frigate;
    if (!stats.known) return unobserved(stats.why);
    const {usages, processes, lastUpdated} = stats.value.snapshot;
    if (usages === null) return notApplicable('This Frigate version lists no processes', bySetup('no-process-list'));
    // The first list of a start may be incomplete, and one of another process namespace holds none of them.
    const all = context.finding('FRG-304');
    if (all.status === 'skipped' || all.status === 'unknown')
      return notApplicable('Not evaluated because of FRG-304', byCheck('FRG-304'));
    const named = Object.keys(WORK).flatMap((name) => {
      const pid = processes.get(name) ?? 0;
      return pid > 0 ? [{name, pid}] : [];
    });
    if (named.length === 0)
      return notApplicable('This Frigate names no such process', bySetup('no-enrichment-process'));
    const running = new Set(usages.map(({pid}) => pid));
    const dead = named.filter(({pid}) => !running.has(pid));
    if (dead.length === 0)
      return {
        status: 'ok',
        summary: `${plural(named.length, 'process', 'processes')} beside recording and detection running`,
        evidenceAt: lastUpdated,
      };
    const enabled = config.known ? (config.value.enrichments ?? []) : null;
    const idle = enabled?.length === 0 && dead.every(({name}) => name === 'embeddings');
    const result: CheckResult = {
      status: idle ? 'info' : 'warning',
      evidenceAt: lastUpdated,
      faults: dead.map(({name}) => `process:${name}`),
      summary: dead.map(({name}) => `Process ${name} of Frigate not running: ${workOf(name, enabled)}`).join('; '),
      evidence: dead.map(({name, pid}) => evidence(name, `pid ${pid} does not exist`)),
    };
    return result;
  },
});

/** What is not done without it. */
const workOf = (name: string, enabled: FrigateConfig['enrichments'] | null): string => {
  if (name !== 'embeddings') return `no ${WORK[name] ?? name}`;
  if (enabled === null || enabled === undefined) return 'no search, face recognition, licence plates';
  return enabled.length === 0 ? 'no enrichment is enabled' : `no ${enabled.join(', ')}`;
};

/** FRG-304: do the processes that the statistics name still exist? */
import type {Snapshot} from '../../observation/frigate.js';
import type {Check, CheckContext, Verdict} from '../check.js';
import {frigateIn, inNamespace, restartCommand} from '../kubectl.js';
import {tally} from '../facts.js';
import {judgedCameras} from '../judged-cameras.js';
import {latchedEvidence} from '../latched.js';
import {evidence, listed, notApplicable, plural, unseen} from '../wording.js';

interface Named {
  readonly label: string;
  readonly pid: number;
  readonly camera: string | null;
}

/** The processes of `processes.*` that nobody restarts up to 0.17 and that recording and reviews rest on. */
const needed = ['recording', 'review_segment'] as const;

export const processes: Check = {
  id: 'FRG-304',
  title: 'processes alive',
  category: 'frigate',
  cause: 'process',
  needs: ['FRG-302'],
  docs: {
    what: "Holds every pid that the statistics name (a camera's process and capture process, detectors, the recorder, the review process) against the list of processes that really run, and reads in the log whether a thread ended by an exception. A dead capture process leaves healthy numbers behind for ever.",
    limits:
      "Critical when a process is missing. Warning when a thread died (`Exception in thread …`): it is said once, so it is remembered until the container ends; one that died of the database is FRG-605's. The ffmpeg of a camera is never counted: it comes and goes with every camera outage.",
    cure: 'A restart makes the process again. Up to 0.17 nobody else does; when memory was short, the limit has to be raised too (FRG-205). What a dead thread did is not known from outside, so nothing is restarted for it.',
    next: "Check memory first (`kubectl top pod`, FRG-205): a killed child process is the usual trace of a limit that is too low. For a dead thread, look up the line that it died with among Frigate's issues, and restart when it suits.",
    source:
      'Measured on 0.14.1, 0.16.4 and 0.17.2: the pid of a killed capture, process or recorder process is missing from the first snapshot on. `ffmpeg_pid` is no sign: it was missing in 17 of 17 snapshots of a mere camera outage.',
  },
  fix: ({observation}) =>
    `kubectl top pod${inNamespace(observation)} --containers  # near the limit? raise it; then: ${restartCommand(observation)}`,
  judge: (context) => {
    const {stats} = context.observation.frigate;
    if (!stats.known) return unseen(stats.why);
    const {snapshot} = stats.value;
    if (snapshot.usages === null) return notApplicable('This Frigate lists no processes', 'cpu_usages is absent');
    const named = namedProcesses(context, snapshot);
    const running = new Set(snapshot.usages.map(({pid}) => pid));
    const dead = named.filter(({pid}) => !running.has(pid));
    if (named.length > 0 && dead.length === named.length) {
      return {
        status: 'unknown',
        summary: 'None of the named processes is in the list of processes',
        because: 'the list is of another process namespace or was cut',
      };
    }
    if (dead.length === 0)
      return (
        deadThread(context) ?? {
          status: 'ok',
          summary:
            named.length === 0
              ? 'The statistics name no process'
              : `All ${plural(named.length, 'process', 'processes')} run`,
          evidenceAt: snapshot.lastUpdated,
        }
      );
    const labels = dead.map(({label}) => label).sort();
    return {
      status: 'critical',
      cure: 'restart',
      evidenceAt: snapshot.lastUpdated,
      summary: `${dead.length === 1 ? 'A process is' : 'Processes are'} dead: ${listed(labels)}`,
      evidence: dead.slice(0, 8).map(({label, pid}) => evidence(label, `pid ${pid} is gone`)),
      // Cameras are named only while nothing else died with them: a dead recorder concerns every camera.
      cameras: dead.every(({camera}) => camera !== null)
        ? [...new Set(dead.flatMap(({camera}) => (camera === null ? [] : [camera])))].sort()
        : [],
    };
  },
};

const deadThread = (context: CheckContext): Verdict | null => {
  const said = tally(context.observation, 'thread-died');
  const latched = latchedEvidence(context, 'thread-died');
  const line = said?.sample ?? latched?.sample ?? null;
  if (line === null) return null;
  return {
    status: 'warning',
    persistence: 'latched',
    evidenceAt: said?.last ?? latched?.at ?? null,
    summary: 'All processes run, but a thread of Frigate died: what it did is not done until a restart',
    evidence: [evidence('log', line)],
    fix: `kubectl logs ${frigateIn(context.observation)} | grep -A30 'Exception in thread'  # then, when it suits: ${restartCommand(context.observation)}`,
  };
};

const namedProcesses = (context: CheckContext, snapshot: Snapshot): readonly Named[] => {
  const named: Array<{label: string; pid: number | null | undefined; camera: string | null}> = [
    ...judgedCameras(context).flatMap(({name, stats}) => [
      {label: `process of ${name}`, pid: stats.pid, camera: name},
      {label: `capture of ${name}`, pid: stats.capturePid, camera: name},
    ]),
    ...snapshot.detectors.map(({name, pid}) => ({label: `detector ${name}`, pid, camera: null})),
    ...needed.map((name) => ({label: name, pid: snapshot.processes.get(name), camera: null})),
  ];
  // 0 stands for "never started".
  return named.flatMap(({label, pid, camera}) =>
    pid === null || pid === undefined || pid <= 0 ? [] : [{label, pid, camera}],
  );
};

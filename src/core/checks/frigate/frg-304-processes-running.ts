/** FRG-304: do the processes that the statistics name still exist? */
import {note, run, type Fix} from '../../fix.js';
import type {Snapshot} from '../../observation/frigate.js';
import {defineCheck, type CheckContext, type CheckResult} from '../check.js';
import {frigateIn, inNamespace, restartCommand} from '../kubectl.js';
import type {Because} from '../../because.js';
import {seconds} from '../../time.js';
import {containerAge, tally} from '../evidence/facts.js';
import {judgedCameras} from '../evidence/judged-cameras.js';
import {latchedEvidence} from '../evidence/latched.js';
import {snapshotsOf} from '../evidence/snapshots.js';
import {bySetup, evidence, inconclusive, listed, notApplicable, plural, unobserved} from '../evidence/wording.js';

interface Named {
  readonly label: string;
  readonly pid: number;
  readonly camera: string | null;
  /** How the fault is called beside the check (finding.ts, `faults`). */
  readonly fault: string;
}

/** The processes of `processes.*` that Frigate does not restart up to 0.17 and that recording and reviews need. */
const needed = ['recording', 'review_segment'] as const;

export const processesRunning = defineCheck('FRG-304', {
  category: 'frigate',
  cause: 'process',
  needs: ['FRG-302'],
  provenAfter: {
    least: seconds(45),
    source:
      'measured on 0.17.2: a process that ended is missing in the next snapshot, 9 to 16 s later; two snapshots and the slowest one lie within 45 s',
  },
  docs: {
    what: 'Compares every pid that the statistics name (the process and capture process of a camera, detectors, the recorder, the review process) with the list of running processes, and reads in the log whether a thread ended by an exception. After a terminated capture process the statistics of its camera stay healthy.',
    limits:
      'Critical when a process is missing. The first snapshot of a start is not judged: it may name processes that its list does not hold yet. Warning when a thread ended (`Exception in thread …`): it is logged once, so it counts until the container ends; a thread that ended with a database error is reported by FRG-605. The ffmpeg of a camera is never counted: it ends and starts with every camera outage.',
    cure: 'A restart starts the process again, unless the process reported that it ended for what its successor meets as well (a missing program, a permission). Up to 0.17 Frigate itself does not; when memory was short, the limit must be raised too (FRG-205). What a terminated thread did is not known from outside, so nothing is restarted for it.',
    next: "Check memory first (`kubectl top pod`, FRG-205): a killed child process is the usual sign of a limit that is too low. For a terminated thread, search Frigate's issues for its log line, and restart at a convenient time.",
    source:
      'Measured on 0.14.1, 0.16.4 and 0.17.2: the pid of a killed capture, process or recorder process is missing from the first snapshot on. `ffmpeg_pid` is no sign: it was missing in 17 of 17 snapshots of a mere camera outage.',
  },
  fix: ({observation}) => [
    run(`kubectl top pod${inNamespace(observation)} --containers`),
    note('If the memory use is near the limit, raise the limit. Then:'),
    restartCommand(observation),
  ],
  judge: (context) => {
    const {stats} = context.observation.frigate;
    if (!stats.known) return unobserved(stats.why);
    const {snapshot} = stats.value;
    if (snapshot.usages === null)
      return notApplicable('This Frigate version lists no processes', bySetup('no-process-list'));
    if (isFirstOfStart(context, snapshot))
      return (
        deadThread(context) ??
        notApplicable(
          'First statistics since the start: processes are compared from the second snapshot on',
          firstSnapshot,
        )
      );
    const named = namedProcesses(context, snapshot);
    const running = new Set(snapshot.usages.map(({pid}) => pid));
    const dead = named.filter(({pid}) => !running.has(pid));
    if (named.length > 0 && dead.length === named.length) {
      return inconclusive('process-list-incomplete', 'None of the processes of Frigate is in the list of processes');
    }
    if (dead.length === 0)
      return (
        deadThread(context) ?? {
          status: 'ok',
          summary:
            named.length === 0
              ? 'Statistics name no process'
              : `All ${plural(named.length, 'process', 'processes')} running`,
          evidenceAt: snapshot.lastUpdated,
        }
      );
    const labels = dead.map(({label}) => label).sort();
    const reported = reportedEnd(context, dead);
    return {
      status: 'critical',
      ...(reported === null
        ? {cure: 'restart'}
        : {persistence: 'latched', because: {kind: 'no-restart', why: 'reported-error'}, fix: correctFirst(context)}),
      outage: isOutage(named, dead),
      faults: dead.map(({fault}) => fault),
      evidenceAt: snapshot.lastUpdated,
      summary: `${plural(dead.length, 'process', 'processes')} of Frigate not running: ${listed(labels)}`,
      evidence: [
        ...(reported === null ? [] : [evidence('log', reported)]),
        ...dead.slice(0, 8).map(({label, pid}) => evidence(label, `pid ${pid} does not exist`)),
      ],
      // Cameras are named only while nothing else died with them: a terminated recorder concerns every camera.
      cameras: dead.every(({camera}) => camera !== null)
        ? [...new Set(dead.flatMap(({camera}) => (camera === null ? [] : [camera])))].sort()
        : [],
    };
  },
});

/** What ended all of them by their own report, and would end their successors; `null`: that is not known of one of them. */
const reportedEnd = (context: CheckContext, dead: readonly Named[]): string | null => {
  const roles = [
    ...(dead.some(({camera}) => camera !== null) ? (['camera-process-failed'] as const) : []),
    ...(dead.some(({fault}) => fault === 'recorder') ? (['recorder-process-failed'] as const) : []),
  ];
  if (dead.some(({camera, fault}) => camera === null && fault !== 'recorder')) return null;
  const samples = roles.map(
    (signature) => tally(context.observation, signature)?.sample ?? latchedEvidence(context, signature)?.sample ?? null,
  );
  return samples.includes(null) ? null : (samples[0] ?? null);
};

const correctFirst = ({observation}: CheckContext): Fix => [
  run(`kubectl logs ${frigateIn(observation)} | grep -A30 '^.*Process .*:$'`),
  note('Correct what the line names: a program, a file, a permission. Then restart at a time of your choice:'),
  restartCommand(observation),
];

/** The second snapshot of a start is made at an uptime of 25 s (frigate/stats/emitter.py: 10 s, then every 15 s). */
const SECOND_SNAPSHOT = seconds(60);
const firstSnapshot: Because = {kind: 'inconclusive', why: 'first-snapshot'};

/**
 * The first snapshot of a start is made by the first request, at an uptime of 2 to 4 s, and stands until the second: it names
 * pids that its own list of processes does not hold yet (2 of 10 starts, measured on 0.17.2).
 */
const isFirstOfStart = (context: CheckContext, {uptime}: Snapshot): boolean => {
  const age = uptime ?? containerAge(context.observation);
  return age !== null && age < SECOND_SNAPSHOT && snapshotsOf(context).length < 2;
};

const isDetector = ({fault}: Named): boolean => fault.startsWith('detector:');

/** Without the recorder nothing is recorded, without any detector nothing is detected, without the processes of all cameras nothing at all. */
const isOutage = (named: readonly Named[], dead: readonly Named[]): boolean => {
  const camerasOf = (processes: readonly Named[]): number =>
    new Set(processes.flatMap(({camera}) => (camera === null ? [] : [camera]))).size;
  return (
    dead.some(({fault}) => fault === 'recorder') ||
    (dead.some(isDetector) && named.filter(isDetector).every((each) => dead.includes(each))) ||
    (camerasOf(dead) > 0 && camerasOf(dead) === camerasOf(named))
  );
};

const deadThread = (context: CheckContext): CheckResult | null => {
  const logged = tally(context.observation, 'thread-died');
  const latched = latchedEvidence(context, 'thread-died');
  const line = logged?.sample ?? latched?.sample ?? null;
  if (line === null) return null;
  return {
    status: 'warning',
    persistence: 'latched',
    evidenceAt: logged?.last ?? latched?.at ?? null,
    summary: 'A thread of Frigate ended: its work is not done until the next restart',
    evidence: [evidence('log', line)],
    fix: [
      run(`kubectl logs ${frigateIn(context.observation)} | grep -A30 'Exception in thread'`),
      note('Then, at a convenient time:'),
      restartCommand(context.observation),
    ],
  };
};

const namedProcesses = (context: CheckContext, snapshot: Snapshot): readonly Named[] => {
  const named: Array<Omit<Named, 'pid'> & {readonly pid: number | null | undefined}> = [
    ...judgedCameras(context).flatMap(({name, stats}) => [
      {label: `process of ${name}`, pid: stats.pid, camera: name, fault: `process:${name}`},
      {label: `capture of ${name}`, pid: stats.capturePid, camera: name, fault: `capture:${name}`},
    ]),
    ...snapshot.detectors.map(({name, pid}) => ({
      label: `detector ${name}`,
      pid,
      camera: null,
      fault: `detector:${name}`,
    })),
    ...needed.map((name) => ({
      label: name,
      pid: snapshot.processes.get(name),
      camera: null,
      fault: name === 'recording' ? 'recorder' : name,
    })),
  ];
  // 0 stands for "never started".
  return named.flatMap(({pid, ...process}) =>
    pid === null || pid === undefined || pid <= 0 ? [] : [{pid, ...process}],
  );
};

/** FRG-801: does go2rtc respond? */
import {note, run} from '../../fix.js';
import type {UnknownReason} from '../../known.js';
import {humanDuration, minutes, since, type Duration} from '../../time.js';
import {defineCheck, type CheckContext, type CheckResult} from '../check.js';
import {frigateIn} from '../kubectl.js';
import {causeOfError} from '../evidence/error-causes.js';
import {errorsOf, messageOf} from '../evidence/errors.js';
import {tally} from '../evidence/facts.js';
import {delivers, judgedCameras, type JudgedCamera} from '../evidence/judged-cameras.js';
import {segmentAges} from '../evidence/segments.js';
import {newestSnapshot} from '../evidence/snapshots.js';
import {bySource, evidence, listed, notApplicable, plural, unobserved} from '../evidence/wording.js';

/** Restarts of go2rtc in the log window that are more than a passing fault (s6 tries again every 30 s). */
const RESTARTS = 3;

export const go2rtcResponds = defineCheck('FRG-801', {
  category: 'services',
  cause: 'process',
  needs: ['FRG-301'],
  settles: true,
  docs: {
    what: 'Asks go2rtc for its streams, with a deadline of its own. Nothing restarts a go2rtc that hangs: the health check inside the pod hangs with it. Every camera through go2rtc stops delivering, as if all cameras were down; where only the recording uses go2rtc, the live image continues and nothing is recorded.',
    limits:
      'Critical when it does not run (its log lines say so) or does not respond while every camera through it delivers nothing or is not recorded. Warning when it does not respond and the cameras still deliver, or when it was restarted more than 3 times in the log window.',
    cure: 'A restart ends a hung process; nothing else does. One that cannot run, or ends by itself again and again, is started again by s6 every few seconds already: a restart does nothing. Where go2rtc responds, a camera without frames is a fault of the camera or the network, and a restart does nothing for it.',
    next: 'Read the lines of go2rtc in the log (WRN, ERR, stream=…). If it ends again and again, a port is usually in use (1984, 8554, 8555) or a stream in its configuration is wrong.',
    source:
      'Measured on 0.17.2 (go2rtc-stop): 250 s without a line; docker/main/rootfs/etc/s6-overlay/s6-rc.d/go2rtc-healthcheck/run has --connect-timeout but no --max-time.',
  },
  fix: ({observation}) => [
    run(`kubectl exec ${frigateIn(observation)} -- curl -sm 5 http://127.0.0.1:1984/api/streams`),
  ],
  judge: (context) => {
    const {go2rtc, config} = context.observation.frigate;
    if (!go2rtc.known)
      return go2rtc.why.code === 'not-asked'
        ? notApplicable('go2rtc not asked', bySource(go2rtc.why))
        : (ended(context, go2rtc.why) ?? unobserved(go2rtc.why));
    if ('hung' in go2rtc.value) return hung(context, go2rtc.value.after);
    const restarts = tally(context.observation, 'go2rtc-restarted');
    if (restarts !== null && restarts.count > RESTARTS) {
      return {
        status: 'warning',
        cause: 'config',
        evidenceAt: restarts.last,
        evidence: [evidence('restarts of go2rtc', restarts.count, RESTARTS), evidence('log', restarts.sample)],
        summary: `go2rtc responds, but was restarted ${plural(restarts.count, 'time')} in the log window (limit ${RESTARTS})`,
      };
    }
    const {streams, latency} = go2rtc.value;
    if (streams.length === 0 && config.known && config.value.go2rtcStreams.length === 0)
      return {status: 'ok', summary: 'go2rtc responds; it has no streams'};
    return {
      status: 'ok',
      summary: `go2rtc responds and has ${plural(streams.length, 'stream')}`,
      evidence: [evidence('latency', Math.round(latency), undefined, 'ms')],
    };
  },
});

/** So recent a line says how go2rtc is now: s6 starts it again within seconds. */
const RECENT = minutes(3);

/** Frigate got no answer from it (HTTP 500 of /api/go2rtc/streams), and mostly the log says that it ends or cannot run. */
const ended = (context: CheckContext, why: UnknownReason): CheckResult | null => {
  if (why.code !== 'server-error' && why.code !== 'unreachable') return null;
  const {observation, now} = context;
  const reports = errorsOf(observation).filter(
    ({component, last}) => component === 'go2rtc' && since(last, now) <= RECENT,
  );
  // What it could not do says more than the code that it ended with.
  const report = reports.find(({kind}) => kind !== 'unknown') ?? reports[0];
  const {silent, cameras} = camerasThrough(context);
  if (silent.length === 0 || (report === undefined && why.code !== 'server-error')) return null;
  const all = silent.length === cameras.length;
  return {
    status: all ? 'critical' : 'warning',
    cause: report === undefined ? 'process' : causeOfError(report),
    cameras: silent,
    evidenceAt: report?.last ?? null,
    because: {kind: 'no-restart', why: 'reported-error'},
    evidence: [...(report === undefined ? [] : [evidence('log', report.sample)]), evidence('streams', why.message)],
    summary: `go2rtc does not run${report === undefined ? '' : ` (${messageOf(report)})`}; no frames or recordings through it: ${listed(silent)}`,
    fix: [
      note('Correct what its log lines name: its program in /config, its configuration, a port that is in use.'),
      run(`kubectl logs ${frigateIn(observation)} | grep -i go2rtc | tail`),
    ],
  };
};

interface CamerasThrough {
  readonly cameras: readonly JudgedCamera[];
  /** Names of those that deliver nothing or are not recorded. */
  readonly silent: readonly string[];
}

const camerasThrough = (context: CheckContext): CamerasThrough => {
  const cameras = judgedCameras(context).filter(({config}) => config?.throughGo2rtc === true);
  const unrecorded = new Set(
    segmentAges(context)
      .filter(({state}) => state === 'overdue')
      .map(({camera}) => camera),
  );
  const silent = cameras
    .filter((camera) => delivers(camera) === false || unrecorded.has(camera.name))
    .map(({name}) => name);
  return {cameras, silent};
};

const hung = (context: CheckContext, after: Duration): CheckResult => {
  const {cameras, silent} = camerasThrough(context);
  const facts = [
    evidence('no response for', Math.round(after / 1000), undefined, 's'),
    evidence('cameras through go2rtc', cameras.length),
    evidence('of these without frames or recordings', silent.length),
  ];
  if (cameras.length > 0 && silent.length === cameras.length) {
    return {
      status: 'critical',
      cure: 'restart',
      outage: silent.length === judgedCameras(context).length,
      faults: ['go2rtc'],
      evidence: facts,
      cameras: silent,
      evidenceAt: newestSnapshot(context)?.lastUpdated ?? null,
      summary: `go2rtc does not respond within ${humanDuration(after)}; no frames or recordings through it: ${listed(silent)}`,
    };
  }
  return {status: 'warning', evidence: facts, summary: `go2rtc does not respond within ${humanDuration(after)}`};
};

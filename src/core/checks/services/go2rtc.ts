/** FRG-801: does go2rtc answer? */
import {humanDuration, type Duration} from '../../time.js';
import type {Check, CheckContext, Verdict} from '../check.js';
import {frigateIn} from '../kubectl.js';
import {tally} from '../facts.js';
import {delivers, judgedCameras} from '../judged-cameras.js';
import {segmentAges} from '../recording/segments.js';
import {newestSnapshot} from '../snapshots.js';
import {evidence, listed, notApplicable, plural, unseen} from '../wording.js';

/** Restarts of go2rtc in the log's window that are more than a hiccup (s6 tries again every 30 s). */
const RESTARTS = 3;

export const go2rtc: Check = {
  id: 'FRG-801',
  title: 'go2rtc answers',
  category: 'services',
  cause: 'process',
  needs: ['FRG-301'],
  settles: true,
  docs: {
    what: 'Asks go2rtc for its streams, with a deadline of its own. A go2rtc that hangs is never restarted by anybody: the health check inside the pod hangs with it. Every camera that comes through it falls silent, and it looks as if all cameras were down; where only the recording comes through it, the picture goes on and nothing is recorded.',
    limits:
      'Critical when it is silent while every camera that comes through it delivers nothing or is not recorded. Warning when it is silent and the cameras deliver all the same, or when it was restarted more than 3 times in the window of the log.',
    cure: "A restart ends the hung process; nothing else does. Where go2rtc answers, a silent camera is the camera's or the network's matter, and a restart does nothing for it.",
    next: "Look at go2rtc's own lines in the log (WRN, ERR, stream=…). A go2rtc that dies again and again mostly has a port in use (1984, 8554, 8555) or a bad stream in its configuration.",
    source:
      'Measured on 0.17.2 (go2rtc-stop): 250 s without a line; docker/main/rootfs/etc/s6-overlay/s6-rc.d/go2rtc-healthcheck/run has --connect-timeout but no --max-time.',
  },
  fix: ({observation}) => `kubectl exec ${frigateIn(observation)} -- curl -sm 5 http://127.0.0.1:1984/api/streams`,
  judge: (context) => {
    const {go2rtc: seen, config} = context.observation.frigate;
    if (!seen.known)
      return seen.why.code === 'not-asked' ? notApplicable('go2rtc was not asked', seen.why.message) : unseen(seen.why);
    if ('hung' in seen.value) return hung(context, seen.value.after);
    const restarts = tally(context.observation, 'go2rtc-restarted');
    if (restarts !== null && restarts.count > RESTARTS) {
      return {
        status: 'warning',
        cause: 'config',
        evidenceAt: restarts.last,
        evidence: [evidence('restarts of go2rtc', restarts.count, RESTARTS), evidence('log', restarts.sample)],
        summary: `go2rtc answers, but was restarted ${plural(restarts.count, 'time')} in the log's window`,
      };
    }
    const {streams, latency} = seen.value;
    if (streams.length === 0 && config.known && config.value.go2rtcStreams.length === 0)
      return {status: 'ok', summary: 'go2rtc answers; it has no streams'};
    return {
      status: 'ok',
      summary: `go2rtc answers and knows ${plural(streams.length, 'stream')}`,
      evidence: [evidence('latency', Math.round(latency), undefined, 'ms')],
    };
  },
};

const hung = (context: CheckContext, after: Duration): Verdict => {
  const cameras = judgedCameras(context).filter(({config}) => config?.throughGo2rtc === true);
  const unrecorded = new Set(
    segmentAges(context)
      .filter(({state}) => state === 'overdue')
      .map(({camera}) => camera),
  );
  const silent = cameras
    .filter((camera) => delivers(camera) === false || unrecorded.has(camera.name))
    .map(({name}) => name);
  const facts = [
    evidence('silent for', Math.round(after / 1000), undefined, 's'),
    evidence('cameras through go2rtc', cameras.length),
    evidence('of these without frames or recordings', silent.length),
  ];
  if (cameras.length > 0 && silent.length === cameras.length) {
    return {
      status: 'critical',
      cure: 'restart',
      evidence: facts,
      cameras: silent,
      evidenceAt: newestSnapshot(context)?.lastUpdated ?? null,
      summary: `go2rtc hangs, and nothing comes through it: ${listed(silent)}`,
    };
  }
  return {status: 'warning', evidence: facts, summary: `go2rtc gave no answer within ${humanDuration(after)}`};
};

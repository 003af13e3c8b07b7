/** FRG-503: does ffmpeg stay up? */
import {run} from '../../fix.js';
import {defineCheck, type CheckResult} from '../check.js';
import {frigateIn} from '../kubectl.js';
import {judgedCameras} from '../evidence/judged-cameras.js';
import type {Snapshot} from '../../observation/frigate.js';
import {newestSnapshot, snapshotsOf} from '../evidence/snapshots.js';
import {evidence, listed, unobserved} from '../evidence/wording.js';
import {ago, instant, minutes, since, type Instant} from '../../time.js';

/** Replacements within the history (20 minutes) that a healthy camera does not reach. */
const MOST_CHANGES = 3;
/** A camera that drops its connection does so again within this time (each 10 to 20 s where it is refused, measured on 0.17.2). */
const STEADY = minutes(3);

export const ffmpegStable = defineCheck('FRG-503', {
  category: 'cameras',
  cause: 'camera',
  needs: ['FRG-302'],
  after: ['FRG-501'],
  settles: true,
  docs: {
    what: 'How often the ffmpeg of a camera was replaced within the last 20 minutes. Each time some seconds are missing, though the camera appears healthy in between.',
    limits:
      'Warning when it was replaced more than 3 times, the last time within 3 min, while the camera delivers frames. Info when the last replacement is longer ago.',
    cure: 'None: Frigate restarts ffmpeg itself, the source drops the connection.',
    next: 'Check Wi-Fi, cable and the connection limit of the camera; go2rtc as its only client often helps.',
    source: 'Frigate 0.17.2 frigate/video.py: ffmpeg_pid changes at each restart.',
  },
  fix: ({observation}) => [run(`kubectl logs ${frigateIn(observation)} | grep -E 'ffmpeg|watchdog' | tail -20`)],
  judge: (context) => {
    const {stats} = context.observation.frigate;
    if (!stats.known) return unobserved(stats.why);
    const down = new Set(context.finding('FRG-501').cameras);
    const replaced = replacementsIn(snapshotsOf(context));
    const unstable = judgedCameras(context)
      .map(({name}) => ({name, ...(replaced.get(name) ?? NEVER)}))
      .filter(({name, changes}) => changes > MOST_CHANGES && !down.has(name));
    const evidenceAt = newestSnapshot(context)?.lastUpdated ?? null;
    if (unstable.length === 0) return {status: 'ok', summary: 'ffmpeg of all cameras is stable', evidenceAt};
    const present = unstable.filter(({last}) => last === null || since(last, context.now) <= STEADY);
    return present.length > 0
      ? {...replacements(present), status: 'warning', evidenceAt}
      : {...replacements(unstable), status: 'info', evidenceAt, summary: wasReplaced(unstable, context.now)};
  },
});

interface Replacements {
  readonly changes: number;
  /** When it was replaced last; `null` where the snapshot has no time. */
  readonly last: Instant | null;
}

const NEVER: Replacements = {changes: 0, last: null};

type Unstable = Replacements & {readonly name: string};

const replacements = (unstable: readonly Unstable[]): Omit<CheckResult, 'status'> => ({
  cameras: unstable.map(({name}) => name),
  summary: `ffmpeg of ${listed(unstable.map(({name}) => name))} is replaced again and again: ${listed(unstable.map(({changes}) => `${changes} times`))} in 20 min (limit ${MOST_CHANGES})`,
  evidence: unstable.slice(0, 8).map(({name, changes}) => evidence(name, changes, MOST_CHANGES, 'times')),
});

const wasReplaced = (unstable: readonly Unstable[], now: Instant): string => {
  const last = unstable.reduce((newest, each) => Math.max(newest, each.last ?? 0), 0);
  return `ffmpeg of ${listed(unstable.map(({name}) => name))} was replaced ${listed(unstable.map(({changes}) => `${changes} times`))} in 20 min, and is stable: the last time was ${ago(since(instant(last), now))}`;
};

/** How often each camera's ffmpeg was another one than in the previous snapshot that names one; cameras without a change are left out. */
const replacementsIn = (snapshots: readonly Snapshot[]): ReadonlyMap<string, Replacements> => {
  const pids = new Map<string, number>();
  const replaced = new Map<string, Replacements>();
  for (const {cameras, lastUpdated} of snapshots) {
    for (const {name, ffmpegPid} of cameras) {
      if (ffmpegPid === null || ffmpegPid === 0) continue;
      const before = pids.get(name);
      if (before === ffmpegPid) continue;
      pids.set(name, ffmpegPid);
      if (before !== undefined)
        replaced.set(name, {changes: (replaced.get(name)?.changes ?? 0) + 1, last: lastUpdated});
    }
  }
  return replaced;
};

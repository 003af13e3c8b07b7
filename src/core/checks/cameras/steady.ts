/** FRG-503: does ffmpeg stay up? */
import type {Check} from '../check.js';
import {frigateIn} from '../kubectl.js';
import {judgedCameras} from '../judged-cameras.js';
import type {Snapshot} from '../../observation/frigate.js';
import {newestSnapshot, snapshotsOf} from '../snapshots.js';
import {evidence, listed, unseen} from '../wording.js';

/** Replacements within the history (20 minutes) that a healthy camera does not come to. */
const MOST_CHANGES = 3;

export const steady: Check = {
  id: 'FRG-503',
  title: 'ffmpeg steady',
  category: 'cameras',
  cause: 'camera',
  needs: ['FRG-302'],
  after: ['FRG-501'],
  settles: true,
  docs: {
    what: 'How often the ffmpeg of a camera was replaced within the last 20 minutes. Each time some seconds are missing, though the camera looks well in between.',
    limits: 'Warning when it was replaced more than 3 times while the camera delivers frames.',
    cure: 'None: Frigate restarts ffmpeg itself, the source drops.',
    next: "Wi-Fi, cable, the camera's limit of connections; go2rtc as the single reader of the camera often helps.",
    source: 'Frigate 0.17.2 frigate/video.py: ffmpeg_pid changes at each restart.',
  },
  fix: ({observation}) => `kubectl logs ${frigateIn(observation)} | grep -E 'ffmpeg|watchdog' | tail -20`,
  judge: (context) => {
    const {stats} = context.observation.frigate;
    if (!stats.known) return unseen(stats.why);
    const down = new Set(context.finding('FRG-501').cameras);
    const replaced = replacementsIn(snapshotsOf(context));
    const restless = judgedCameras(context)
      .map(({name}) => ({name, changes: replaced.get(name) ?? 0}))
      .filter(({name, changes}) => changes > MOST_CHANGES && !down.has(name));
    const evidenceAt = newestSnapshot(context)?.lastUpdated ?? null;
    if (restless.length === 0) return {status: 'ok', summary: 'ffmpeg stays up', evidenceAt};
    return {
      status: 'warning',
      evidenceAt,
      cameras: restless.map(({name}) => name),
      summary: `ffmpeg of ${listed(restless.map(({name}) => name))} is replaced again and again`,
      evidence: restless.slice(0, 8).map(({name, changes}) => evidence(name, changes, MOST_CHANGES, 'times')),
    };
  },
};

/** How often each camera's ffmpeg was another one than in the snapshot before that told of one; cameras without a change are left out. */
const replacementsIn = (snapshots: readonly Snapshot[]): ReadonlyMap<string, number> => {
  const last = new Map<string, number>();
  const replaced = new Map<string, number>();
  for (const {cameras} of snapshots) {
    for (const {name, ffmpegPid} of cameras) {
      if (ffmpegPid === null || ffmpegPid === 0) continue;
      const before = last.get(name);
      if (before === ffmpegPid) continue;
      last.set(name, ffmpegPid);
      if (before !== undefined) replaced.set(name, (replaced.get(name) ?? 0) + 1);
    }
  }
  return replaced;
};

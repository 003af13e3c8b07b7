/** FRG-606: does the recordings mount respond? */
import {note, run} from '../../fix.js';
import {humanDuration, since, type Duration} from '../../time.js';
import {defineCheck, type CheckResult} from '../check.js';
import {frigateIn, restartLine} from '../kubectl.js';
import type {ErrorKind} from '../../observation/log.js';
import type {Observation} from '../../observation/observation.js';
import {errorWords} from '../evidence/error-causes.js';
import {chosenPod, containerStart} from '../evidence/facts.js';
import {pointsAtMount, probeMayHang} from '../evidence/follow-up.js';
import {RECORDINGS} from '../evidence/media-mount.js';
import {bySource, evidence, notApplicable, unobserved} from '../evidence/wording.js';

export const mountResponds = defineCheck('FRG-606', {
  category: 'recording',
  cause: 'storage',
  needs: ['FRG-202'],
  docs: {
    what: 'Probes the recordings mount (`timeout 5 stat -f` inside the container). It is probed only when something else points at it, at most once in a pass, and not while an earlier probe may still hang.',
    limits:
      'Critical when it answers with an error (a stale handle, input/output error), which is quoted; when it does not respond within 5 s, and for half an hour after that while the signs persist: it is not probed again while the earlier probe may hang. Skipped when it was not probed; unknown when it could not be probed, and then nothing is restarted on a network mount.',
    cure: 'None, and with a hung mount a restart does harm: the new pod cannot even start, while the old one still detects. A stale file handle needs a new pod once the server is back, which a person orders.',
    next: 'Repair the file server or the network to it; a hard NFS mount then continues by itself.',
    source:
      'Measured on 0.17.2 with a media mount that hangs as a hard NFS mount does whose server is away: HTTP 200 in milliseconds with frozen, healthy statistics; the restarted pod never started.',
  },
  fix: ({observation}) => [
    run(`kubectl exec ${frigateIn(observation)} -- timeout 5 stat -f ${RECORDINGS}`),
    note('If the mount does not respond, check the file server and the network to it. Do not restart Frigate.'),
  ],
  judge: (context) => {
    const {mountProbe} = context.observation.frigate;
    if (mountProbe.known) {
      if (!mountProbe.value.answered) return hangs(mountProbe.value.detail);
      const {error} = mountProbe.value;
      return error === undefined
        ? {status: 'ok', summary: 'Recordings mount responds'}
        : fails(context.observation, error.kind, error.detail);
    }
    if (mountProbe.why.code !== 'not-asked') return unobserved(mountProbe.why);
    const {memory, now, observation} = context;
    const {stats, segments, segmentsAt = now} = observation.frigate;
    // What froze with the mount and advances again proves that it responds; while the sign persists, the timeout of the last probe counts.
    if (
      memory.mountProbe !== null &&
      probeMayHang({memory, pod: chosenPod(observation), now}) &&
      pointsAtMount({stats, segments, memory, now: segmentsAt, startedAt: containerStart(observation)})
    ) {
      return stillHangs(since(memory.mountProbe.at, now));
    }
    return notApplicable('Recordings mount not probed', bySource(mountProbe.why));
  },
});

/** It answers at once, with an error: nothing hangs, and every write fails. */
const fails = (observation: Observation, kind: ErrorKind, detail: string): CheckResult => ({
  status: 'critical',
  summary: `Recordings mount fails: ${WORDS[kind] ?? errorWords(kind) ?? detail}`,
  evidence: [evidence('stat -f', detail)],
  object: {kind: 'Mount', name: RECORDINGS},
  ...(NEW_POD.has(kind)
    ? {
        fix: [
          note('The server of the volume must respond. Then recreate the pod, which mounts the volume again:'),
          run(`${restartLine(observation)} --force`),
        ],
      }
    : {fix: [note('Repair the volume: its server, its export, its permissions, its disk.')]}),
});

const WORDS: Partial<Readonly<Record<ErrorKind, string>>> = {
  'stale-handle': 'stale file handle. The server is back with other handles, the pod has to be recreated',
  'mount-gone': 'it is not connected to its server. The pod has to be recreated',
};

/** What ends with the mount, and a new pod makes a new one. */
const NEW_POD: ReadonlySet<ErrorKind> = new Set<ErrorKind>(['stale-handle', 'mount-gone']);

const stillHangs = (ago: Duration): CheckResult => ({
  ...hangs(`no answer ${humanDuration(ago)} ago`),
  summary: `Recordings mount did not respond ${humanDuration(ago)} ago, and is not probed again while that probe may hang`,
});

const hangs = (detail: string): CheckResult => ({
  status: 'critical',
  outage: true,
  summary: 'Recordings mount does not respond within 5 s',
  evidence: [evidence('timeout 5 stat -f', detail)],
  object: {kind: 'Mount', name: RECORDINGS},
});

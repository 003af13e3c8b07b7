/** FRG-603: is there free space to write? */
import {run} from '../../fix.js';
import {memoize} from '../../memoize.js';
import type {Baselines} from '../../state/baselines.js';
import type {Mount} from '../../observation/frigate.js';
import type {Observation} from '../../observation/observation.js';
import {minutes, offset} from '../../time.js';
import {defineCheck, type CheckContext, type CheckResult} from '../check.js';
import {frigateIn} from '../kubectl.js';
import {isRunning} from '../evidence/facts.js';
import {eventsInWindow, logComplete} from '../evidence/log-events.js';
import {RECORDINGS} from '../evidence/media-mount.js';
import {newestSnapshot, snapshotsOf} from '../evidence/snapshots.js';
import {byCheck, evidence, inconclusive, notApplicable, rounded, unobserved} from '../evidence/wording.js';

const CACHE = '/tmp/cache';
/** What has to fit: this long of recording at the rate at which space was used lately. */
const LEFT = minutes(5);
/** MiB that have to be free where that rate is not known. */
const LEAST_FREE = 100;
/** Shares of the file system that have to be free on the cache and the database. */
const CRITICAL_SHARE = 0.05;
const WARNING_SHARE = 0.1;
/** "Less than 1 hour of recording space left" once an hour is normal on a disk that retention keeps full; more often means that clearing does not help. */
const AGAIN_AND_AGAIN = 2;
/** Snapshots behind a rate; fewer say nothing. */
const LEAST_SNAPSHOTS = 4;

interface Shortage {
  /** `disk`: the file system below the cache, where that is not its own. */
  readonly where: 'media' | 'cache' | 'disk' | 'database';
  readonly severity: 'critical' | 'warning';
  readonly what: string;
  readonly evidence: NonNullable<CheckResult['evidence']>[number];
  readonly at: CheckResult['evidenceAt'];
}

export const freeSpace = defineCheck('FRG-603', {
  category: 'recording',
  cause: 'storage',
  needs: ['FRG-202'],
  blindWithout: ['FRG-301'],
  docs: {
    what: 'Free space where Frigate writes, and the log lines that report failed writes. With a full cache no camera delivers frames; on a full recordings disk Frigate goes on by deleting the newest recordings.',
    limits:
      'Critical: log lines of failed writes, under 5 minutes of recording left (100 MiB where the rate is not known), under 5 % on database or cache (of a cache that is not in memory: under 100 MiB of the disk that it shares). Warning: under 10 % there, or "Less than 1 hour of recording space left" repeatedly. A disk that retention keeps nearly full is normal.',
    cure: 'None for the recordings disk. A new pod empties a full cache in memory, as long as the recordings themselves can be written; it does not empty a disk of the node that others filled.',
    next: "Shorten the retention, or enlarge the disk; find files that are not Frigate's.",
    source:
      'Measured with a full recordings disk on 0.14.1, 0.16.4 and 0.17.2: segments are written again after 170–320 s while free space stays under 1 MB. Measured with a full /tmp/cache on 0.17.2: cameras with one input for detect and record showed 0 frames, and a new pod cured it.',
  },
  fix: ({observation}) => [run(`kubectl exec ${frigateIn(observation)} -- df -h /media/frigate /tmp/cache /config`)],
  judge: (context) => {
    if (!isRunning(context.observation)) return notApplicable("Frigate's container is not running", byCheck('FRG-203'));
    const shortages = [
      ...mediaShortages(context),
      ...cacheShortages(context),
      ...databaseShortages(context),
      ...logShortages(context),
    ];
    const critical = shortages.filter(({severity}) => severity === 'critical');
    if (critical.length > 0) return short(critical, 'critical');
    if (shortages.length > 0) return short(shortages, 'warning');
    return enough(context);
  },
});

const short = (shortages: readonly Shortage[], status: 'critical' | 'warning'): CheckResult => {
  const media = shortages.filter(({where}) => where !== 'cache');
  const [first] = media.length > 0 ? media : shortages;
  // A new pod has a new cache; that does not help while the media cannot be written.
  const cacheOnly = status === 'critical' && media.length === 0;
  return {
    status,
    // A full cache stops cameras and recordings at once; on a full recordings disk Frigate goes on by deleting.
    outage: cacheOnly,
    cure: cacheOnly ? 'restart' : 'none',
    summary: first?.what ?? 'Too little free space',
    evidence: shortages.map((shortage) => shortage.evidence),
    evidenceAt: first?.at ?? null,
    object: {kind: 'Mount', name: first?.where === 'cache' || first?.where === 'disk' ? CACHE : RECORDINGS},
  };
};

const enough = (context: CheckContext): CheckResult => {
  const free = freeOf(context, RECORDINGS);
  const {stats} = context.observation.frigate;
  if (!stats.known) return unobserved(stats.why);
  if (free === null) return inconclusive('impossible-value', `Free space of ${RECORDINGS} is not known`);
  if (!logComplete(context))
    return inconclusive('log-incomplete', 'Whether writes fail is not known: the log was not read to its end');
  return {
    status: 'ok',
    summary: `${Math.round(free)} MiB free for recordings`,
    evidence: [evidence('recordings free', rounded(free), leastFree(context), 'MiB')],
    evidenceAt: newestSnapshot(context)?.lastUpdated ?? null,
  };
};

const mountOf = (context: CheckContext, path: string): Mount | undefined =>
  newestSnapshot(context)?.mounts.find((mount) => mount.path === path);

/** MiB; `null` where the statistics do not contain it. */
const freeOf = (context: CheckContext, path: string): number | null => mountOf(context, path)?.free ?? null;

const mediaShortages = (context: CheckContext): readonly Shortage[] => {
  const free = freeOf(context, RECORDINGS);
  if (free === null || free >= leastFree(context)) return [];
  return [
    {
      where: 'media',
      severity: 'critical',
      what: `Recordings disk full: ${rounded(free)} MiB free (limit ${rounded(leastFree(context))} MiB)`,
      evidence: evidence('recordings free', rounded(free), leastFree(context), 'MiB'),
      at: newestSnapshot(context)?.lastUpdated ?? null,
    },
  ];
};

/** MiB that five minutes of recording take, by the falls of free space between snapshots (what is cleared in between does not count). */
const leastFree = ({observation, memory}: CheckContext): number => leastFreeIn(observation, memory);

const leastFreeIn = memoize((observation: Observation, memory: Baselines): number => {
  const readings = snapshotsOf({observation, memory}).flatMap(({lastUpdated, mounts}) => {
    const free = mounts.find(({path}) => path === RECORDINGS)?.free ?? null;
    return free === null || lastUpdated === null ? [] : [{free, at: lastUpdated}];
  });
  const [first, last] = [readings[0], readings.at(-1)];
  if (readings.length < LEAST_SNAPSHOTS || first === undefined || last === undefined) return LEAST_FREE;
  const falls = readings
    .map(({free}, index) => Math.max(0, (readings[index - 1]?.free ?? free) - free))
    .sort((a, b) => a - b);
  // The largest falls are left out: somebody else's file is not the rate of recording.
  const used = falls.slice(0, Math.ceil(falls.length * 0.9) - 1).reduce((sum, fall) => sum + fall, 0);
  const length = offset(first.at, last.at);
  return used > 0 && length > 0 ? rounded((used / length) * LEFT) : LEAST_FREE;
});

/** On a disk the cache shares the node's: a share of that says nothing (3 % of a large one are plenty), and no new pod frees space there. */
const cacheShortages = (context: CheckContext): readonly Shortage[] => {
  const mount = mountOf(context, CACHE);
  if (mount === undefined || mount.type === null || mount.type === 'tmpfs')
    return sharedShortages(context, CACHE, 'cache');
  if (mount.free === null || mount.free >= LEAST_FREE) return [];
  return [
    {
      where: 'disk',
      severity: 'critical',
      what: `Disk of ${CACHE} full: ${rounded(mount.free)} MiB free (limit ${LEAST_FREE} MiB)`,
      evidence: evidence(`${CACHE} free`, rounded(mount.free), LEAST_FREE, 'MiB'),
      at: newestSnapshot(context)?.lastUpdated ?? null,
    },
  ];
};

const sharedShortages = (context: CheckContext, path: string, where: 'cache' | 'database'): readonly Shortage[] => {
  const mount = mountOf(context, path);
  if (mount === undefined || mount.free === null || mount.total === null || mount.total <= 0) return [];
  const share = mount.free / mount.total;
  if (share >= WARNING_SHARE) return [];
  const severity = share < CRITICAL_SHARE ? 'critical' : 'warning';
  return [
    {
      where,
      severity,
      what: `${path} ${severity === 'critical' ? 'full' : 'nearly full'}: ${rounded(share * 100)} % free (limit ${(severity === 'critical' ? CRITICAL_SHARE : WARNING_SHARE) * 100} %)`,
      evidence: evidence(
        `${path} free`,
        rounded(share * 100),
        (severity === 'critical' ? CRITICAL_SHARE : WARNING_SHARE) * 100,
        '%',
      ),
      at: newestSnapshot(context)?.lastUpdated ?? null,
    },
  ];
};

/** The database is in /config unless it is moved; Frigate's statistics name its mount in no version so far, a volume of its own may appear. */
const databaseShortages = (context: CheckContext): readonly Shortage[] =>
  (newestSnapshot(context)?.mounts ?? [])
    .filter(({path}) => path === '/config' || path === '/db')
    .flatMap(({path}) => sharedShortages(context, path, 'database'));

const logShortages = (context: CheckContext): readonly Shortage[] => {
  const found: Shortage[] = [];
  const addEvents = (
    where: Shortage['where'],
    severity: Shortage['severity'],
    name: string,
    what: string,
    least: number,
    ...signatures: ReadonlyArray<Parameters<typeof eventsInWindow>[1]>
  ): void => {
    const events = eventsInWindow(context, ...signatures);
    if (!events.known || events.value.count < least) return;
    found.push({
      where,
      severity,
      what,
      evidence: evidence(name, events.value.count, least - 1, 'lines'),
      at: events.value.last,
    });
  };
  addEvents('media', 'critical', 'failed writes', 'Recordings cannot be written: no space left', 1, 'no-space-left');
  addEvents(
    'media',
    'critical',
    'failed clean-ups',
    'Recordings disk is filling: Frigate finds no more recordings that it may delete',
    1,
    'could-not-clear',
  );
  addEvents(
    'media',
    'warning',
    'less than 1 hour left',
    'Less than 1 hour of recording space left: deleting old recordings does not keep up',
    AGAIN_AND_AGAIN,
    'less-than-one-hour',
  );
  // The lines of a full cache count only while its present free space is not known.
  if (freeOf(context, CACHE) === null)
    addEvents('cache', 'critical', 'cache full', 'Cache full: cameras and recordings stop', 1, 'cache-full');
  return found;
};

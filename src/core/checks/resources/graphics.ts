/** FRG-703: has the graphics card room, and can it be asked? */
import type {GpuUsage, Snapshot} from '../../observation/frigate.js';
import {days, humanDuration, since} from '../../time.js';
import type {Check, CheckContext, Verdict} from '../check.js';
import {frigateIn} from '../kubectl.js';
import {containerStart} from '../facts.js';
import {newestSnapshot, olderThan} from '../snapshots.js';
import {evidence, listed, notApplicable, rounded, unseen} from '../wording.js';
import {busiestGpu} from './look.js';
import {sustainedFor} from './sustained.js';

/** Percent. */
const FULL = 95;
/** So long after a card was last read its failure is news; later it is how things are. */
const NEWS = days(7);
/** After a second failure with the same arguments Frigate asks no more until it starts again (0.12 to 0.17). */
const GIVEN_UP = 'error-gpu';

export const graphics: Check = {
  id: 'FRG-703',
  title: 'GPU use',
  category: 'resources',
  cause: 'node',
  needs: ['FRG-302'],
  settles: true,
  docs: {
    what: 'The load of the graphics card that decodes or detects, and whether Frigate can still read its numbers.',
    limits:
      'Warning when a card is at 95 % or more in two looks in a row (or in all looks of the hour). Warning when the numbers of a card cannot be read that could be read within the last 7 days: the card was lost, or its driver. Numbers that could never be read are info: a right is missing, and nothing is known to be broken. Skipped where Frigate names no card.',
    cure: "Nothing that is sure: numbers that cannot be read do not say that decoding is broken, and a lost card is the host's.",
    next: "For a full card: lower the resolution or the frames per second of detect, or use the cameras' substreams. For numbers that cannot be read: ask the card itself inside the pod, and the kernel's log on the node.",
    source:
      'Frigate, frigate/stats/util.py and frigate/util/services.py: numbers of -1 (0.12, 0.13) or empty texts (0.14 on) once, `error-gpu` after that (0.12 to 0.17), no entry at all for an hour (0.18). For Intel the capability CAP_PERFMON is needed to read them.',
  },
  fix: ({observation}) =>
    `kubectl exec ${frigateIn(observation)} -- sh -c 'vainfo || nvidia-smi'  # does the card answer?`,
  judge: (context) => {
    const {stats} = context.observation.frigate;
    const snapshot = newestSnapshot(context);
    if (!stats.known || snapshot === null)
      return stats.known ? notApplicable('No snapshot of this container yet', 'FRG-302') : unseen(stats.why);
    return {...judgeCards(context, snapshot), evidenceAt: snapshot.lastUpdated};
  },
};

const judgeCards = (context: CheckContext, snapshot: Snapshot): Verdict => {
  const gpus = [...snapshot.gpus].sort((a, b) => (a.name < b.name ? -1 : 1));
  const busiest = busiestGpu(gpus);
  const facts = gpus.flatMap(({name, load}) =>
    load === null ? [] : [evidence(`load of ${name}`, rounded(load), FULL, '%')],
  );
  if (busiest !== null && busiest.load >= FULL) return {...fullCard(context, busiest), evidence: facts};
  const failed = gpus.filter((gpu) => gpu.failed);
  if (failed.length > 0)
    return {
      ...unread(context, failed),
      evidence: [...facts, evidence('cannot be read', listed(failed.map(({name}) => name)))],
    };
  if (busiest !== null)
    return {
      status: 'ok',
      summary: `The graphics card ${busiest.name} is at ${Math.round(busiest.load)} %`,
      evidence: facts,
    };
  if (gpus.length > 0) return notApplicable('The graphics card tells no load', listed(gpus.map(({name}) => name)));
  return absent(context, snapshot);
};

const fullCard = (context: CheckContext, {name, load}: {readonly name: string; readonly load: number}): Verdict => {
  const lasting = sustainedFor(context, ({use: [, , , , used]}) => used !== null && used >= FULL);
  const what = `The graphics card ${name} is at ${Math.round(load)} %`;
  if (lasting === null) return {status: 'info', summary: `${what} in this look`};
  return {
    status: 'warning',
    cause: 'config',
    summary: `${what}, for ${humanDuration(lasting)} by now`,
    fix: 'lower detect.fps or the resolution of detect, or let the cameras send a smaller stream for it',
  };
};

/** Frigate's first failure may be a single one; it has lasted when Frigate itself has given the card up. */
const unread = (context: CheckContext, failed: readonly GpuUsage[]): Verdict => {
  const before = workedBefore(context);
  const what = 'The statistics of the graphics card cannot be read';
  if (before === null) return {status: 'info', summary: `${what}; whether it decodes is another question`};
  const lasting =
    failed.some(({name}) => name === GIVEN_UP) || olderThan(newestSnapshot(context)?.version ?? null, 0, 18) === false;
  return lasting
    ? {status: 'warning', summary: `${what}; those of ${before.name} could until ${humanDuration(before.ago)} ago`}
    : {status: 'info', summary: `${what} in this look`};
};

/** From 0.18 on a card that failed is left out for an hour: within one container, and so one configuration, that is what its absence means. */
const absent = (context: CheckContext, {version}: Snapshot): Verdict => {
  const before = workedBefore(context);
  const started = containerStart(context.observation);
  if (
    before === null ||
    olderThan(version, 0, 18) !== false ||
    started === null ||
    (context.memory.gpu?.at ?? started) <= started
  ) {
    return notApplicable('Frigate names no graphics card', 'gpu_usages is empty');
  }
  return {
    status: 'warning',
    summary: `The statistics of the graphics card ${before.name} can no longer be read, since ${humanDuration(before.ago)}`,
    evidence: [evidence('gpu_usages', 'none')],
  };
};

const workedBefore = ({
  memory: {gpu},
  now,
}: CheckContext): {readonly name: string; readonly ago: ReturnType<typeof since>} | null => {
  const ago = gpu === null ? null : since(gpu.at, now);
  return gpu === null || ago === null || ago > NEWS ? null : {name: gpu.name, ago};
};

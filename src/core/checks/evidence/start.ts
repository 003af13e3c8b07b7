/**
 * Whether Frigate's container has ever worked since its own start, and whether its start makes progress
 * (docs/how-it-decides.md, "A long start"). A start that is ended by a restart begins again with the same work, and a database
 * whose migration is killed can be destroyed: so a container that has never worked is starting, not hung, until it is observed to
 * stand still.
 */
import type {StartStepKind} from '../../observation/log.js';
import type {Observation} from '../../observation/observation.js';
import type {Baselines, ContainerStart} from '../../state/baselines.js';
import {hours, latest, minutes, since, type Duration, type Instant} from '../../time.js';
import {causeOfError} from './error-causes.js';
import {containerStart, frigateContainer} from './facts.js';
import {idleFor, startCpu} from './start-cpu.js';
import {startShown} from './start-shown.js';

/** Without a sign of progress in its log for so long a start stands still. */
export const STANDSTILL = minutes(60);
/** So soon where its CPU time is known as well, and no sample of so long shows any work. */
const IDLE_STANDSTILL = minutes(30);
/**
 * A container of which no earlier pass knows anything may have worked before anybody observed it. So long after its start that is
 * taken for granted: reports of long starts give an hour to several.
 */
const LONGEST_UNOBSERVED = hours(6);

/** What a start follows from; a check's context is one. */
type Observed = {readonly observation: Observation; readonly memory: Baselines};

/** The start of the running container, with what this observation adds; `null`: no container runs, or it has no id yet. */
export const startOf = ({observation, memory}: Observed): ContainerStart | null => {
  const id = frigateContainer(observation)?.id ?? null;
  const startedAt = containerStart(observation);
  if (id === null || startedAt === null) return null;
  const before = startBefore(memory, id);
  const logged = logOf(startedAt, observation, before);
  const {step} = logged;
  // Work on the database comes before all that shows a start to be over: what is older belongs to a process before.
  const shows = (at: Instant | null): Instant | null => (at !== null && (!holds(step) || at > step.at) ? at : null);
  const granted = before === null ? shows(takenForGranted(startedAt, observation.at)) : null;
  // What is stored of another container says nothing of the port of this one.
  const ofAnother = memory.containerId !== null && !id.startsWith(memory.containerId);
  const answeredAt = before?.workedAt ?? (answers(observation) ? observation.at : workedBefore(memory, id));
  const shownAt = shows(before?.shownAt ?? null) ?? shows(startShown(observation, startedAt));
  return {
    containerId: id,
    workedAt: answeredAt ?? (ofAnother ? null : granted),
    shownAt: shownAt ?? (ofAnother ? granted : null),
    ...logged,
    failure: failureOf(startedAt, observation, before),
    cpu: startCpu(observation, startedAt, before?.cpu ?? null),
  };
};

/** Its API answered this program, or something else shows that its start is over. */
export const isStarted = ({workedAt, shownAt = null}: Pick<ContainerStart, 'workedAt' | 'shownAt'>): boolean =>
  workedAt !== null || shownAt !== null;

/** What is stored of the start of this very container. */
const startBefore = ({start}: Baselines, id: string): ContainerStart | null =>
  start !== null && id.startsWith(start.containerId) ? start : null;

/** What the log shows of this start, and showed before; lines of an earlier container prove nothing. */
const logOf = (
  startedAt: Instant,
  {log}: Observation,
  before: ContainerStart | null,
): Pick<ContainerStart, 'step' | 'workLoggedAt'> => {
  const {step = null, workLoggedAt = null} = before ?? {};
  if (!log.known) return {step, workLoggedAt};
  const {startStep, newestWork} = log.value;
  return {
    step: startStep !== null && startStep.at >= startedAt ? startStep : step,
    workLoggedAt: newestWork !== null && newestWork.at >= startedAt ? newestWork.at : workLoggedAt,
  };
};

/** The exception with which the main thread of this container ended: no API comes after it, however long anybody waits. */
const failureOf = (
  startedAt: Instant,
  {log}: Observation,
  before: ContainerStart | null,
): NonNullable<ContainerStart['failure']> | null => {
  const report = log.known
    ? log.value.errors.find(({ofMain, last}) => ofMain === true && last >= startedAt)
    : undefined;
  return report === undefined
    ? (before?.failure ?? null)
    : {at: report.last, text: report.sample, cause: causeOfError(report)};
};

/** A valid answer of the API, by whatever transport. */
const answers = ({frigate: {stats, liveness}}: Observation): boolean =>
  stats.known || liveness.some(({verdict}) => verdict === 'alive');

/** A state of an earlier version of this program says nothing of the start; a snapshot of this very container it does. */
const workedBefore = (memory: Baselines, id: string): Instant | null =>
  memory.containerId !== null && id.startsWith(memory.containerId) && memory.lastUpdated !== null
    ? memory.lastUpdated
    : null;

const takenForGranted = (startedAt: Instant, now: Instant): Instant | null =>
  since(startedAt, now) > LONGEST_UNOBSERVED ? startedAt : null;

/** Work on the database: nothing but its own end shows that it is over, and ending it can destroy the database. */
const OF_THE_DATABASE: ReadonlySet<StartStepKind> = new Set<StartStepKind>(['migration', 'vacuum', 'backup']);

const WORDS: Readonly<Record<StartStepKind, string>> = {
  migration: 'migrating the database',
  vacuum: 'compacting the database',
  backup: 'backing up the database',
  'file-move': 'moving files',
  'model-build': 'building models',
  'model-download': 'downloading a model',
  'driver-install': 'installing packages for a model',
};

type Step = NonNullable<ContainerStart['step']>;

/** The name that the line itself gives: of a model, a migration. */
const NAMED = /"(\d{3}_\w+)"|Models: (\S+)|(?:Generating|Converting) (?!the )(\S+?)(?:\.trt)?[. ]/;

/** `building models (yolov7-320)` */
export const startStepText = ({kind, text}: Pick<Step, 'kind' | 'text'>): string => {
  const found = NAMED.exec(text);
  const name = found?.[1] ?? found?.[2] ?? found?.[3];
  return name === undefined ? WORDS[kind] : `${WORDS[kind]} (${name.slice(0, 80)})`;
};

export const isOfTheDatabase = (step: Pick<Step, 'kind'> | null): boolean =>
  step !== null && OF_THE_DATABASE.has(step.kind);

/** Work on the database of which no end was logged. */
const holds = (step: ContainerStart['step']): step is Step => step !== null && !step.ended && isOfTheDatabase(step);

export interface StartProgress {
  readonly startedAt: Instant;
  readonly age: Duration;
  /** The long step that is under way as far as the log shows; `null`: none is known. */
  readonly step: ContainerStart['step'];
  /** The newest sign of progress: the start itself, a line that shows work, a step, CPU time. */
  readonly progressAt: Instant;
  /** Its main thread ended with this exception; `null`: not as far as is known. */
  readonly failure: ContainerStart['failure'];
  /** No sign of progress for too long, and no long step is under way. */
  readonly standsStill: boolean;
}

/** The progress of a start that is not over; `null`: it is, or no container runs. */
export const startProgress = (observed: Observed): StartProgress | null => {
  const start = startOf(observed);
  const startedAt = containerStart(observed.observation);
  if (start === null || startedAt === null || isStarted(start)) return null;
  const now = observed.observation.at;
  const {step, workLoggedAt, cpu = null} = start;
  const progressAt = [step?.at, workLoggedAt, cpu?.busyAt].reduce<Instant>(
    (newest, each) => latest(newest, each ?? startedAt),
    startedAt,
  );
  // A later line of work shows that the step is over, or has itself gone on.
  const underWay = step !== null && !step.ended ? step : null;
  const silent = since(progressAt, now);
  const idle = idleFor(cpu, now);
  return {
    startedAt,
    age: since(startedAt, now),
    step: underWay,
    progressAt,
    failure: start.failure,
    standsStill:
      (silent >= STANDSTILL || (silent >= IDLE_STANDSTILL && idle !== null && idle >= IDLE_STANDSTILL)) &&
      (underWay === null || (!isOfTheDatabase(underWay) && workLoggedAt !== null && workLoggedAt > underWay.at)),
  };
};

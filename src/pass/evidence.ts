/**
 * The evidence of a restart: a rollout deletes the log of the dying pod, so what it rests on is written to the journal before
 * the PATCH, masked and bounded, where the log of the Job keeps it. Its digest stands in the restart record.
 */
import {createHash} from 'node:crypto';
import {becauseText} from '../core/because.js';
import type {Finding} from '../core/finding.js';
import {jsonOf} from '../core/json.js';
import {maskedLine} from '../core/mask.js';
import type {Snapshot} from '../core/observation/frigate.js';
import type {Observation} from '../core/observation/observation.js';
import {chooseTarget} from '../core/observation/target.js';
import {singleWorkload} from '../core/observation/workload.js';
import {rfc3339, seconds} from '../core/time.js';
import {within} from '../core/timers.js';
import {maskedFields, type JournalFields, type JournalValue} from './journal.js';
import {lastLines} from './last-lines.js';
import type {PassPorts} from './ports.js';

/** Reading the log may delay a restart by so much, and no more. */
export const EVIDENCE_LIMIT = seconds(3);
/** Bytes of the whole line in the journal. */
export const LARGEST_EVIDENCE = 256 * 1024;
const KIB = 1024;
/** Of the parts, in bytes of JSON; together with names and the head of the line they stay below the whole. */
const BUDGETS = {
  log: 96 * KIB,
  previousLog: 48 * KIB,
  history: 48 * KIB,
  events: 24 * KIB,
  findings: 24 * KIB,
} as const;
const LOG_LINES = 200;
const LONGEST_TEXT = 1000;

export interface Evidence {
  readonly fields: JournalFields;
  /** SHA-256 of `fields` as compact JSON, hexadecimal. */
  readonly digest: string;
}

/** Bounds bytes: as many items as fit, the newest (last) first; the order stays. */
const newest = (items: readonly JournalValue[], budget: number): readonly JournalValue[] => {
  let left = budget;
  let from = items.length;
  while (from > 0) {
    left -= Buffer.byteLength(jsonOf(items[from - 1])) + 1;
    if (left < 0) break;
    from -= 1;
  }
  return items.slice(from);
};

const rates = ({lastUpdated, cameras, detectors}: Snapshot): JournalFields => ({
  at: lastUpdated === null ? null : rfc3339(lastUpdated),
  cameras: cameras.map(({name, cameraFps, processFps, skippedFps}) => [name, cameraFps, processFps, skippedFps]),
  detectors: detectors.map(({name, inferenceSpeed}) => [name, inferenceSpeed]),
});

const found = ({id, status, summary, evidence, because}: Finding): JournalFields => ({
  id,
  status,
  summary: maskedLine(summary, LONGEST_TEXT),
  evidence: evidence.map(({name, value}) => `${name} ${String(value)}`),
  because: because === null ? null : becauseText(because),
});

const eventsOf = ({events}: Observation): readonly JournalFields[] =>
  events.known
    ? events.value.map(({type, reason, message, count, lastSeen, object}) => ({
        at: lastSeen === null ? null : rfc3339(lastSeen),
        object: `${object.kind}/${object.name}`,
        type,
        reason,
        count,
        message: maskedLine(message, LONGEST_TEXT),
      }))
    : [];

/** The last lines of Frigate's log and of the container before it. */
const logsOf = async (
  ports: Pick<PassPorts, 'cluster' | 'clock'>,
  observation: Observation,
  signal: AbortSignal,
): Promise<{readonly log: readonly string[]; readonly previousLog: readonly string[]}> => {
  const workload = singleWorkload(observation.workload);
  const choice = workload === null || !observation.pods.known ? null : chooseTarget(workload, observation.pods.value);
  if (workload === null || choice?.chosen !== true) return {log: [], previousLog: []};
  const read = async (previous: boolean): Promise<readonly string[]> => {
    try {
      return await lastLines(ports, workload, {pod: choice.pod.name, previous}, LOG_LINES, signal);
    } catch {
      // Evidence never prevents a restart.
      return [];
    }
  };
  const [log, previousLog] = await Promise.all([read(false), choice.container.last === null ? [] : read(true)]);
  return {log, previousLog};
};

/** Gathers within `EVIDENCE_LIMIT`; what is not there by then is left out. Never throws. */
export const gatherEvidence = async (
  ports: Pick<PassPorts, 'cluster' | 'clock'>,
  {observation, findings}: {readonly observation: Observation; readonly findings: readonly Finding[]},
  signal: AbortSignal,
): Promise<Evidence> => {
  const limited = within(ports.clock, EVIDENCE_LIMIT, signal);
  const late = new Promise<{log: readonly string[]; previousLog: readonly string[]}>((resolve) => {
    if (limited.aborted) resolve({log: [], previousLog: []});
    limited.addEventListener('abort', () => resolve({log: [], previousLog: []}), {once: true});
  });
  const {log, previousLog} = await Promise.race([logsOf(ports, observation, limited), late]);
  const {history} = observation.frigate;
  const bad = findings.filter(({status}) => status !== 'ok' && status !== 'skipped');
  const fields = maskedFields({
    findings: newest(bad.map(found).reverse(), BUDGETS.findings).toReversed(),
    events: newest(eventsOf(observation), BUDGETS.events),
    history: newest(history.known ? history.value.map(rates) : [], BUDGETS.history),
    previousLog: newest(previousLog, BUDGETS.previousLog),
    log: newest(log, BUDGETS.log),
  });
  return {fields, digest: createHash('sha256').update(jsonOf(fields)).digest('hex')};
};

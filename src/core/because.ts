/**
 * Why a finding is skipped or unknown, or what decided its verdict: data until it is rendered. `becauseText` is the one
 * place that makes words of it.
 */
import type {CheckId} from './check-table.js';
import type {UnknownReason} from './known.js';
import {humanDuration, type Duration} from './time.js';

export type Because =
  /** Another finding: it blocks this check, or it explains what this one found. */
  | {readonly kind: 'check'; readonly id: CheckId}
  /** A source that could not be observed. */
  | {readonly kind: 'unknown'; readonly why: UnknownReason}
  /** Every transport to Frigate failed. */
  | {readonly kind: 'transports'; readonly failed: ReadonlyArray<{readonly via: string; readonly why: string}>}
  /** Frigate's container started this long ago; its numbers mean nothing yet. */
  | {readonly kind: 'settling'; readonly age: Duration}
  /** The question does not arise here. */
  | {readonly kind: 'not-applicable'; readonly why: NotApplicable}
  /** Observed, but what was observed decides nothing. */
  | {readonly kind: 'inconclusive'; readonly why: Inconclusive}
  /** A restart would be the cure, but this rules it out. */
  | {readonly kind: 'no-restart'; readonly why: NoRestart}
  /** Too early to say whether a restart cures it: a later pass decides. */
  | {readonly kind: 'not-judged'}
  /** The check itself failed. */
  | {readonly kind: 'bug'; readonly check: CheckId; readonly message: string};

export type NotApplicable = keyof typeof notApplicableText;
export type Inconclusive = keyof typeof inconclusiveText;
export type NoRestart = keyof typeof noRestartText;

const notApplicableText = {
  'no-node': 'no node is assigned yet',
  'outside-kubernetes': 'Frigate runs outside Kubernetes',
  'no-process-list': 'cpu_usages is absent',
  'no-enrichment-process': 'processes names neither embeddings nor audio',
  'no-memory-use': 'the memory use of the container is not known',
  'no-inference-yet': '10.0 ms is the initial value of the average',
  'pipelined-detector': 'the detector is pipelined',
  'no-inference-time': 'no detector reports a possible inference time',
  'no-camera': 'no camera is enabled',
  'switched-off': 'recording is switched off',
  'no-continuous-retention': 'no camera has continuous retention',
  'no-cpu-numbers': 'neither the CPU use of the host nor a CPU limit is known',
  'no-gpu-load': 'the GPU reports no load',
  'no-gpu': 'gpu_usages is empty',
  'mqtt-disabled': 'mqtt.enabled is false',
} as const;

const inconclusiveText = {
  'no-date': 'the reply has no Date header',
  'no-ready-condition': 'the node has no condition Ready',
  'no-transport-tried': 'no transport was tried',
  'one-transport': 'the one transport that failed may be at fault itself',
  'checker-starved': 'this checker did not run for a part of the time',
  'no-last-updated': 'service.last_updated is missing',
  'first-snapshot': 'there is no second snapshot of this start yet',
  'process-list-incomplete': 'the list is of another process namespace, or is cut',
  'no-detector-listed': 'the list of detectors is empty',
  'impossible-value': 'a number is missing or impossible',
  'log-incomplete': 'the log was not read to its end',
  'mounts-and-log-unreadable': 'neither /proc/mounts nor the log could be read',
} as const;

const noRestartText = {
  'log-incomplete': 'no restart: the log was not read to its end, so a disk fault is not ruled out',
  'write-errors': 'no restart: it does not repair a disk',
  'no-frames': 'no restart: it does not bring a camera back',
  'never-recorded': 'no restart: the last start of the container did not help either',
  'record-input-silent': 'no restart: it does not repair the input of a camera',
  'others-recorded': 'no restart: the recorder works for other cameras',
  'others-unknown': 'no restart: whether the recorder works for other cameras is not known',
  'reported-error': 'no restart: it is not known to cure the error that is reported',
  'recorder-lags': 'no restart: the recorder works and does not keep up',
  'cpu-short': 'no restart: it does not free CPU',
} as const;

export const becauseOfCheck = (id: CheckId): Because => ({kind: 'check', id});

/** In words, as `because` stands in the JSON report v1: the id of a check, or one line. */
export const becauseText = (because: Because): string => {
  switch (because.kind) {
    case 'check':
      return because.id;
    case 'unknown':
      return because.why.code === 'not-asked' ? because.why.message : `${because.why.code}: ${because.why.message}`;
    case 'transports':
      return because.failed.map(({via, why}) => `${via}: ${why}`).join('; ');
    case 'settling':
      return `Frigate started ${humanDuration(because.age)} ago`;
    case 'not-applicable':
      return notApplicableText[because.why];
    case 'inconclusive':
      return inconclusiveText[because.why];
    case 'no-restart':
      return noRestartText[because.why];
    case 'not-judged':
      return 'not judged yet: a later pass shows whether a restart cures it';
    case 'bug':
      return `a bug in ${because.check}: ${because.message}`;
  }
};

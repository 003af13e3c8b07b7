/** Questions to the container itself, by exec: whether the media mount answers (FRG-606) and what is mounted (FRG-604). */
import {known, starved, unknown, type Known} from '../core/known.js';
import {maskedLine} from '../core/mask.js';
import type {MountEntry, MountProbe} from '../core/observation/frigate.js';
import {seconds, type Duration} from '../core/time.js';
import type {Timers} from '../core/timers.js';
import {withDeadline} from '../kubernetes/attention.js';
import type {Cluster, ExecResult} from '../kubernetes/cluster.js';
import type {FrigateTarget} from './frigate.js';
import {kindOf} from './log/error-kinds.js';
import {isMissingProgram} from './missing-program.js';
import type {MemoryUse} from '../core/observation/memory-use.js';
import {CGROUP_FILES, parseCgroup} from './parse/cgroup.js';
import {parseMounts} from './parse/mounts.js';

export const RECORDINGS = '/media/frigate/recordings';
/** Seconds that `timeout` gives to `stat`. */
const STAT_SECONDS = 5;
/** For the exec around it: a `stat` that cannot be killed keeps `timeout` waiting as well. */
const PROBE_DEADLINE = seconds(STAT_SECONDS + 3);
/** For an exec that only has to come back. */
const ECHO_DEADLINE = seconds(3);
const OUTPUT_LIMIT = 1_048_576;

/** The container that is asked, and by whose time. */
export interface Exec {
  readonly cluster: Pick<Cluster, 'exec'>;
  readonly timers: Timers;
}

const run = async (
  {cluster, timers}: Exec,
  {namespace, pod, container}: FrigateTarget,
  command: readonly string[],
  deadline: Duration,
  signal: AbortSignal,
): Promise<Known<ExecResult>> => {
  const {result, starved: lost} = await withDeadline(timers, signal, deadline, (both) =>
    cluster.exec({namespace, pod, container}, command, {signal: both, limit: OUTPUT_LIMIT}),
  );
  if (!result.known && lost !== null && result.why.code === 'timeout') return starved(command.join(' '), lost);
  return !result.known && isMissingProgram(result.why)
    ? unknown('failed', `there is no ${command[0] ?? 'such program'} in the container`)
    : result;
};

const words = (result: ExecResult): string => maskedLine(result.stderr.toString('utf8', 0, 2000), 160);

const judgeStat = (result: ExecResult): Known<MountProbe> => {
  switch (result.exitCode) {
    case 0:
      return known({answered: true});
    case 124: // timeout(1): the command timed out
    case 137: // the same with a kill
    case 143:
      return known({answered: false, detail: `no answer in ${STAT_SECONDS} s`});
    case 125: // timeout(1) itself failed
    case 126:
    case 127:
      return unknown('failed', `stat -f ${RECORDINGS}: ${words(result) || `exit code ${result.exitCode}`}`);
    default:
      // A directory that is not there was looked up without hanging.
      if (/No such file or directory/i.test(words(result))) return known({answered: true});
      return known({
        answered: true,
        error: {kind: kindOf(words(result)), detail: words(result) || `exit code ${result.exitCode}`},
      });
  }
};

/**
 * `timeout 5 stat -f` on the recordings. Dropping the exec does not end a process that hangs in the kernel, so callers ask
 * at most once a pass. If not even `timeout` returns, a second exec that only echoes distinguishes a hung mount from a
 * hung exec.
 */
export const probeMount = async (
  exec: Exec,
  target: FrigateTarget,
  signal: AbortSignal,
): Promise<Known<MountProbe>> => {
  const result = await run(
    exec,
    target,
    ['timeout', String(STAT_SECONDS), 'stat', '-f', RECORDINGS],
    PROBE_DEADLINE,
    signal,
  );
  if (result.known) return judgeStat(result.value);
  if (result.why.code !== 'timeout' || signal.aborted) return result;
  const echo = await run(exec, target, ['echo', 'here'], ECHO_DEADLINE, signal);
  if (!echo.known || echo.value.exitCode !== 0) return result;
  return known({
    answered: false,
    detail: `no answer in ${PROBE_DEADLINE / 1000} s and cannot be ended, while another exec answers`,
  });
};

/** The mounts under the paths that Frigate writes to; reading the table does not touch them. */
export const readMounts = async (
  exec: Exec,
  target: FrigateTarget,
  signal: AbortSignal,
): Promise<Known<readonly MountEntry[]>> => {
  const result = await run(exec, target, ['cat', '/proc/mounts'], PROBE_DEADLINE, signal);
  if (!result.known) return result;
  const entries = parseMounts(result.value.stdout.toString('utf8'));
  if (result.value.exitCode === 0 && entries.length > 0) return known(entries);
  return unknown(
    'garbled',
    `cat /proc/mounts: ${words(result.value) || `exit code ${result.value.exitCode}, no mount table`}`,
  );
};

/** The memory cgroup of the container. One of two sets of files is never there, so the exit code says nothing. */
export const readCgroup = async (exec: Exec, target: FrigateTarget, signal: AbortSignal): Promise<Known<MemoryUse>> => {
  const result = await run(exec, target, ['cat', ...CGROUP_FILES], ECHO_DEADLINE, signal);
  return result.known ? parseCgroup(result.value.stdout.toString('utf8')) : result;
};

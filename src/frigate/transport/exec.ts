/** `curl` inside Frigate's container: the old tool's way, and the second opinion from inside (FRG-301). No shell in between. */
import {maskedLine} from '../../core/mask.js';
import {seconds, type Duration} from '../../core/time.js';
import type {Timers} from '../../core/timers.js';
import type {Cluster} from '../../kubernetes/cluster.js';
import type {FrigateTarget, Transport} from '../frigate.js';
import {isMissingProgram} from '../missing-program.js';
import {curlReply} from './curl.js';
import {overLimit, pathFailed} from './reply.js';
import {stopwatch} from './stopwatch.js';

/** Bytes for status line and headers beside the body. */
const HEAD_BYTES = 65_536;
/** To start a process in a container takes a second or more on a small or busy node; curl's exit code 28 (timed out) must still arrive. */
const SET_UP = seconds(3);

const maxTime = (timeout: Duration): string => (timeout / 1000).toFixed(3);

export const execTransport = (cluster: Pick<Cluster, 'exec'>, target: FrigateTarget, timers: Timers): Transport => ({
  via: 'exec',
  setUp: SET_UP,
  async get(path, {signal, timeout, limit}) {
    const elapsed = stopwatch(timers);
    // --noproxy: a pod with HTTP_PROXY set would send even this through it.
    const command = [
      'curl',
      '-sS',
      '-i',
      '--noproxy',
      '*',
      '--max-time',
      maxTime(timeout),
      `http://127.0.0.1:${target.port}${path}`,
    ];
    const {namespace, pod, container} = target;
    const result = await cluster.exec({namespace, pod, container}, command, {signal, limit: limit + HEAD_BYTES});
    if (result.known) {
      const reply = curlReply(result.value, elapsed());
      return reply.kind === 'answer' && reply.body.length > limit ? overLimit(limit) : reply;
    }
    if (result.why.code === 'too-large') return overLimit(limit);
    return isMissingProgram(result.why)
      ? pathFailed('there is no curl in the container', 'failed')
      : pathFailed(maskedLine(result.why.message, 240), result.why.code);
  },
  close: () => undefined,
});

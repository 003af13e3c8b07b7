/** Asks the checks of the user's own. Each question has a deadline of its own, and none waits for another. */
import {randomBytes} from 'node:crypto';
import {lookup} from 'node:dns/promises';
import type {AskedCheck, AskedProbe, CustomAnswer} from '../core/custom/custom-check.js';
import {milliseconds} from '../core/time.js';
import type {Timers} from '../core/timers.js';
import {askHttp, askPrometheus} from './http.js';
import {askMqtt, askRedis, askRtsp, askTcp, failed, type Reply} from './protocols.js';
import {failureOf} from './talk.js';

/** The resolver of the system has no signal: whoever waits goes, the question ends by itself. */
const askDns = async ({name}: Extract<AskedProbe, {kind: 'dns'}>, signal: AbortSignal): Promise<Reply> => {
  const aborted = new Promise<Reply>((resolve) => {
    if (signal.aborted) resolve(failed('timeout', ''));
    else signal.addEventListener('abort', () => resolve(failed('timeout', '')), {once: true});
  });
  const asked = lookup(name, {all: true}).then(
    (found): Reply => ({reached: true, status: null, value: found.map(({address}) => address).sort()}),
    (error: unknown): Reply => {
      const {how, detail} = failureOf(error);
      return failed(how, detail);
    },
  );
  return Promise.race([asked, aborted]);
};

const ask = (probe: AskedProbe, signal: AbortSignal): Promise<Reply> => {
  switch (probe.kind) {
    case 'http':
      return askHttp(probe, signal);
    case 'tcp':
      return askTcp(probe, signal);
    case 'dns':
      return askDns(probe, signal);
    case 'redis':
      return askRedis(probe, signal);
    case 'mqtt':
      return askMqtt(probe, `frigate-health-${randomBytes(6).toString('hex')}`, signal);
    case 'rtsp':
      return askRtsp(probe, signal);
    case 'prometheus':
      return askPrometheus(probe, signal);
  }
};

/** One question. Rejects only for a bug of ours. */
export const probeOne = async (
  {probe, timeout}: Pick<AskedCheck, 'probe' | 'timeout'>,
  timers: Timers,
  signal: AbortSignal,
): Promise<CustomAnswer> => {
  const begun = timers.monotonic();
  const reply = await ask(probe, AbortSignal.any([signal, timers.timeout(timeout)]));
  return {...reply, took: milliseconds(Math.max(0, Math.round(timers.monotonic() - begun)))};
};

/** Connections at once: a file of a hundred checks must not resemble an attack. */
const AT_ONCE = 20;

/** All of them once. What was not asked before the signal is absent. */
export const probeAll = async (
  checks: readonly AskedCheck[],
  timers: Timers,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, CustomAnswer>> => {
  const answers = new Map<string, CustomAnswer>();
  const waiting = [...checks];
  const worker = async (): Promise<void> => {
    for (let check = waiting.shift(); check !== undefined && !signal.aborted; check = waiting.shift()) {
      const answer = await probeOne(check, timers, signal);
      // What the end of the pass cut off says nothing about the dependency.
      if (!isOver(signal)) answers.set(check.id, answer);
    }
  };
  await Promise.all(Array.from({length: AT_ONCE}, worker));
  return answers;
};

const isOver = (signal: AbortSignal): boolean => signal.aborted;

/** The built program as a process of its own, and what may be done to it at the arrival of one request. */
import {spawn} from 'node:child_process';
import path from 'node:path';
import type {Site} from '../wire/site.js';

const program = path.resolve(import.meta.dirname, '../../../bin/run.js');
const USER_AGENT_OF_OURS = 'kubectl-frigate-health';

export interface Started {
  readonly pid: number;
  /** The exit code, or the signal that ended it. */
  readonly ended: Promise<string>;
}

/** Starts `run-cron` against the site. */
export const start = (site: Site): Started => {
  const child = spawn(process.execPath, [program, 'run-cron', '--kubeconfig', site.kubeconfig], {
    stdio: 'ignore',
    env: {PATH: process.env['PATH'], HOME: path.dirname(site.kubeconfig), FRIGATE_HC_API_TIMEOUT_SECONDS: '2s'},
  });
  if (child.pid === undefined) throw new Error(`${program} did not start; npm run build`);
  return {
    pid: child.pid,
    ended: new Promise((resolve) => {
      child.once('exit', (code, signal) => {
        resolve(signal ?? String(code ?? ''));
      });
    }),
  };
};

export type Moment = 'before it is carried out' | 'after it is carried out';

/**
 * Does something when the n-th request arrives. The server answers `before …` with silence; `after …` it carries the request
 * out, and nobody is there to hear of it.
 */
export const atRequest = (
  site: Site,
  number: number,
  moment: Moment,
  act: () => void,
): {readonly reached: () => boolean} => {
  let count = 0;
  let reached = false;
  const arrives = (): boolean => {
    if (reached) return false;
    count += 1;
    if (count !== number) return false;
    reached = true;
    act();
    return moment === 'before it is carried out';
  };
  site.world.cluster.disruptions.add({match: arrives, answer: 'silence'});
  return {reached: () => reached};
};

/** How many requests the program makes in one undisturbed pass. */
export const requestsOf = (site: Site): number =>
  site.world.cluster.requests.filter(({userAgent}) => userAgent.startsWith(USER_AGENT_OF_OURS)).length;

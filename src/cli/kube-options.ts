/** kubectl's flags as the connection takes them. */
import type {Duration} from '../core/time.js';
import type {KubeOptions} from '../kubernetes/connect.js';
import {CommandFailure} from '../outcome/failure.js';
import type {Environment} from './colour.js';
import {parseDuration} from '../settings/duration.js';
import {namesOf} from './lists.js';

type Text = string | undefined;

export interface GivenKubeFlags {
  readonly kubeconfig?: Text;
  readonly context?: Text;
  readonly cluster?: Text;
  readonly user?: Text;
  readonly namespace?: Text;
  readonly server?: Text;
  readonly token?: Text;
  readonly as?: Text;
  readonly 'as-group'?: readonly string[] | undefined;
  readonly 'request-timeout'?: Text;
  readonly 'certificate-authority'?: Text;
  readonly 'insecure-skip-tls-verify'?: boolean;
  readonly 'tls-server-name'?: Text;
}

/** A duration flag; a bad one ends the command. */
export const durationOf = (flag: string, text: Text): Duration | null => {
  if (text === undefined) return null;
  const length = parseDuration(text);
  if (length === null)
    throw new CommandFailure(
      'usage',
      `--${flag}=${text} is not a duration of at most a day`,
      `write it as 30s, 5m or 1h: --${flag}=30s`,
    );
  return length;
};

/** Oftener than this asks a Frigate in trouble too much. */
const SHORTEST_POLL = 500;

/** Time between two polls of `watch`; an invalid one ends the command. */
export const pollOf = (text: string): Duration => {
  const poll = durationOf('poll', text);
  if (poll === null || poll < SHORTEST_POLL)
    throw new CommandFailure('usage', `--poll=${text} is shorter than 0.5s`, 'omit it, or write --poll=0.5s');
  return poll;
};

/** Oftener than this the API server is listed too much. */
const SHORTEST_REFRESH = 5000;

/** Between two relists of `serve`; a bad one ends the command. */
export const refreshOf = (text: string): Duration => {
  const refresh = durationOf('refresh', text);
  if (refresh === null || refresh < SHORTEST_REFRESH)
    throw new CommandFailure(
      'usage',
      `--refresh=${text} is shorter than 5s`,
      'leave it out (30s), or write --refresh=5s',
    );
  return refresh;
};

/** `preferInCluster`: the pod's own account before any kubeconfig (`run-cron`). */
export const kubeOptions = (flags: GivenKubeFlags, env: Environment, preferInCluster: boolean): KubeOptions => ({
  kubeconfig: flags.kubeconfig ?? null,
  context: flags.context ?? null,
  cluster: flags.cluster ?? null,
  user: flags.user ?? null,
  namespace: flags.namespace ?? null,
  server: flags.server ?? null,
  token: flags.token ?? null,
  as: flags.as ?? null,
  asGroups: namesOf(flags['as-group']),
  requestTimeout: durationOf('request-timeout', flags['request-timeout']),
  certificateAuthority: flags['certificate-authority'] ?? null,
  insecureSkipTlsVerify: flags['insecure-skip-tls-verify'] ?? false,
  tlsServerName: flags['tls-server-name'] ?? null,
  env,
  preferInCluster,
});

/** The dead-man's switch: a call after each pass, so that somebody hears of it when the passes stop. It never changes how a pass ends. */
import {seconds} from '../core/time.js';
import type {Timers} from '../core/timers.js';
import type {Delivery} from './mailer.js';
import {longSteps, send} from './post.js';

const LIMIT = seconds(5);

/** `/fail` behind the path, as Healthchecks and its kin take it. */
export const heartbeatAddress = (url: string, didItsDuty: boolean): string => {
  if (didItsDuty) return url;
  const failed = new URL(url);
  failed.pathname = `${failed.pathname.replace(/\/+$/, '')}/fail`;
  return failed.href;
};

/** The path is the secret: whoever knows it can say that all is well. */
export const callHeartbeat = (
  url: string,
  didItsDuty: boolean,
  timers: Timers,
  signal: AbortSignal,
): Promise<Delivery> => {
  const address = new URL(heartbeatAddress(url, didItsDuty));
  const {host, pathname, search, username, password} = address;
  // fetch takes no address with a user in it.
  address.username = '';
  address.password = '';
  const user = decodeURIComponent(`${username}:${password}`);
  const headers = user === ':' ? {} : {authorization: `Basic ${Buffer.from(user).toString('base64')}`};
  return send(
    {url: address.href, headers, body: ''},
    {
      receiver: `heartbeat (${host})`,
      secrets: [pathname, search, username, password, ...longSteps(pathname)],
      timers,
      signal,
      limit: LIMIT,
    },
  );
};

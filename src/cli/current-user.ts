/** Who types: for the record of a restart or a reset. */
import {hostname, userInfo} from 'node:os';
import type {Environment} from './colour.js';

/** The impersonated user, or the person at this machine. */
export const personOf = (as: string | undefined, env: Environment): string =>
  as ?? `${env['USER'] ?? env['USERNAME'] ?? loginName()}@${hostname()}`;

/** A user id without an entry in the list of users has no name; Node throws then. */
const loginName = (): string => {
  try {
    return userInfo().username;
  } catch {
    return 'somebody';
  }
};

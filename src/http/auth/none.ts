/** `--auth none`: whoever reaches the port may do everything. The server then listens on the loopback interface only. */
import {known} from '../../core/known.js';
import type {Access, Caller} from './access.js';

const local: Caller = {name: 'local user', namespaces: null};

export const noAccessControl: Access = {
  anonymous: true,
  callerOf: () => Promise.resolve(known(local)),
  allows: () => Promise.resolve(known(true)),
};

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|::1|\[::1\])$/i;

export const isLoopback = (host: string): boolean => LOOPBACK.test(host);

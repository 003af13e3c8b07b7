/** A Frigate outside Kubernetes, at a URL that a person or Consul named: one GET per question, no redirect is followed, no cookie kept. */
import {frigateUrl} from '../../core/frigate-url.js';
import {milliseconds} from '../../core/time.js';
import type {Timers} from '../../core/timers.js';
import type {Transport} from '../frigate.js';
import {httpGet} from './http.js';
import {pathFailed} from './reply.js';

/** Milliseconds for the handshakes: it may be in another network than the pods. */
const CONNECT_TIMEOUT = 5000;

/** @param url As `frigateUrl` gives it. */
export const urlTransport = (url: string, timers: Timers): Transport => ({
  via: 'url',
  setUp: milliseconds(0),
  get: (path, {signal, limit}) => {
    const base = frigateUrl(url);
    if (base === null) return Promise.resolve(pathFailed('its URL is not an http or https URL', 'misconfigured'));
    const {protocol, hostname, port, pathname} = new URL(base);
    const secure = protocol === 'https:';
    const usual = secure ? 443 : 80;
    return httpGet(
      {
        // An IPv6 address stands in brackets in a URL alone.
        host: hostname.replace(/^\[(.*)\]$/, '$1'),
        port: port === '' ? usual : Number(port),
        path: `${pathname.replace(/\/+$/, '')}${path}`,
        ...(secure ? {secure} : {}),
        connection: null,
        kept: null,
        connectTimeout: CONNECT_TIMEOUT,
      },
      {signal, limit, timers},
    );
  },
  close: () => undefined,
});

/** How `serve` uses Consul. */
import {readFileSync} from 'node:fs';
import type {Duration} from '../core/time.js';

/** Where others reach a Frigate: `pod`, `service`, `node`, or a template with {namespace}, {name}, {pod} and {node}. */
export type AddressChoice = 'pod' | 'service' | 'node' | (string & {readonly __template?: never});

export interface ConsulOptions {
  /** Of one agent or server, the same for every replica (`consulUrl`). */
  readonly url: string;
  /** Read for each request; `null`: no token. */
  readonly token: () => string | null;
  /** The name of the service that every Frigate is an instance of. */
  readonly service: string;
  /** Of the check of each Frigate; it is refreshed after a third of it. */
  readonly ttl: Duration;
  /**
   * What becomes of the checks when nobody refreshes them: `keep` them as they are (for a year), or `critical` after the TTL.
   * With `critical` a watcher that is away takes healthy Frigates out of DNS.
   */
  readonly whenWeDie: 'keep' | 'critical';
  readonly address: AddressChoice;
  /** Port of Frigate's API. */
  readonly port: number;
  /** Distinguishes installations that use the same Consul; `null`: there is one. */
  readonly cluster: string | null;
  /** This replica: its pod's name, address and HTTP port. */
  readonly self: {readonly id: string; readonly address: string; readonly port: number};
  /** 0 ≤ x < 1. */
  readonly random: () => number;
  readonly onRequest: (result: 'done' | 'not_found' | 'refused' | 'failed') => void;
}

/** The token of a file, read each time: a mounted Secret changes. A file that cannot be read keeps the last token. */
export const tokenOfFile = (path: string): (() => string | null) => {
  let last: string | null = null;
  return () => {
    try {
      last = readFileSync(path, 'utf8').trim();
    } catch {
      // Consul refuses the request, and its message says so.
    }
    return last === '' ? null : last;
  };
};

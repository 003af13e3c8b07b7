/** What the handlers of the routes are given. */
import type {Timers} from '../core/timers.js';
import type {FleetSource} from '../outcome/fleet.js';
import type {ServeControl} from '../outcome/recover.js';
import type {Caller} from './auth/access.js';
import type {EventHub} from './events.js';
import type {HttpOptions} from './options.js';

/** One for the whole server. */
export interface Daemon {
  readonly options: HttpOptions;
  readonly source: FleetSource;
  readonly control: ServeControl;
  readonly timers: Timers;
  readonly events: EventHub;
}

/** One for each request that was let in. */
export interface Asked {
  readonly daemon: Daemon;
  readonly caller: Caller;
  /** A parameter of the path, decoded. */
  readonly parameter: (name: string) => string;
  readonly header: (name: string) => string | null;
  readonly path: string;
  /** The parsed body of a route that takes one. */
  readonly body: unknown;
  /** Aborts when the client is gone. */
  readonly signal: AbortSignal;
}

export type Handler = (asked: Asked) => Response | Promise<Response>;

/** A JSON answer. Nothing is kept by anybody in between: it is the state of this moment. */
export const json = (body: unknown, status = 200, headers: Readonly<Record<string, string>> = {}): Response =>
  new Response(JSON.stringify(body), {
    status,
    headers: {'Content-Type': 'application/json', 'Cache-Control': 'no-store', ...headers},
  });

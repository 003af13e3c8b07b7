/** The routes on one router, with what holds for all of them: who is let in, secure headers, compression, no answer without a shape. */
import {Hono} from 'hono';
import {compress} from 'hono/compress';
import {routePath} from 'hono/route';
import {mask} from '../core/mask.js';
import type {Timers} from '../core/timers.js';
import type {FleetSource} from '../outcome/fleet.js';
import type {ServeControl} from '../outcome/recover.js';
import {guard} from './auth/guard.js';
import {readBody} from './body.js';
import type {Daemon, Handler} from './context.js';
import {eventHub} from './events.js';
import * as aboutDaemon from './handlers/daemon.js';
import {eventStreams} from './handlers/events.js';
import * as fleet from './handlers/fleet.js';
import * as instances from './handlers/instances.js';
import {assets, frigatePage, overviewPage} from './handlers/page.js';
import * as quality from './handlers/quality.js';
import type {HttpOptions} from './options.js';
import {problemResponse} from './problem.js';
import {passOn} from './pass-on.js';
import {ROUTES, type Route, type RouteName} from './routes.js';

/** Nothing is loaded from elsewhere, nothing inline runs, nothing may frame it. */
const SECURE: Readonly<Record<string, string>> = {
  'Content-Security-Policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Permissions-Policy': 'camera=(), geolocation=(), microphone=()',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
};

/** What the server knows of the connection; absent in tests without a port. */
interface Bindings {
  readonly incoming?: {readonly socket?: {readonly remoteAddress?: string | undefined}};
}

export interface HttpApp {
  readonly fetch: (request: Request, bindings?: Bindings) => Response | Promise<Response>;
  close(): void;
}

export const httpApp = (options: HttpOptions, source: FleetSource, control: ServeControl, timers: Timers): HttpApp => {
  const daemon: Daemon = {options, source, control, timers, events: eventHub(source, timers)};
  const streams = eventStreams();
  const {admit} = guard(options, timers);
  const handlers: Readonly<Record<RouteName, Handler>> = {
    ...aboutDaemon,
    ...instances,
    ...quality,
    ...fleet,
    overviewPage,
    frigatePage,
    events: streams.handler,
  };

  const app = new Hono<{Bindings: Bindings}>();
  app.use(async (context, next) => {
    await next();
    for (const [name, value] of Object.entries(SECURE)) context.header(name, value);
    if (options.tls !== null) context.header('Strict-Transport-Security', 'max-age=31536000');
    options.onAnswered(routePath(context, -1), context.req.method, context.res.status);
  });
  app.use(compress());

  for (const [name, route] of Object.entries(ROUTES) as ReadonlyArray<[RouteName, Route]>) {
    app.on(route.method, route.path, async (context) => {
      const {req: request, env} = context;
      const {signal} = request.raw;
      const header = (field: string): string | null => request.header(field) ?? null;
      const remote = env.incoming?.socket?.remoteAddress ?? '';
      const admission = await admit({route, path: request.path, header, remote, signal});
      if (admission.kind === 'refused') return admission.response;
      const body = route.method === 'POST' ? await readBody(request.raw, route.body) : null;
      if (body?.kind === 'refused') return body.response;
      // Only the replica that acts observes: what is not about this process itself is its to answer.
      const leader = route.access === 'open' ? null : options.leaderAddress();
      if (leader !== null) return passOn(leader, {request: request.raw, body: body?.value}, {tls: options.tls, timers});
      return handlers[name]({
        daemon,
        caller: admission.caller,
        parameter: (field) => request.param(field) ?? '',
        header,
        path: request.path,
        body: body?.value,
        signal,
      });
    });
  }

  const assetOf = assets(options);
  app.get('/assets/:name', ({req: request}) =>
    assetOf(request.param('name'), (request.header('accept-encoding') ?? '').includes('gzip')),
  );

  app.notFound(({req: {method, path}}) => {
    const allowed = methodsAt(path);
    if (allowed.length === 0) return problemResponse('not-found');
    return problemResponse('method-not-allowed', {
      detail: `${method} is not possible here`,
      headers: {Allow: allowed.join(', ')},
    });
  });
  app.onError((error, {req: {method, path}}) => {
    options.log({event: 'http.failed', fields: {method, path, error: mask(error.stack ?? error.message)}});
    return problemResponse('internal');
  });

  return {
    fetch: (request, bindings) => app.fetch(request, bindings ?? {}),
    close: () => {
      streams.close();
      daemon.events.close();
    },
  };
};

const patterns = Object.values(ROUTES).map(({method, path}) => ({
  method,
  pattern: new RegExp(`^${path.replaceAll(/:\w+/g, '[^/]+')}$`),
}));

/** What can be asked at this path. */
const methodsAt = (path: string): readonly string[] =>
  patterns
    .filter(({pattern}) => pattern.test(path))
    .flatMap(({method}) => (method === 'GET' ? ['GET', 'HEAD'] : [method]));

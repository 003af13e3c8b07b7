/** The daemon about itself, and its API about itself. */
import {later, rfc3339, seconds} from '../../core/time.js';
import {json, type Handler} from '../context.js';
import {openApiDocument} from '../openapi.js';
import {problemResponse} from '../problem.js';
import {healthOf, readinessOf, startupOf, type HealthAnswer} from '../views/health.js';

/** How long an invented failure stands. */
const FAILURE = seconds(60);

const answered = ({status, body}: HealthAnswer): Response => json(body, status);

export const health: Handler = ({daemon: {source, timers}}) => answered(healthOf(source.current, timers.now()));
export const ready: Handler = ({daemon: {source, timers}}) => answered(readinessOf(source.current, timers.now()));
export const startup: Handler = ({daemon: {source, timers}}) =>
  answered(startupOf(source.current.daemon, timers.now()));

export const metrics: Handler = async ({daemon: {options}}) =>
  options.metrics === null
    ? problemResponse('not-found', {detail: 'There are no metrics here'})
    : new Response(await options.metrics.write(), {
        headers: {'Content-Type': options.metrics.contentType, 'Cache-Control': 'no-store'},
      });

export const openapi: Handler = ({daemon: {source}}) => json(openApiDocument(source.current.daemon.version));

export const debugFail: Handler = ({daemon: {options, control, timers}, caller}) => {
  if (!options.debug) return problemResponse('not-found', {detail: 'serve runs without --enable-debug'});
  const until = later(timers.now(), FAILURE);
  control.setDebugFailure(until);
  options.log({event: 'http.write', fields: {route: 'debug/fail', user: caller.name, until: rfc3339(until)}});
  return json({status: 'failing', until: rfc3339(until)}, 202);
};

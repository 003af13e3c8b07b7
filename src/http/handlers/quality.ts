/** Deep health and recovery. */
import {seconds} from '../../core/time.js';
import {within} from '../../core/timers.js';
import {json, type Handler} from '../context.js';
import {problemResponse} from '../problem.js';
import type {RecoverBody} from '../schemas/types.js';
import {deepHealthListOf, deepHealthOf} from '../views/deep-health.js';
import {visibleTo} from '../views/lists.js';
import {recoverProblem, recoveryStatusOf} from '../views/recovery.js';
import {frigateOf, noFrigate} from './frigate.js';

const REVIEW_LIMIT = seconds(5);
const KEY = /^[\x20-\x7e]{1,255}$/;

export const deepHealthList: Handler = ({daemon: {source}, caller}) =>
  json(deepHealthListOf(visibleTo(caller, source.current), source.current));

export const deepHealth: Handler = ({daemon: {source}, caller, parameter}) => {
  const frigate = frigateOf(caller, source.current, parameter('instanceId'));
  return frigate === null ? noFrigate() : json(deepHealthOf(frigate, source.current));
};

export const recoveryStatus: Handler = ({daemon: {source}, caller}) =>
  json(recoveryStatusOf(visibleTo(caller, source.current), source.current));

export const recover: Handler = async ({daemon, caller, parameter, header, body, signal}) => {
  const {source, control, options, timers} = daemon;
  const frigate = frigateOf(caller, source.current, parameter('instanceId'));
  if (frigate === null) return noFrigate();
  const {target} = frigate;
  // There is no workload for which a permission could be asked.
  if (target.kind === 'url') return recoverProblem({kind: 'not-restartable', url: target.url ?? ''});
  const allowed = await options.access.allows(caller, {kind: 'recover', target}, within(timers, REVIEW_LIMIT, signal));
  if (!allowed.known)
    return problemResponse('cannot-check', {detail: allowed.why.message, headers: {'Retry-After': '5'}});
  const line = {route: 'api/quality/recover', instance: target.id, user: caller.name};
  if (!allowed.value) {
    options.log({event: 'http.refused', fields: {...line, why: 'forbidden'}});
    return problemResponse('forbidden', {
      detail: `${caller.name} may not patch ${target.kind.toLowerCase()}/${target.name} in namespace ${target.namespace}`,
    });
  }
  const key = header('idempotency-key');
  if (key !== null && !KEY.test(key))
    return problemResponse('bad-request', {detail: 'Idempotency-Key: 1 to 255 printable characters'});
  // The schema of the route has parsed it.
  const {reason, force} = body as RecoverBody;
  const outcome = await control.recover(target.id, {by: caller.name, reason, force, idempotencyKey: key});
  options.log({event: 'http.write', fields: {...line, force, outcome: outcome.kind}});
  return outcome.kind === 'accepted'
    ? json({id: target.id, action: outcome.action, attempt: outcome.attempt}, 202)
    : recoverProblem(outcome);
};

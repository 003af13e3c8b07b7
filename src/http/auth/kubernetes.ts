/**
 * `--auth kubernetes`: the token is one of the cluster (TokenReview), and the cluster's own RBAC decides (SubjectAccessReview).
 * Reading is `get` on the path (a nonResourceURL), writing is `post` on it. Recovering asks whether the caller may patch that
 * very workload, so that the API never lends its own permissions.
 */
import {createHash} from 'node:crypto';
import type {AccessQuestion, AccessReviews, ReviewedUser} from '../../core/observation/access-review.js';
import {known, mapKnown} from '../../core/known.js';
import {seconds} from '../../core/time.js';
import type {Clock} from '../../core/timers.js';
import type {FrigateTarget} from '../../outcome/fleet.js';
import type {Access, Caller, Wanted} from './access.js';
import {shortMemory} from './short-memory.js';

/** How long an answer of the API server holds: a permission that was taken away ends within it. */
const HOLDS = seconds(10);

const PLURALS = {Deployment: 'deployments', StatefulSet: 'statefulsets', DaemonSet: 'daemonsets'} as const;

/** `null`: nothing of Kubernetes to patch. */
const patchOf = ({kind, namespace, name}: FrigateTarget): AccessQuestion | null =>
  kind === 'url'
    ? null
    : {kind: 'resource', permission: {verb: 'patch', group: 'apps', resource: PLURALS[kind], namespace, name}};

const questionOf = (wanted: Wanted): AccessQuestion | null =>
  wanted.kind === 'recover'
    ? patchOf(wanted.target)
    : {kind: 'path', verb: wanted.method.toLowerCase(), path: wanted.path};

export const kubernetesAccess = (reviews: AccessReviews, clock: Pick<Clock, 'monotonic'>): Access => {
  const users = new WeakMap<Caller, ReviewedUser>();
  const reviewedUsers = shortMemory<ReviewedUser | null>(HOLDS, clock);
  const permissions = shortMemory<boolean>(HOLDS, clock);
  return {
    anonymous: false,
    async callerOf(token, signal) {
      const key = createHash('sha256').update(token).digest('hex');
      return mapKnown(await reviewedUsers(key, () => reviews.userOf(token, signal)), (user) => {
        if (user === null) return null;
        const caller: Caller = {name: user.name, namespaces: null};
        users.set(caller, user);
        return caller;
      });
    },
    async allows(caller, wanted, signal) {
      const user = users.get(caller);
      const question = questionOf(wanted);
      if (user === undefined || question === null) return known(false);
      return permissions(JSON.stringify([user, question]), () => reviews.allows(user, question, signal));
    },
  };
};

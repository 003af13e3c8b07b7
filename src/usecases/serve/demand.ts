/** How much `serve` asks beside the polls: a thousand Frigates share one API server. */
import {hours, minutes} from '../../core/time.js';
import {permissionsFor, resourceOf} from '../../pass/permissions.js';
import {LONGEST_ROUND, type Demand} from '../watch/watch-context.js';

export const SERVE_DEMAND: Demand = {
  // Each camera's newest segment as seldom as FRG-601 allows.
  detailsEvery: () => LONGEST_ROUND,
  restEvery: minutes(1),
  // Most permissions are proven by use; the one to restart is needed when it is too late to ask for it.
  reviewEvery: hours(1),
  permissions: ({settings, namespace}, {kind, name}) =>
    permissionsFor({
      namespace,
      workload: {resource: resourceOf(kind), name},
      stateName: settings.stateName,
      cronJobName: null,
      via: settings.via,
      mode: settings.policy.mode === 'active' ? 'act' : 'observe',
    }),
  cronJob: false,
};

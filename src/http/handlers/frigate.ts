/** One Frigate by its id or by namespace and name. */
import type {FleetSnapshot, FrigateStatus, InstanceId} from '../../outcome/fleet.js';
import {isVisible, type Caller} from '../auth/access.js';
import type {Asked} from '../context.js';
import {problemResponse} from '../problem.js';

/** A Frigate that the caller may not see is not there. */
export const frigateOf = (caller: Caller, snapshot: FleetSnapshot, id: string): FrigateStatus | null => {
  const found = snapshot.frigates.get(id as InstanceId);
  return found !== undefined && isVisible(caller, found.target) ? found : null;
};

export const namedBy = ({parameter}: Asked): string => `${parameter('namespace')}.${parameter('name')}`;

export const noFrigate = (): Response =>
  problemResponse('not-found', {detail: 'There is no Frigate of this name; GET /api/instances lists them'});

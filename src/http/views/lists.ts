/** The lists of `/api/v1`: Frigates, history, incidents. */
import {rfc3339} from '../../core/time.js';
import type {FleetIncident, FleetSnapshot, FrigateStatus} from '../../outcome/fleet.js';
import {isVisible, type Caller} from '../auth/access.js';
import type {FleetIncidentRow, FrigateList, History, IncidentList} from '../schemas/types.js';
import {changeOf} from './detail.js';
import {attemptsOf, incidentOf} from './restarts.js';
import {rowOf} from './row.js';

/** The Frigates that exist for the caller. */
export const visibleTo = (caller: Caller, {frigates}: FleetSnapshot): readonly FrigateStatus[] =>
  [...frigates.values()].filter(({target}) => isVisible(caller, target));

/** A fleet incident names only what the caller may see; of one about nothing of that nothing is said. */
export const fleetIncidentsFor = (caller: Caller, {incidents, frigates}: FleetSnapshot): FleetIncidentRow[] =>
  incidents.flatMap(({id, since, cause, common, instances}: FleetIncident) => {
    const visible = instances.filter((instance) => {
      const frigate = frigates.get(instance);
      return frigate !== undefined && isVisible(caller, frigate.target);
    });
    return visible.length === 0 ? [] : [{id, since: rfc3339(since), cause, common, instances: visible}];
  });

export const frigateListOf = (caller: Caller, snapshot: FleetSnapshot, eventId: string): FrigateList => ({
  at: rfc3339(snapshot.at),
  eventId,
  version: snapshot.daemon.version,
  frigates: visibleTo(caller, snapshot).map(rowOf),
  fleetIncidents: fleetIncidentsFor(caller, snapshot),
});

export const historyOf = ({target, judged, changes}: FrigateStatus): History => ({
  instanceId: target.id,
  changes: changes.map(changeOf),
  restarts: attemptsOf(judged?.state ?? null),
  incident: incidentOf(target.id, judged?.state ?? null),
  decisions: (judged?.state.decisions ?? []).map(({at, health, action, rule, reason}) => ({
    at: rfc3339(at),
    health,
    action,
    rule,
    reason,
  })),
});

export const incidentListOf = (caller: Caller, snapshot: FleetSnapshot): IncidentList => ({
  at: rfc3339(snapshot.at),
  incidents: visibleTo(caller, snapshot).flatMap(({target, judged}) => {
    const incident = incidentOf(target.id, judged?.state ?? null);
    return incident === null ? [] : [incident];
  }),
  fleet: fleetIncidentsFor(caller, snapshot),
});

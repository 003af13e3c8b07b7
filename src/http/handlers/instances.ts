/** What discovery found. */
import {rfc3339} from '../../core/time.js';
import {json, type Handler} from '../context.js';
import {discoveryOf, instanceOf} from '../views/instances.js';
import {visibleTo} from '../views/lists.js';
import {timeOf} from '../views/row.js';

export const instances: Handler = ({daemon: {source}, caller}) => {
  const snapshot = source.current;
  return json({timestamp: rfc3339(snapshot.at), instances: visibleTo(caller, snapshot).map(instanceOf)});
};

export const discoveryInfo: Handler = ({daemon: {source, timers}, caller}) => {
  const snapshot = source.current;
  return json(discoveryOf(snapshot, visibleTo(caller, snapshot), timers.now()));
};

export const refresh: Handler = ({daemon: {source, control, timers, options}, caller}) => {
  control.refresh();
  options.log({event: 'http.write', fields: {route: 'api/instances/refresh', user: caller.name}});
  return json(
    {status: 'accepted', timestamp: rfc3339(timers.now()), lastRelist: timeOf(source.current.discovery.lastRelistAt)},
    202,
  );
};

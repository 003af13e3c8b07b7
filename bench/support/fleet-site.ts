/**
 * A cluster with many simulated Frigates, in a process of its own so that its work is not counted: each in a namespace and on a loopback
 * address of its own. Arguments: how many, and the cameras of each. Obeys its parent's orders (bench/support/fleet.ts).
 */
import {subscribe} from 'node:diagnostics_channel';
import type {IncomingMessage} from 'node:http';
import type {Socket} from 'node:net';
import {instant} from '../../src/core/time.js';
import {siteWithCameras} from '../../src/simulator/frigate/site.js';
import {findScenario} from '../../src/simulator/scenarios/scenarios.js';
import {startSimulator} from '../../src/simulator/simulator.js';
import type {Frigates} from '../../src/simulator/node/frigates.js';
import type {FleetOrder, FleetReply} from './fleet.js';

const healthy = findScenario('healthy');
if (healthy === undefined) throw new Error('there is no scenario called healthy');
const [count = 1, cameras = 16] = process.argv.slice(2).map(Number);

/** Those that were made, in their order; the site of one is told from the others by its cameras alone. */
const world = await startSimulator(
  {
    ...healthy,
    neighbours: Array.from({length: count - 1}, (_, index) => ({
      namespace: `site-${String(index + 2)}`,
      site: siteWithCameras(cameras),
      happenings: [],
    })),
  },
  {cameras, startAt: instant(Date.now())},
);

/** Sockets to Frigates, and what was asked over them. */
const asked = {requests: 0, sockets: new Set<Socket>(), bytesOfEnded: 0, bytesBefore: 0};
subscribe('http.server.request.start', (message) => {
  const {socket} = (message as {readonly request: IncomingMessage}).request;
  // The API server is on 127.0.0.1.
  if (socket.localAddress === '127.0.0.1') return;
  asked.requests += 1;
  if (asked.sockets.has(socket)) return;
  asked.sockets.add(socket);
  socket.once('close', () => {
    asked.sockets.delete(socket);
    asked.bytesOfEnded += socket.bytesWritten;
  });
});

const bytesSent = (): number =>
  [...asked.sockets].reduce((sum, {bytesWritten}) => sum + bytesWritten, asked.bytesOfEnded);

const kindOf = (method: string, path: string): string => {
  const [pathname = '', query = ''] = path.split('?');
  const parts = pathname.split('/').filter((part) => part !== '');
  const rest = parts[0] === 'api' ? parts.slice(2) : parts.slice(3);
  const [resource = '', ...more] = rest[0] === 'namespaces' && rest.length > 2 ? rest.slice(2) : rest;
  const sub = more[1] === undefined ? '' : `/${more[1]}`;
  const verb = method === 'GET' ? (query.includes('watch=1') ? 'watch' : more.length > 0 ? 'get' : 'list') : method;
  return `${verb} ${resource}${sub}`;
};

const frigates = (): readonly Frigates[] => [
  ...new Set([...world.cluster.simulation.kubelet.pods.values()].map((life) => life.frigates)),
];

const obey = (order: FleetOrder): FleetReply => {
  switch (order.order) {
    case 'counts': {
      const byKind: Record<string, number> = {};
      for (const {method, path} of world.cluster.requests) {
        const kind = kindOf(method, path);
        byKind[kind] = (byKind[kind] ?? 0) + 1;
      }
      const bytes = bytesSent();
      const reply = {kind: 'counts' as const, byKind, requests: asked.requests, bytes: bytes - asked.bytesBefore};
      world.cluster.forgetRequests();
      asked.requests = 0;
      asked.bytesBefore = bytes;
      return reply;
    }
    case 'trouble': {
      const at = instant(world.clock.now());
      for (const one of frigates().slice(0, order.count)) one.add(order.fault, at);
      return {kind: 'done'};
    }
    case 'repair': {
      for (const one of frigates()) one.remove();
      return {kind: 'done'};
    }
  }
};

const say = (reply: FleetReply): void => void process.send?.(reply);
process.on('message', (order: FleetOrder) => say(obey(order)));
process.on('disconnect', () => process.exit(0));
say({kind: 'ready', kubeconfig: world.kubeconfig(), port: world.directPort});

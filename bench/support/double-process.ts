/**
 * The API double of the benchmarks: the simulated cluster with a healthy Frigate, in a process of its own so that its work
 * is not counted. Its time stands still but for `next`, so that the next pass need not wait for Frigate's next numbers;
 * for the live screen it flows.
 */
import {performance} from 'node:perf_hooks';
import {findScenario} from '../../src/simulator/scenarios/scenarios.js';
import {startSimulator} from '../../src/simulator/simulator.js';
import {instant} from '../../src/core/time.js';
import {LEAD, STEP} from './double.js';
import type {Arrival, Order, Reply} from './double.js';

const scenario = findScenario('healthy');
if (scenario === undefined) throw new Error('there is no scenario called healthy');
const cameras = Number(process.argv[2] ?? 7);
const flowing = process.argv[4] === 'flowing';
const world = await startSimulator(scenario, {
  pace: flowing ? 'flowing' : 'still',
  startAt: instant(flowing ? Date.now() : Date.now() - LEAD),
  cameras,
  logMegabytes: Number(process.argv[3] ?? 0),
});

let arrivals: Arrival[] = [];
const delay = (latency: number): void => {
  world.cluster.disruptions.clear();
  world.cluster.disruptions.add({
    match: ({method, path}) => {
      arrivals.push({method, path, at: performance.now()});
      return true;
    },
    answer: {latency},
  });
};

const say = (reply: Reply): void => void process.send?.(reply);

const obey = async (order: Order): Promise<Reply> => {
  switch (order.order) {
    case 'delay':
      delay(order.latency);
      return {kind: 'done'};
    case 'next':
      await world.clock.advance(STEP);
      return {kind: 'done'};
    case 'arrivals': {
      const taken = arrivals;
      arrivals = [];
      return {kind: 'arrivals', arrivals: taken};
    }
  }
};

process.on('message', (order: Order) => void obey(order).then(say));
process.on('disconnect', () => void world.close().then(() => process.exit(0)));
say({kind: 'ready', kubeconfig: world.kubeconfig()});

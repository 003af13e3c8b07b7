/** The MQTT broker beside Frigate. Frigate reconnects by itself (frigate/comms/mqtt.py, 0.12 and later). */
import {every, type Fault} from '../fault.js';
import {bracketed} from '../lines.js';

/** Seconds between two restarts of a broker in a crash loop, whose pause between them is five minutes at most. */
const PERIOD = 60;

const restarts: Fault = {
  name: 'broker-restarts',
  summary: 'the MQTT broker restarts again and again: Frigate loses its connection each time, everything else works',
  cure: 'none',
  log: function* (context, span) {
    for (const at of every(context.fault.every ?? PERIOD, context.since + 1, span))
      yield {at, text: bracketed(at, 'frigate.comms.mqtt', 'ERROR', 'MQTT disconnected')};
  },
};

export const brokerFaults: readonly Fault[] = [restarts];

/** FRG-802: is the MQTT broker there? */
import {minutes, since} from '../../time.js';
import type {Check} from '../check.js';
import {frigateIn} from '../kubectl.js';
import {tally} from '../facts.js';
import {evidence, notApplicable, plural, unseen} from '../wording.js';

/** Frigate reconnects by itself within this time; a line older than that, with none after it, was a hiccup. */
const RECONNECT = minutes(2);

export const mqtt: Check = {
  id: 'FRG-802',
  title: 'MQTT',
  category: 'services',
  cause: 'dependency',
  needs: ['FRG-202'],
  docs: {
    what: 'Counts the lines of the log in which Frigate lost the MQTT broker or could not reach it. Recording goes on without it; Home Assistant and everything else that listens does not.',
    limits:
      'Warning when the connection was lost more than once in the window of the log, or within the last 2 min. A single loss before that is info: Frigate reconnects by itself. Skipped where MQTT is not enabled.',
    cure: 'Nothing: from 0.12 on Frigate reconnects by itself.',
    next: 'Look at the broker. Two clients with one id throw each other out: look for a second Frigate with the same `mqtt.client_id`.',
    source: 'Frigate, frigate/comms/mqtt.py: "MQTT disconnected", "Unable to connect to MQTT server".',
  },
  fix: ({observation}) => `kubectl logs ${frigateIn(observation)} --tail=500 | grep -i mqtt`,
  judge: ({observation, now}) => {
    const {config} = observation.frigate;
    if (config.known && !config.value.mqttEnabled) return notApplicable('MQTT is not enabled', 'mqtt.enabled is false');
    if (!observation.log.known) return unseen(observation.log.why);
    const lost = tally(observation, 'mqtt-disconnected');
    if (lost === null) return {status: 'ok', summary: 'No loss of the MQTT broker in the log'};
    const facts = [evidence('losses', lost.count, 1), evidence('log', lost.sample)];
    const lasting = lost.count > 1 || since(lost.last, now) <= RECONNECT;
    return lasting
      ? {
          status: 'warning',
          evidence: facts,
          evidenceAt: lost.last,
          summary: `The MQTT broker was lost ${plural(lost.count, 'time')} in the log's window`,
        }
      : {
          status: 'info',
          evidence: facts,
          evidenceAt: lost.last,
          summary: 'The MQTT broker was lost once and came back',
        };
  },
};

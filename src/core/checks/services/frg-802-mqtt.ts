/** FRG-802: is Frigate connected to the MQTT broker? */
import {run} from '../../fix.js';
import {minutes, since} from '../../time.js';
import {defineCheck} from '../check.js';
import {frigateIn} from '../kubectl.js';
import {tally} from '../evidence/facts.js';
import {bySetup, evidence, notApplicable, plural, unobserved} from '../evidence/wording.js';

/** Frigate reconnects by itself within this time; a line older than that, with none after it, was a passing fault. */
const RECONNECT = minutes(2);

export const mqtt = defineCheck('FRG-802', {
  category: 'services',
  cause: 'dependency',
  needs: ['FRG-202'],
  docs: {
    what: 'Counts the log lines in which Frigate lost the connection to the MQTT broker or could not reach it. Recording works without MQTT; Home Assistant and other subscribers get no updates.',
    limits:
      'Warning when the connection was lost more than once in the log window, or within the last 2 min. A single loss before that is info: Frigate reconnects by itself. Skipped where MQTT is not enabled.',
    cure: 'Nothing: from 0.12 on Frigate reconnects by itself.',
    next: 'Check the broker. Two clients with the same id disconnect each other: search for a second Frigate with the same `mqtt.client_id`.',
    source: 'Frigate, frigate/comms/mqtt.py: "MQTT disconnected", "Unable to connect to MQTT server".',
  },
  fix: ({observation}) => [run(`kubectl logs ${frigateIn(observation)} --tail=500 | grep -i mqtt`)],
  judge: ({observation, now}) => {
    const {config} = observation.frigate;
    if (config.known && !config.value.mqttEnabled)
      return notApplicable('MQTT is not enabled', bySetup('mqtt-disabled'));
    if (!observation.log.known) return unobserved(observation.log.why);
    const lost = tally(observation, 'mqtt-disconnected');
    if (lost === null) return {status: 'ok', summary: 'No lost MQTT connection in the log'};
    const facts = [evidence('losses', lost.count, 1), evidence('log', lost.sample)];
    const lasting = lost.count > 1 || since(lost.last, now) <= RECONNECT;
    return lasting
      ? {
          status: 'warning',
          evidence: facts,
          evidenceAt: lost.last,
          summary: `MQTT connection lost ${plural(lost.count, 'time')} in the log window`,
        }
      : {
          status: 'info',
          evidence: facts,
          evidenceAt: lost.last,
          summary: 'MQTT connection was lost once and is restored',
        };
  },
});

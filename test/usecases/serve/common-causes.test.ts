/** Four causes outside Frigate, each for five Frigates at once: one fleet incident, one notification, no restart. */
import assert from 'node:assert/strict';
import {known} from '../../../src/core/known.js';
import {minutes, seconds} from '../../../src/core/time.js';
import type {FrigateObservation} from '../../../src/core/observation/frigate.js';
import {incidentListOf} from '../../../src/http/views/lists.js';
import {simulatedFleet, type SimulatedFleet} from '../../../bench/support/simulated-serve.js';
import {NEW_YEAR, site} from '../../proofs/year/installation.js';
import type {Effect, Occurrence} from '../../proofs/year/occurrences.js';

const NAMES = ['attic', 'barn', 'cabin', 'dairy', 'eaves'];
const BEGINS = 6 * 3600;
/** Seconds that the cause stands. */
const STANDS = 20 * 60;

const onNfs = (frigate: FrigateObservation): FrigateObservation => ({
  ...frigate,
  mounts: known([{path: '/media/frigate', source: '192.168.1.5:/media', type: 'nfs4', readOnly: false}]),
});

const withBroker = (frigate: FrigateObservation): FrigateObservation =>
  frigate.config.known
    ? {...frigate, config: known({...frigate.config.value, mqttEnabled: true, mqttHost: 'broker.home.example'})}
    : frigate;

const subnet = site.cameras.filter(({host}) => host.startsWith('192.168.20.')).map(({name}) => name);

const cases: ReadonlyArray<{
  readonly what: string;
  readonly effect: Effect;
  readonly cameras?: readonly string[];
  readonly shown?: (frigate: FrigateObservation) => FrigateObservation;
  readonly cause: string;
  readonly common: string;
}> = [
  {what: 'a node', effect: {what: 'node-down'}, cause: 'node', common: 'node-a'},
  {
    what: 'a storage server',
    effect: {what: 'fault', fault: 'disk-hang', stubborn: true},
    shown: onNfs,
    cause: 'storage',
    common: '192.168.1.5',
  },
  {
    what: 'an MQTT broker',
    effect: {what: 'fault', fault: 'broker-restarts', stubborn: true},
    shown: withBroker,
    cause: 'dependency',
    common: 'MQTT broker broker.home.example',
  },
  {
    what: 'a subnet of cameras',
    effect: {what: 'fault', fault: 'cams-net', stubborn: true},
    cameras: subnet,
    cause: 'network',
    common: '192.168.20.0/24',
  },
];

describe('five Frigates with one cause in common', function () {
  this.timeout(120_000);
  for (const {what, effect, cameras = null, shown, cause, common} of cases)
    it(`${what}: one incident, one notification, and no restart`, async () => {
      const occurrence: Occurrence = {
        number: 0,
        kind: {name: what, perYear: 1, minutes: STANDS / 60, effect},
        at: BEGINS,
        until: BEGINS + STANDS,
        cameras,
      };
      const fleet: SimulatedFleet = simulatedFleet({
        frigates: Object.fromEntries(
          NAMES.map((name) => [name, {occurrences: [occurrence], ...(shown === undefined ? {} : {shown})}]),
        ),
        from: NEW_YEAR + BEGINS - 60,
        profile: 'steady',
        random: () => 0.5,
        poll: seconds(15),
        step: seconds(15),
        warningAlert: minutes(10),
      });
      const worlds = [...fleet.frigates.values()].map(({world}) => world);
      const mails = (): readonly string[] => worlds.flatMap((world) => world.mails.map(({subject}) => subject));
      try {
        await fleet.timers.advance(minutes(1));
        assert.equal(fleet.store.incidents.length, 0);
        await fleet.timers.advance(minutes(18));
        assert.deepEqual(
          fleet.store.incidents.map((incident) => [incident.cause, incident.common, incident.instances]),
          [[cause, common, NAMES.map((name) => `${name}.frigate`)]],
        );
        const listed = incidentListOf({name: 'rita', namespaces: null}, fleet.store.current);
        assert.ok(JSON.stringify(listed).includes(common));
        assert.equal(mails().length, 1, mails().join('\n'));
        const [mail] = worlds.flatMap((world) => world.mails);
        assert.match(
          mail?.text ?? '',
          new RegExp(`5 Frigates have one common cause \\(${common.replaceAll('.', '\\.')}`),
        );
        // A person looks at each of them and sees what it is.
        for (const {judged} of fleet.store.frigates.values())
          assert.equal(judged?.decision.reason.code, 'fleet-incident');
        await fleet.timers.advance(minutes(45));
        assert.equal(fleet.store.incidents.length, 0);
        assert.equal(mails().filter((subject) => subject.startsWith('[resolved]')).length, 1, mails().join('\n'));
        assert.equal(mails().length, 2, mails().join('\n'));
        for (const {restarts} of fleet.frigates.values()) assert.deepEqual(restarts, []);
      } finally {
        await fleet.end();
      }
    });
});

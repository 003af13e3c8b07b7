/** FRG-607: what is off at run time, compared with the configuration, the log and what was before. */
import assert from 'node:assert/strict';
import {updateBaselines} from '../../../src/core/baselines/update.js';
import {known} from '../../../src/core/known.js';
import {hours, minutes, seconds} from '../../../src/core/time.js';
import type {Baselines} from '../../../src/core/state/baselines.js';
import {parseConfig} from '../../../src/frigate/parse/config.js';
import {cases, found} from '../../support/frigate-cases.js';
import {
  aCameraConfig,
  aConfig,
  aContainer,
  aLog,
  aMemory,
  aPod,
  aPolicy,
  ago,
  anObservation,
  cameraNames,
} from '../../support/observation.js';

type Changes = Parameters<typeof aCameraConfig>[1];

/** All cameras with the same change, in a container that started so long ago. */
const seen = (changes: Changes, age = hours(30), log = aLog()) =>
  anObservation({
    pods: known([aPod({frigate: aContainer({state: {phase: 'running', startedAt: ago(age)}})})]),
    log: known(log),
    frigate: {config: known(aConfig({cameras: cameraNames.map((name) => aCameraConfig(name, changes))}))},
  });
const recordingOff: Changes = {recordEnabled: false, switchedOff: ['recording']};
const said = (signature: 'recording-switched-off' | 'detection-switched-off', at = ago(minutes(40))) =>
  aLog({[signature]: {count: 3, first: at, last: at, cameras: new Map(cameraNames.map((name) => [name, 1]))}});
const switches = (changes: Partial<NonNullable<Baselines['switches']>> = {}): Partial<Baselines> => ({
  switches: {containerId: 'containerd://c0', before: [], off: [], notDetecting: [], ...changes},
  cameras: cameraNames.map((name) => ({name, delivering: true})),
});

describe('FRG-607: nothing switched off', () => {
  cases('FRG-607', [
    {it: 'is ok when everything runs as configured', expect: {status: 'ok'}},
    {
      it: 'is info when recording is off at run time, and says since when by the log',
      given: seen(recordingOff, hours(30), said('recording-switched-off')),
      expect: {status: 'info', cameras: ['back', 'front', 'garage']},
    },
    {
      it: 'says so of a whole camera (0.16), and not of its recording as well',
      given: seen({enabled: false, switchedOff: ['recording', 'camera']}),
      expect: {status: 'info', cameras: ['back', 'front', 'garage']},
    },
    {
      it: 'warns when it is off since the start of this container and was on before',
      given: seen(recordingOff, minutes(41), said('recording-switched-off')),
      recalledState: switches(),
      expect: {status: 'warning', cause: 'config', cure: 'none'},
    },
    {
      it: 'is info again a day after that start',
      given: seen(recordingOff, hours(25), said('recording-switched-off', ago(hours(24.9)))),
      recalledState: switches(),
      expect: {status: 'info'},
    },
    {
      it: 'is info when it was off before that start too: somebody means it so',
      given: seen(recordingOff, minutes(41), said('recording-switched-off')),
      recalledState: switches({before: cameraNames.map((name) => `recording:${name}`)}),
      expect: {status: 'info'},
    },
    {
      it: 'is info after the start of a Frigate that was never observed before',
      given: seen(recordingOff, minutes(41), said('recording-switched-off')),
      expect: {status: 'info'},
    },
    {
      it: 'tells detection by the log, as no version reports what is configured',
      given: seen({detectEnabled: false}, hours(30), said('detection-switched-off')),
      expect: {status: 'info', cameras: ['back', 'front', 'garage']},
    },
    {
      it: 'tells detection by what the camera did before',
      given: seen({detectEnabled: false}),
      recalledState: switches(),
      expect: {status: 'info', cameras: ['back', 'front', 'garage']},
    },
    {
      it: 'takes a camera that was never seen to detect for configured so',
      given: seen({detectEnabled: false}),
      recalledState: switches({notDetecting: [...cameraNames]}),
      expect: {status: 'ok'},
    },
    {
      it: 'does not call it recorded: no camera keeps recordings because that is switched off',
      given: seen({enabled: false}),
      expect: {status: 'ok'},
    },
  ]);

  it('is why FRG-601 has nothing to judge, instead of the retention', () => {
    const {status, because} = found('FRG-601', seen(recordingOff));
    assert.deepEqual([status, because], ['skipped', {kind: 'not-applicable', why: 'switched-off'}]);
  });

  it('remembers since when it is off, and in the next container what was off before', () => {
    const first = updateBaselines(aMemory(), seen(recordingOff), [], aPolicy());
    assert.deepEqual(first.switches?.off.map(({what, camera}) => `${what}:${camera}`).sort(), [
      'recording:back',
      'recording:front',
      'recording:garage',
    ]);
    const next = anObservation({pods: known([aPod({frigate: aContainer({id: 'containerd://next'})})])});
    const second = updateBaselines(first, next, [], aPolicy());
    assert.deepEqual([second.switches?.before?.length, second.switches?.off], [3, []]);
  });

  it('reads both switches of /api/config, and none where a version does not report them', () => {
    const camera = (more: object) => ({
      ffmpeg: {inputs: [{path: 'rtsp://192.0.2.1/a', roles: ['detect', 'record']}]},
      ...more,
    });
    const parsed = parseConfig(
      Buffer.from(
        JSON.stringify({
          cameras: {
            drive: camera({record: {enabled: false, enabled_in_config: true}}),
            front: camera({enabled: false, enabled_in_config: true, record: {enabled: true, enabled_in_config: true}}),
            old: camera({record: {enabled: false}}),
            plain: camera({record: {enabled: false, enabled_in_config: false}}),
          },
        }),
      ),
    );
    assert.ok(parsed.known);
    assert.deepEqual(
      parsed.value.cameras.map(({name, switchedOff}) => [name, switchedOff]),
      [
        ['drive', ['recording']],
        ['front', ['camera']],
        ['old', []],
        ['plain', []],
      ],
    );
  });

  it('keeps a restart from having helped that came back with recording off', () => {
    const {status, summary} = found('FRG-607', seen(recordingOff, seconds(90), aLog()), switches());
    assert.equal(status, 'warning', summary);
  });
});

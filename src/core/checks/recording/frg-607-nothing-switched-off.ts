/** FRG-607: is anything switched off at run time that the configuration has on? */
import {note} from '../../fix.js';
import type {SwitchedOff, SwitchName} from '../../state/baselines.js';
import {days, later, rfc3339, type Instant} from '../../time.js';
import {defineCheck, type CheckContext, type CheckResult} from '../check.js';
import {containerAge, containerStart} from '../evidence/facts.js';
import {isJudged} from '../evidence/judged-cameras.js';
import {switchedOff, switchKey} from '../evidence/switches.js';
import {byCheck, evidence, listed, notApplicable, unobserved} from '../evidence/wording.js';

/** So long after a start what the start switched off is a warning; what nobody has changed by then is meant so. */
const NEWS = days(1);

export const nothingSwitchedOff = defineCheck('FRG-607', {
  category: 'recording',
  cause: 'config',
  needs: ['FRG-301'],
  after: ['FRG-303'],
  docs: {
    what: 'Recording, detection and whole cameras can be switched off at run time, over MQTT or in the UI, while the configuration has them on. Frigate then works as configured, and nothing is recorded or detected. A retained MQTT message switches it off again at each start.',
    limits:
      'Info while something is switched off. Warning for a day after a start (a restart, a rollout, a crash) since which something is off that was on before. Recording is compared from Frigate 0.12 on and cameras from 0.16 on; Frigate reports in no version whether detection is on in the configuration, so detection counts as switched off where the log says so or the camera was detecting before.',
    cure: 'Up to 0.17 a restart takes the configuration again, but a retained message does the same again. Nothing is restarted for it: somebody switched it off.',
    next: 'Switch it on again in the UI of Frigate or over MQTT (`frigate/CAMERA/recordings/set`, `…/detect/set`, `…/enabled/set` with `ON`). If it is off after each start, delete the retained message. The time and the log line show when it happened.',
    source:
      'Frigate frigate/comms/dispatcher.py; `record.enabled_in_config` in frigate/config.py at v0.12.1, `enabled_in_config` of cameras at v0.16.4. Reports: #2129, #6142, #6270, #1759, #6548, #2699, #5065.',
  },
  fix: () => [
    note('Switch it on again in the UI of Frigate or over MQTT.'),
    note('If it is off after each start, a retained MQTT message switches it off: delete that message.'),
  ],
  judge: (context) => {
    const {config} = context.observation.frigate;
    if (!config.known) return unobserved(config.why);
    if (config.value.safeMode) return notApplicable('Frigate runs in safe mode', byCheck('FRG-303'));
    const off = (switchedOff(context) ?? []).filter(({camera}) => isJudged(context, camera));
    return off.length === 0
      ? {status: 'ok', summary: 'Nothing that the configuration has on is switched off'}
      : judgeSwitches(context, off);
  },
});

const judgeSwitches = (context: CheckContext, off: readonly SwitchedOff[]): CheckResult => {
  const lost = off.filter((each) => isSinceStart(context, each));
  const facts: CheckResult = {
    status: lost.length > 0 ? 'warning' : 'info',
    cameras: [...new Set(off.map(({camera}) => camera))].sort(),
    faults: off.map((each) => `${each.what}-off:${each.camera}`),
    evidence: off
      .slice(0, 8)
      .map(({what, camera, since, logged}) =>
        evidence(
          `${what} of ${camera}`,
          `off since ${logged ? '' : 'at the latest '}${rfc3339(since)}${logged ? ', by the log of Frigate (MQTT or UI)' : ''}`,
        ),
      ),
    summary: summaryOf(lost.length > 0 ? lost : off, lost.length > 0),
  };
  return facts;
};

const titles: Readonly<Record<SwitchName, string>> = {
  recording: 'Recording',
  detection: 'Detection',
  camera: 'Camera',
};

const summaryOf = (off: readonly SwitchedOff[], sinceStart: boolean): string => {
  const kinds = (['camera', 'recording', 'detection'] as const).flatMap((what) => {
    const names = off.filter((each) => each.what === what).map(({camera}) => camera);
    return names.length === 0
      ? []
      : [what === 'camera' ? `Camera ${listed(names)} off` : `${titles[what]} off for ${listed(names)}`];
  });
  const first = off.reduce<Instant | null>((at, {since}) => (at === null || since < at ? since : at), null);
  return `${kinds.join('; ')}: switched off at run time${sinceStart ? ', on before this start' : ''}${first === null ? '' : `, since ${rfc3339(first)}`}`;
};

/** Switched off by what came with the start of this container, and on in the container before. Of detection only the log proves it. */
const isSinceStart = (context: CheckContext, each: SwitchedOff): boolean => {
  const start = containerStart(context.observation);
  const age = containerAge(context.observation);
  const before = context.memory.switches?.before ?? null;
  return (
    start !== null &&
    age !== null &&
    age < NEWS &&
    before !== null &&
    !before.includes(switchKey(each)) &&
    each.since <= later(start, context.policy.startupGrace) &&
    (each.what !== 'detection' || each.logged)
  );
};

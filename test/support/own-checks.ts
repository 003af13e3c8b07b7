/** Checks of the user's own for tests: a broker that is down, what depends on it, and one of each kind that is read. */
import type {CustomAnswer, CustomFinding} from '../../src/core/custom/custom-check.js';
import {judgeCustom} from '../../src/core/custom/judge.js';
import {milliseconds} from '../../src/core/time.js';
import {parseChecks} from '../../src/settings/checks-file.js';

const FILE = `
- {id: X-broker, title: MQTT broker, kind: mqtt, url: "mqtt://frigate:secret@broker:1883", severity: critical, fix: start the broker}
- {id: X-sensors, title: Sensors, kind: tcp, host: sensors, port: 80, dependsOn: [X-broker]}
- {id: X-automations, title: Home Assistant, kind: http, url: "http://ha:8123", dependsOn: [X-broker]}
- {id: X-lights, title: Lights, kind: tcp, host: lights, port: 80, dependsOn: [X-automations]}
- {id: X-door-fps, title: Frames of the door, kind: stats, pointer: /cameras/door/camera_fps, expect: ">= 4"}
- {id: X-plates, title: Licence plates, kind: log, pattern: "plates.* ERROR", expect: "< 3"}
- {id: X-nas, title: NAS, kind: dns, name: nas.home}
- {id: X-load, title: Load of the NAS, kind: prometheus, url: "http://prometheus:9090", query: node_load1, expect: "< 4"}
`;

const took = milliseconds(4);
const refused: CustomAnswer = {reached: false, how: 'refused', detail: 'connect ECONNREFUSED 192.0.2.5:1883', took};

const answers = (broker: CustomAnswer): ReadonlyMap<string, CustomAnswer> =>
  new Map<string, CustomAnswer>([
    ['X-broker', broker],
    ['X-sensors', {...refused}],
    ['X-automations', refused],
    ['X-lights', refused],
    ['X-door-fps', {reached: true, status: null, value: 2.5, took: milliseconds(0)}],
    ['X-plates', {reached: true, status: null, value: 1, sample: 'plates ERROR : no model', took: milliseconds(0)}],
    ['X-nas', {reached: true, status: null, value: ['192.0.2.9'], took}],
  ]);

/** `broker`: whether it works; then what depends on it fails by itself. */
export const ownFindings = (broker: 'down' | 'up' = 'down'): readonly CustomFinding[] => {
  const parsed = parseChecks('checks.yaml', FILE);
  if (!parsed.ok) throw new Error(parsed.error);
  return judgeCustom(parsed.checks, answers(broker === 'down' ? refused : {reached: true, status: 0, took}), new Map());
};

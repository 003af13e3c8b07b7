import assert from 'node:assert/strict';
import fc from 'fast-check';
import {stringify} from 'yaml';
import {parseChecks} from '../../src/settings/checks-file.js';

const file = '/etc/checks.yaml';
const error = (text: string | null): string => {
  const parsed = parseChecks(file, text);
  assert.ok(!parsed.ok, 'the file is refused');
  return parsed.error;
};

describe('the file with checks of the user’s own', () => {
  it('takes every kind, in YAML and in JSON, with its defaults', () => {
    const checks = [
      {id: 'X-web', title: 'web', kind: 'http', url: 'https://u:p@nas/api', pointer: '/load', expect: '< 80'},
      {id: 'X-tcp', title: 'tcp', kind: 'tcp', host: 'nas', port: 445, dependsOn: ['X-web', 'FRG-202']},
      {id: 'X-dns', title: 'dns', kind: 'dns', name: 'nas.lan', expect: '192.168.1.5'},
      {id: 'X-redis', title: 'redis', kind: 'redis', url: 'redis://:secret@cache'},
      {id: 'X-mqtt', title: 'mqtt', kind: 'mqtt', url: 'mqtts://frigate:secret@broker'},
      {id: 'X-rtsp', title: 'rtsp', kind: 'rtsp', url: 'rtsp://[::1]:8554/front'},
      {id: 'X-prom', title: 'prom', kind: 'prometheus', url: 'http://prom:9090', query: 'up', expect: 1, every: '1m'},
      {id: 'X-fps', title: 'fps', kind: 'stats', pointer: '/cameras/front/camera_fps', expect: '>= 4'},
      {id: 'X-log', title: 'log', kind: 'log', pattern: 'ERROR .*front', window: '5m', frigate: 'home/frigate'},
    ];
    const yaml = parseChecks(file, stringify(checks));
    assert.ok(yaml.ok, JSON.stringify(yaml));
    assert.deepEqual(parseChecks(file, JSON.stringify(checks)), yaml);
    assert.deepEqual(
      yaml.checks.map(({probe}) => probe),
      [
        {kind: 'http', url: 'https://u:p@nas/api', status: [], pointer: '/load', expect: {operator: '<', value: 80}},
        {kind: 'tcp', host: 'nas', port: 445},
        {kind: 'dns', name: 'nas.lan', expect: ['192.168.1.5']},
        {kind: 'redis', host: 'cache', port: 6379, tls: false, user: '', password: 'secret'},
        {kind: 'mqtt', host: 'broker', port: 8883, tls: true, user: 'frigate', password: 'secret'},
        {kind: 'rtsp', host: '::1', port: 8554, tls: false, path: '/front'},
        {kind: 'prometheus', url: 'http://prom:9090', query: 'up', expect: {operator: '==', value: 1}},
        {kind: 'stats', pointer: '/cameras/front/camera_fps', expect: {operator: '>=', value: 4}},
        {kind: 'log', pattern: 'ERROR .*front', window: 300_000, expect: {operator: '==', value: 0}},
      ],
    );
    assert.deepEqual([yaml.checks[0]?.frigate, yaml.checks.at(-1)?.frigate], [null, 'home/frigate']);
    const [first] = yaml.checks;
    assert.deepEqual([first?.every, first?.timeout, first?.severity, first?.fix], [30_000, 5000, 'warning', null]);
  });

  const tcp = (id: string, more = ''): string => `- {id: ${id}, title: t, kind: tcp, host: h, port: 1${more}}\n`;
  for (const [what, text, expected] of [
    ['a file that cannot be read', null, /^\/etc\/checks\.yaml cannot be read$/],
    ['no YAML', '- id: [', /line 1: no YAML/],
    ['no list', 'checks: 1', /line 1: the document: .*array/],
    ['a kind that is none', `${tcp('X-a')}- {id: X-b, title: t, kind: ftp}`, /line 2: \[1\]\.kind/],
    ['a field that is none', '- id: X-a\n  title: t\n  kind: tcp\n  host: h\n  prot: 1', /line 1: \[0\].*port|prot/],
    ['a port out of range', '- id: X-a\n  title: t\n  kind: tcp\n  host: h\n  port: 70000', /line 5: \[0\]\.port/],
    ['an id of the catalogue', tcp('FRG-101'), /\[0\]\.id: X- and/],
    ['an id twice', tcp('X-a') + tcp('X-A'), /line 2: \[1\]\.id: X-A stands there twice/],
    ['a dependency that is none', tcp('X-a', ', dependsOn: [X-b]'), /dependsOn\[0\]: there is no check "X-b"/],
    ['a circle', tcp('X-a', ', dependsOn: [X-b]') + tcp('X-b', ', dependsOn: [X-a]'), /a circle: X-a → X-b → X-a/],
    ['a timeout that is too long', tcp('X-a', ', timeout: 1m'), /timeout: a duration from 0\.1s to 10s/],
    ['an alias', `- &a {id: X-a, title: t, kind: tcp, host: h, port: 1}\n- *a\n`, /aliases are not accepted/],
    [
      'a pattern that is none',
      '- {id: X-a, title: t, kind: log, pattern: "a("}',
      /line 1: \[0\]\.pattern: .*missing closing/,
    ],
    [
      'a pattern that must be tried again and again',
      '- id: X-a\n  title: t\n  kind: log\n  pattern: "(a)\\\\1"',
      /line 4: \[0\]\.pattern: .*invalid escape sequence/,
    ],
    ['a pattern that is too long', `- {id: X-a, title: t, kind: log, pattern: ${'a'.repeat(201)}}`, /\[0\]\.pattern/],
    ['a count that is no number', '- {id: X-a, title: t, kind: log, pattern: a, expect: many}', /expect: a number/],
    [
      'a window that is too long',
      '- {id: X-a, title: t, kind: log, pattern: a, window: 2h}',
      /window: a duration from 60s/,
    ],
    [
      'a timeout of what is not asked',
      '- {id: X-a, title: t, kind: stats, pointer: /a, expect: 1, timeout: 1s}',
      /timeout/,
    ],
    ['a Frigate without its namespace', tcp('X-a', ', frigate: frigate'), /frigate: NAMESPACE\/NAME/],
    [
      'too many checks of the log',
      Array.from({length: 21}, (_, index) => `- {id: X-${index}, title: t, kind: log, pattern: a}\n`).join(''),
      /line 21: \[20\]\.kind: at most 20/,
    ],
    ['a pointer alone', '- {id: X-a, title: t, kind: http, url: "http://h", pointer: /a}', /together/],
  ] as const)
    it(`refuses ${what}, with the line and the field`, () => {
      assert.match(error(text), expected);
    });

  it('never throws, and never repeats a password of a URL', () => {
    const value = fc.jsonValue({maxDepth: 3});
    const entry = fc.record(
      {
        id: fc.constantFrom('X-a', 'X-b', 1),
        title: value,
        kind: fc.constantFrom('http', 'tcp', 'mqtt', 'dns', 'stats', 'log', {}),
        url: value,
        pattern: fc.oneof(value, fc.string({unit: fc.constantFrom(...Array.from('ab(|)[]{}*+?^$.\\-1'))})),
        pointer: value,
        expect: value,
      },
      {requiredKeys: []},
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(entry).map((list) => stringify(list)),
        ),
        (text) => {
          const parsed = parseChecks(file, text);
          assert.equal(typeof parsed.ok, 'boolean');
        },
      ),
    );
    assert.doesNotMatch(
      error('- {id: "X-a", url: "mqtt://u:hunter2@h", kind: mqtt, title: t, dependsOn: ["mqtt://u:hunter2@h"]}'),
      /hunter2/,
    );
  });
});

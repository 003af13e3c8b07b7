import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import {maskJson} from '../../src/core/mask-json.js';

describe('masked JSON', () => {
  const cases: ReadonlyArray<readonly [what: string, text: string, masked: string]> = [
    ['a password', '{"mqtt": {"password": "hush", "port": 1883}}', '{"mqtt": {"password": "***", "port": 1883}}'],
    [
      'a name that ends as one',
      '{"auth_secret":"hush","x_api_key" : "hush"}',
      '{"auth_secret":"***","x_api_key" : "***"}',
    ],
    ['a number that is a secret', '{"password": 1234, "width": 5}', '{"password": "***", "width": 5}'],
    [
      'nothing in a switch',
      '{"reset_admin_password": false, "token": null, "secret": ""}',
      '{"reset_admin_password": false, "token": null, "secret": ""}',
    ],
    ['a URL in a list', '["-i", "rtsp://me:hush@10.0.0.5/a"]', '["-i", "rtsp://***@10.0.0.5/a"]'],
    ['a URL with escapes', '["rtsp:\\/\\/me:hush@10.0.0.5\\/a"]', '["rtsp://***@10.0.0.5/a"]'],
    [
      'all of a secret object',
      '{"credentials": {"a": ["hush", {"b": "hush"}]}, "c": "d"}',
      '{"credentials": {"***": ["***", {"***": "***"}]}, "c": "d"}',
    ],
    [
      'nothing else: blanks, order, escapes, numbers',
      ' {"b" : 1.0e3,\n\t"a":"\\u00e9é",  "c":[NaN, -Infinity]} \n',
      ' {"b" : 1.0e3,\n\t"a":"\\u00e9é",  "c":[NaN, -Infinity]} \n',
    ],
    ['a broken document as far as it goes', '{"token": "hush", "a": [1, 2', '{"token": "***", "a": [1, 2'],
    ['prose that only begins as JSON', '{"a": oops rtsp://me:hush@10.0.0.5/}', '{"a": oops rtsp://***@10.0.0.5/}'],
    ['a document that breaks in a string', '{"a": 1, "password": "hus', '{"a": 1, "password": "***"'],
  ];
  for (const [what, text, masked] of cases) it(`hides ${what}`, () => assert.equal(maskJson(text), masked));

  it('stays JSON, and keeps no planted secret', () => {
    const secret = 's3cr3t-4711';
    const places: ReadonlyArray<(inner: fc.JsonValue) => fc.JsonValue> = [
      () => ({password: secret}),
      () => ({mqtt_password: [secret]}),
      (inner) => [inner, `rtsp://admin:${secret}@10.0.0.5/x`],
      (inner) => ({inner, args: `-x --token=${secret} -y`}),
      (inner) => ({credentials: {inner, deep: {x: secret}}}),
    ];
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom(...places), fc.constantFrom(0, 2), (value, place, indent) => {
        const masked = maskJson(JSON.stringify(place(value), null, indent));
        JSON.parse(masked);
        assert.ok(!masked.includes(secret), masked);
      }),
      {seed: 7, numRuns: 500},
    );
  });
});

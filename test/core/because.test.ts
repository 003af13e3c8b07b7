import assert from 'node:assert/strict';
import {becauseText, type Because} from '../../src/core/because.js';
import {seconds} from '../../src/core/time.js';

/** One of each kind: the strings of `because` in the JSON report v1. */
const texts: ReadonlyArray<readonly [Because, string]> = [
  [{kind: 'check', id: 'FRG-201'}, 'FRG-201'],
  [{kind: 'unknown', why: {code: 'forbidden', message: 'pods: 403'}}, 'forbidden: pods: 403'],
  [{kind: 'unknown', why: {code: 'not-asked', message: 'not asked in this pass'}}, 'not asked in this pass'],
  [
    {
      kind: 'transports',
      failed: [
        {via: 'proxy', why: '403'},
        {via: 'exec', why: '404'},
      ],
    },
    'proxy: 403; exec: 404',
  ],
  [{kind: 'settling', age: seconds(60)}, 'Frigate started 1m ago'],
  [{kind: 'not-applicable', why: 'mqtt-disabled'}, 'mqtt.enabled is false'],
  [{kind: 'inconclusive', why: 'log-incomplete'}, 'the log was not read to its end'],
  [{kind: 'no-restart', why: 'no-frames'}, 'no restart: it does not bring a camera back'],
  [{kind: 'bug', check: 'FRG-101', message: 'x'}, 'a bug in FRG-101: x'],
];

describe('a reason in words', () => {
  for (const [because, text] of texts) it(`is "${text}"`, () => assert.equal(becauseText(because), text));
});

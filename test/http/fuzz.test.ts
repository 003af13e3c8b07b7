import assert from 'node:assert/strict';
import {fuzzHttp} from './fuzz.js';

describe('spoilt requests', () => {
  it('get an answer that the document announces, and restart nothing', async () => {
    const {statuses, recoveries, violations} = await fuzzHttp(500, 7);
    assert.deepEqual(violations, []);
    for (const status of [200, 202, 400, 401, 403, 404, 405, 409, 415]) assert.ok(statuses.has(status), String(status));
    assert.ok(recoveries > 0);
  });
});

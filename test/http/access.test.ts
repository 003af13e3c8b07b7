import assert from 'node:assert/strict';
import {known, unknown} from '../../src/core/known.js';
import {minutes, seconds} from '../../src/core/time.js';
import type {AccessQuestion, AccessReviews} from '../../src/core/observation/access-review.js';
import {credentialsOf} from '../../src/http/auth/credentials.js';
import {kubernetesAccess} from '../../src/http/auth/kubernetes.js';
import {readTokenFile} from '../../src/http/auth/token-file.js';
import type {FrigateDetail, FrigateList} from '../../src/http/schemas/types.js';
import {FakeTimers} from '../support/fake-timers.js';
import {frigateOf, staticFrigate} from '../support/fleet.js';
import {httpStage, tokenAccess, TOKENS, type AskOptions, type HttpStage} from './stage.js';

const REASON = {reason: 'the detector hangs'};
const RECOVER = '/api/quality/recover/healthy.frigate';

const basic = (token: string): AskOptions => ({
  headers: {Authorization: `Basic ${Buffer.from(`anybody:${token}`).toString('base64')}`},
});

const stageWithTokens = async (): Promise<HttpStage> =>
  httpStage([await frigateOf('healthy'), await frigateOf('one-camera-down')], {access: tokenAccess(), debug: true});

describe('the credentials of a request', () => {
  it('are a bearer token, or the password of a browser', () => {
    assert.deepEqual(credentialsOf('Bearer abc.def'), {token: 'abc.def', scheme: 'bearer'});
    assert.deepEqual(credentialsOf('bearer   abc'), {token: 'abc', scheme: 'bearer'});
    assert.deepEqual(credentialsOf(`Basic ${Buffer.from('me:a:b').toString('base64')}`), {
      token: 'a:b',
      scheme: 'basic',
    });
    for (const none of [
      undefined,
      '',
      'Bearer',
      'Digest abc',
      'Basic !!!',
      `Basic ${Buffer.from('me').toString('base64')}`,
      `Bearer ${'x'.repeat(9000)}`,
    ])
      assert.equal(credentialsOf(none), null, String(none));
  });
});

describe('access by a token file', () => {
  it('leaves only the health of the daemon open', async () => {
    const stage = await stageWithTokens();
    for (const path of ['/health', '/ready', '/startup']) assert.equal((await stage.ask('GET', path)).status, 200);
    for (const path of [
      '/api/instances',
      '/openapi.json',
      '/api/v1/frigates',
      '/api/v1/events',
      '/api/quality/deep-health',
    ]) {
      const response = await stage.ask('GET', path);
      assert.equal(response.status, 401, path);
      assert.equal(response.headers.get('www-authenticate'), 'Bearer');
      assert.equal((await stage.ask('GET', path, {token: 'guessed'})).status, 401);
    }
  });

  it('lets a reader read and not write', async () => {
    const stage = await stageWithTokens();
    const token = TOKENS.reader;
    await stage.get('/api/instances', {token});
    assert.equal((await stage.ask('POST', '/api/instances/refresh', {token})).status, 403);
    assert.equal((await stage.ask('POST', '/debug/fail', {token})).status, 403);
    assert.equal((await stage.ask('POST', RECOVER, {token, body: REASON})).status, 403);
    assert.deepEqual([stage.control.refreshed, stage.control.recovered, stage.control.failures], [0, [], []]);
    assert.deepEqual(((await stage.get('/api/v1/frigates/healthy/frigate', {token})) as FrigateDetail).may, {
      recover: false,
    });
  });

  it('lets a writer write under the own name', async () => {
    const stage = await stageWithTokens();
    const response = await stage.ask('POST', RECOVER, {
      token: TOKENS.writer,
      body: REASON,
      headers: {'Idempotency-Key': 'key-1'},
    });
    assert.equal(response.status, 202);
    assert.deepEqual(stage.control.recovered, [
      {id: 'healthy.frigate', request: {by: 'walter', reason: REASON.reason, force: false, idempotencyKey: 'key-1'}},
    ]);
  });

  it('hides the Frigates of other namespaces', async () => {
    const stage = await stageWithTokens();
    const token = TOKENS.nvr;
    const {frigates} = (await stage.get('/api/v1/frigates', {token})) as FrigateList;
    assert.deepEqual(
      frigates.map(({namespace}) => namespace),
      ['healthy'],
    );
    for (const path of ['/api/v1/frigates/one-camera-down/frigate', '/api/quality/deep-health/one-camera-down.frigate'])
      assert.equal((await stage.ask('GET', path, {token})).status, 404);
    assert.equal(
      (await stage.ask('POST', '/api/quality/recover/one-camera-down.frigate', {token, body: REASON})).status,
      404,
    );
    assert.equal((await stage.ask('POST', RECOVER, {token, body: REASON})).status, 202);
  });

  it('asks a browser for the token, but not over the page where one is wrong', async () => {
    const stage = await stageWithTokens();
    const accept = {Accept: 'text/html,*/*;q=0.8'};
    const page = await stage.ask('GET', '/api/instances', {headers: accept});
    assert.match(page.headers.get('www-authenticate') ?? '', /^Basic realm=/);
    const own = {...accept, 'X-Frigate-Health': '1'};
    const fetched = await stage.ask('GET', '/api/instances', {headers: own});
    assert.match(fetched.headers.get('www-authenticate') ?? '', /^Basic realm=/);
    const wrong = await stage.ask('GET', '/api/instances', {headers: {...own, ...basic('revoked').headers}});
    assert.deepEqual([wrong.status, wrong.headers.get('www-authenticate')], [401, 'Bearer']);
    assert.equal((await stage.ask('GET', '/api/instances', basic(TOKENS.reader))).status, 200);
  });

  it('takes a POST of a browser only with the own header', async () => {
    const stage = await stageWithTokens();
    const {headers} = basic(TOKENS.writer);
    assert.equal(
      (await stage.ask('POST', RECOVER, {headers: {...headers, 'X-Frigate-Health': ''}, body: REASON, token: null}))
        .status,
      202,
    );
    const forged = await stage.app.fetch(
      new Request(`http://localhost:8080${RECOVER}`, {
        method: 'POST',
        headers: {...headers, 'Content-Type': 'application/json'},
        body: JSON.stringify(REASON),
      }),
    );
    assert.equal(forged.status, 403);
    assert.equal(stage.control.recovered.length, 1);
  });

  it('refuses a file that is wrong, and never quotes it', () => {
    for (const text of [
      'tokens: [',
      'tokens: []',
      'tokens: [{name: a, sha256: my-secret-token, scope: read}]',
      'other: 1',
      '',
    ]) {
      const read = readTokenFile(text);
      assert.equal(read.kind, 'wrong', text);
      assert.ok(!read.message.includes('my-secret-token'), read.message);
    }
  });

  it('logs refusals without a token', async () => {
    const stage = await stageWithTokens();
    await stage.ask('GET', '/api/instances', {token: 'guessed-token-777'});
    await stage.ask('GET', '/api/instances', basic('guessed-token-777'));
    await stage.ask('POST', RECOVER, {token: TOKENS.reader, body: REASON});
    await stage.ask('POST', RECOVER, {token: TOKENS.writer, body: REASON});
    const log = JSON.stringify(stage.log);
    assert.deepEqual(
      stage.log.map(({event, fields}) => [event, fields['user'] ?? null]),
      [
        ['http.refused', null],
        ['http.refused', null],
        ['http.refused', 'rita'],
        ['http.write', 'walter'],
      ],
    );
    for (const secret of ['guessed-token-777', TOKENS.reader, TOKENS.writer]) {
      assert.ok(!log.includes(secret));
      assert.ok(!log.includes(Buffer.from(`anybody:${secret}`).toString('base64')));
    }
  });
});

describe('the limits', () => {
  it('are five POSTs a minute and user', async () => {
    const stage = await stageWithTokens();
    const post = (token: string): Promise<Response> => stage.ask('POST', '/api/instances/refresh', {token});
    for (let count = 0; count < 5; count += 1) assert.equal((await post(TOKENS.writer)).status, 202);
    const limited = await post(TOKENS.writer);
    assert.equal(limited.status, 429);
    assert.equal(limited.headers.get('retry-after'), '60');
    assert.equal(stage.control.refreshed, 5);
    assert.equal((await post(TOKENS.reader)).status, 403);
    await stage.timers.advance(minutes(1));
    assert.equal((await post(TOKENS.writer)).status, 202);
  });

  it('are thirty wrong tokens a minute and address', async () => {
    const stage = await stageWithTokens();
    for (let count = 0; count < 30; count += 1)
      assert.equal((await stage.ask('GET', '/api/instances', {token: `guess-${count}`})).status, 401);
    assert.equal((await stage.ask('GET', '/api/instances', {token: 'guess-31'})).status, 429);
    assert.equal((await stage.ask('GET', '/health')).status, 200);
    await stage.timers.advance(minutes(1));
    assert.equal((await stage.ask('GET', '/api/instances', {token: TOKENS.reader})).status, 200);
  });

  it('are 16 KiB of JSON that fits', async () => {
    const stage = await stageWithTokens();
    const post = (body: unknown, headers: Record<string, string> = {}): Promise<Response> =>
      stage.ask('POST', RECOVER, {token: TOKENS.writer, body, headers});
    assert.equal((await post({reason: 'x'.repeat(17_000)})).status, 413);
    assert.equal((await post('reason=1', {'Content-Type': 'application/x-www-form-urlencoded'})).status, 415);
    assert.equal((await post('{"reason": ')).status, 400);
    assert.equal((await post({reason: 'no'})).status, 400);
    assert.equal((await post({reason: 'something', more: 1})).status, 400);
    assert.deepEqual(stage.control.recovered, []);
    await stage.timers.advance(minutes(1));
    assert.equal((await post(undefined)).status, 415);
    assert.equal((await post(REASON, {'Idempotency-Key': 'x'.repeat(300)})).status, 400);
  });
});

describe('access without a token', () => {
  it('serves the own host names only', async () => {
    const stage = httpStage([await frigateOf('healthy')]);
    for (const Host of ['localhost:8080', '127.0.0.1:8080', '[::1]:8080', '127.8.9.1'])
      assert.equal((await stage.ask('GET', '/api/instances', {headers: {Host}})).status, 200, Host);
    for (const Host of ['evil.example', 'localhost.evil.example', '127.0.0.1.evil.example:8080', ''])
      assert.equal((await stage.ask('GET', '/api/instances', {headers: {Host}})).status, 403, Host);
  });

  it('takes no POST that another site made', async () => {
    const stage = httpStage([]);
    const forged = await stage.app.fetch(
      new Request('http://localhost:8080/api/instances/refresh', {method: 'POST', headers: {Host: 'localhost:8080'}}),
    );
    assert.equal(forged.status, 403);
    assert.equal(stage.control.refreshed, 0);
  });
});

/** What a fake API server was asked. */
class Reviews implements AccessReviews {
  readonly asked: string[] = [];
  away = false;
  allowed: (question: AccessQuestion) => boolean = () => true;

  userOf(token: string): ReturnType<AccessReviews['userOf']> {
    this.asked.push('token');
    if (this.away) return Promise.resolve(unknown('timeout', 'create tokenreviews: no answer before the deadline'));
    const name = /^token-(.+)$/.exec(token)?.[1];
    return Promise.resolve(known(name === undefined ? null : {name, uid: null, groups: [], extra: {}}));
  }

  allows(...[user, question]: Parameters<AccessReviews['allows']>): ReturnType<AccessReviews['allows']> {
    this.asked.push(
      `${user.name} ${JSON.stringify(question.kind === 'path' ? [question.verb, question.path] : question.permission)}`,
    );
    return Promise.resolve(this.away ? unknown('timeout', 'no answer') : known(this.allowed(question)));
  }
}

describe('access by Kubernetes', () => {
  const stageOf = async (): Promise<{stage: HttpStage; reviews: Reviews; timers: FakeTimers}> => {
    const reviews = new Reviews();
    const timers = new FakeTimers();
    const frigates = [await frigateOf('healthy'), staticFrigate('attic')];
    return {stage: httpStage(frigates, {access: kubernetesAccess(reviews, timers)}), reviews, timers};
  };

  it('asks for the path, and for the right to patch that very workload', async () => {
    const {stage, reviews} = await stageOf();
    await stage.get('/api/instances', {token: 'token-ada'});
    assert.equal((await stage.ask('POST', RECOVER, {token: 'token-ada', body: REASON})).status, 202);
    assert.deepEqual(reviews.asked, [
      'token',
      'ada ["get","/api/instances"]',
      'ada {"verb":"patch","group":"apps","resource":"deployments","namespace":"healthy","name":"frigate"}',
    ]);
    assert.equal(stage.control.recovered[0]?.request.by, 'ada');
  });

  it('never lends its own permission', async () => {
    const {stage, reviews} = await stageOf();
    reviews.allowed = ({kind}) => kind === 'path';
    const response = await stage.ask('POST', RECOVER, {token: 'token-ada', body: REASON});
    assert.equal(response.status, 403);
    assert.deepEqual(stage.control.recovered, []);
  });

  it('asks for no permission where nothing could be restarted: outside Kubernetes the answer is the rule', async () => {
    const {stage, reviews} = await stageOf();
    const response = await stage.ask('POST', '/api/quality/recover/static.attic', {token: 'token-ada', body: REASON});
    const answer = (await response.json()) as Readonly<Record<string, unknown>>;
    assert.deepEqual([response.status, answer['rule']], [409, 'R-01']);
    assert.ok(!reviews.asked.some((asked) => asked.includes('patch')));
    assert.deepEqual(stage.control.recovered, []);
  });

  it('asks once in ten seconds', async () => {
    const {stage, reviews, timers} = await stageOf();
    for (let count = 0; count < 20; count += 1) await stage.get('/api/instances', {token: 'token-ada'});
    assert.equal(reviews.asked.length, 2);
    reviews.allowed = () => false;
    await timers.advance(seconds(11));
    assert.equal((await stage.ask('GET', '/api/instances', {token: 'token-ada'})).status, 403);
  });

  it('answers 503 while the API server is away, and remembers nothing of that', async () => {
    const {stage, reviews} = await stageOf();
    reviews.away = true;
    const response = await stage.ask('GET', '/api/instances', {token: 'token-ada'});
    assert.equal(response.status, 503);
    assert.equal(response.headers.get('retry-after'), '5');
    assert.equal((await stage.ask('GET', '/health')).status, 200);
    reviews.away = false;
    assert.equal((await stage.ask('GET', '/api/instances', {token: 'token-ada'})).status, 200);
    assert.equal((await stage.ask('GET', '/api/instances', {token: 'nonsense'})).status, 401);
  });
});

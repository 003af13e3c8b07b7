import assert from 'node:assert/strict';
import {createHash} from 'node:crypto';
import {known} from '../../src/core/known.js';
import {jsonOf} from '../../src/core/json.js';
import {decodeState} from '../../src/core/state/codec.js';
import {minutes} from '../../src/core/time.js';
import {EVIDENCE_LIMIT, gatherEvidence, LARGEST_EVIDENCE} from '../../src/pass/evidence.js';
import {journalLine, type JournalFields} from '../../src/pass/journal.js';
import type {PassPorts} from '../../src/pass/ports.js';
import {runPass} from '../../src/pass/run-pass.js';
import {DOCUMENT_KEY} from '../../src/pass/state-store.js';
import {renderStateText} from '../../src/report/state-text.js';
import {showStateIn} from '../../src/usecases/state.js';
import {critical} from '../support/decision.js';
import {FakeTimers} from '../support/fake-timers.js';
import {aJournal, deadApi, FakeWorld} from '../support/fake-world.js';
import {
  aContainer,
  aFrigate,
  ago,
  anEvent,
  anObservation,
  aPod,
  aSnapshot,
  aTermination,
} from '../support/observation.js';

const never = new AbortController().signal;
const SECRET = 'hunter2-very-secret';

async function* chunks(texts: readonly string[]): AsyncIterable<Buffer> {
  for (const text of texts) yield await Promise.resolve(Buffer.from(text));
}

/** Ports whose containers log these lines; `previous` is the log of the container before. */
const logging = (fake: FakeWorld, log: readonly string[], previous: readonly string[] = []): PassPorts => {
  const ports = fake.world();
  return {
    ...ports,
    cluster: {
      ...ports.cluster,
      openLog: (request) =>
        Promise.resolve(
          known(chunks((request.previous ? previous : log).map((line) => `2026-10-10T03:00:00.1Z ${line}\n`))),
        ),
    },
  };
};

const failing = async (fake: FakeWorld, ports: () => PassPorts) => {
  fake.frigate = deadApi();
  await runPass(ports(), {request: null, dryRun: false}, aJournal().journal, never);
  fake.advance(minutes(5));
  const kept = aJournal();
  const pass = await runPass(ports(), {request: null, dryRun: false}, kept.journal, never);
  return {pass, lines: kept.lines};
};

describe('the evidence of a restart', () => {
  it('is in the journal after the intent and before the PATCH, and its digest in the record and in `state`', async () => {
    const fake = new FakeWorld();
    const {lines, pass} = await failing(fake, () => logging(fake, [`ERROR rtsp://me:${SECRET}@cam timed out`]));

    const order = lines.map(({event}) => event).filter((event) => /^(intent|restart)\./.test(event));
    assert.deepEqual(order, ['intent.stored', 'restart.evidence', 'restart.sent']);
    const {sha256, evidence} = lines.find(({event}) => event === 'restart.evidence')!.fields as {
      sha256: string;
      evidence: JournalFields;
    };
    assert.deepEqual(evidence['log'], ['ERROR rtsp://***@cam timed out']);
    assert.equal(createHash('sha256').update(jsonOf(evidence)).digest('hex'), sha256);
    const line = journalLine({time: 't', event: 'restart.evidence', pass: 'p'}, {evidence});
    assert.equal(
      jsonOf((JSON.parse(line) as {evidence: unknown}).evidence),
      jsonOf(evidence),
      'masked once and for all',
    );

    assert.equal(pass.state.restarts.at(-1)?.evidence, sha256);
    const stored = decodeState(fake.maps.get('frigate-health-state')!.data.get(DOCUMENT_KEY)!);
    assert.deepEqual([stored.problems, stored.state.restarts.at(-1)?.evidence], [[], sha256]);
    const text = renderStateText(await showStateIn(fake.world(), {history: 5}, never), {
      colour: false,
      ascii: false,
      columns: null,
    });
    assert.match(text, new RegExp(`evidence in the log of the pass, sha256 ${sha256.slice(0, 12)}`));
  });

  it('never prevents the restart: neither by a log that fails nor by one that says nothing', async () => {
    const broken = new FakeWorld();
    await failing(broken, () => broken.world());
    assert.equal(broken.rollouts.length, 1);

    const timers = new FakeTimers();
    const silent = new FakeWorld().world();
    const work = gatherEvidence(
      {clock: timers, cluster: {...silent.cluster, openLog: () => new Promise(() => undefined)}},
      {observation: anObservation(), findings: [critical('FRG-301')]},
      never,
    );
    await timers.advance(EVIDENCE_LIMIT);
    const {fields} = await work;
    assert.deepEqual([fields['log'], (fields['findings'] as unknown[]).length], [[], 1]);
  });

  it('is bounded and masked, with the newest lines, for any input', async () => {
    const noise = (index: number): string => `${index} password=${SECRET}${'x'.repeat(index % 700)} ü`;
    const fake = new FakeWorld();
    const many = Array.from({length: 5000}, (_, index) => noise(index));
    const snapshot = aSnapshot();
    const observation = anObservation({
      pods: known([aPod({frigate: aContainer({restartCount: 1, last: aTermination({finishedAt: ago(minutes(3))})})})]),
      events: known(many.map((message) => anEvent('BackOff', message))),
      frigate: aFrigate({history: known(Array.from({length: 500}, () => snapshot))}),
    });
    const {fields} = await gatherEvidence(
      logging(fake, many, many),
      {observation, findings: Array.from({length: 400}, () => critical('FRG-301', {summary: many[699]!}))},
      never,
    );
    const line = journalLine({time: 't', event: 'restart.evidence', pass: 'p'}, {attempt: 'a', evidence: fields});
    assert.ok(Buffer.byteLength(line) <= LARGEST_EVIDENCE, String(line.length));
    assert.ok(!line.includes(SECRET));
    for (const part of ['log', 'previousLog', 'history', 'events', 'findings'])
      assert.ok((fields[part] as unknown[]).length > 0, part);
    assert.match(String((fields['log'] as string[]).at(-1)), /^4999 /);
  });

  it('is not in the records of earlier versions, and they are read as they are', () => {
    const old = {
      id: 'a',
      at: 1,
      cause: 'process',
      rule: 'R-12',
      who: 'automatic',
      reason: '',
      findings: [],
      phase: 'acted',
    };
    const {state, problems} = decodeState(
      JSON.stringify({schema: 1, restarts: [old], breaker: {}, outbox: [], standing: [], memory: {}, decisions: []}),
    );
    assert.ok(!problems.some((problem) => problem.startsWith('state.restarts')));
    assert.deepEqual(Object.hasOwn(state.restarts[0]!, 'evidence'), false);
  });
});

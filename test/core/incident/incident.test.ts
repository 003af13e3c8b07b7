import assert from 'node:assert/strict';
import {decide} from '../../../src/core/decide.js';
import type {DecisionInput} from '../../../src/core/decision/situation.js';
import {acknowledge} from '../../../src/core/incident/acknowledge.js';
import {markDelivered} from '../../support/delivered.js';
import {diagnose} from '../../../src/core/diagnosis/diagnose.js';
import type {Finding} from '../../../src/core/finding.js';
import {freshState} from '../../../src/core/state/codec.js';
import type {OutboxEntry, State} from '../../../src/core/state/state.js';
import {later, minutes, type Instant} from '../../../src/core/time.js';
import {aFinding, anInput, critical, hungDetector} from '../../support/decision.js';
import {aContainer, ago, aPolicy, now, withWorkload} from '../../support/observation.js';

const down = critical('FRG-501', {cause: 'camera', cameras: ['front'], summary: 'front delivers no frames'});
const oom = critical('FRG-203', {cause: 'memory', immediate: true, summary: 'killed for memory'});
const warning = aFinding('FRG-205', {status: 'warning', cause: 'memory', summary: 'no memory limit'});
const rights = critical('FRG-104', {cause: 'checker', summary: 'the state cannot be read'});
const well = aFinding('FRG-501');

interface Step {
  readonly findings: readonly Finding[];
  readonly changes?: Partial<DecisionInput>;
}

/** Plays passes five minutes apart; everything in the outbox is delivered at once unless `deliver` is false. */
const play = (
  steps: readonly Step[],
  options: {
    readonly deliver?: boolean;
    readonly starting?: boolean;
    readonly changes?: Partial<DecisionInput>;
    /** Somebody acknowledges the incident after this step. */
    readonly ackAfter?: number;
  } = {},
) => {
  let state: State = freshState;
  const mails: OutboxEntry[] = [];
  const told = new Set<string>();
  for (const [index, {findings, changes}] of steps.entries()) {
    const at: Instant = later(now, minutes(5 * index));
    const fresh = findings.map((finding) => (finding.evidenceAt === null ? finding : {...finding, evidenceAt: at}));
    const decision = decide(
      anInput({
        state,
        now: at,
        findings: fresh,
        diagnosis: diagnose(fresh, {paused: false, starting: options.starting ?? false}),
        attemptId: `attempt-${index}`,
        observation: withWorkload({attempt: state.restarts.at(-1)?.id ?? null}, {at}),
        ...options.changes,
        ...changes,
      }),
    );
    state = decision.next;
    if (index === options.ackAfter) state = acknowledge(state, {by: 'bob', reason: null}, at) ?? state;
    for (const entry of state.outbox) {
      if (!told.has(entry.key)) mails.push(entry);
      told.add(entry.key);
      if (options.deliver !== false && entry.deliveredAt === null) state = markDelivered(state, entry.key, at);
    }
  }
  return {state, mails: mails.map((mail) => mail.kind), entries: mails};
};
const times = (count: number, findings: readonly Finding[]): Step[] => Array.from({length: count}, () => ({findings}));

describe('alerts', () => {
  it('tell a camera that is down once N passes have seen it, and not again for the next 23 hours', () => {
    assert.deepEqual(play(times(1, [down])).mails, []);
    assert.deepEqual(play(times(2, [down])).mails, ['began']);
    assert.deepEqual(play(times(270, [down])).mails, ['began']);
  });

  it('remind after 24 hours', () => {
    assert.deepEqual(play(times(300, [down])).mails, ['began', 'reminder']);
  });

  it('do not remind of an acknowledged incident, but tell that it gets worse and that it ends', () => {
    const all = critical('FRG-501', {
      cause: 'network',
      cameras: ['back', 'front', 'garage'],
      summary: 'All deliver nothing',
    });
    const known = play(times(300, [down]), {ackAfter: 10});
    assert.deepEqual([known.mails, known.state.incident?.ack?.by], [['began'], 'bob']);
    const course = [...times(20, [down]), ...times(9, [all]), ...times(9, [well])];
    assert.deepEqual(play(course, {ackAfter: 10}).mails, ['began', 'worse', 'ended']);
    // The next incident is another one.
    assert.equal(play([...course, ...times(9, [down])], {ackAfter: 10}).state.incident?.ack, null);
  });

  it('tell the end once it was quiet for three intervals, and only because the beginning was told', () => {
    assert.deepEqual(play([...times(3, [down]), ...times(3, [well])]).mails, ['began']);
    assert.deepEqual(play([...times(3, [down]), ...times(5, [well])]).mails, ['began', 'ended']);
    assert.deepEqual(play([...times(1, [down]), ...times(9, [well])]).mails, []);
  });

  it('end only by healthy passes with the same observability', () => {
    const starting: Step = {
      findings: [well],
      changes: {diagnosis: diagnose([well], {paused: false, starting: true})},
    };
    const unknown: Step = {findings: [well, aFinding('FRG-601', {status: 'unknown'})]};
    const young: Step = {findings: [well, aFinding('FRG-205', {status: 'warning', cause: 'memory'})]};
    const began = times(3, [down]);
    const after = (...steps: readonly Step[]) => play([...began, ...steps]).entries;
    const kinds = (...steps: readonly Step[]) => after(...steps).map(({kind}) => kind);

    assert.deepEqual(kinds(...Array<Step>(9).fill(starting)), ['began']);
    assert.deepEqual(
      kinds(...Array<Step>(5).fill(starting), ...times(1, [well])),
      ['began'],
      'the start was not quiet',
    );
    assert.deepEqual(kinds(...Array<Step>(9).fill(unknown)), ['began'], 'what was known is not known any more');
    assert.deepEqual(kinds(...Array<Step>(5).fill(young)), ['began'], 'Frigate is not healthy');
    assert.deepEqual(kinds(...Array<Step>(5).fill(starting), ...times(4, [well])), ['began', 'ended']);
    assert.equal(after(...times(4, [well])).at(-1)?.health, 'healthy');
  });

  it('do not end by a clock that jumps forward', () => {
    const jumped: Step = {findings: [well], changes: {now: later(now, minutes(300))}};
    assert.deepEqual(play([...times(3, [down]), ...times(1, [well]), jumped]).mails, ['began']);
  });

  it('name all that was wrong at the end, each fault once, the first one first', () => {
    const all = critical('FRG-501', {
      cause: 'network',
      cameras: ['back', 'front', 'garage'],
      summary: 'All 3 cameras deliver no frames',
    });
    const {entries} = play([...times(3, [down]), ...times(9, [all]), ...times(9, [well])]);
    assert.deepEqual(
      entries.map(({kind, incident}) => [kind, incident.faults.map(({summary}) => summary)]),
      [
        ['began', []],
        ['worse', []],
        ['ended', [down.summary, all.summary]],
      ],
    );
  });

  it('tell that more cameras are lost once N passes have seen it, each of them once', () => {
    const all = critical('FRG-501', {
      cause: 'network',
      cameras: ['back', 'front', 'garage'],
      summary: 'All 3 cameras deliver no frames',
    });
    const swung = critical('FRG-501', {cause: 'camera', cameras: ['back'], summary: 'back delivers no frames'});

    const {entries} = play([...times(3, [down]), ...times(9, [all])]);
    assert.deepEqual(
      entries.map(({kind, incident}) => [kind, incident.summary]),
      [
        ['began', down.summary],
        ['worse', all.summary],
      ],
    );
    assert.deepEqual(play([...times(3, [down]), ...times(1, [all]), ...times(9, [down])]).mails, ['began']);
    assert.deepEqual(
      play([...times(3, [down]), ...times(3, [swung]), ...times(3, [down]), ...times(3, [swung])]).mails,
      ['began', 'worse'],
    );
  });

  it('tell what comes back while a warning keeps the incident alive for weeks', () => {
    const both = [warning, down];

    assert.deepEqual(
      play([...times(9, [warning]), ...times(3, both), ...times(2, [warning, well]), ...times(3, both)]).mails,
      ['began', 'worse'],
    );
    const {entries} = play([
      ...times(9, [warning]),
      ...times(3, both),
      ...times(5, [warning, well]),
      ...times(3, both),
      ...times(9, [warning, well]),
    ]);
    assert.deepEqual(
      entries.map(({kind, incident}) => [kind, incident.summary.slice(0, 5)]),
      [
        ['began', 'no me'],
        ['worse', 'front'],
        ['worse', 'front'],
      ],
    );
  });

  it('tell a camera that is lost again beside one that stays away', () => {
    const two = critical('FRG-501', {
      cause: 'camera',
      cameras: ['back', 'front'],
      summary: 'back, front deliver no frames',
    });

    assert.deepEqual(play([...times(3, [down]), ...times(3, [two]), ...times(6, [down]), ...times(3, [two])]).mails, [
      'began',
      'worse',
      'worse',
    ]);
    assert.deepEqual(play([...times(3, [down]), ...times(3, [two]), ...times(2, [down]), ...times(3, [two])]).mails, [
      'began',
      'worse',
    ]);
  });

  it('do not tell which cameras skip frames: that changes with what moves before them', () => {
    const skipping = (...cameras: readonly string[]) => critical('FRG-502', {cause: 'camera', cameras});

    assert.deepEqual(play([...times(3, [skipping('front')]), ...times(5, [skipping('back', 'front')])]).mails, [
      'began',
    ]);
  });

  it('tell the end of what they told the beginning of on the worst day too', () => {
    // An odd number of alerts in the first incident, so that a beginning is the last one within the bound.
    const storm = Array.from({length: 60}, (_, index): readonly Step[] => [
      ...times(2, [down]),
      ...times(index === 0 ? 2 : 0, [down, oom]),
      ...times(6, [well]),
    ]).flat();
    const {entries} = play([...storm, ...times(300, [well])]);
    const began = entries.filter(({kind}) => kind === 'began').map(({incident}) => incident.id);

    assert.ok(began.length >= 8, String(began.length));
    assert.deepEqual(
      entries.filter(({kind}) => kind === 'ended').map(({incident}) => incident.id),
      began,
    );
  });

  it('take flapping for one incident (B-43)', () => {
    const flapping = [0, 1, 2].flatMap(() => [...times(2, [down]), ...times(1, [well])]);

    assert.deepEqual(play([...flapping, ...times(5, [well])]).mails, ['began', 'ended']);
  });

  it('tell a camera that comes and goes when that has lasted for half an hour', () => {
    const swinging = Array.from({length: 4}, () => [...times(1, [down]), ...times(1, [well])]).flat();

    assert.deepEqual(play(swinging.slice(0, 6)).mails, []);
    assert.deepEqual(play(swinging).mails, ['began']);
    assert.deepEqual(play(Array.from({length: 9}, () => [...times(1, [down]), ...times(4, [well])]).flat()).mails, []);
  });

  it('tell a killed container at once', () => {
    assert.deepEqual(play(times(1, [oom])).mails, ['began']);
  });

  it('tell a crash loop also while every sample falls into the start-up grace (B-44)', () => {
    const young = {container: aContainer({state: {phase: 'running', startedAt: now}})};

    assert.deepEqual(play(times(8, [oom]), {changes: young, starting: true}).mails, ['began']);
  });

  it('keep quiet about what is normal at a start until the grace ends', () => {
    const silent = critical('FRG-301', {cure: 'restart', normalAtStart: true});

    assert.deepEqual(
      play(times(2, [silent]), {
        starting: true,
        changes: {container: aContainer({state: {phase: 'running', startedAt: now}})},
      }).mails,
      [],
    );
    assert.deepEqual(play(times(4, [silent])).mails.length > 0, true);
  });

  it('name what was wrong, not the start, where a person forces a restart in the middle of one', () => {
    const silent = critical('FRG-301', {
      cure: 'restart',
      normalAtStart: true,
      summary: 'Frigate API does not respond',
    });
    const forced = {
      request: {who: 'alice', reason: 'it hangs', force: true},
      container: aContainer({state: {phase: 'running', startedAt: now}}),
    };

    const {entries} = play([{findings: [silent], changes: forced}], {starting: true});
    assert.deepEqual(
      entries.map(({kind, incident}) => [kind, incident.summary]),
      [['began', 'Frigate API does not respond']],
    );
    const forNothing = play([{findings: [well], changes: forced}]);
    assert.deepEqual(
      forNothing.entries.map(({incident}) => incident.summary),
      ['it hangs (no finding requires a restart)'],
    );
  });

  it('tell a warning when it has stood for 30 minutes', () => {
    assert.deepEqual(play(times(6, [warning])).mails, []);
    assert.deepEqual(play(times(7, [warning])).mails, ['began']);
  });

  it("tell the checker's own trouble when it has lasted three intervals", () => {
    assert.deepEqual(play(times(3, [rights])).mails, []);
    assert.deepEqual(play(times(4, [rights])).mails, ['began']);
  });

  it('tell that Frigate cannot be observed when that has lasted three intervals', () => {
    const blind = aFinding('FRG-301', {status: 'unknown', summary: 'one path only'});

    assert.deepEqual(play(times(3, [blind])).mails, []);
    assert.deepEqual(play(times(4, [blind])).mails, ['began']);
  });

  it('tell a restart in the same pass that intends it', () => {
    const {entries} = play(times(2, [hungDetector()]));

    assert.deepEqual(
      entries.map((entry) => [entry.kind, entry.attempt]),
      [['began', 'attempt-1']],
    );
  });

  it('never stay silent about a breaker that opens (B-45)', () => {
    // Nothing helps: the detector is hung in every pass, the container is always old enough.
    const {entries} = play(times(60, [hungDetector()]));

    assert.deepEqual(
      entries.map(({kind, rule}) => [kind, rule]),
      [
        ['began', 'R-12'],
        ['worse', 'R-10'],
      ],
    );
    assert.match(entries[1]?.reason ?? '', /did not help/);

    const full = play(times(3, [hungDetector()]), {
      changes: {policy: aPolicy({restartsPerHour: 1}), observation: withWorkload({restartedAt: ago(minutes(1))})},
    });
    assert.deepEqual(
      full.entries.map(({kind, rule}) => [kind, rule]),
      [['began', 'R-09']],
    );
  });

  it('stay within their bound on the worst day', () => {
    const storm = Array.from({length: 288}, (_, index): Step => ({findings: index % 5 < 2 ? [oom, down] : [well]}));
    const {entries} = play(storm);

    assert.ok(entries.length <= 24, String(entries.length));
  });

  it('are not called told where there is no channel', () => {
    const {state, mails} = play(times(9, [down]), {changes: {alerting: false}});

    assert.deepEqual([mails, state.incident?.told, state.incident?.alerts], [[], false, 0]);
  });

  it('wait in the outbox until they are delivered (B-40)', () => {
    const {state} = play([...times(2, [down]), ...times(20, [down])], {deliver: false});

    assert.deepEqual(
      state.outbox.map((entry) => [entry.kind, entry.deliveredAt]),
      [['began', null]],
    );
  });

  it('stay bounded in number and keep the announcements of restarts when mail is down for days', () => {
    const storm = Array.from({length: 288 * 4}, (_, index): Step => ({findings: index % 7 < 2 ? [oom, down] : [well]}));
    const {state} = play(storm, {deliver: false});

    assert.ok(state.outbox.length <= 32);
  });
});

/**
 * The rules one by one: `decide` over every combination of what they look at. What a restart must never do is written down here
 * once more, each rule's purpose in its own plain words, without a look at how the rules are made.
 */
import {note} from '../../../src/core/fix.js';
import {diagnose} from '../../../src/core/diagnosis/diagnose.js';
import {decide} from '../../../src/core/decide.js';
import {rules, type Rule} from '../../../src/core/decision/rules.js';
import type {RuleId} from '../../../src/core/rule-id.js';
import type {DecisionInput, StateReading} from '../../../src/core/decision/situation.js';
import {known, unknown} from '../../../src/core/known.js';
import type {Observation} from '../../../src/core/observation/observation.js';
import type {Finding} from '../../../src/core/finding.js';
import type {Incident} from '../../../src/core/state/state.js';
import {minutes} from '../../../src/core/time.js';
import {aFinding, anInput, aRestart, aState, aStreak, critical, hungDetector} from '../../support/decision.js';
import {
  aCandidate,
  aContainer,
  aFrigate,
  ago,
  anEvent,
  anObservation,
  aPod,
  aPolicy,
  now,
  withWorkload,
} from '../../support/observation.js';
import type {Cell} from '../support/print.js';

interface Option {
  readonly name: string;
  /** The rule that this option must be stopped by; absent: no reason against a restart. */
  readonly forbids?: RuleId;
  readonly input?: Partial<DecisionInput>;
  readonly observation?: Partial<Observation>;
  readonly findings?: readonly Finding[];
  readonly restarts?: ReadonlyArray<Parameters<typeof aRestart>[0]>;
  readonly incident?: Incident;
}

type Dimension = readonly Option[];

const nothing = unknown('forbidden', 'refused: 403');
const sick = [hungDetector()];
/** Half an hour after its start its API has not answered yet. */
const starting = aContainer({state: {phase: 'running', startedAt: ago(minutes(30))}});

const readings = (['fresh', 'lost', 'wiped', 'newer', 'unreadable'] as const satisfies readonly StateReading[]).map(
  (reading): Option => ({name: reading, forbids: 'R-02', input: {reading}}),
);

/** It stands since before the restart that did not help. */
const incident: Incident = {
  id: 'i1',
  since: ago(minutes(190)),
  cause: 'detector',
  worst: 'critical',
  stage: 'restart',
  findings: ['FRG-403'],
  joined: [],
  cameras: [],
  quiet: [],
  faults: [],
  summary: '',
  told: true,
  lastAlertAt: null,
  quietSince: null,
  ack: null,
  alerts: 1,
};

/** The first option of each is the one that lets a restart through. */
const dimensions: readonly Dimension[] = [
  [
    {name: 'one workload'},
    {name: 'none', forbids: 'R-01', observation: {workload: known({found: 'none', searchedFor: 'frigate'})}},
    {
      name: 'several',
      forbids: 'R-01',
      observation: {workload: known({found: 'several', candidates: [aCandidate('a'), aCandidate('b')]})},
    },
    {name: 'no replicas', forbids: 'R-01', observation: {workload: withWorkload({desiredReplicas: 0}).workload}},
    {name: 'paused', forbids: 'R-01', observation: {workload: withWorkload({paused: true}).workload}},
    {name: 'rollout under way', forbids: 'R-07', observation: {workload: withWorkload({updatedReplicas: 0}).workload}},
    {
      name: 'controller behind',
      forbids: 'R-07',
      observation: {workload: withWorkload({observedGeneration: 6}).workload},
    },
    {
      name: 'OnDelete',
      forbids: 'R-08',
      observation: {workload: withWorkload({kind: 'StatefulSet', strategy: 'OnDelete'}).workload},
    },
    {
      name: 'RollingUpdate on one volume',
      forbids: 'R-08',
      observation: {workload: withWorkload({strategy: 'RollingUpdate'}).workload},
    },
  ],
  [{name: 'state sound'}, ...readings],
  [
    {name: 'all seen'},
    {name: 'node unknown', forbids: 'R-03', observation: {node: nothing}},
    {name: 'pods unknown', forbids: 'R-03', observation: {pods: nothing}},
    {name: 'events unknown', forbids: 'R-03', observation: {events: nothing}},
    {name: 'log unknown', forbids: 'R-03', observation: {log: nothing}},
  ],
  [
    {name: 'detector hung', findings: sick},
    {name: 'camera down', forbids: 'R-04', findings: [critical('FRG-501', {cause: 'camera', cameras: ['front']})]},
    {
      name: 'disk full',
      forbids: 'R-04',
      findings: [critical('FRG-601', {cause: 'recording', cure: 'restart'}), critical('FRG-603', {cause: 'storage'})],
    },
    {name: 'well', forbids: 'R-04', findings: []},
    // A blind pass keeps the streak: only the cause can hold then.
    {
      name: 'counted twice, not seen now',
      forbids: 'R-04',
      findings: [aFinding('FRG-401', {status: 'unknown', because: {kind: 'inconclusive', why: 'impossible-value'}})],
      input: {state: aState({streak: aStreak({count: 2, last: ago(minutes(1))})})},
    },
    {
      name: 'node under pressure',
      forbids: 'R-08',
      findings: [...sick, critical('FRG-152', {cause: 'node', fix: [note('Free it.')]})],
    },
  ],
  [
    {name: 'second pass'},
    {name: 'first pass', forbids: 'R-05', input: {state: aState()}},
    {name: 'too soon', forbids: 'R-05', input: {state: aState({streak: aStreak({last: ago(minutes(1))})})}},
    {name: 'nothing new', forbids: 'R-05', input: {state: aState({streak: aStreak({count: 2, evidenceAt: now})})}},
    {name: 'long ago', forbids: 'R-05', input: {state: aState({streak: aStreak({last: ago(minutes(40))})})}},
    {name: 'another pod', forbids: 'R-05', input: {state: aState({streak: aStreak({podUid: 'older'})})}},
  ],
  [
    {name: 'old container'},
    {
      name: 'young container',
      forbids: 'R-06',
      input: {container: aContainer({state: {phase: 'running', startedAt: ago(minutes(4))}})},
    },
    {
      name: 'never worked since it started',
      forbids: 'R-06',
      input: {container: starting},
      observation: {
        pods: known([aPod({frigate: starting})]),
        frigate: aFrigate({stats: nothing, history: nothing, liveness: []}),
      },
    },
    {
      name: 'crash loop',
      forbids: 'R-07',
      input: {container: aContainer({state: {phase: 'waiting', reason: 'CrashLoopBackOff', message: null}})},
    },
  ],
  [
    {name: 'no other restarter'},
    {
      name: 'liveness kills',
      forbids: 'R-07',
      observation: {events: known([anEvent('Killing', 'failed liveness probe')])},
    },
    {
      name: 'pod ending',
      forbids: 'R-07',
      observation: {pods: known([aPod(), aPod({uid: 'old', deletingSince: ago(minutes(1))})])},
    },
  ],
  [
    {name: 'breaker closed'},
    {
      name: 'two in the hour',
      forbids: 'R-09',
      restarts: [
        {id: 'r1', at: ago(minutes(50)), phase: 'abandoned'},
        {id: 'r2', at: ago(minutes(40)), phase: 'helped', cause: 'process'},
      ],
    },
    {
      name: 'six in the day',
      forbids: 'R-09',
      restarts: [2, 4, 6, 8, 10, 12].map((hour) => ({
        id: `r${hour}`,
        at: ago(minutes(60 * hour)),
        phase: 'unjudged' as const,
      })),
    },
    {
      name: 'in flight',
      forbids: 'R-07',
      restarts: [{id: 'r1', at: ago(minutes(1)), phase: 'intended', settledAt: null}],
    },
    {name: 'did not help', forbids: 'R-10', restarts: [{id: 'r1', at: ago(minutes(20)), phase: 'did-not-help'}]},
    {
      name: 'did not help in this incident',
      forbids: 'R-10',
      restarts: [{id: 'r1', at: ago(minutes(180)), phase: 'did-not-help'}],
      incident,
    },
    {
      name: 'three did not help',
      forbids: 'R-10',
      restarts: [30, 20, 10].map((hour) => ({
        id: `r${hour}`,
        at: ago(minutes(60 * hour)),
        phase: 'did-not-help' as const,
      })),
    },
  ],
  [{name: 'active'}, {name: 'observe', forbids: 'R-11', input: {policy: aPolicy({mode: 'observe'})}}],
];

function* combinations(left: readonly Dimension[] = dimensions): Generator<readonly Option[]> {
  const [first, ...rest] = left;
  if (first === undefined) {
    yield [];
    return;
  }
  for (const tail of combinations(rest)) for (const option of first) yield [option, ...tail];
}

/** A combination as the input of `decide`; later dimensions win where two name the same field. */
const inputOf = (options: readonly Option[]): DecisionInput => {
  const findings = options.flatMap(({findings: each}) => each ?? []);
  const given = options.reduce<Partial<DecisionInput>>((input, option) => ({...input, ...option.input}), {});
  const observation = anObservation(
    options.reduce<Partial<Observation>>((seen, option) => ({...seen, ...option.observation}), {}),
  );
  const restarts = options
    .flatMap((option) => (option.restarts ?? []).map((each) => aRestart(each)))
    .sort((a, b) => a.at - b.at);
  const incidentOf = options.find((option) => option.incident !== undefined)?.incident ?? null;
  const state = {...(given.state ?? aState({streak: aStreak()})), restarts, incident: incidentOf};
  return anInput({
    ...given,
    state,
    observation,
    findings,
    diagnosis: diagnose(findings, {paused: false, starting: false}),
  });
};

interface Tally {
  situations: number;
  restarts: number;
  readonly broken: Map<string, number>;
  /** Restarts where nothing speaks against one. */
  rightful: number;
  held: number;
}

const judgeAll = (
  inForce: readonly Rule[],
  inputs: ReadonlyArray<readonly [DecisionInput, readonly Option[]]>,
): Tally => {
  const tally: Tally = {situations: 0, restarts: 0, broken: new Map(), rightful: 0, held: 0};
  for (const [input, options] of inputs) {
    tally.situations += 1;
    const restarts = decide(input, inForce).action === 'restart';
    const against = options.filter(({forbids}) => forbids !== undefined);
    if (!restarts && against.length === 0) tally.held += 1;
    if (!restarts) continue;
    tally.restarts += 1;
    if (against.length === 0) tally.rightful += 1;
    for (const {forbids, name} of against)
      tally.broken.set(`${forbids ?? ''} ${name}`, (tally.broken.get(`${forbids ?? ''} ${name}`) ?? 0) + 1);
  }
  return tally;
};

/** At most this many reasons against a restart at once: a rule that is missing shows where it stands alone, an order that is wrong in pairs. */
const MOST_REASONS = 2;

/** With all rules no combination restarts but the one without a reason against it; without one rule some of its own must. */
export const guardRows = (): {
  readonly rows: readonly Cell[][];
  readonly rules: number;
  readonly violations: readonly string[];
} => {
  const violations: string[] = [];
  const inputs = [...combinations()]
    .filter((options) => options.filter(({forbids}) => forbids !== undefined).length <= MOST_REASONS)
    .map((options) => [inputOf(options), options] as const);
  const rows: Cell[][] = [];
  const all = judgeAll(rules, inputs);
  rows.push([
    'none',
    all.situations,
    all.restarts,
    all.broken.size === 0 ? 'every restart has no reason against it' : [...all.broken.keys()].join(', '),
  ]);
  if (all.broken.size > 0 || all.rightful === 0 || all.held > 0)
    violations.push(
      `with all rules: ${[...all.broken].map(([name, count]) => `${name} ×${count}`).join(', ') || `${all.rightful} rightful restarts, ${all.held} held`}`,
    );
  const guarding = rules.filter(({id}) => id !== 'R-12');
  for (const rule of guarding) {
    const without = judgeAll(
      rules.filter(({id}) => id !== rule.id),
      inputs,
    );
    const own = [...without.broken.keys()].filter((name) => name.startsWith(rule.id));
    rows.push([
      `${rule.id} ${rule.title}`,
      without.situations,
      without.restarts,
      own.length === 0 ? 'NOT CAUGHT' : own.map((name) => name.slice(5)).join(', '),
    ]);
    if (own.length === 0) violations.push(`not caught: ${rule.id}`);
  }
  return {rows, rules: guarding.length, violations};
};

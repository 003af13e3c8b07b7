/** The state from its text (docs/how-it-decides.md, "State"). Reading never throws and never weakens a limit; writing is encode.ts. */
import type {Action, RuleId} from '../rule-id.js';
import type {HealthClass} from '../diagnosis/diagnosis.js';
import type {CauseClass, CheckId, Cure, Status, Step} from '../finding.js';
import {emptyBaselines, type ResourceSample} from './baselines.js';
import {instant, type Instant} from '../time.js';
import {
  amount,
  count,
  flag,
  listOf,
  narrowed,
  nullable,
  oneOf,
  orElse,
  read,
  record,
  text,
  tuple,
  type Note,
  type Shape,
} from './shape.js';
import {SCHEMA, type Breaker, type RestartRecord, type State} from './state.js';

const cause = oneOf<CauseClass>(
  'cluster',
  'node',
  'workload',
  'process',
  'detector',
  'camera',
  'network',
  'recording',
  'storage',
  'memory',
  'config',
  'dependency',
  'checker',
  'mixed',
);
const rule = oneOf<RuleId>(
  'R-01',
  'R-02',
  'R-03',
  'R-04',
  'R-05',
  'R-06',
  'R-07',
  'R-08',
  'R-09',
  'R-10',
  'R-11',
  'R-12',
);
const action = oneOf<Action>('none', 'hold', 'alert', 'restart');
const health = oneOf<HealthClass>('healthy', 'degraded', 'unhealthy', 'starting', 'paused', 'unknown');
const status = oneOf<Status>('ok', 'info', 'warning', 'critical', 'unknown', 'skipped');
/** Date's own range: beyond it no instant can be printed. */
const at: Shape<Instant> = narrowed(amount, (stamp) => (Math.abs(stamp) <= 8.64e15 ? instant(stamp) : null));
/** Also an id that this version does not have: a newer one of the same schema may have stored it, and it matches no finding. */
const isCheckId = (word: string): word is CheckId => /^FRG-\d{3}$/.test(word);
const checkId: Shape<CheckId> = narrowed(text(12), (word) => (isCheckId(word) ? word : null));
const checkIds = listOf(checkId, 32, 'a check id');
const line = text(400);
const name = text(253);
/** Newest-last lists that may be lost without harm. */
const lenient = <T>(shape: Shape<T>, most: number, expected: string): Shape<readonly T[]> =>
  orElse(listOf(shape, most, expected), 'a list', []);

const restartRecord = record({
  id: text(64),
  at,
  cause: orElse(cause, 'a cause class', 'process'),
  rule: orElse(rule, 'a rule', 'R-12'),
  who: orElse(text(120), 'a name', 'unknown'),
  reason: orElse(line, 'a sentence', ''),
  findings: orElse(checkIds, 'check ids', []),
  phase: oneOf('intended', 'acted', 'helped', 'did-not-help', 'abandoned', 'unjudged'),
  settledAt: nullable(at),
  faults: lenient(text(80), 32, 'a fault'),
  worked: lenient(name, 64, 'a camera'),
  wellSince: nullable(at),
  cameBackAt: nullable(at),
  evidence: orElse(nullable(text(64)), 'a digest', null),
});
/** Documents of earlier versions have no digest, and neither has a restart without a journal. */
const restart: Shape<RestartRecord> = narrowed(restartRecord, ({evidence, ...others}) =>
  evidence === null ? others : {...others, evidence},
);

const breaker: Shape<Breaker> = record({
  state: oneOf('closed', 'open', 'half-open', 'locked'),
  until: nullable(at),
  why: nullable(line),
  failures: count,
  reset: nullable(record({at, by: text(120), reason: nullable(line)})),
  coolDownUntil: nullable(at),
});

/** Channels whose deliveries are stored with a notification. */
const MOST_CHANNELS = 16;

const faults = lenient(record({at, summary: line}), 8, 'a fault');

const finding = record({
  id: checkId,
  status,
  summary: line,
  evidence: lenient(text(160), 6, 'a line'),
  fix: nullable(text(600)),
  cure: orElse(oneOf<Cure>('restart', 'none'), 'a cure', 'none'),
});

const step: Shape<Step> = narrowed(
  record({command: nullable(line), text: nullable(line)}),
  ({command, text: sentence}) => (command !== null ? {command} : sentence !== null ? {text: sentence} : null),
);

const delivery = record({
  channel: text(40),
  tries: count,
  lastTry: at,
  lastError: nullable(text(160)),
  doneAt: nullable(at),
});

const outboxEntry = record({
  key: text(120),
  kind: oneOf('began', 'worse', 'ended', 'reminder'),
  at,
  incident: record({
    id: text(64),
    since: at,
    cause,
    summary: line,
    worst: nullable(oneOf('warning', 'critical')),
    faults,
  }),
  health,
  action,
  rule,
  reason: line,
  liftedBy: nullable(line),
  unblock: lenient(step, 4, 'a step'),
  findings: lenient(finding, 8, 'a finding'),
  attempt: nullable(text(64)),
  deliveries: lenient(delivery, MOST_CHANNELS, 'a delivery'),
  tries: count,
  lastTry: nullable(at),
  lastError: nullable(line),
  deliveredAt: nullable(at),
});

const MOST_NOT_DETECTING = 24;
const measure = nullable(amount);
const statisticsObserved = record({lastUpdated: at, first: at, last: at, otherAt: nullable(at)});
const work = nullable(tuple(measure, measure));
const resourceSample: Shape<ResourceSample> = narrowed(
  record({at, use: tuple(measure, measure, measure, measure, measure), work: orElse(work, 'work', null)}),
  ({work: kept, ...others}) => (kept === null ? others : {...others, work: kept}),
);

const memory = record({
  podUid: nullable(name),
  containerId: nullable(name),
  start: orElse(
    nullable(
      record({
        containerId: name,
        workedAt: nullable(at),
        shownAt: nullable(at),
        step: nullable(
          record({
            kind: oneOf(
              'migration',
              'vacuum',
              'backup',
              'file-move',
              'model-build',
              'model-download',
              'driver-install',
            ),
            at,
            text: line,
            ended: flag,
          }),
        ),
        workLoggedAt: nullable(at),
        failure: nullable(record({at, text: line, cause})),
        cpu: nullable(record({at, busyAt: nullable(at), idleSince: nullable(at)})),
      }),
    ),
    'the start of a container',
    null,
  ),
  restartCounts: lenient(record({at, podUid: name, count}), 20, 'a restart count'),
  exits: lenient(record({at, words: text(80), reboot: flag}), 10, 'an exit'),
  bootId: nullable(text(64)),
  frigateVersion: nullable(text(64)),
  configurationChangedAt: nullable(at),
  cameras: lenient(record({name, delivering: flag}), 512, 'a camera'),
  switches: orElse(
    nullable(
      record({
        containerId: name,
        before: nullable(listOf(text(80), 64, 'a switch')),
        notDetecting: nullable(listOf(name, MOST_NOT_DETECTING, 'a camera')),
        off: lenient(
          record({what: oneOf('recording', 'detection', 'camera'), camera: name, since: at, logged: flag}),
          64,
          'a switch',
        ),
      }),
    ),
    'switches',
    null,
  ),
  lastUpdated: nullable(at),
  statisticsObserved: orElse(nullable(statisticsObserved), 'statistics', null),
  lastRates: lenient(record({name, rates: tuple(measure, measure, measure, measure)}), 512, 'rates'),
  detectorPids: lenient(record({detector: name, pid: count, at}), 128, 'a detector pid'),
  baselines: lenient(
    record({detector: name, version: text(64), inference: amount, samples: count, since: at}),
    64,
    'a baseline',
  ),
  idleDetectorPasses: orElse(count, 'a count', 0),
  mounts: lenient(record({path: name, type: text(64), total: measure}), 16, 'a mount'),
  logCursor: nullable(at),
  latched: lenient(record({signature: text(64), containerId: name, at, sample: line}), 16, 'latched evidence'),
  mountProbe: nullable(record({at, answered: flag})),
  resources: lenient(resourceSample, 48, 'a sample of resources'),
  gpu: orElse(nullable(record({name: text(64), at})), 'a graphics card', null),
});

const closed: Breaker = {state: 'closed', until: null, why: null, failures: 0, reset: null, coolDownUntil: null};

export const freshState: State = {
  schema: SCHEMA,
  target: null,
  streak: null,
  restarts: [],
  breaker: closed,
  incident: null,
  outbox: [],
  lastPass: null,
  servedAt: null,
  standing: [],
  memory: emptyBaselines,
  decisions: [],
};

export interface DecodedState {
  readonly state: State;
  /** One line for each value that was set aside. */
  readonly problems: readonly string[];
  /** Something was set aside: limits may rest on it or on what was spoilt with it, and the full cool-down holds (docs/how-it-decides.md, "State"). */
  readonly lost: boolean;
  /** Written by a newer version of this tool. */
  readonly newer: boolean;
}

/** Reads the document. Anything that is none gives the fresh state with `lost`. */
export const decodeState = (document: string): DecodedState => {
  const problems: string[] = [];
  const note: Note = (place, expected) => {
    if (problems.length < 20) problems.push(`${place} is not ${expected}; set aside`);
  };
  const source = parseJson(document);
  if (typeof source !== 'object' || source === null || Array.isArray(source)) {
    return {state: freshState, problems: ['the state is not a JSON object; set aside'], lost: true, newer: false};
  }
  const fields: Readonly<Record<string, unknown>> = {...source};
  const schema = fields['schema'];
  if (typeof schema === 'number' && schema > SCHEMA) {
    return {
      state: freshState,
      problems: [`the state has schema ${schema}, this version knows ${SCHEMA}`],
      lost: true,
      newer: true,
    };
  }
  if (schema !== SCHEMA) note('state', `schema ${SCHEMA}`);
  const field = <T>(key: string, shape: Shape<T>, expected: string, otherwise: T): T =>
    read(shape, fields[key], `state.${key}`, expected, otherwise, note);
  if (!Array.isArray(fields['restarts'])) note('state.restarts', 'a list');
  if (typeof fields['breaker'] !== 'object') note('state.breaker', 'an object');
  const state: State = {
    schema: SCHEMA,
    target: field(
      'target',
      nullable(record({kind: oneOf('Deployment', 'StatefulSet', 'DaemonSet'), namespace: name, name, uid: name})),
      'a target',
      null,
    ),
    streak: field(
      'streak',
      nullable(record({count, first: at, last: at, podUid: name, containerId: name, cause, evidenceAt: nullable(at)})),
      'a streak',
      null,
    ),
    restarts: field('restarts', listOf(restart, 64, 'a restart'), 'a list', []),
    breaker: field('breaker', breaker, 'a breaker', closed),
    incident: field(
      'incident',
      nullable(
        record({
          id: text(64),
          since: at,
          cause,
          worst: oneOf('warning', 'critical'),
          stage: orElse(oneOf('warning', 'critical', 'restart', 'breaker-open', 'locked'), 'a stage', 'warning'),
          findings: orElse(checkIds, 'check ids', []),
          joined: lenient(record({id: checkId, at}), 32, 'a finding that joined'),
          cameras: lenient(name, 64, 'a camera'),
          summary: line,
          faults,
          quiet: lenient(record({what: text(80), since: at}), 97, 'a quiet part'),
          told: flag,
          lastAlertAt: nullable(at),
          quietSince: nullable(at),
          ack: nullable(record({by: text(120), at, reason: nullable(line)})),
          quietPasses: orElse(count, 'a count', 0),
          quietLast: nullable(at),
          unobserved: lenient(checkId, 64, 'a check id'),
          alerts: count,
        }),
      ),
      'an incident',
      null,
    ),
    outbox: field('outbox', listOf(outboxEntry, 32, 'an alert'), 'a list', []),
    lastPass: field('lastPass', nullable(record({at, by: text(120), result: line})), 'a pass', null),
    servedAt: field('servedAt', nullable(at), 'an instant', null),
    standing: field(
      'standing',
      listOf(
        record({what: text(80), since: at, last: at, count, interrupted: orElse(flag, 'true or false', false)}),
        64,
        'a standing finding',
      ),
      'a list',
      [],
    ),
    memory: field('memory', memory, 'a memory', emptyBaselines),
    decisions: field(
      'decisions',
      listOf(record({at, health, action, rule, reason: line}), 50, 'a decision'),
      'a list',
      [],
    ),
  };
  // What spoilt one value may have spoilt others without a trace: two restarts whose texts ran into each other read as one.
  return {state, problems, lost: problems.length > 0, newer: false};
};

const parseJson = (document: string): unknown => {
  try {
    return JSON.parse(document);
  } catch {
    return undefined;
  }
};

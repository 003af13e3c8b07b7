/** What the answer to a question of the user's own comes to: good, bad, or nothing said. Pure. */
import type {Evidence} from '../finding.js';
import {maskedLine} from '../mask.js';
import {humanDuration} from '../time.js';
import type {Comparison, CustomAnswer, CustomBecause, CustomProbe, Scalar} from './custom-check.js';

/** Columns of a value. */
export const VALUE = 80;

type Asked = Exclude<CustomAnswer, {reached: false}>;

export interface Result {
  /** `unknown`: the question itself had no answer, so that nothing is said about what it is about. */
  readonly verdict: 'good' | 'bad' | 'unknown';
  readonly summary: string;
  readonly evidence: readonly Evidence[];
  readonly because?: CustomBecause;
}

/** What is asked, without any secret of it. */
export const targetOf = (probe: CustomProbe): string => {
  switch (probe.kind) {
    case 'http':
    case 'prometheus':
      return maskedLine(probe.url.replace(/[?#].*$/, ''), VALUE);
    case 'dns':
      return probe.name;
    case 'stats':
      return 'GET /api/stats';
    case 'log':
      return "Frigate's log";
    case 'tcp':
    case 'redis':
    case 'mqtt':
    case 'rtsp':
      return `${probe.host.includes(':') ? `[${probe.host}]` : probe.host}:${probe.port}`;
  }
};

const shown = (value: Scalar): Scalar => (typeof value === 'string' ? maskedLine(value, VALUE) : value);

export const comparisonText = ({operator, value}: Comparison): string =>
  `${operator} ${maskedLine(JSON.stringify(value), VALUE)}`;

/** Numbers are compared as numbers, also where they stand in a text; anything else only for being the same. */
export const holds = ({operator, value: limit}: Comparison, value: Scalar): boolean => {
  const [left, right] = [numberOf(value), numberOf(limit)];
  const same = left !== null && right !== null ? left === right : value === limit;
  if (operator === '==') return same;
  if (operator === '!=') return !same;
  if (left === null || right === null) return false;
  switch (operator) {
    case '<':
      return left < right;
    case '<=':
      return left <= right;
    case '>':
      return left > right;
    case '>=':
      return left >= right;
  }
};

const numberOf = (value: Scalar): number | null => {
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  if (typeof value !== 'string' || !/^[+-]?\d+(\.\d+)?(e[+-]?\d+)?$/i.test(value.trim())) return null;
  return Number(value);
};

const compared = (name: string, target: string, {value, status}: Asked, expect: Comparison | null): Result => {
  const facts = status === null ? [] : [{name: 'status', value: status}];
  if (expect === null) return {verdict: 'good', summary: `${target} answers`, evidence: facts};
  if (value === undefined || Array.isArray(value))
    return {
      verdict: 'unknown',
      summary: `${target}: there is no single value at ${name}`,
      evidence: facts,
      because: {kind: 'no-value'},
    };
  const single = value as Scalar;
  const wanted = comparisonText(expect);
  const evidence = [...facts, {name, value: shown(single), limit: wanted}];
  const text = `${name} is ${maskedLine(JSON.stringify(single), VALUE)}`;
  return holds(expect, single)
    ? {verdict: 'good', summary: `${target}: ${text}`, evidence}
    : {verdict: 'bad', summary: `${target}: ${text} (expected ${wanted})`, evidence};
};

/** The return codes of CONNACK, MQTT 3.1.1, section 3.2.2.3. */
const connack: readonly string[] = [
  'accepted',
  'the protocol version is refused',
  'the client id is refused',
  'the broker is not available',
  'user or password is wrong',
  'this user is not permitted',
];

const good = (summary: string, evidence: readonly Evidence[] = []): Result => ({verdict: 'good', summary, evidence});
const bad = (summary: string, evidence: readonly Evidence[] = []): Result => ({verdict: 'bad', summary, evidence});

type Of<Kind extends CustomProbe['kind']> = Extract<CustomProbe, {kind: Kind}>;

const judgeHttp = ({status: codes, pointer, expect}: Of<'http'>, target: string, answer: Asked): Result => {
  const status = answer.status ?? 0;
  const wanted = codes.length === 0 ? '200 to 299' : codes.join(', ');
  const isGood = codes.length === 0 ? status >= 200 && status < 300 : codes.includes(status);
  return isGood
    ? compared(pointer ?? 'the answer', target, answer, expect)
    : bad(`${target} answers with status ${status} (expected ${wanted})`, [
        {name: 'status', value: status, limit: wanted},
      ]);
};

const judgeDns = ({expect}: Of<'dns'>, target: string, {value}: Asked): Result => {
  const found = Array.isArray(value) ? (value as readonly string[]) : [];
  const addresses = found.slice(0, 8).join(', ');
  const facts = [{name: 'addresses', value: addresses}];
  return expect.length === 0 || expect.some((address) => found.includes(address))
    ? good(`${target} is ${addresses}`, facts)
    : bad(`${target} is ${addresses} (expected ${expect.join(' or ')})`, facts);
};

/** Whether a count that can only grow says the same at the end, however much it grows. */
export const isFinal = (expect: Comparison, count: number): boolean => {
  const limit = numberOf(expect.value);
  switch (expect.operator) {
    case '>':
    case '>=':
      return holds(expect, count);
    case '<':
    case '<=':
      return !holds(expect, count);
    case '==':
    case '!=':
      return limit === null || count > limit;
  }
};

const judgeLog = ({pattern, window, expect}: Of<'log'>, {value, partial, sample}: Asked): Result => {
  const count = Number(value ?? 0);
  const wanted = comparisonText(expect);
  const lines = `${count} ${count === 1 ? 'line' : 'lines'} in ${humanDuration(window)} match ${maskedLine(pattern, VALUE)}`;
  const evidence: readonly Evidence[] = [
    {name: 'lines', value: count, limit: wanted},
    ...(sample === undefined ? [] : [{name: 'newest', value: maskedLine(sample, VALUE)}]),
  ];
  if (partial === true && !isFinal(expect, count))
    return {
      verdict: 'unknown',
      summary: `${lines} so far (expected ${wanted})`,
      evidence,
      because: {kind: 'partial'},
    };
  return holds(expect, count) ? good(lines, evidence) : bad(`${lines} (expected ${wanted})`, evidence);
};

export const judgeAnswer = (probe: CustomProbe, answer: Asked): Result => {
  const target = targetOf(probe);
  const status = answer.status ?? 0;
  switch (probe.kind) {
    case 'http':
      return judgeHttp(probe, target, answer);
    case 'tcp':
      return good(`${target} accepts connections`);
    case 'dns':
      return judgeDns(probe, target, answer);
    case 'redis': {
      const said = maskedLine(String(answer.value ?? ''), VALUE);
      return said === '+PONG' ? good(`${target} answers PING`) : bad(`${target} does not answer PING: ${said}`);
    }
    case 'mqtt':
      return status === 0
        ? good(`${target} accepts clients`)
        : bad(`${target} refuses this client: ${connack[status] ?? `code ${status}`}`, [
            {name: 'return code', value: status, limit: 0},
          ]);
    case 'rtsp': {
      // Whoever asks for a password is there.
      const isThere = (status >= 200 && status < 400) || status === 401;
      const facts = [{name: 'status', value: status}];
      return isThere
        ? good(`${target} answers OPTIONS`, facts)
        : bad(`${target} answers OPTIONS with status ${status}`, facts);
    }
    case 'stats':
      return compared(probe.pointer, target, answer, probe.expect);
    case 'log':
      return judgeLog(probe, answer);
    case 'prometheus':
      return status >= 200 && status < 300
        ? compared('the result of the query', target, answer, probe.expect)
        : {
            verdict: 'unknown',
            summary: `${target} answers the query with status ${status}`,
            evidence: [{name: 'status', value: status}],
            because: {kind: 'no-value'},
          };
  }
};

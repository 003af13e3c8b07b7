/** One pass with one request disturbed, two undisturbed passes after it, and what must hold of all three. */
import type {RestartRecord} from '../../src/core/state/state.js';
import {minutes} from '../../src/core/time.js';
import type {Disturbance} from '../../src/demo/cluster/disruption.js';
import {openSite, type Site} from './site.js';
import {matcherOf, type Target} from './requests.js';

export interface Circumstance {
  readonly name: string;
  readonly scenario: string;
  /** Rollouts that may and must have happened in the end. */
  readonly rollouts: number;
}

export const circumstances: readonly Circumstance[] = [
  {name: 'healthy', scenario: 'healthy', rollouts: 0},
  {name: 'sick (detector)', scenario: 'detector-silent', rollouts: 1},
  {name: 'sick (API)', scenario: 'api-dead', rollouts: 1},
  {name: 'breaker full', scenario: 'breaker-open', rollouts: 0},
];

export const disturbances: ReadonlyArray<readonly [name: string, answer: Disturbance]> = [
  ...[401, 403, 404, 409, 429, 500, 503].map((status) => [String(status), {status}] as const),
  ['timeout', 'silence'], ['reset', 'reset'], ['cut body', 'cut-body'], ['HTML', 'html'], ['applied, then reset', 'apply-then-reset'], ['10 MB garbage', 'garbage'],
];

export interface Result {
  readonly end: string;
  readonly action: string;
  readonly rollouts: number;
  readonly inTheEnd: number;
  readonly mails: number;
  /** Milliseconds of the disturbed pass. */
  readonly took: number;
  readonly wrong: readonly string[];
}

/** The whole pass has 60 s; with the shortened limits of the proof it must be far below. */
const LONGEST = 30_000;

/** Opens the scenario, disturbs one request of a pass, and looks at what became of everything. */
export const playCase = async (circumstance: Circumstance, target: Target, answer: Disturbance): Promise<Result> => {
  const site = await openSite(circumstance.scenario);
  try {
    return await judgeCase(site, circumstance, target, answer);
  } finally {
    await site.close();
  }
};

const judgeCase = async (site: Site, {rollouts: expected}: Circumstance, target: Target, answer: Disturbance): Promise<Result> => {
  const wrong: string[] = [];
  const before = site.state()?.state.restarts ?? [];
  const takeBack = site.world.cluster.disruptions.add({match: matcherOf(target), answer});
  const begun = performance.now();
  const {end, judgement} = await site.pass();
  const took = performance.now() - begun;
  takeBack();
  const rollouts = site.rollouts();
  if (rollouts > expected) wrong.push(`${rollouts} restarts in the disturbed pass`);
  if (took > LONGEST) wrong.push(`the pass took ${Math.round(took)} ms`);
  keptState(site, before, rollouts, wrong);
  for (let pass = 0; pass < 2; pass += 1) {
    await site.advance(minutes(5));
    await site.pass();
  }
  const inTheEnd = site.rollouts();
  if (inTheEnd !== expected) wrong.push(`${inTheEnd} restarts in the end, not ${expected}`);
  keptState(site, before, inTheEnd, wrong);
  onlyRightWrites(site, wrong);
  if (inTheEnd > 0 && site.mails.length === 0) wrong.push('a restart that nobody was told of');
  if (inTheEnd === 0 && site.mails.some(({text}) => /Frigate was restarted/i.test(text))) wrong.push('a mail claims a restart that did not happen');
  return {end: end.kind, action: judgement.decision.action, rollouts, inTheEnd, mails: site.mails.length, took, wrong};
};

/** What was remembered is still remembered; a rollout that happened stands in the record. */
const keptState = (site: Site, before: readonly RestartRecord[], rollouts: number, wrong: string[]): void => {
  const read = site.state();
  if (read === null) {
    if (before.length > 0) wrong.push('the state is gone');
    return;
  }
  const {state: {restarts}, problems} = read;
  if (problems.length > 0) wrong.push(`the state is damaged: ${problems.join('; ')}`);
  const forgotten = before.filter(({id}) => !restarts.some((restart) => restart.id === id));
  if (forgotten.length > 0) wrong.push(`forgotten: ${forgotten.map(({id}) => id).join(', ')}`);
  if (restarts.length < before.length + rollouts) wrong.push('a rollout without a record');
};

const allowedWrites: readonly RegExp[] = [
  /^POST \/apis\/authorization\.k8s\.io\/v1\/selfsubject(access|rules)reviews$/,
  /^POST \/api\/v1\/namespaces\/frigate\/configmaps\?/,
  /^PUT \/api\/v1\/namespaces\/frigate\/configmaps\/frigate-health-state(-guard)?\?/,
  /^PATCH \/apis\/apps\/v1\/namespaces\/frigate\/deployments\/frigate\?/,
];
const ANNOTATIONS = /^\/spec\/template\/metadata\/annotations(\/(kubectl\.kubernetes\.io~1restartedAt|frigate-health\.io~1attempt))?$/;

/** Nothing is written but the two ConfigMaps and two annotations of the one workload. */
const onlyRightWrites = (site: Site, wrong: string[]): void => {
  for (const {method, path, body} of site.world.cluster.requests) {
    if (method === 'GET') continue;
    if (!allowedWrites.some((allowed) => allowed.test(`${method} ${path}`))) wrong.push(`a write that is none of ours: ${method} ${path}`);
    if (method !== 'PATCH') continue;
    const operations = JSON.parse(body) as ReadonlyArray<{readonly op: string; readonly path: string; readonly value: unknown}>;
    for (const {op, path: place, value} of operations) {
      if (op === 'test') continue;
      const keys = typeof value === 'object' && value !== null ? Object.keys(value) : [];
      if (!ANNOTATIONS.test(place) || keys.some((key) => key !== 'kubectl.kubernetes.io/restartedAt' && key !== 'frigate-health.io/attempt')) wrong.push(`patches ${place}`);
    }
  }
};

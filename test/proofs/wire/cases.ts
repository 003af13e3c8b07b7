/** One pass with one request disturbed, two undisturbed passes after it, and what must hold of all three. */
import {processTimers} from '../../../src/cli/timers.js';
import type {RestartRecord} from '../../../src/core/state/state.js';
import {minutes} from '../../../src/core/time.js';
import type {Disturbance} from '../../../src/simulator/api/disruption.js';
import {withDeadline} from '../../../src/kubernetes/attention.js';
import type {Pass} from '../../../src/pass/run-pass.js';
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
  ['timeout', 'silence'],
  ['reset', 'reset'],
  ['cut body', 'cut-body'],
  ['HTML', 'html'],
  ['applied, then reset', 'apply-then-reset'],
  ['10 MB garbage', 'garbage'],
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
  /** It was played again with longer limits, because the machine gave the proof itself no processor time. */
  readonly again: number;
}

/** Harm is wrong on any machine. What did not come about is wrong only where the passes were awake: one that was starved must hold. */
interface Wrongs {
  readonly harm: string[];
  readonly missed: string[];
}

/** Limits become at most that many times as long. */
const MOST_PATIENCE = 8;

/** The whole pass has 60 s, 40 of them to look: it must end by itself before that, not counting what the machine kept from it. */
const LONGEST = 40_000;

/**
 * Opens the scenario, disturbs one request of a pass, and looks at what became of everything. Where a pass said that it got no
 * processor time, and so did nothing, the case is played again with limits twice as long.
 */
export const playCase = async (circumstance: Circumstance, target: Target, answer: Disturbance): Promise<Result> => {
  for (let patience = 1, again = 0; ; patience *= 2, again += 1) {
    const site = await openSite(circumstance.scenario, patience);
    try {
      const {starved, harm, missed, ...seen} = await judgeCase(site, circumstance, target, answer);
      if (harm.length > 0 || missed.length === 0 || !starved || patience === MOST_PATIENCE)
        return {...seen, wrong: [...harm, ...missed], again};
    } finally {
      await site.close();
    }
  }
};

/** Whether the pass itself tells that it was starved. */
const saysStarved = ({observed: {observation}}: Pass): boolean => {
  const {frigate} = observation;
  const sources = [
    observation.apiServer,
    observation.workload,
    observation.pods,
    observation.node,
    observation.events,
    observation.log,
    observation.state,
    frigate.stats,
    frigate.history,
    frigate.config,
  ];
  return (
    frigate.liveness.some((path) => path.verdict === 'unknown' && path.starved === true) ||
    sources.some((source) => !source.known && source.why.code === 'starved')
  );
};

const judgeCase = async (
  site: Site,
  {rollouts: expected}: Circumstance,
  target: Target,
  answer: Disturbance,
): Promise<Omit<Result, 'wrong' | 'again'> & Wrongs & {readonly starved: boolean}> => {
  const harm: string[] = [];
  const missed: string[] = [];
  const before = site.state()?.state.restarts ?? [];
  const takeBack = site.world.cluster.disruptions.add({match: matcherOf(target), answer});
  const begun = performance.now();
  const {result: disturbed, lost} = await withDeadline(processTimers, new AbortController().signal, null, () =>
    site.pass(),
  );
  const passes = [disturbed];
  const took = performance.now() - begun;
  takeBack();
  const rollouts = site.rollouts();
  if (rollouts > expected) harm.push(`${rollouts} restarts in the disturbed pass`);
  if (took - lost > LONGEST) missed.push(`the pass took ${Math.round(took)} ms`);
  keptState(site, before, rollouts, harm);
  for (let pass = 0; pass < 2; pass += 1) {
    await site.advance(minutes(5));
    passes.push(await site.pass());
  }
  const inTheEnd = site.rollouts();
  if (inTheEnd !== expected)
    (inTheEnd > expected ? harm : missed).push(`${inTheEnd} restarts in the end, not ${expected}`);
  keptState(site, before, inTheEnd, harm);
  onlyRightWrites(site, harm);
  if (inTheEnd > 0 && site.mails.length === 0) harm.push('a restart that nobody was told of');
  if (inTheEnd === 0 && site.mails.some(({text}) => /Frigate was restarted/i.test(text)))
    harm.push('a mail claims a restart that did not happen');
  const {end, judgement} = disturbed;
  return {
    end: end.kind,
    action: `${judgement.decision.action} (${passes.map((pass) => pass.judgement.decision.rule).join(', ')})`,
    rollouts,
    inTheEnd,
    mails: site.mails.length,
    took,
    harm,
    missed,
    starved: passes.some(saysStarved),
  };
};

/** What was remembered is still remembered; a rollout that happened stands in the record. */
const keptState = (site: Site, before: readonly RestartRecord[], rollouts: number, wrong: string[]): void => {
  const read = site.state();
  if (read === null) {
    if (before.length > 0) wrong.push('the state is gone');
    return;
  }
  const {
    state: {restarts},
    problems,
  } = read;
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
const ANNOTATIONS =
  /^\/spec\/template\/metadata\/annotations(\/(kubectl\.kubernetes\.io~1restartedAt|frigate-health\.io~1attempt))?$/;

/** Nothing is written but the two ConfigMaps and two annotations of the one workload. */
const onlyRightWrites = (site: Site, wrong: string[]): void => {
  for (const {method, path, body} of site.world.cluster.requests) {
    if (method === 'GET') continue;
    if (!allowedWrites.some((allowed) => allowed.test(`${method} ${path}`)))
      wrong.push(`a write that is none of ours: ${method} ${path}`);
    if (method !== 'PATCH') continue;
    const operations = JSON.parse(body) as ReadonlyArray<{
      readonly op: string;
      readonly path: string;
      readonly value: unknown;
    }>;
    for (const {op, path: place, value} of operations) {
      if (op === 'test') continue;
      const keys = typeof value === 'object' && value !== null ? Object.keys(value) : [];
      if (
        !ANNOTATIONS.test(place) ||
        keys.some((key) => key !== 'kubectl.kubernetes.io/restartedAt' && key !== 'frigate-health.io/attempt')
      )
        wrong.push(`patches ${place}`);
    }
  }
};

/** FRG-301: does Frigate's API answer? */
import {note, run, type Fix} from '../../fix.js';
import {STARVED_FIX} from '../../known.js';
import type {ApiLiveness, Via} from '../../observation/frigate.js';
import type {Observation} from '../../observation/observation.js';
import type {Because} from '../../because.js';
import type {Evidence} from '../../finding.js';
import {ago as humanAgo, humanDuration, minutes, rfc3339, seconds, since, type Instant} from '../../time.js';
import {defineCheck, type CheckContext, type CheckResult} from '../check.js';
import {frigateIn, restartCommand} from '../kubectl.js';
import {
  chosenPod,
  containerAge,
  containerStart,
  frigateContainer,
  isRunning,
  tally,
  template,
  workloadOf,
} from '../evidence/facts.js';
import {latchedEvidence} from '../evidence/latched.js';
import {
  isOfTheDatabase,
  isStarted,
  startOf,
  startProgress,
  startStepText,
  type StartProgress,
} from '../evidence/start.js';
import {byCheck, evidence, notApplicable, rounded} from '../evidence/wording.js';

type Dead = Extract<ApiLiveness, {verdict: 'dead'}>;

/** Transports that share the network to the pod; the others reach Frigate from inside it: one of each is independent. */
const fromOutside: ReadonlySet<Via> = new Set<Via>(['direct', 'proxy']);

/** How old an `Unhealthy` event of the kubelet may be to count as its present view. */
const FRESH_EVENT = minutes(5);

export const apiResponsive = defineCheck('FRG-301', {
  category: 'frigate',
  cause: 'process',
  needs: ['FRG-202'],
  provenAfter: {
    least: seconds(20),
    source:
      'measured on 0.17.2: of 2,442 answers of a healthy Frigate on two shared cores none took longer than 1.05 s',
  },
  docs: {
    what: 'Requests `/api/stats` on port 5000, the port that people and integrations use. A Frigate whose main process or nginx hangs records nothing or shows nothing, and often writes no line to its log.',
    limits:
      "Critical when two independent transports get no valid answer, or one does and Kubernetes agrees. Independent are a request over the network and one from inside the container; or the pod's address and the API server's proxy, where one of them is known to have reached the pod. A single transport that fails is unknown: the transport may be at fault. A timeout while this checker got no CPU time is unknown too: the timeout is its own. A container that has not responded once since its own start is starting, for as long as its start makes progress (R-06); that it has responded is also shown by its log (answers of the API in nginx's access log, `FastAPI started`) and by a readiness probe that asks the API. A port that refuses on every transport after the start-up grace, of a container that has not responded once on it, is the wrong one (`FRIGATE_HC_FRIGATE_API_PORT`), unless Frigate refuses behind it too (127.0.0.1:5001) or a long step of the start is logged: critical, and no restart is made for it. Where an exception that nobody caught ended the main thread in its start, that exception is quoted, and no restart is made. Where s6 says that it could not start a service of the container, Frigate never begins: critical, with that line, and no restart is made. An answer of the backend behind a hung nginx does not count.",
    cure: 'A restart starts new processes; it cures a hung main process or nginx (measured on 0.17.2).',
    next: 'Read the last lines of the log and check the node. During the start-up grace this is normal: Frigate needs up to a minute; a database migration or a model build takes much longer, and a restart would begin it again.',
    source:
      'Frigate 0.17.2, main-stop and nginx-stop provoked: no HTTP status ever, client timeouts only; nginx would give up after 240 s (docker/main/rootfs/usr/local/nginx/conf/auth_location.conf).',
  },
  fix: ({observation}) => [
    run(`kubectl logs ${frigateIn(observation)} --tail=100`),
    note('If the API still does not respond:'),
    restartCommand(observation),
  ],
  judge: (context) => {
    if (!isRunning(context.observation)) return notApplicable("Frigate's container is not running", byCheck('FRG-203'));
    const {liveness} = context.observation.frigate;
    const alive = liveness.find((transport) => transport.verdict === 'alive');
    if (alive?.verdict === 'alive') {
      return {
        status: 'ok',
        summary: `Frigate API responds (${alive.via}, ${rounded(alive.latency)} ms)`,
        evidence: [evidence('latency', rounded(alive.latency), undefined, 'ms')],
      };
    }
    const dead = liveness.filter((transport): transport is Dead => transport.verdict === 'dead');
    if (liveness.length === 0) return unasked(context.observation.frigate);
    return dead.length === 0 ? blind(liveness) : judgeDead(context, dead);
  },
});

/** The first request is under way, or could not be sent: nothing is known about any transport. */
const unasked = ({stats}: Observation['frigate']): CheckResult => ({
  status: 'unknown',
  summary: 'Frigate API has not responded yet',
  because: stats.known ? {kind: 'inconclusive', why: 'no-transport-tried'} : {kind: 'unknown', why: stats.why},
  normalAtStart: true,
});

const blind = (liveness: readonly ApiLiveness[]): CheckResult => {
  const because: Because = {
    kind: 'transports',
    failed: liveness.flatMap((transport) =>
      transport.verdict === 'unknown' ? [{via: transport.via, why: transport.why}] : [],
    ),
  };
  if (liveness.some(isStarved))
    return {status: 'unknown', summary: STARVED, because, fix: STARVED_FIX, normalAtStart: true};
  return {
    status: 'unknown',
    summary: 'Frigate API could not be reached on any transport',
    because,
    fix: waysOut,
    normalAtStart: true,
  };
};

/** The two things that make Frigate observable again: its port, or a second way into its container. */
const waysOut: Fix = [
  note(
    'If the port of the Frigate API was changed, set FRIGATE_HC_FRIGATE_API_PORT (5000 unless its configuration changes it).',
  ),
  note('Else grant a second transport, from inside the container:'),
  run('kubectl frigate-health install --via exec'),
];

const STARVED = 'Whether the Frigate API responds is not known: this checker got too little CPU time';

const isStarved = (transport: ApiLiveness): boolean => transport.verdict === 'unknown' && transport.starved === true;

/**
 * Refused on all transports, inside the container too, by a container that has not responded once on this port: no measured fault
 * stays like that, while a wrong port always does. One that responded before may hang in its shutdown, with nginx ended already: a
 * restart cures that. So it does where Frigate itself refuses behind nginx. That Frigate answered somebody (start-shown.ts) says
 * nothing: it may have been on another port.
 */
const isWrongPort = (
  {observation, policy, memory}: CheckContext,
  dead: readonly Dead[],
  start: StartProgress | null,
): boolean => {
  if (!independent(dead) || !dead.every(({how}) => how === 'refused')) return false;
  const noRecalledState = memory.frigateVersion === null && memory.lastUpdated === null && memory.cameras.length === 0;
  const answeredAt = startOf({observation, memory})?.workedAt ?? null;
  if (answeredAt !== null && !noRecalledState) return false;
  const {backend} = observation.frigate;
  if (backend.known) return backend.value === 'answers';
  const age = containerAge(observation);
  return (start?.step ?? null) === null && (noRecalledState || (age !== null && age >= policy.startupGrace));
};

const judgeDead = (context: CheckContext, dead: readonly Dead[]): CheckResult => {
  const {observation} = context;
  const facts = dead.map(({via, how, detail}) => evidence(via, `${how}: ${detail}`));
  const kubernetes = kubernetesAgrees(observation);
  // Outside Kubernetes there is no second way; what the one URL says is what everybody there gets, and nothing is restarted for it.
  if (!independent(dead) && kubernetes === null && observation.outside === undefined) {
    const [only] = dead;
    const starved = observation.frigate.liveness.some(isStarved);
    if (starved)
      return {
        status: 'unknown',
        normalAtStart: true,
        evidence: facts,
        summary: STARVED,
        because: {kind: 'inconclusive', why: 'checker-starved'},
        fix: STARVED_FIX,
      };
    return {
      status: 'unknown',
      normalAtStart: true,
      evidence: facts,
      summary: `Frigate API does not respond on one transport (${only?.via ?? 'none'}), no second transport confirms it`,
      because: {kind: 'inconclusive', why: 'one-transport'},
      fix: waysOut,
    };
  }
  const unstarted = servicesNotStarted(context);
  if (unstarted !== null) return notBegun(context, unstarted, facts);
  const start = startProgress(context);
  if (start?.failure) return startFailed(context, start.failure, facts);
  if (isWrongPort(context, dead, start)) return wrongPort(context, dead, facts);
  if (start !== null && !start.standsStill && (start.age >= context.policy.startupGrace || start.step !== null))
    return starting(context, start, facts);
  return {
    status: 'critical',
    cure: 'restart',
    outage: true,
    normalAtStart: true,
    ...(observation.frigate.asked === undefined
      ? {}
      : {evidenceAt: observation.frigate.asked.to, evidenceFrom: observation.frigate.asked.from}),
    summary: `Frigate API does not respond (${dead.map(({via, how}) => `${via}: ${how}`).join(', ')})`,
    evidence: kubernetes === null ? facts : [...facts, evidence('kubernetes', kubernetes)],
  };
};

/**
 * What s6 says of a service that it could not start, since this container started and while its API never responded: s6-overlay goes on
 * without all that need it (S6_BEHAVIOUR_IF_STAGE2_FAILS is not set in the image), so Frigate never begins, and no restart changes it.
 */
const servicesNotStarted = (context: CheckContext): {readonly sample: string; readonly at: Instant} | null => {
  const {observation, memory} = context;
  const start = startOf({observation, memory});
  if (start !== null && isStarted(start)) return null;
  const logged = tally(observation, 'services-not-started');
  if (logged !== null && logged.last >= (containerStart(observation) ?? 0))
    return {sample: logged.sample, at: logged.last};
  return latchedEvidence(context, 'services-not-started');
};

const notBegun = (
  {observation}: CheckContext,
  {sample, at}: {readonly sample: string; readonly at: Instant},
  facts: readonly Evidence[],
): CheckResult => ({
  status: 'critical',
  cause: 'config',
  outage: true,
  immediate: true,
  persistence: 'latched',
  evidenceAt: at,
  evidence: [evidence('log', sample), ...facts],
  summary: `Frigate was not started in its container: ${sample}`,
  fix: [run(`kubectl logs ${frigateIn(observation)} | head -40`), note('Correct what its first lines name.')],
});

/** Threads that it had begun keep the process of a main thread that ended: the container goes on, and nothing answers. */
const startFailed = (
  {observation}: CheckContext,
  {at, text, cause}: NonNullable<StartProgress['failure']>,
  facts: readonly Evidence[],
): CheckResult => ({
  status: 'critical',
  cause,
  outage: true,
  immediate: true,
  evidenceAt: at,
  because: {kind: 'no-restart', why: 'reported-error'},
  evidence: [evidence('log', text), ...facts],
  summary: `Frigate's start failed: ${text}`,
  fix: [
    run(`kubectl logs ${frigateIn(observation)} | grep -B20 -A2 -m1 '^.*Traceback'`),
    note('Correct what the last line of the traceback names; a restart begins the same start again.'),
  ],
});

const wrongPort = (
  {observation, policy, memory}: CheckContext,
  dead: readonly Dead[],
  facts: readonly Evidence[],
): CheckResult => {
  const age = containerAge(observation) ?? seconds(0);
  const {backend} = observation.frigate;
  const [changed] = workloadOf(observation)?.revisions ?? [];
  const shownAt = startOf({observation, memory})?.shownAt ?? null;
  return {
    status: 'critical',
    cause: 'config',
    normalAtStart: age < policy.startupGrace,
    evidence: [
      ...facts,
      evidence('127.0.0.1:5001', backend.known ? backend.value : 'not known'),
      evidence('container ready', frigateContainer(observation)?.ready ?? null),
      ...(shownAt === null ? [] : [evidence('start over (log, readiness)', rfc3339(shownAt))]),
      ...(changed === undefined ? [] : [evidence('pod template changed', rfc3339(changed))]),
    ],
    summary: `Frigate API port refuses (${dead.map(({via}) => via).join(', ')}), container started ${humanAgo(age)}${backend.known ? '; Frigate itself runs' : ''}: wrong port (FRIGATE_HC_FRIGATE_API_PORT)?`,
    fix: [
      note(
        'Set the internal port of the Frigate API: --frigate-api-port PORT, or FRIGATE_HC_FRIGATE_API_PORT (5000 unless its configuration changes it: networking.listen.internal, 0.18).',
      ),
      run(`kubectl exec ${frigateIn(observation)} -- curl -s http://127.0.0.1:5001/version`),
    ],
  };
};

/** Not hung: the next container would have to do the same work from its beginning. */
const starting = (
  {observation, policy}: CheckContext,
  {age, step, progressAt}: StartProgress,
  facts: readonly Evidence[],
): CheckResult => {
  const {cpuUse} = observation;
  return {
    status: 'critical',
    cure: 'restart',
    normalAtStart: true,
    immediate: age >= policy.startupGrace,
    evidence: [
      ...facts,
      ...(step === null ? [] : [evidence('log', step.text)]),
      evidence('last progress', rfc3339(progressAt)),
      ...(cpuUse?.known === true
        ? [evidence('CPU of one core', rounded(cpuUse.value.cores * 100), undefined, '%')]
        : []),
    ],
    summary: `Frigate starting for ${humanDuration(age)}: ${step === null ? 'the API has not responded yet' : startStepText(step)}`,
    fix: [
      note(
        isOfTheDatabase(step)
          ? 'Wait for it. Ending it now can destroy the database. Its progress:'
          : 'Wait for it: a restart would begin the same work again. Its progress:',
      ),
      run(`kubectl logs ${frigateIn(observation)} --tail=20`),
    ],
  };
};

/**
 * One transport of each kind; or two of one kind where one of them is known to have reached the pod, so that the network
 * between is not the cause of both: it got an HTTP answer, or its TCP handshake with the pod's address was completed.
 * A timeout of the API server's proxy does not show how far the request came.
 */
const independent = (dead: readonly Dead[]): boolean => {
  if (new Set(dead.map(({via}) => via)).size < 2) return false;
  const outside = dead.filter(({via}) => fromOutside.has(via)).length;
  return (outside > 0 && outside < dead.length) || dead.some(reachedPod);
};

const reachedPod = ({via, how}: Dead): boolean =>
  how === 'http-status' || how === 'not-json' || (via === 'direct' && how === 'silent');

/** What Kubernetes itself reports against the container; `null` when it reports nothing. */
const kubernetesAgrees = (observation: Observation): string | null => {
  const container = frigateContainer(observation);
  if (container !== null && !container.ready && template(observation)?.readinessProbe) return 'readiness probe fails';
  const uid = chosenPod(observation)?.uid;
  if (!observation.events.known || uid === undefined) return null;
  const unhealthy = observation.events.value.find(
    ({reason, object, lastSeen}) =>
      reason === 'Unhealthy' &&
      object.uid === uid &&
      lastSeen !== null &&
      since(lastSeen, observation.at) <= FRESH_EVENT,
  );
  return unhealthy === undefined ? null : `Unhealthy: ${unhealthy.message.slice(0, 120)}`;
};

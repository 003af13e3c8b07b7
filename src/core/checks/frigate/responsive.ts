/** FRG-301: does Frigate's API answer? */
import {STARVED_FIX} from '../../known.js';
import type {ApiLiveness, Via} from '../../observation/frigate.js';
import type {Observation} from '../../observation/observation.js';
import {minutes, since} from '../../time.js';
import type {Check, CheckContext, Verdict} from '../check.js';
import {frigateIn, restartCommand} from '../kubectl.js';
import {chosenPod, frigateContainer, isRunning, template} from '../facts.js';
import {evidence, notApplicable, rounded} from '../wording.js';

type Dead = Extract<ApiLiveness, {verdict: 'dead'}>;

/** Paths that share the network to the pod, and those that speak to Frigate from inside it: one of each is independent. */
const fromOutside: ReadonlySet<Via> = new Set<Via>(['direct', 'proxy']);

/** How old a kubelet's `Unhealthy` may be to count as its view of now. */
const FRESH_EVENT = minutes(5);

export const responsive: Check = {
  id: 'FRG-301',
  title: 'API responsive',
  category: 'frigate',
  cause: 'process',
  needs: ['FRG-202'],
  docs: {
    what: 'Asks `/api/stats` on port 5000, the one that people and integrations use. A Frigate whose main process or nginx hangs records nothing or shows nothing, and often leaves no line in its log.',
    limits:
      "Critical when two independent paths find it dead, or one path does and Kubernetes agrees. Independent are a request over the network and one from inside the container; or the pod's address and the API server's proxy, where one of them got as far as the pod. A single path that fails is unknown: the path may be at fault. A silence while this checker itself got no processor time is unknown too: the silence is its own. A port that refuses on every path, and where nothing ever answered, is the wrong one (`FRIGATE_HC_API_PORT`): critical, and no restart is made for it. An answer of the backend behind a hung nginx does not count.",
    cure: 'A restart makes new processes; a hung main process or nginx is cured by it (measured on 0.17.2).',
    next: 'Look at the last lines of the log and at the node. During the start-up grace this is normal: Frigate needs up to a minute, with a database migration much longer.',
    source:
      'Frigate 0.17.2, main-stop and nginx-stop provoked: no HTTP status ever, client timeouts only; nginx would give up after 240 s (docker/main/rootfs/usr/local/nginx/conf/auth_location.conf).',
  },
  fix: ({observation}) =>
    `kubectl logs ${frigateIn(observation)} --tail=100  # then, if it stays silent: ${restartCommand(observation)}`,
  judge: (context) => {
    if (!isRunning(context.observation)) return notApplicable("Frigate's container does not run", 'FRG-203');
    const {liveness} = context.observation.frigate;
    const alive = liveness.find((path) => path.verdict === 'alive');
    if (alive?.verdict === 'alive') {
      return {
        status: 'ok',
        summary: `The API answers (${alive.via}, ${rounded(alive.latency)} ms)`,
        evidence: [evidence('latency', rounded(alive.latency), undefined, 'ms')],
      };
    }
    const dead = liveness.filter((path): path is Dead => path.verdict === 'dead');
    if (liveness.length === 0) return unasked(context.observation.frigate);
    return dead.length === 0 ? blind(liveness) : judgeDead(context, dead);
  },
};

/** The first question is under way, or could not be asked: nothing was found out about any path. */
const unasked = ({stats}: Observation['frigate']): Verdict => ({
  status: 'unknown',
  summary: "Frigate's API has not answered yet",
  because: stats.known ? 'no path was tried' : stats.why.message,
  normalAtStart: true,
});

const blind = (liveness: readonly ApiLiveness[]): Verdict => {
  const reasons = liveness.flatMap((path) => (path.verdict === 'unknown' ? [`${path.via}: ${path.why}`] : []));
  const because = reasons.join('; ');
  if (liveness.some(isStarved))
    return {status: 'unknown', summary: STARVED, because, fix: STARVED_FIX, normalAtStart: true};
  return {status: 'unknown', summary: "No path to Frigate's API worked", because, normalAtStart: true};
};

const STARVED = 'This checker got too little processor time to tell whether the API answers';

const isStarved = (path: ApiLiveness): boolean => path.verdict === 'unknown' && path.starved === true;

/**
 * Refused on all paths, inside the container too, since the first look: no fault that was measured looks so for long, while a
 * wrong port always does. One that answered before may hang in its shutdown, with nginx gone already: that a restart does cure.
 */
const neverListened = ({memory}: CheckContext, dead: readonly Dead[]): boolean =>
  independent(dead) &&
  dead.every(({how}) => how === 'refused') &&
  memory.frigateVersion === null &&
  memory.lastUpdated === null &&
  memory.cameras.length === 0;

const judgeDead = (context: CheckContext, dead: readonly Dead[]): Verdict => {
  const {observation} = context;
  const seen = dead.map(({via, how, detail}) => evidence(via, `${how}: ${detail}`));
  const kubernetes = kubernetesAgrees(observation);
  if (!independent(dead) && kubernetes === null) {
    const [only] = dead;
    const starved = observation.frigate.liveness.some(isStarved);
    if (starved)
      return {
        status: 'unknown',
        normalAtStart: true,
        evidence: seen,
        summary: STARVED,
        because: `one path (${only?.via ?? 'none'}) was silent, and the other was asked while this checker did not run`,
        fix: STARVED_FIX,
      };
    return {
      status: 'unknown',
      normalAtStart: true,
      evidence: seen,
      summary: `The API is silent on one path (${only?.via ?? 'none'}); no second path confirms it`,
      because: 'one path alone may be at fault itself',
    };
  }
  if (neverListened(context, dead)) {
    return {
      status: 'critical',
      cause: 'config',
      normalAtStart: true,
      evidence: seen,
      summary: `Nothing listens on the port where Frigate's API is looked for, nor did it at any look before (${dead.map(({via}) => via).join(', ')}: refused)`,
      fix: "name the internal port of Frigate's API: --api-port PORT, or FRIGATE_HC_API_PORT (5000 unless its configuration says otherwise)",
    };
  }
  return {
    status: 'critical',
    cure: 'restart',
    normalAtStart: true,
    summary: `The API gives no valid answer (${dead.map(({via, how}) => `${via}: ${how}`).join(', ')})`,
    evidence: kubernetes === null ? seen : [...seen, evidence('kubernetes', kubernetes)],
  };
};

/**
 * One path of each kind; or two of one kind where one of them is known to have reached the pod, so that the network
 * between is not to blame for both: it got an HTTP answer, or its TCP handshake with the pod's address was completed.
 * The API server's proxy does not tell how far its own silence reached.
 */
const independent = (dead: readonly Dead[]): boolean => {
  if (new Set(dead.map(({via}) => via)).size < 2) return false;
  const outside = dead.filter(({via}) => fromOutside.has(via)).length;
  return (outside > 0 && outside < dead.length) || dead.some(reachedPod);
};

const reachedPod = ({via, how}: Dead): boolean =>
  how === 'http-status' || how === 'not-json' || (via === 'direct' && how === 'silent');

/** What Kubernetes itself says against the container; `null` when it says nothing. */
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

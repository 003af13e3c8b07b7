/** Folds consequences under their cause and names the health class (docs/how-it-decides.md, "Diagnosis"). Pure and total. */
import {inOneLine, isBad, type CauseClass, type CheckId, type Finding} from '../finding.js';
import type {Pause} from '../pause.js';
import {rfc3339} from '../time.js';
import type {Diagnosis, HealthClass} from './diagnosis.js';
import {explanations} from './explanations.js';

/** What the diagnosis needs to know beside the findings. */
export interface Circumstances {
  /** 0 replicas are wanted, or the rollout is paused. */
  readonly paused: boolean;
  /** A person paused it: whatever is found, nothing is asked of anybody until then. */
  readonly pause?: Pause | null;
  /** Frigate's container is younger than the start-up grace and not in a crash loop. */
  readonly starting: boolean;
}

export const diagnose = (findings: readonly Finding[], circumstances: Circumstances): Diagnosis => {
  const folded = fold(findings);
  const bad = findings.filter(isBad);
  const primary = bad.filter((finding) => !folded.has(finding.id));
  const severest = primary.filter((finding) => finding.status === 'critical');
  const leading = severest.length > 0 ? severest : primary;
  const health = healthOf(findings, primary, circumstances);
  return {
    health,
    cause: causeOf(leading),
    summary: pauseText(circumstances.pause ?? null) ?? summaryOf(health, findings, leading),
    primary: primary.map((finding) => finding.id),
    folded: [...folded].map(([id, under]) => ({id, under})),
    cure: leading.some((finding) => finding.status === 'critical' && finding.cure === 'restart') ? 'restart' : 'none',
  };
};

/** The critical findings that a restart cures and that no other cause explains: what R-04 asks for. */
export const restartable = (findings: readonly Finding[], diagnosis: Diagnosis): readonly Finding[] => {
  const primary = new Set<CheckId>(diagnosis.primary);
  return findings.filter(
    (finding) => finding.status === 'critical' && finding.cure === 'restart' && primary.has(finding.id),
  );
};

const fold = (findings: readonly Finding[]): ReadonlyMap<CheckId, CheckId> => {
  const bad = new Map(findings.filter(isBad).map((finding) => [finding.id, finding]));
  const folded = new Map<CheckId, CheckId>();
  for (const {cause, consequences, reach, when} of explanations) {
    const root = bad.get(cause);
    if (root === undefined) continue;
    for (const id of consequences) {
      const consequence = bad.get(id);
      if (consequence === undefined || id === cause || folded.has(id)) continue;
      if (reach === 'cameras' && !covers(root, consequence)) continue;
      if (when !== undefined && !when(root, consequence)) continue;
      // A mere warning never swallows a critical finding: what is worse needs its own cause.
      if (root.status === 'warning' && consequence.status === 'critical') continue;
      const under = rootOf(folded, cause);
      // Two that can explain each other: the one that came first is the cause, and stays one.
      if (under !== id) folded.set(id, under);
    }
  }
  // A cause may have been folded after its consequences.
  return new Map([...folded.keys()].map((id) => [id, rootOf(folded, id)]));
};

/** Follows the chain up, so that every fold names the first cause. */
const rootOf = (folded: ReadonlyMap<CheckId, CheckId>, id: CheckId): CheckId => {
  let root = id;
  for (let steps = 0; steps < folded.size; steps += 1) {
    const above = folded.get(root);
    if (above === undefined) return root;
    root = above;
  }
  return root;
};

const covers = (cause: Finding, consequence: Finding): boolean => {
  if (consequence.cameras.length === 0) return false;
  const reached = new Set(cause.cameras);
  return consequence.cameras.every((camera) => reached.has(camera));
};

const causeOf = (leading: readonly Finding[]): CauseClass | null => {
  const causes = new Set(leading.flatMap((finding) => (finding.cause === null ? [] : [finding.cause])));
  const [first] = causes;
  if (first === undefined) return null;
  return causes.size === 1 ? first : 'mixed';
};

/** Without these the question "is Frigate doing its job?" has no answer. */
const observabilityChecks: ReadonlySet<CheckId> = new Set<CheckId>([
  'FRG-101',
  'FRG-201',
  'FRG-202',
  'FRG-301',
  'FRG-302',
  'FRG-501',
]);

/** Whose trouble is not Frigate's. */
const wayThere: ReadonlySet<CauseClass> = new Set<CauseClass>(['cluster', 'checker']);

const hidesFrigate = ({id, status}: Finding): boolean =>
  observabilityChecks.has(id) && (status === 'unknown' || (id === 'FRG-101' && status === 'critical'));

const healthOf = (
  findings: readonly Finding[],
  primary: readonly Finding[],
  {paused, pause = null, starting}: Circumstances,
): HealthClass => {
  if (pause !== null) return 'paused';
  const isBeyondStart = (finding: Finding): boolean =>
    finding.status === 'critical' && !(starting && finding.normalAtStart);
  // What is explained by another finding is none the less not done.
  if (findings.some((finding) => finding.outage && isBeyondStart(finding))) return 'unhealthy';
  const beyondStart = primary.filter(isBeyondStart);
  // A failure of the connection to Frigate says nothing about Frigate: unknown is not unhealthy.
  const blind = findings.some(hidesFrigate);
  if (beyondStart.length > 0)
    return blind && beyondStart.every(({cause}) => cause !== null && wayThere.has(cause)) ? 'unknown' : 'degraded';
  if (paused) return 'paused';
  if (starting) return 'starting';
  if (blind) return 'unknown';
  return primary.length > 0 ? 'degraded' : 'healthy';
};

/** What a person reads first, with the reason that another one gave. */
const pauseText = (pause: Pause | null): string | null =>
  pause === null
    ? null
    : `Frigate is paused until ${rfc3339(pause.until)}${pause.reason === null ? '' : `: ${pause.reason.slice(0, 200)}`}`;

const summaryOf = (health: HealthClass, findings: readonly Finding[], leading: readonly Finding[]): string => {
  const [first, ...others] = leading;
  if (first !== undefined && health !== 'paused' && health !== 'starting') {
    return others.length === 0
      ? first.summary
      : `${first.summary}; and ${others.map((finding) => finding.id).join(', ')}`;
  }
  switch (health) {
    case 'paused':
      return 'Frigate is paused on purpose';
    case 'starting':
      // A start beyond its grace says so itself.
      if (first?.immediate === true) return first.summary;
      return first?.id === 'FRG-202' ? `Frigate is starting: ${first.summary}` : 'Frigate is starting';
    case 'unknown': {
      const blind = findings.find((finding) => finding.status === 'unknown' && observabilityChecks.has(finding.id));
      return blind === undefined ? 'Frigate cannot be observed' : inOneLine(blind);
    }
    case 'healthy':
      return 'Frigate does its job';
    case 'degraded':
    case 'unhealthy':
      return 'Frigate needs attention';
  }
};

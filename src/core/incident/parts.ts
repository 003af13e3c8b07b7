/** What an incident is made of: findings, lost cameras, and whether any of it was worse than a warning. What went away and comes back is news. */
import {storedName} from '../state/bounds.js';
import type {Situation} from '../decision/situation.js';
import {isBad, type CheckId, type Finding} from '../finding.js';
import type {Incident} from '../state/state.js';
import {milliseconds, since, type Duration} from '../time.js';

type Judged = Pick<Situation, 'diagnosis' | 'findings' | 'now' | 'policy'>;

/** Without pictures or recordings a camera is lost; which cameras skip frames changes with what moves before them. */
const losing: ReadonlySet<CheckId> = new Set<CheckId>(['FRG-304', 'FRG-305', 'FRG-501', 'FRG-601']);
/** Cameras of an incident that are stored by name. */
const MOST_CAMERAS = 64;
/** The part that keeps the stage above `warning`. */
const WORSE_THAN_A_WARNING = 'critical';

/** An incident ends when nothing of it was observed for this many intervals, so that flapping stays one incident. */
const QUIET_INTERVALS = 3;

/** So many healthy passes at least: one interval is between two of them. */
export const QUIET_PASSES = QUIET_INTERVALS;

/** How long nothing of it must be observed. */
export const quietTime = (interval: Duration): Duration => milliseconds(interval * QUIET_INTERVALS);

/** The cameras that are lost now, by the findings that explain the rest. */
const lostCameras = ({diagnosis, findings}: Judged): readonly string[] => [
  ...new Set(
    findings
      .filter(({id, status}) => status === 'critical' && losing.has(id) && diagnosis.primary.includes(id))
      .flatMap(({cameras}) => cameras.map(storedName)),
  ),
];

/** Lost beside an incident that was notified without them; none while there is none. */
export const unreportedCameras = (incident: Incident | null, situation: Judged): readonly string[] =>
  incident?.told === true
    ? lostCameras(situation)
        .filter((camera) => !incident.cameras.includes(camera))
        .slice(0, MOST_CAMERAS - incident.cameras.length)
    : [];

/** How a lost camera is called among what stands (state.ts, Standing). */
export const asStanding = (camera: string): string => `camera ${camera}`;

/** Leaves out of the incident what has been quiet for long, and takes its stage back when nothing critical is left; blind passes move nothing. */
export const settle = (incident: Incident, pressing: readonly Finding[], situation: Judged): Incident => {
  const {findings, diagnosis, now, policy} = situation;
  if (diagnosis.health === 'unknown') return incident;
  const well = new Set<string>(wellParts(incident, pressing, findings));
  const quiet = partsOf(incident)
    .filter((what) => well.has(what))
    .map((what) => ({what, since: incident.quiet.find((part) => part.what === what)?.since ?? now}));
  const over = new Set(
    quiet.filter((part) => since(part.since, now) >= quietTime(policy.interval)).map(({what}) => what),
  );
  return {
    ...incident,
    stage: over.has(WORSE_THAN_A_WARNING) ? 'warning' : incident.stage,
    findings: incident.findings.filter((id) => !over.has(id)),
    joined: incident.joined.filter(({id}) => !over.has(id)),
    cameras: incident.cameras.filter((camera) => !over.has(asStanding(camera))),
    quiet: quiet.filter(({what}) => !over.has(what)),
  };
};

const partsOf = ({stage, findings, cameras}: Incident): readonly string[] => [
  ...(stage === 'warning' ? [] : [WORSE_THAN_A_WARNING]),
  ...findings,
  ...cameras.map(asStanding),
];

const isCritical = ({status}: Finding): boolean => status === 'critical';

/** The parts that this pass found to be well; what could not be observed is not among them. */
const wellParts = (
  incident: Incident,
  pressing: readonly Finding[],
  findings: readonly Finding[],
): readonly string[] => {
  const observed = new Map(
    findings.filter(({status}) => status !== 'unknown' && status !== 'skipped').map((finding) => [finding.id, finding]),
  );
  const known = incident.findings.flatMap((id) => observed.get(id) ?? []);
  const lost = new Set(
    [...losing]
      .flatMap((id) => observed.get(id) ?? [])
      .filter(isCritical)
      .flatMap(({cameras}) => cameras.map(storedName)),
  );
  return [
    ...([...pressing, ...known].some(isCritical) ? [] : [WORSE_THAN_A_WARNING]),
    ...known.filter((finding) => !isBad(finding)).map(({id}) => id),
    ...(observed.has('FRG-501') ? incident.cameras.filter((camera) => !lost.has(camera)).map(asStanding) : []),
  ];
};

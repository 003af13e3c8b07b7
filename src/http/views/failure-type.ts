/** The coarse classes of `/api/quality/…`, made from our own causes. */
import {isBad, type CauseClass} from '../../core/finding.js';
import type {JudgedFrigate} from '../../outcome/fleet.js';
import type {FailureType} from '../schemas/types.js';

/** `mixed` is no class of its own here: it is made from the two causes that stand behind it. */
const classes: Readonly<Record<Exclude<CauseClass, 'mixed'>, 'network' | 'process'>> = {
  camera: 'network',
  network: 'network',
  node: 'network',
  cluster: 'network',
  storage: 'network',
  dependency: 'network',
  workload: 'process',
  process: 'process',
  detector: 'process',
  memory: 'process',
  recording: 'process',
  config: 'process',
  checker: 'process',
};

/**
 * The class of what is wrong; two independent causes of different classes are `mixed`. `client` needs errors of the consumers of
 * go2rtc, which no observation holds.
 */
export const failureTypeOf = ({findings, diagnosis}: JudgedFrigate): FailureType => {
  const primary = new Set(diagnosis.primary);
  const bad = findings.filter((finding) => isBad(finding) && primary.has(finding.id));
  const critical = bad.filter(({status}) => status === 'critical');
  const leading = critical.length > 0 ? critical : bad;
  const found = new Set(
    leading.flatMap(({cause}) => (cause === null ? [] : [cause === 'mixed' ? ('mixed' as const) : classes[cause]])),
  );
  const [first] = found;
  if (first === undefined) return null;
  return found.size === 1 ? first : 'mixed';
};

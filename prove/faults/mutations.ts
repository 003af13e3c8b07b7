/** What the old checker did, put back into the code: one line each. The tests that the table names for the fault must fail on it. */
export interface Mutation {
  /** Id in the table of test/fault. */
  readonly fault: string;
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

const decision = 'src/core/decision';
const alerts = 'src/core/alerts';

export const mutations: readonly Mutation[] = [
  {
    fault: 'B-01',
    file: 'src/core/target.ts',
    from: "return isGhost(pod.frigate) ? 'ghost' : 'live'",
    to: "return 'live'",
  },
  {
    fault: 'B-02',
    file: 'src/core/target.ts',
    from: "if (pod.phase === 'Failed') return pod.reason === 'Evicted' ? 'evicted' : 'failed';",
    to: "if (pod.phase === 'Failed') return 'live';",
  },
  {fault: 'B-04', file: 'src/core/target.ts', from: "  return 'pending';\n};", to: "  return 'live';\n};"},
  {fault: 'B-03', file: `${decision}/streak.ts`, from: 'streak.podUid !== podUid || ', to: ''},
  {fault: 'B-06', file: `${decision}/rules.ts`, from: "  {what: 'its pods', seen: observation.pods},\n", to: ''},
  {
    fault: 'B-11',
    file: `${decision}/rules.ts`,
    from: "case 'unreadable': return hold(",
    to: "case 'unreadable': return true ? null : hold(",
  },
  {
    fault: 'B-16',
    file: `${decision}/streak.ts`,
    from: 'since(last, now) > milliseconds(policy.interval * 3)',
    to: 'false',
  },
  {fault: 'B-18', file: `${decision}/clip.ts`, from: '    return earliest(at, now);', to: '    return at;'},
  {fault: 'B-20', file: `${decision}/rules.ts`, from: "  {what: 'the node', seen: observation.node},\n", to: ''},
  {
    fault: 'B-22',
    file: `${decision}/rules.ts`,
    from: 'if (node !== undefined) return hold(`the new pod',
    to: 'if (false) return hold(`the new pod',
  },
  {fault: 'B-23', file: `${decision}/breaker.ts`, from: '2 ** Math.min(failures - 1, 16)', to: '1'},
  {
    fault: 'B-24',
    file: `${decision}/rules.ts`,
    from: 'if (behind && workload.strategy',
    to: 'if (false && workload.strategy',
  },
  {
    fault: 'B-25',
    file: 'src/core/checks/detectors/speed.ts',
    from: 'if (inference <= limit)',
    to: 'if (inference < limit)',
  },
  {fault: 'B-28', file: 'src/core/checks/detectors/stuck.ts', from: 'age !== null && age > STUCK', to: 'false'},
  {fault: 'B-30', file: `${decision}/rules.ts`, from: '  {what: "Frigate\'s log", seen: observation.log},\n', to: ''},
  {
    fault: 'B-31',
    file: `${decision}/streak.ts`,
    from: ' || !restsOnNewEvidence(candidates, streak.evidenceAt)',
    to: '',
  },
  {fault: 'B-40', file: 'src/pass/tell.ts', from: "if (delivery.kind === 'delivered') {", to: 'if (true) {'},
  {fault: 'B-43', file: `${alerts}/parts.ts`, from: 'const QUIET_INTERVALS = 3;', to: 'const QUIET_INTERVALS = 0;'},
  {
    fault: 'B-44',
    file: `${alerts}/incident.ts`,
    from: "if (finding.normalAtStart && diagnosis.health === 'starting')",
    to: "if (diagnosis.health === 'starting' || finding.id === 'FRG-203')",
  },
  {
    fault: 'B-45',
    file: `${alerts}/incident.ts`,
    from: "if (rule === 'R-10' && breaker.until === null) return 'locked';",
    to: '',
  },
];

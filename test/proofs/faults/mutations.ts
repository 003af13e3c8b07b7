/** What the old checker and this program did, put back into the code: one line each. The tests that the tables name for the fault must fail on it. */
export interface Mutation {
  /** Id in the table of test/proofs/old-faults, or in own.ts. */
  readonly fault: string;
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

const decision = 'src/core/decision';
const alerts = 'src/core/incident';

export const mutations: readonly Mutation[] = [
  {
    fault: 'B-01',
    file: 'src/core/observation/target.ts',
    from: "return isGhost(pod.frigate) ? 'ghost' : 'live'",
    to: "return 'live'",
  },
  {
    fault: 'B-02',
    file: 'src/core/observation/target.ts',
    from: "if (pod.phase === 'Failed') return pod.reason === 'Evicted' ? 'evicted' : 'failed';",
    to: "if (pod.phase === 'Failed') return 'live';",
  },
  {fault: 'B-04', file: 'src/core/observation/target.ts', from: "  return 'pending';\n};", to: "  return 'live';\n};"},
  {fault: 'B-03', file: `${decision}/streak.ts`, from: '    streak.podUid !== podUid ||\n', to: ''},
  {fault: 'B-06', file: `${decision}/rules.ts`, from: "  ['pods', observation.pods],\n", to: ''},
  {
    fault: 'B-11',
    file: `${decision}/rules.ts`,
    from: "case 'unreadable':\n        return hold(",
    to: "case 'unreadable':\n        return true ? null : hold(",
  },
  {
    fault: 'B-16',
    file: `${decision}/streak.ts`,
    from: 'since(last, now) > milliseconds(policy.interval * 3)',
    to: 'false',
  },
  {fault: 'B-18', file: `${decision}/clamp-to-now.ts`, from: '    return earliest(at, now);', to: '    return at;'},
  {fault: 'B-20', file: `${decision}/rules.ts`, from: "  ['node', observation.node],\n", to: ''},
  {
    fault: 'B-22',
    file: `${decision}/rules.ts`,
    from: 'if (node !== undefined) return hold({',
    to: 'if (false) return hold({',
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
    file: 'src/core/checks/detectors/frg-401-inference-speed.ts',
    from: 'if (inference <= limit)',
    to: 'if (inference < limit)',
  },
  {
    fault: 'B-28',
    file: 'src/core/checks/detectors/frg-402-detector-not-stuck.ts',
    from: 'age !== null && age > STUCK',
    to: 'false',
  },
  {fault: 'B-30', file: `${decision}/rules.ts`, from: "  ['log', observation.log],\n", to: ''},
  {
    fault: 'B-31',
    file: `${decision}/streak.ts`,
    from: ' || !restsOnNewEvidence(candidates, streak.evidenceAt)',
    to: '',
  },
  {
    fault: 'B-40',
    file: 'src/pass/notify.ts',
    from: "delivery.kind === 'failed' ? delivery.why : null",
    to: 'null',
  },
  {fault: 'B-43', file: `${alerts}/parts.ts`, from: 'const QUIET_INTERVALS = 3;', to: 'const QUIET_INTERVALS = 0;'},
  {
    fault: 'B-43',
    file: `${alerts}/incident.ts`,
    from: "if (diagnosis.health !== 'healthy' || !isAsObservable(incident, findings)) return incident;",
    to: '',
  },
  {
    fault: 'B-44',
    file: `${alerts}/incident.ts`,
    from: "if (finding.normalAtStart && diagnosis.health === 'starting') return finding.immediate;",
    to: "if (diagnosis.health === 'starting' || finding.id === 'FRG-203') return false;",
  },
  {
    fault: 'B-45',
    file: `${alerts}/incident.ts`,
    from: "if (rule === 'R-10' && breaker.until === null) return 'locked';",
    to: '',
  },
  {
    fault: 'E-01',
    file: `${decision}/rules.ts`,
    from: 'if (start !== null && !start.standsStill) return hold(',
    to: 'if (false && start !== null) return hold(',
  },
  {
    fault: 'E-02',
    file: 'src/core/checks/evidence/start.ts',
    from: '!isOfTheDatabase(underWay) && ',
    to: '',
  },
  {
    fault: 'E-03',
    file: 'src/core/checks/frigate/frg-301-api-responsive.ts',
    from: "if (backend.known) return backend.value === 'answers';",
    to: 'if (backend.known) return false;',
  },
  {
    fault: 'E-04',
    file: 'src/core/checks/recording/frg-601-recordings-written.ts',
    from: 'if (reported !== null) return reported;',
    to: '',
  },
  {
    fault: 'E-05',
    file: 'src/core/checks/evidence/error-causes.ts',
    from: '      known.kind === report.kind &&\n',
    to: '',
  },
  {
    fault: 'E-06',
    file: 'src/core/checks/detectors/frg-403-detector-not-silent.ts',
    from: 'if (starting !== null && !starting.standsStill)',
    to: 'if (false)',
  },
  {
    fault: 'E-07',
    file: 'src/core/checks/detectors/frg-403-detector-not-silent.ts',
    from: 'if (error !== null)',
    to: 'if (false)',
  },
  {
    fault: 'E-08',
    file: 'src/core/checks/evidence/start.ts',
    from: 'workedAt: answeredAt ?? (',
    to: 'workedAt: answeredAt ?? shownAt ?? (',
  },
  {
    fault: 'E-09',
    file: 'src/core/checks/evidence/start.ts',
    from: '|| at > step.at)',
    to: '|| at > 0)',
  },
  {
    fault: 'E-10',
    file: 'src/core/checks/evidence/start.ts',
    from: 'shows(startShown(observation, startedAt))',
    to: 'null',
  },
  {
    fault: 'E-11',
    file: 'src/core/checks/detectors/frg-403-detector-not-silent.ts',
    from: 'if (reported !== null)',
    to: 'if (false)',
  },
  {
    fault: 'E-12',
    file: 'src/core/checks/frigate/frg-301-api-responsive.ts',
    from: 'if (unstarted !== null) return notBegun(context, unstarted, facts);',
    to: '',
  },
  {
    fault: 'E-13',
    file: 'src/frigate/log/error-kinds.ts',
    from: 'LASTING.has(kindOf(text)) && ',
    to: 'LASTING.size === 0 && ',
  },
  {
    fault: 'E-14',
    file: 'src/core/checks/frigate/frg-304-processes-running.ts',
    from: 'return samples.includes(null) ? null : (samples[0] ?? null);',
    to: 'return null;',
  },
  {
    fault: 'E-15',
    file: 'src/core/checks/recording/frg-601-recordings-written.ts',
    from: '    !threadDiedAt(context, from)',
    to: '    true',
  },
];

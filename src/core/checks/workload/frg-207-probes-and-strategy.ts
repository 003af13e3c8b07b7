/** FRG-207: can the probes or the strategy cause an outage? */
import {note, run, type Fix} from '../../fix.js';
import type {Evidence} from '../../finding.js';
import type {Observation} from '../../observation/observation.js';
import type {PodTemplate, Probe, Workload} from '../../observation/workload.js';
import {heldExclusively, keepsTheOld, startsBesideTheOld} from '../../observation/exclusive.js';
import {defineCheck, type CheckResult} from '../check.js';
import {deployment} from '../kubectl.js';
import {workloadOf} from '../evidence/facts.js';
import {byCheck, evidence, listed, notApplicable, unobserved} from '../evidence/wording.js';

/** Seconds that Frigate must be given for its start: migrations, models and detectors take up to two minutes. */
const START = 120;

export const probesAndStrategy = defineCheck('FRG-207', {
  category: 'workload',
  cause: 'config',
  needs: ['FRG-201'],
  docs: {
    what: 'Examines two settings of the workload that turn a small fault into an outage: a liveness probe that kills Frigate while it still starts, and a rolling update of a pod that holds something exclusively.',
    limits:
      "Warning when the probe in force during the start (startup, else liveness) fails after less than 120 s, and when a Deployment with RollingUpdate has a ReadWriteOnce volume, a device or the host's network. A probe of `/` or of a bare port does not count: nginx answers it at once, which also means that it does not detect a fault of Frigate.",
    cure: 'Nothing: it is a setting.',
    next: 'Give Frigate a startupProbe of `/api/version` on port 5000 (period 10 s, failureThreshold 30), and the Deployment the strategy Recreate.',
    source:
      "Crash loop by a liveness probe with an initial delay of 60 s on record; bjw-s app-template's custom probe: timeout 1 s, threshold 3, no startup probe. Kubernetes: Deployment strategy, access modes.",
  },
  fix: ({observation}) => [run(`kubectl edit ${deployment(observation)}`)],
  judge: ({observation}) => {
    const workload = workloadOf(observation);
    if (workload === null) return notApplicable('No workload', byCheck('FRG-201'));
    const object = {kind: workload.kind, name: workload.name};
    const flaws = [...probeFlaws(workload.template, observation), ...strategyFlaws(workload, observation)];
    if (flaws.length > 0) return {...warned(flaws), object};
    if (startsBesideTheOld(workload) && !observation.claims.known && workload.template.claims.length > 0)
      return {...unobserved(observation.claims.why), object};
    return {status: 'ok', object, summary: 'Probes and strategy are safe'};
  },
});

const warned = (flaws: readonly Flaw[]): CheckResult => ({
  status: 'warning',
  summary: flaws.map(({words}) => words).join('; '),
  evidence: flaws.map((flaw) => flaw.evidence),
  fix: flaws.flatMap(({fix}) => fix),
});

interface Flaw {
  readonly words: string;
  readonly evidence: Evidence;
  readonly fix: Fix;
}

const probeFlaws = ({startupProbe, livenessProbe}: PodTemplate, observation: Observation): readonly Flaw[] => {
  // A startup probe that nginx answers is content within seconds, and leaves the container to the liveness probe while Frigate still starts.
  const yieldsToLiveness = startupProbe !== null && testsOnlyNginx(startupProbe);
  const probe = startupProbe === null || yieldsToLiveness ? livenessProbe : startupProbe;
  if (probe === null || testsOnlyNginx(probe)) return [];
  const patience =
    (yieldsToLiveness ? startupProbe.initialDelaySeconds : 0) +
    probe.initialDelaySeconds +
    probe.periodSeconds * probe.failureThreshold;
  const which = probe === startupProbe ? 'startup' : 'liveness';
  return patience >= START
    ? []
    : [
        {
          words: `The ${which} probe kills Frigate ${patience} s after the start (at least ${START} s needed)`,
          evidence: evidence(`${which} probe fails after`, patience, START, 's'),
          fix: [
            note('Set a startupProbe: httpGet /api/version on 5000, periodSeconds 10, failureThreshold 30.'),
            run(`kubectl edit ${deployment(observation)}`),
          ],
        },
      ];
};

/** Static pages and a bare TCP port are nginx's, which is up within seconds. */
const testsOnlyNginx = ({path, port}: Probe): boolean => path === '/' || (path === null && port !== null);

const strategyFlaws = (workload: Workload, observation: Observation): readonly Flaw[] => {
  if (!startsBesideTheOld(workload)) return [];
  const held = heldExclusively(workload.template, observation.claims);
  if (held.length === 0) return [];
  return [
    {
      words: `Strategy RollingUpdate with ${listed(held)}: ${keepsTheOld(workload) ? 'a rollout never ends, because the old pod holds it' : 'two Frigates overlap during a rollout'}`,
      evidence: evidence('strategy', workload.strategy, 'Recreate'),
      fix: [
        run(
          `kubectl patch ${deployment(observation)} --type=merge -p '{"spec":{"strategy":{"type":"Recreate","rollingUpdate":null}}}'`,
        ),
      ],
    },
  ];
};

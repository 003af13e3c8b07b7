/** FRG-207: do probes and strategy do harm by themselves? */
import type {Evidence} from '../../finding.js';
import type {Observation} from '../../observation/observation.js';
import type {PodTemplate, Probe, Workload} from '../../observation/workload.js';
import {heldExclusively, keepsTheOld, startsBesideTheOld} from '../../exclusive.js';
import type {Check, Verdict} from '../check.js';
import {deployment} from '../kubectl.js';
import {workloadOf} from '../facts.js';
import {evidence, listed, notApplicable, unseen} from '../wording.js';

/** Seconds that Frigate must be given for its start: migrations, models and detectors take up to two minutes. */
const START = 120;

export const sane: Check = {
  id: 'FRG-207',
  title: 'probes and strategy sane',
  category: 'workload',
  cause: 'config',
  needs: ['FRG-201'],
  docs: {
    what: 'Looks for two settings of the workload that turn a small trouble into an outage: a liveness probe that kills Frigate while it still starts, and a rolling update of a pod that holds something exclusively.',
    limits:
      "Warning when the probe that watches the start (startup, else liveness) gives up in less than 120 s, and when a Deployment with RollingUpdate has a ReadWriteOnce volume, a device or the host's network. A probe of `/` or of a bare port is no danger: nginx answers it at once, which also means that it sees nothing of Frigate.",
    cure: 'Nothing: it is a setting.',
    next: 'Give Frigate a startupProbe of `/api/version` on port 5000 (period 10 s, failureThreshold 30), and the Deployment the strategy Recreate.',
    source:
      "Crash loop by a liveness probe with an initial delay of 60 s on record; bjw-s app-template's custom probe: timeout 1 s, threshold 3, no startup probe. Kubernetes: Deployment strategy, access modes.",
  },
  fix: ({observation}) => `kubectl edit ${deployment(observation)}`,
  judge: ({observation}) => {
    const workload = workloadOf(observation);
    if (workload === null) return notApplicable('No workload to judge', 'FRG-201');
    const object = {kind: workload.kind, name: workload.name};
    const flaws = [...probeFlaws(workload.template, observation), ...strategyFlaws(workload, observation)];
    if (flaws.length > 0) return {...warned(flaws), object};
    if (startsBesideTheOld(workload) && !observation.claims.known && workload.template.claims.length > 0)
      return {...unseen(observation.claims.why), object};
    return {status: 'ok', object, summary: 'Probes and strategy are sane'};
  },
};

const warned = (flaws: readonly Flaw[]): Verdict => ({
  status: 'warning',
  summary: flaws.map(({words}) => words).join('; '),
  evidence: flaws.map((flaw) => flaw.evidence),
  fix: flaws.map(({fix}) => fix).join('\n'),
});

interface Flaw {
  readonly words: string;
  readonly evidence: Evidence;
  readonly fix: string;
}

const probeFlaws = ({startupProbe, livenessProbe}: PodTemplate, observation: Observation): readonly Flaw[] => {
  // A startup probe that nginx answers is content within seconds, and hands over to the liveness probe while Frigate still starts.
  const handsOver = startupProbe !== null && seesOnlyNginx(startupProbe);
  const probe = startupProbe === null || handsOver ? livenessProbe : startupProbe;
  if (probe === null || seesOnlyNginx(probe)) return [];
  const patience =
    (handsOver ? startupProbe.initialDelaySeconds : 0) +
    probe.initialDelaySeconds +
    probe.periodSeconds * probe.failureThreshold;
  const which = probe === startupProbe ? 'startup' : 'liveness';
  return patience >= START
    ? []
    : [
        {
          words: `the ${which} probe kills Frigate ${patience} s after its start if its API is not up`,
          evidence: evidence(`${which} probe gives up after`, patience, START, 's'),
          fix: `kubectl edit ${deployment(observation)}  # startupProbe: httpGet /api/version on 5000, periodSeconds 10, failureThreshold 30`,
        },
      ];
};

/** Static pages and a bare TCP port are nginx's, which is up within seconds. */
const seesOnlyNginx = ({path, port}: Probe): boolean => path === '/' || (path === null && port !== null);

const strategyFlaws = (workload: Workload, observation: Observation): readonly Flaw[] => {
  if (!startsBesideTheOld(workload)) return [];
  const held = heldExclusively(workload.template, observation.claims);
  if (held.length === 0) return [];
  return [
    {
      words: `RollingUpdate with ${listed(held)}: ${keepsTheOld(workload) ? 'a rollout waits for ever for what the old pod holds' : 'two Frigates overlap in a rollout'}`,
      evidence: evidence('strategy', workload.strategy, 'Recreate'),
      fix: `kubectl patch ${deployment(observation)} --type=merge -p '{"spec":{"strategy":{"type":"Recreate","rollingUpdate":null}}}'`,
    },
  ];
};

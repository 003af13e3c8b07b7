/**
 * What was measured beside each recording, and what a pass must make of it: the outcome of a real restart with the cause
 * left in place decides the cure. Times are seconds after the fault.
 */
import type {HealthClass} from '../../src/core/diagnosis/diagnosis.js';
import type {CauseClass, CheckId, Cure} from '../../src/core/finding.js';

/** When a camera's segments stop, and when they come again. */
export interface Gap {
  readonly stops: number;
  readonly resumes?: number;
}

export interface Expected {
  /** Once all of it is seen: class and cause of a pass, and what a person or the tool has to do. */
  readonly health: HealthClass;
  readonly cause: CauseClass | null;
  readonly action: 'restart' | 'none' | 'alert';
  /** The pass after the fault (1 is the first) from which on it must be so, for every phase. */
  readonly within: number;
  /** Critical findings that must be there from then on, and those that may come and go. */
  readonly critical: readonly CheckId[];
  readonly allowed?: readonly CheckId[];
  readonly cure: Cure;
  /** Findings with the cure `restart` that single passes may show while Frigate heals itself; never two in a row. */
  readonly passing?: readonly CheckId[];
}

export interface Facts {
  readonly recording?: Readonly<Partial<Record<'back' | 'front' | 'garage', Gap>>>;
  readonly mountAnswers?: boolean;
  readonly crashLoop?: boolean;
  readonly exitReason?: string;
  /** Did a pod restart with the cause left in place make Frigate healthy? `null`: it had healed by itself. */
  readonly restartCured: boolean | null;
  readonly expected: Expected;
}

const everyCamera = (gap: Gap): NonNullable<Facts['recording']> => ({back: gap, front: gap, garage: gap});
/** Frigate heals itself; what is left to tell is at most a warning. */
const healed = (
  within: number,
  passing: readonly CheckId[],
  left: Pick<Expected, 'health' | 'cause' | 'action'> = {health: 'healthy', cause: null, action: 'none'},
): Expected => ({...left, within, critical: [], cure: 'none', passing});

const deadDetector: Facts = {
  restartCured: true,
  expected: {
    health: 'unhealthy',
    cause: 'detector',
    action: 'restart',
    within: 2,
    critical: ['FRG-403'],
    cure: 'restart',
  },
};
const deadCapture = (critical: readonly CheckId[], within: number): Facts => ({
  recording: {back: {stops: -2}},
  restartCured: true,
  expected: {
    // One camera of three.
    health: 'degraded',
    cause: 'process',
    action: 'restart',
    within,
    critical,
    allowed: ['FRG-304', 'FRG-305', 'FRG-601', 'FRG-602'],
    cure: 'restart',
  },
});

export const recordings: Readonly<Record<string, Facts>> = {
  '0.14.1-cap-kill': deadCapture(['FRG-304'], 2),
  '0.14.1-det-stop': deadDetector,
  '0.16.4-det-stop': deadDetector,
  '0.17.2-det-stop': deadDetector,
  '0.17.2-bad-config': {
    recording: everyCamera({stops: 0}),
    restartCured: false,
    expected: {
      health: 'unhealthy',
      cause: 'config',
      action: 'alert',
      within: 2,
      critical: ['FRG-303'],
      allowed: ['FRG-301', 'FRG-601'],
      cure: 'none',
    },
  },
  '0.17.2-cam-hang': {
    recording: {back: {stops: 10}},
    restartCured: false,
    expected: {
      health: 'degraded',
      cause: 'camera',
      action: 'alert',
      within: 2,
      critical: ['FRG-501'],
      allowed: ['FRG-601', 'FRG-602'],
      cure: 'none',
    },
  },
  '0.17.2-cams-gone': {
    recording: everyCamera({stops: 0}),
    restartCured: false,
    expected: {
      health: 'unhealthy',
      cause: 'network',
      action: 'alert',
      within: 2,
      critical: ['FRG-501'],
      allowed: ['FRG-601', 'FRG-602'],
      cure: 'none',
    },
  },
  '0.17.2-cap-kill': deadCapture(['FRG-304'], 2),
  // The pid is there: only the standing numbers (ten snapshots) and the missing segments (180 s) tell.
  '0.17.2-cap-stop': deadCapture(['FRG-305'], 2),
  // The clock stays 90 s ahead: that is told (FRG-103), Frigate itself is well.
  '0.17.2-clock': {restartCured: null, expected: healed(2, [], {health: 'degraded', cause: 'node', action: 'alert'})},
  '0.17.2-db-lock-brief': {
    recording: everyCamera({stops: 0}),
    restartCured: true,
    expected: {
      health: 'unhealthy',
      cause: 'process',
      action: 'restart',
      within: 2,
      critical: ['FRG-605'],
      allowed: ['FRG-302', 'FRG-601'],
      cure: 'restart',
    },
  },
  // The kubelet restarted the container, once: it healed by itself (FRG-203).
  '0.17.2-det-kill': {restartCured: null, expected: healed(2, ['FRG-301', 'FRG-304'])},
  '0.17.2-det-slow': {
    restartCured: true,
    expected: {
      health: 'degraded',
      cause: 'detector',
      action: 'restart',
      within: 2,
      critical: ['FRG-401'],
      allowed: ['FRG-402', 'FRG-502'],
      cure: 'restart',
    },
  },
  '0.17.2-det-stop-busy': {restartCured: null, expected: healed(2, ['FRG-402', 'FRG-403'])},
  '0.17.2-disk-full': {
    recording: everyCamera({stops: 0, resumes: 175}),
    restartCured: false,
    expected: {
      health: 'degraded',
      cause: 'storage',
      action: 'alert',
      within: 2,
      critical: ['FRG-603'],
      allowed: ['FRG-601', 'FRG-602'],
      cure: 'none',
    },
  },
  '0.17.2-disk-hang': {
    recording: everyCamera({stops: -2}),
    mountAnswers: false,
    restartCured: false,
    expected: {
      health: 'unhealthy',
      cause: 'storage',
      action: 'alert',
      within: 2,
      critical: ['FRG-606', 'FRG-302'],
      allowed: ['FRG-601', 'FRG-602'],
      cure: 'none',
    },
  },
  '0.17.2-main-stop': {
    recording: everyCamera({stops: -2}),
    restartCured: true,
    expected: {
      health: 'unhealthy',
      cause: 'process',
      action: 'restart',
      within: 2,
      critical: ['FRG-301'],
      cure: 'restart',
    },
  },
  '0.17.2-oom': {
    recording: everyCamera({stops: 0}),
    crashLoop: true,
    exitReason: 'OOMKilled',
    restartCured: false,
    expected: {
      health: 'unhealthy',
      cause: 'memory',
      action: 'alert',
      within: 2,
      critical: ['FRG-203'],
      allowed: ['FRG-205', 'FRG-301', 'FRG-601'],
      cure: 'none',
      passing: ['FRG-301'],
    },
  },
  '0.17.2-rec-kill': {
    recording: everyCamera({stops: 0}),
    restartCured: true,
    expected: {
      health: 'unhealthy',
      cause: 'process',
      action: 'restart',
      within: 2,
      critical: ['FRG-304'],
      allowed: ['FRG-601', 'FRG-602'],
      cure: 'restart',
    },
  },
};

/** What people have without a checker: nothing, the kubelet's liveness probe, docker-autoheal. */
import type {Installation} from './installation.js';
import type {Notes, Policy} from './policy.js';

export const nobody: Policy = {name: 'no checker', every: 3600, look: () => undefined};

/** Restarts the container in place when `/api/version` failed for so long; told is nobody. */
abstract class Probe implements Policy {
  abstract readonly name: string;
  readonly every = 60;
  /** Seconds of failure until it acts. */
  protected abstract readonly patience: number;
  /** Seconds after the start in which it does not look. */
  protected abstract readonly initialDelay: number;
  /** The kubelet waits longer each time. */
  protected abstract readonly backsOff: boolean;
  #failingSince: number | null = null;

  look(installation: Installation, notes: Notes): void {
    const {now, run, running, nodeReady} = installation;
    if (
      !running ||
      !nodeReady ||
      now - run.startedAt / 1000 < this.initialDelay ||
      installation.door('/api/version') === 'open'
    ) {
      this.#failingSince = null;
      return;
    }
    notes.alarmed();
    this.#failingSince ??= now;
    if (now - this.#failingSince < this.patience) return;
    this.#failingSince = null;
    notes.restarted(installation.restart('container', null, this.backsOff));
  }
}

/** Every 30 s with a timeout of 10 s, three failures, 60 s after the start. */
export class Liveness extends Probe {
  readonly name = 'liveness probe';
  protected readonly patience = 120;
  protected readonly initialDelay = 60;
  protected readonly backsOff = true;
}

/** Unhealthy after three checks of 15 s, restarted at once and without a limit, also while it starts (autoheal #53). */
export class Autoheal extends Probe {
  readonly name = 'docker-autoheal';
  protected readonly patience = 60;
  protected readonly initialDelay = 0;
  protected readonly backsOff = false;
}

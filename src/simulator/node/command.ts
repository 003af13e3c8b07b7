/** A command in a container and what comes of it. */
import type {Clock} from '../clock.js';
import type {Run} from '../frigate.js';

export interface CommandResult {
  readonly stdout: string | Buffer;
  readonly stderr: string;
  readonly exitCode: number;
}

export interface ContainerView {
  readonly run: Run;
  readonly clock: Clock;
  /** Where a port of the pod's own loopback interface answers in truth; `null`: nothing listens. */
  readonly dial: (port: number) => {readonly host: string; readonly port: number} | null;
}

export const ok = (stdout: string | Buffer): CommandResult => ({stdout, stderr: '', exitCode: 0});
export const wrong = (exitCode: number, stderr: string): CommandResult => ({stdout: '', stderr, exitCode});

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
  /** Where the pod's own ports answer in truth; `null`: nothing listens. */
  readonly server: {readonly host: string; readonly port: number} | null;
  /** The ports that Frigate's container has. */
  readonly ports: readonly number[];
}

export const ok = (stdout: string | Buffer): CommandResult => ({stdout, stderr: '', exitCode: 0});
export const wrong = (exitCode: number, stderr: string): CommandResult => ({stdout: '', stderr, exitCode});

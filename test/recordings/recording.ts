/**
 * Recordings of real faults on real Frigates (0.14.1, 0.16.4, 0.17.2), in compact form: what `/api/stats` answered every
 * 5 s from a minute before the fault to four minutes after it, and the lines of the log that could matter.
 * All times are seconds after the fault.
 */
import {readFileSync} from 'node:fs';
import {fileURLToPath} from 'node:url';
import * as z from 'zod';

const schema = z.object({
  version: z.string(),
  fault: z.string(),
  /** Unix seconds of the fault, by Frigate's own clock. */
  faultAt: z.number(),
  /** Ends of Frigate's container. */
  exits: z.array(z.object({startedAt: z.number(), finishedAt: z.number(), exitCode: z.number()})),
  /** Time of a poll and what it got: a new snapshot (its index), the `same` one as before, or no statistics. */
  polls: z.array(z.tuple([z.number(), z.union([z.number(), z.string()])])),
  /** Snapshots in Frigate's own shape; of `cpu_usages` only the processes that the snapshot names. */
  snapshots: z.array(z.looseObject({service: z.looseObject({uptime: z.number(), last_updated: z.number()})})),
  log: z.array(z.tuple([z.number(), z.string()])),
});

export type Recording = z.infer<typeof schema>;

/** Reads one recording, such as `0.17.2-det-stop`. */
export const readRecording = (name: string): Recording =>
  schema.parse(
    JSON.parse(readFileSync(fileURLToPath(new URL(`../fixtures/recordings/${name}.json`, import.meta.url)), 'utf8')),
  );

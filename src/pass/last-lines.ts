/** The last lines that a container logged, masked: what an operator asks for next. */
import {known, type Known} from '../core/known.js';
import {maskedLine} from '../core/mask.js';
import type {Workload} from '../core/observation/workload.js';
import {seconds} from '../core/time.js';
import {within} from '../core/timers.js';
import type {PassPorts} from './ports.js';
import {Tail} from './tail.js';

const READ_LIMIT = seconds(5);
const LONGEST_LINE = 300;

/** Whose log, and whether that of the container before. */
export interface LoggedContainer {
  readonly pod: string;
  readonly previous: boolean;
}

/** At most `count` lines, oldest first, with the kubelet's stamps and as they were written: secrets included. */
export const rawLastLines = async (
  {cluster, clock}: Pick<PassPorts, 'cluster' | 'clock'>,
  {namespace, template}: Pick<Workload, 'namespace' | 'template'>,
  {pod, previous}: LoggedContainer,
  count: number,
  signal: AbortSignal,
): Promise<Known<readonly string[]>> => {
  const opened = await cluster.openLog(
    {namespace, pod, container: template.containerName, since: null, previous, follow: false, tailLines: count},
    within(clock, READ_LIMIT, signal),
  );
  if (!opened.known) return opened;
  const tail = new Tail();
  try {
    for await (const chunk of opened.value) tail.add(chunk);
  } catch {
    // A log that breaks off has said what it has.
  }
  return known(tail.lines(count));
};

/** The same for people: masked, each line cut, without stamps; none where the log cannot be read. */
export const lastLines = async (...question: Parameters<typeof rawLastLines>): Promise<readonly string[]> => {
  const lines = await rawLastLines(...question);
  return lines.known ? lines.value.map((line) => maskedLine(line.replace(/^\S+Z /, ''), LONGEST_LINE)) : [];
};

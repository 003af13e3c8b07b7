/** The pod and the node that automatic repair would act on, and what Frigate takes of them. */
import type {GpuUsage} from '../../core/observation/frigate.js';
import type {Status} from '../../core/finding.js';
import {bar} from '../glyphs.js';
import {line, span, toneOf, type Line, type Tone} from '../text.js';
import type {View} from '../view/view.js';
import {LABEL, labelledLine, labelledLines} from './labelled-lines.js';
import {bytes, standing, type Display} from './display.js';

const BAR = 10;

const share = (value: number | null, top: number | null): number | null =>
  value === null || top === null || top <= 0 ? null : value / top;

interface Usage {
  readonly label: string;
  /** `null`: not known. */
  readonly text: string | null;
  /** 0 to 1; `null`: nothing to draw. */
  readonly filled: number | null;
}

/** `live`: Frigate's numbers are current; old ones say so. */
const usageLine = ({label, text, filled}: Usage, live: boolean, display: Display): Line =>
  line(
    span(label.padEnd(LABEL), 'faint'),
    ...(filled === null || display.plain
      ? []
      : [span(bar(filled, BAR, display.glyphs), live ? 'accent' : 'faint'), span(' ')]),
    span(text === null ? 'not known' : live ? text : `old: ${text}`, live ? 'plain' : 'faint'),
  );

const limitOf = ({pod}: View, limit: string | null): string =>
  pod.workload === null ? 'limit not known' : limit === null ? 'no limit' : `limit ${limit}`;

const cpu = (view: View): Usage => {
  const {pod} = view;
  const limit = limitOf(view, pod.cpuLimit === null ? null : String(pod.cpuLimit));
  const host = pod.systemCpu === null ? '' : `, host ${pod.systemCpu.toFixed(0)}%`;
  return {
    label: 'cpu',
    text: pod.cpu === null ? null : `${pod.cpu.toFixed(1)} cores (${limit})${host}`,
    filled: share(pod.cpu, pod.cpuLimit),
  };
};

const memory = (view: View): Usage => {
  const {pod} = view;
  const limit = limitOf(view, pod.memoryLimit === null ? null : bytes(pod.memoryLimit));
  return {
    label: 'memory',
    text: pod.memory === null ? null : `${pod.memory.toFixed(0)}% (${limit})`,
    filled: share(pod.memory, 100),
  };
};

const percent = (value: number | null): string => (value === null ? 'not known' : `${value.toFixed(0)}%`);

/** A card that reports no memory shows none. */
const gpu = ({name, load, memory: used}: GpuUsage, display: Display): Usage => ({
  label: 'gpu',
  text: `${percent(load)} ${display.text(name)}${used === null ? '' : `, memory ${percent(used)}`}`,
  filled: share(load, 100),
});

/** Symbol and words; those of a source that does not answer are the last known ones. */
const statusText = (
  status: Status,
  words: string,
  live: boolean,
  display: Display,
): readonly [text: string, tone: Tone] => [
  `${standing(display, status, live)} ${live ? '' : 'old: '}${words}`,
  live ? toneOf[status] : 'faint',
];

/** Pod, restarts and last exit, node, CPU, memory, graphics cards. `live`: Frigate's numbers are of now. */
export const podLines = (view: View, live: boolean, width: number, display: Display): readonly Line[] => {
  const {
    pod,
    live: {
      watchState: {sources},
    },
  } = view;
  return [
    ...(pod.pod === null
      ? [labelledLine('pod', ...statusText(pod.status, pod.state, true, display))]
      : [
          ...labelledLines('pod', display.text(pod.pod), width),
          labelledLine(
            'state',
            ...statusText(pod.status, display.text(pod.state), sources.cluster.trouble === null, display),
          ),
          labelledLine('restarts', pod.restarts === null ? 'not known' : `${pod.restarts} of the container`),
        ]),
    ...(pod.lastExit === null ? [] : labelledLines('last exit', display.text(pod.lastExit), width, 'warn')),
    labelledLine(
      'node',
      ...statusText(
        pod.nodeStatus,
        [...(pod.node === null ? [] : [display.text(pod.node)]), display.text(pod.nodeState)].join(' '),
        sources.node.trouble === null || pod.node === null,
        display,
      ),
    ),
    ...[cpu(view), memory(view), ...pod.gpus.map((one) => gpu(one, display))].map((usage) =>
      usageLine(usage, live, display),
    ),
  ];
};

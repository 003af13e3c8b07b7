/** What automatic repair remembers and does next, and the pod and node that it would act on. */
import {since} from '../../core/time.js';
import type {GpuUsage} from '../../core/observation/frigate.js';
import type {RestartPhase} from '../../core/state/state.js';
import {bar} from '../glyphs.js';
import {line, span, toneOf, wrapText, type Line, type Tone} from '../text.js';
import {clockTime} from '../view/freshness.js';
import {coarse, type View} from '../view/view.js';
import {bytes, type Pen} from './pen.js';

const LABEL = 10;
const BAR = 10;

const row = (label: string, text: string, tone: Tone = 'plain'): Line => line(span(label.padEnd(LABEL), 'faint'), span(text, tone));

/** A text that may need several lines, its further ones under the first. */
const rows = (label: string, text: string, width: number, tone: Tone = 'plain'): readonly Line[] =>
  wrapText(text, Math.max(10, width - LABEL)).map((part, index) => row(index === 0 ? label : '', part, tone));

const phases: Readonly<Record<RestartPhase, string>> = {
  intended: 'intended', acted: 'sent', helped: 'helped', 'did-not-help': 'did not help', abandoned: 'not sent', unjudged: 'outcome not known',
};

const breakerTone: Readonly<Record<'closed' | 'open' | 'half-open' | 'locked', Tone>> = {closed: 'good', open: 'warn', 'half-open': 'warn', locked: 'bad'};

/** Breaker, budget, streak, restarts and whether they helped, incident, last pass, next step. */
export const engineLines = ({live}: View, width: number, pen: Pen): readonly Line[] => {
  const {judgement: {decision}, board: {remembered}, at} = live;
  const {breaker, streak} = decision;
  const until = breaker.until === null ? '' : ` until ${clockTime(breaker.until)}`;
  const state = remembered?.state ?? null;
  const last = state?.lastPass ?? null;
  const incident = state?.incident ?? null;
  return [
    row('breaker', `${breaker.state}${until}`, breakerTone[breaker.state]),
    row('budget', `${breaker.used} of ${breaker.limit} this hour, ${breaker.usedToday} of ${breaker.limitPerDay} today`),
    row('failures', `${streak.count} of ${streak.needed} in a row counted`),
    ...rows('next step', `${decision.action} (${decision.rule}): ${pen.text(decision.reason)}`, width, decision.action === 'none' ? 'good' : 'strong'),
    row('last pass', last === null ? 'none yet' : `${coarse(since(last.at, at))} ago, ${pen.text(last.result)}`, last === null ? 'faint' : 'plain'),
    ...(incident === null ? [] : rows('incident', `since ${clockTime(incident.since)}, ${incident.stage}: ${pen.text(incident.summary)}`, width, 'warn')),
    ...(state?.restarts ?? []).slice(-3).reverse().map((record, index) =>
      row(index === 0 ? 'history' : '', `${clockTime(record.at)} ${phases[record.phase]}: ${record.cause}${record.who === 'automatic' ? '' : ', by a person'}`, record.phase === 'helped' ? 'good' : 'warn')),
  ];
};

const share = (value: number | null, top: number | null): number | null => (value === null || top === null || top <= 0 ? null : value / top);

const usage = (label: string, text: string, filled: number | null, pen: Pen): Line =>
  line(span(label.padEnd(LABEL), 'faint'), ...(filled === null || pen.plain ? [] : [span(bar(filled, BAR, pen.glyphs), 'accent'), span(' ')]), span(text));

const cpuLine = ({pod}: View, pen: Pen): Line => {
  const limit = pod.cpuLimit === null ? 'no limit' : `limit ${pod.cpuLimit}`;
  const host = pod.systemCpu === null ? '' : `, host ${pod.systemCpu.toFixed(0)}%`;
  return usage('cpu', pod.cpu === null ? 'not known' : `${pod.cpu.toFixed(1)} cores (${limit})${host}`, share(pod.cpu, pod.cpuLimit), pen);
};

const memoryLine = ({pod}: View, pen: Pen): Line => {
  const limit = pod.memoryLimit === null ? 'no limit' : `limit ${bytes(pod.memoryLimit)}`;
  return usage('memory', pod.memory === null ? `not known (${limit})` : `${pod.memory.toFixed(0)}% (${limit})`, share(pod.memory, 100), pen);
};

const percent = (value: number | null): string => (value === null ? 'not known' : `${value.toFixed(0)}%`);

/** A card that tells no memory is asked for none. */
const gpuLine = ({name, load, memory}: GpuUsage, pen: Pen): Line =>
  usage('gpu', `${percent(load)} ${pen.text(name)}${memory === null ? '' : `, memory ${percent(memory)}`}`, share(load, 100), pen);

/** Pod, restarts and last exit, node, CPU, memory, graphics cards. */
export const podLines = (view: View, width: number, pen: Pen): readonly Line[] => {
  const {pod} = view;
  return [
    ...rows('pod', pen.text(pod.pod ?? 'none'), width),
    row('state', `${pen.glyphs.status[pod.status]} ${pen.text(pod.state)}`, toneOf[pod.status]),
    row('restarts', pod.restarts === null ? 'not known' : `${pod.restarts} of the container`),
    ...(pod.lastExit === null ? [] : rows('last exit', pen.text(pod.lastExit), width, 'warn')),
    row('node', [pen.glyphs.status[pod.nodeStatus], ...(pod.node === null ? [] : [pen.text(pod.node)]), pen.text(pod.nodeState)].join(' '), toneOf[pod.nodeStatus]),
    cpuLine(view, pen),
    memoryLine(view, pen),
    ...pod.gpus.map((gpu) => gpuLine(gpu, pen)),
  ];
};

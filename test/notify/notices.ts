/** Notices for the tests of the channels, with what could break a format in them. */
import type {Notice} from '../../src/core/incident/notice.js';
import {instant, later, minutes} from '../../src/core/time.js';
import {channelsFrom, type ChannelSettings} from '../../src/settings/channels.js';

const since = instant(Date.UTC(2026, 10, 23, 3, 4, 5));

export const began: Notice = {
  key: 'i1-began-1',
  event: 'began',
  severity: 'critical',
  weight: 'critical',
  frigate: {namespace: 'frigate', name: 'frigate', workload: 'deployment/frigate'},
  cluster: null,
  incident: {id: 'i1', since, cause: 'detector'},
  health: 'unhealthy',
  fact: 'Detector coral: inference stuck for 94 s (limit 10 s)',
  repair: 'Frigate was restarted. Whether it helped is not known yet.',
  command: 'kubectl frigate-health check deployment/frigate -n frigate',
  findings: [{id: 'FRG-402', status: 'critical', summary: 'Detector coral: inference stuck for 94 s (limit 10 s)'}],
  at: later(since, minutes(5)),
  sentAt: later(since, minutes(6)),
  version: '0.1.0',
};

/** With characters that mean something to HTML, Markdown and Slack. */
export const worse: Notice = {
  ...began,
  key: 'i1-worse-2',
  event: 'worse',
  fact: 'Camera <b>"yard" & *door*</b> delivers no frames',
  repair: 'No restart: it would not help. Rule R-04: a restart does not cure it (cause: camera).',
  findings: [],
};

export const ended: Notice = {
  ...began,
  key: 'i1-ended-3',
  event: 'ended',
  severity: 'resolved',
  health: 'healthy',
  repair: 'Frigate was restarted, and it helped.',
  at: later(since, minutes(75)),
  sentAt: later(since, minutes(76)),
  findings: [],
};

/** The channels of a text; anything wrong with it fails the test. */
export const channelsOf = (text: string): readonly ChannelSettings[] => {
  const outcome = channelsFrom(text, () => null);
  if (!outcome.ok) throw new Error(outcome.allowed);
  return outcome.channels;
};

export const channelOf = (text: string): ChannelSettings => {
  const [channel] = channelsOf(text);
  if (channel === undefined) throw new Error(`${text} is no channel`);
  return channel;
};

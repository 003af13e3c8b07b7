/**
 * Every check there is, in the order of the report: its id, its title and the worst that it may say. Ids are never renumbered
 * or reused. The check itself is `checks/<category>/<id in lower case>-….ts`.
 */
export const CHECK_TABLE = {
  'FRG-101': {title: 'API server answers', worst: 'critical'},
  'FRG-102': {title: 'permissions', worst: 'critical'},
  'FRG-103': {title: 'clocks agree', worst: 'critical'},
  'FRG-104': {title: 'state is sound', worst: 'critical'},
  'FRG-105': {title: 'monitored automatically', worst: 'critical'},
  'FRG-151': {title: 'node Ready', worst: 'critical'},
  'FRG-152': {title: 'node schedulable', worst: 'critical'},
  'FRG-201': {title: 'workload found', worst: 'critical'},
  'FRG-202': {title: 'pod running', worst: 'critical'},
  'FRG-203': {title: 'container stays up', worst: 'critical'},
  'FRG-204': {title: 'rollout complete', worst: 'critical'},
  'FRG-205': {title: 'memory limit', worst: 'critical'},
  'FRG-206': {title: '/dev/shm', worst: 'critical'},
  'FRG-207': {title: 'probes and strategy', worst: 'warning'},
  'FRG-301': {title: 'API responsive', worst: 'critical'},
  'FRG-302': {title: 'statistics fresh', worst: 'critical'},
  'FRG-303': {title: 'not in safe mode', worst: 'critical'},
  'FRG-304': {title: 'processes running', worst: 'critical'},
  'FRG-305': {title: 'camera statistics plausible', worst: 'critical'},
  'FRG-306': {title: 'enrichments running', worst: 'warning'},
  'FRG-401': {title: 'inference speed', worst: 'critical'},
  'FRG-402': {title: 'detector not stuck', worst: 'critical'},
  'FRG-403': {title: 'detector not silently hung', worst: 'critical'},
  'FRG-404': {title: 'detector device present', worst: 'critical'},
  'FRG-405': {title: 'detector has headroom', worst: 'warning'},
  'FRG-501': {title: 'cameras deliver frames', worst: 'critical'},
  'FRG-502': {title: 'camera frames processed', worst: 'critical'},
  'FRG-503': {title: 'ffmpeg stable', worst: 'warning'},
  'FRG-504': {title: 'stream source connected', worst: 'warning'},
  'FRG-601': {title: 'recordings written', worst: 'critical'},
  'FRG-602': {title: 'no recording backlog', worst: 'critical'},
  'FRG-603': {title: 'free space', worst: 'critical'},
  'FRG-604': {title: 'recordings mount unchanged', worst: 'critical'},
  'FRG-605': {title: 'database', worst: 'critical'},
  'FRG-606': {title: 'recordings mount responds', worst: 'critical'},
  'FRG-607': {title: 'nothing switched off', worst: 'warning'},
  'FRG-701': {title: 'CPU use', worst: 'warning'},
  'FRG-702': {title: 'memory use', worst: 'warning'},
  'FRG-703': {title: 'GPU use', worst: 'warning'},
  'FRG-801': {title: 'go2rtc responds', worst: 'critical'},
  'FRG-802': {title: 'MQTT', worst: 'warning'},
  'FRG-901': {title: 'alert channel', worst: 'warning'},
} as const satisfies Readonly<
  Record<`FRG-${number}`, {readonly title: string; readonly worst: 'warning' | 'critical'}>
>;

/** The id of a check that exists. */
export type CheckId = keyof typeof CHECK_TABLE;

export const CHECK_IDS = Object.keys(CHECK_TABLE) as readonly CheckId[];

const ids: ReadonlySet<string> = new Set(CHECK_IDS);

export const isCheckId = (word: string): word is CheckId => ids.has(word);

/** A check of the user's own, from the file of FRIGATE_HC_CHECKS_FILE. It never reaches the decision. */
export type CustomId = `X-${string}`;

/** What stands in a report: a check of the catalogue, or one of the user's own. */
export type ReportedId = CheckId | CustomId;

/** The tables of docs/detection-times.md, from what `npm run bench -- detection --write` measured. */
import {
  readDetection,
  type DetectionResult,
  type FalseStatus,
  type Times,
} from '../../bench/support/detection-result.js';
import type {Fault, FaultName} from '../../src/simulator/frigate/fault.js';
import {cameraFaults} from '../../src/simulator/frigate/faults/camera.js';
import {faultNamed} from '../../src/simulator/frigate/faults/catalogue.js';
import {detectorFaults} from '../../src/simulator/frigate/faults/detector.js';
import {deviceFaults} from '../../src/simulator/frigate/faults/device.js';
import {go2rtcFaults} from '../../src/simulator/frigate/faults/go2rtc.js';
import {processFaults} from '../../src/simulator/frigate/faults/process.js';
import {recorderFaults} from '../../src/simulator/frigate/faults/recorder.js';
import {startFaults} from '../../src/simulator/frigate/faults/start.js';
import {storageFaults} from '../../src/simulator/frigate/faults/storage.js';
import {switchFaults} from '../../src/simulator/frigate/faults/switches.js';

const groups: ReadonlyArray<readonly [title: string, faults: readonly Fault[]]> = [
  ["Frigate's processes, its API, memory and clock", processFaults],
  ['Detectors', [...detectorFaults, ...deviceFaults]],
  ['Cameras and their processes', [...cameraFaults, ...go2rtcFaults]],
  ['Storage and recording', [...storageFaults, ...recorderFaults]],
  ['Starts', startFaults],
  ['Switched off at run time', switchFaults],
];

/** What of a fault can be observed first. */
const SIGNS = {
  silence: 'a question without an answer',
  ends: 'the end of the container',
  start: 'the start of the container',
  snapshot: 'the next statistics',
  snapshots: 'two or three statistics',
  late: 'statistics that do not come',
  log: 'a log line',
  segment: 'a segment that does not come',
  trend: 'a trend of hours',
  none: 'no failure: reported as information',
} as const;

const signOf: Readonly<Record<FaultName, keyof typeof SIGNS>> = {
  'main-stop': 'silence',
  'nginx-stop': 'silence',
  'manager-stop': 'late',
  'rec-kill': 'snapshot',
  'db-lock-brief': 'log',
  'embeddings-kill': 'snapshot',
  'audio-kill': 'snapshot',
  'broker-restarts': 'log',
  'go2rtc-stop': 'snapshots',
  starting: 'start',
  'migration-fails': 'ends',
  oom: 'ends',
  'mem-leak': 'trend',
  'bad-config': 'ends',
  clock: 'snapshot',
  'clock-back': 'snapshot',
  'det-stop': 'snapshots',
  'det-stop-busy': 'snapshots',
  'coral-stuck': 'snapshots',
  'det-slow': 'snapshots',
  'det-kill': 'log',
  'det-kill-loop': 'log',
  'det-device-lost': 'snapshot',
  'det-replaced': 'trend',
  'det-error': 'snapshots',
  'cam-hang': 'snapshots',
  'cams-net': 'snapshots',
  'cams-gone': 'snapshot',
  'cap-stop': 'segment',
  'cap-kill': 'snapshot',
  'proc-stop': 'snapshots',
  'proc-kill': 'snapshot',
  'go2rtc-dead': 'snapshot',
  'disk-full': 'log',
  'disk-ro': 'log',
  'disk-hang': 'late',
  'cache-full': 'log',
  'stale-mount': 'segment',
  'record-error': 'log',
  'maintainer-error': 'segment',
  'thread-crash': 'log',
  'crash-error': 'ends',
  'model-build': 'start',
  'start-hangs': 'start',
  'port-moved': 'start',
  'first-snapshot': 'start',
  'record-off': 'none',
  'detect-off': 'none',
  'camera-off': 'none',
};

const part = <K extends keyof DetectionResult>(name: K): DetectionResult[K] => {
  const found = readDetection()[name];
  if (found === undefined) throw new Error(`no figures of ${name}: npm run bench -- detection --write`);
  return found;
};

const cell = ({times, median, worst}: Times, runs: number): string =>
  times === 0 ? '–' : `${median} / ${worst}${times === runs ? '' : ` (${times} of ${runs})`}`;

const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;

const table = (head: readonly string[], rows: ReadonlyArray<readonly string[]>): readonly string[] => [
  row(head),
  row(head.map(() => '---')).replaceAll(' ', ''),
  ...rows.map(row),
];

const byFault = (): string => {
  const {rows, runs, seed, patience} = part('faults');
  const measured = new Map(rows.map((each) => [each.fault, each]));
  const lines = groups.flatMap(([title, faults]) => [
    `**${title}**`,
    '',
    ...table(
      ['fault', 'first sign', 'status: `steady`', '`fast`', 'restart: `steady`', '`fast`'],
      faults.flatMap(({name, summary}) => {
        const times = measured.get(name);
        if (times === undefined) throw new Error(`${name} was never measured: npm run bench -- detection --write`);
        return [
          [
            `\`${name}\`: ${summary}`,
            SIGNS[signOf[name]],
            cell(times.steady.status, runs),
            cell(times.fast.status, runs),
            cell(times.steady.restart, runs),
            cell(times.fast.restart, runs),
          ],
        ];
      }),
    ),
    '',
  ]);
  return [
    ...lines,
    `Seconds from the fault, median / worst of ${runs} runs (seed ${seed}); –: not within ${patience} min.`,
    '',
  ].join('\n');
};

/** Which faults are restarted, by what a restart does to them. */
const restarts = (): string => {
  const {rows} = part('faults');
  const restarted = (name: FaultName): boolean =>
    rows.some(({fault, steady, fast}) => fault === name && steady.restart.times + fast.restart.times > 0);
  const named = (holds: (fault: Fault) => boolean): string =>
    rows
      .map(({fault}) => faultNamed(fault))
      .filter(holds)
      .map(({name}) => `\`${name}\``)
      .join(', ') || 'none';
  const cured = ({cure}: Fault): boolean => cure === 'restart' || cure === 'new-pod';
  return [
    ...table(
      ['', 'restarted', 'not restarted in that time'],
      [
        [
          'a restart cures it',
          named((fault) => cured(fault) && restarted(fault.name)),
          named((fault) => cured(fault) && !restarted(fault.name)),
        ],
        [
          'a restart does not cure it, or it heals by itself',
          named((fault) => !cured(fault) && restarted(fault.name)),
          named((fault) => !cured(fault) && !restarted(fault.name)),
        ],
      ],
    ),
    '',
  ].join('\n');
};

const share = ({minutes, falseMinutes}: FalseStatus): string => `${((100 * falseMinutes) / minutes).toFixed(2)} %`;

const calm = (): string => {
  const {day, recordings, year, seed} = part('calm');
  const {falseSeconds, secondsBefore} = part('faults');
  const profiles = ['steady', 'fast'] as const;
  const of = (what: string, profile: string, times: FalseStatus): readonly string[] => [
    what,
    profile,
    `${times.minutes}`,
    `${times.falseMinutes}`,
    share(times),
  ];
  const worth = profiles
    .map((profile) => {
      const {helped, useless, harmful} = year[profile];
      return `\`${profile}\` ${helped} helped, ${useless} useless, ${harmful} harmful`;
    })
    .join('; ');
  return [
    ...table(
      ['time in which nothing is wrong', 'profile', 'minutes', 'false', 'share'],
      [
        ...profiles.map((profile) => of('a healthy day', profile, day[profile])),
        ...profiles.map((profile) =>
          of(`the simulated year, ${year[profile].parts} parts of six hours`, profile, year[profile]),
        ),
        of(`the healthy minute of ${recordings.count} recordings of real Frigates`, 'fast', recordings),
        of('the time before the faults above', 'both', {
          minutes: Math.round(secondsBefore / 60),
          falseMinutes: Math.round(falseSeconds / 6) / 10,
        }),
      ],
    ),
    '',
    `Seed ${seed}. Restarts in those parts of the year: ${worth}.`,
    '',
  ].join('\n');
};

const cluster = (): string => {
  const {version, profile, rows} = part('cluster');
  return [
    ...table(
      ['fault', 'how it was made', 'runs', 'status', 'PATCH'],
      rows.map(({fault, how, runs, status, restart}) => [
        fault,
        how,
        `${runs}`,
        cell(status, runs),
        cell(restart, runs),
      ]),
    ),
    '',
    `Seconds, median / worst; Kubernetes ${version}, profile \`${profile}\`.`,
    '',
  ].join('\n');
};

export const detectionTables: ReadonlyMap<string, () => string> = new Map([
  ['faults', byFault],
  ['restarts', restarts],
  ['calm', calm],
  ['cluster', cluster],
]);

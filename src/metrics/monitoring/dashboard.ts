/**
 * The dashboard for Grafana, from a table of panels. Written as plain JSON of schema version 39, which Grafana 10 and later migrate
 * themselves: the program prints it (`alerts dashboard`), and a library to build it would be part of the program.
 */
import {PREFIX} from '../../report/exposition.js';

interface Query {
  readonly expr: string;
  readonly legend: string;
  /** A table asks for the present values only. */
  readonly instant?: true;
}

interface Panel {
  readonly title: string;
  readonly kind: 'stat' | 'timeseries' | 'state-timeline' | 'table';
  readonly description: string;
  readonly unit?: string;
  readonly queries: readonly Query[];
  /** Of 24 columns. */
  readonly width: number;
  readonly height: number;
}

interface Row {
  readonly title: string;
  readonly panels: readonly Panel[];
}

/** The Frigates that are chosen at the top of the dashboard. */
const CHOSEN = 'frigate_namespace=~"$namespace", frigate=~"$frigate"';
const BY = 'frigate_namespace, frigate';
const FRIGATE = '{{frigate_namespace}}/{{frigate}}';

/** A metric of the chosen Frigates, without the labels of the scrape. */
const of = (metric: string, matcher = '', ...labels: readonly string[]): string =>
  `max by (${[BY, ...labels].join(', ')}) (${PREFIX}${metric}{${CHOSEN}${matcher === '' ? '' : `, ${matcher}`}})`;

const ROWS: readonly Row[] = [
  {
    title: 'Uptime',
    panels: [
      {
        title: 'Replicas up',
        kind: 'stat',
        description: 'Replicas of frigate-health that Prometheus can scrape.',
        queries: [{expr: 'sum(up{job="frigate-health"})', legend: 'up'}],
        width: 4,
        height: 4,
      },
      {
        title: 'Leaders',
        kind: 'stat',
        description: 'Exactly one replica judges and acts (one for each shard).',
        queries: [{expr: `sum(${PREFIX}leader)`, legend: 'leaders'}],
        width: 4,
        height: 4,
      },
      {
        title: 'Frigates found',
        kind: 'stat',
        description: 'Frigates that are known, and those that were judged.',
        queries: [
          {expr: `sum(${PREFIX}targets)`, legend: 'known'},
          {expr: `sum(${PREFIX}targets_judged)`, legend: 'judged'},
        ],
        width: 4,
        height: 4,
      },
      {
        title: 'Availability of the Frigates, 24 h',
        kind: 'stat',
        description: 'Share of the last 24 hours in which the Frigate was not unhealthy.',
        unit: 'percentunit',
        queries: [
          {
            expr: `1 - avg by (${BY}) (avg_over_time(${PREFIX}status{${CHOSEN}, status="unhealthy"}[24h]))`,
            legend: FRIGATE,
          },
        ],
        width: 12,
        height: 4,
      },
    ],
  },
  {
    title: 'Health',
    panels: [
      {
        title: 'Status',
        kind: 'state-timeline',
        description: 'The status of each Frigate over time.',
        queries: [{expr: `${of('status', '', 'status')} == 1`, legend: `${FRIGATE} {{status}}`}],
        width: 16,
        height: 8,
      },
      {
        title: 'What fails now',
        kind: 'table',
        description: 'Checks with a warning or a critical fault.',
        queries: [{expr: of('check_failing', '', 'check', 'severity'), legend: '', instant: true}],
        width: 8,
        height: 8,
      },
      {
        title: 'Decision of automatic repair',
        kind: 'table',
        description: 'What it would do now, and by which rule (docs/how-it-decides.md).',
        queries: [{expr: of('decision', '', 'action', 'rule'), legend: '', instant: true}],
        width: 8,
        height: 7,
      },
      {
        title: 'Age of the last judgement',
        kind: 'timeseries',
        description: 'More than 60 s: the Frigate is not monitored.',
        unit: 's',
        queries: [{expr: `time() - ${of('last_judged_timestamp_seconds')}`, legend: FRIGATE}],
        width: 8,
        height: 7,
      },
      {
        title: 'API response time',
        kind: 'timeseries',
        description: "Time of the last answer of Frigate's API.",
        unit: 's',
        queries: [{expr: of('api_response_seconds'), legend: FRIGATE}],
        width: 8,
        height: 7,
      },
    ],
  },
  {
    title: 'Dependencies',
    panels: [
      {
        title: 'Parts of frigate-health that are not healthy',
        kind: 'state-timeline',
        description: 'API server, discovery, polls, notifications, Consul, leader.',
        queries: [
          {
            expr: `max by (component, status) (${PREFIX}component_status{status!="healthy"})`,
            legend: '{{component}} {{status}}',
          },
        ],
        width: 12,
        height: 7,
      },
      {
        title: 'Checks of your own',
        kind: 'state-timeline',
        description: 'Those that fail, or are skipped because of another one. None where there is no file with checks.',
        queries: [
          {
            expr: `max by (check, status) (${PREFIX}custom_check_status{status!="ok"}) == 1`,
            legend: '{{check}} {{status}}',
          },
          {
            expr: of('check_failing', 'check=~"X-.+"', 'check', 'severity'),
            legend: `${FRIGATE} {{check}} {{severity}}`,
          },
        ],
        width: 12,
        height: 7,
      },
      {
        title: 'Free storage',
        kind: 'timeseries',
        description: 'Recordings, clips, the cache and shared memory.',
        unit: 'percentunit',
        queries: [{expr: of('storage_free_ratio', '', 'mount'), legend: `${FRIGATE} {{mount}}`}],
        width: 24,
        height: 7,
      },
    ],
  },
  {
    title: 'Cameras',
    panels: [
      {
        title: 'Cameras without frames',
        kind: 'timeseries',
        description: 'Number of enabled cameras that deliver nothing.',
        queries: [
          {
            expr: `sum by (${BY}) (1 - ${of('camera_up', '', 'camera')})`,
            legend: FRIGATE,
          },
        ],
        width: 8,
        height: 7,
      },
      {
        title: 'Frames per second',
        kind: 'timeseries',
        description: 'Frames that arrive from each camera.',
        queries: [{expr: of('camera_frames_per_second', '', 'camera'), legend: '{{frigate}} {{camera}}'}],
        width: 8,
        height: 7,
      },
      {
        title: 'Age of the newest recording',
        kind: 'timeseries',
        description: 'Of cameras that record all the time.',
        unit: 's',
        queries: [
          {
            expr: `time() - ${of('camera_last_segment_timestamp_seconds', 'continuous="true"', 'camera')}`,
            legend: '{{frigate}} {{camera}}',
          },
        ],
        width: 8,
        height: 7,
      },
      {
        title: 'Skipped frames',
        kind: 'timeseries',
        description: 'Share of the frames that Frigate skips.',
        unit: 'percentunit',
        queries: [{expr: of('camera_skipped_ratio', '', 'camera'), legend: '{{frigate}} {{camera}}'}],
        width: 12,
        height: 7,
      },
      {
        title: 'Processed frames',
        kind: 'timeseries',
        description: 'Share of the frames that Frigate processes.',
        unit: 'percentunit',
        queries: [{expr: of('camera_processed_ratio', '', 'camera'), legend: '{{frigate}} {{camera}}'}],
        width: 12,
        height: 7,
      },
    ],
  },
  {
    title: 'Detectors and memory',
    panels: [
      {
        title: 'Inference time',
        kind: 'timeseries',
        description: 'A moving average for each detector.',
        unit: 's',
        queries: [{expr: of('detector_inference_seconds', '', 'detector'), legend: '{{frigate}} {{detector}}'}],
        width: 12,
        height: 7,
      },
      {
        title: 'Memory',
        kind: 'timeseries',
        description: 'Working set of the container as a share of its limit.',
        unit: 'percentunit',
        queries: [{expr: `${of('memory_working_set_bytes')} / ${of('memory_limit_bytes')}`, legend: FRIGATE}],
        width: 12,
        height: 7,
      },
    ],
  },
  {
    title: 'Restarts',
    panels: [
      {
        title: 'Restarts by outcome',
        kind: 'timeseries',
        description: 'Whether each restart of the last hour helped.',
        queries: [
          {
            expr: `sum by (outcome) (increase(${PREFIX}restarts_total{${CHOSEN}}[1h]))`,
            legend: '{{outcome}}',
          },
        ],
        width: 8,
        height: 7,
      },
      {
        title: 'Restarts used',
        kind: 'timeseries',
        description: 'Restarts that count against the limits.',
        queries: [{expr: of('restarts_used', '', 'window'), legend: `${FRIGATE} {{window}}`}],
        width: 8,
        height: 7,
      },
      {
        title: 'Breaker',
        kind: 'state-timeline',
        description: 'While it is open or locked nothing is restarted.',
        queries: [{expr: `${of('breaker', '', 'state')} == 1`, legend: `${FRIGATE} {{state}}`}],
        width: 8,
        height: 7,
      },
    ],
  },
];

/** Every expression of the dashboard, with its variables as they stand there. */
export const dashboardExpressions = (): readonly string[] =>
  ROWS.flatMap(({panels}) => panels.flatMap(({queries}) => queries.map(({expr}) => expr)));

const source = {type: 'prometheus', uid: '${datasource}'};

const variable = (name: string, label: string, query: string): object => ({
  name,
  label,
  type: 'query',
  datasource: source,
  query: {query, refId: name},
  definition: query,
  refresh: 2,
  sort: 1,
  multi: true,
  includeAll: true,
  allValue: '.*',
  current: {text: 'All', value: '$__all'},
});

const panelOf = (panel: Panel, id: number, x: number, y: number): object => ({
  id,
  type: panel.kind,
  title: panel.title,
  description: panel.description,
  datasource: source,
  gridPos: {x, y, w: panel.width, h: panel.height},
  fieldConfig: {defaults: {unit: panel.unit ?? 'short', min: 0}, overrides: []},
  targets: panel.queries.map(({expr, legend, instant}, index) => ({
    refId: String.fromCharCode(65 + index),
    datasource: source,
    expr,
    legendFormat: legend,
    ...(instant === true ? {instant: true, range: false, format: 'table'} : {range: true}),
  })),
});

/** Rows below each other, the panels of a row beside each other as far as 24 columns go. */
const layout = (): readonly object[] => {
  const all: object[] = [];
  let y = 0;
  for (const row of ROWS) {
    all.push({
      id: all.length + 1,
      type: 'row',
      title: row.title,
      collapsed: false,
      gridPos: {x: 0, y, w: 24, h: 1},
      panels: [],
    });
    y += 1;
    let x = 0;
    let height = 0;
    for (const panel of row.panels) {
      if (x + panel.width > 24) {
        y += height;
        x = 0;
        height = 0;
      }
      all.push(panelOf(panel, all.length + 1, x, y));
      x += panel.width;
      height = Math.max(height, panel.height);
    }
    y += height;
  }
  return all;
};

export const dashboard = (): object => ({
  uid: 'frigate-health',
  title: 'Frigate health',
  description: 'Uptime, health, dependencies, cameras, detectors and restarts of every Frigate.',
  tags: ['frigate'],
  schemaVersion: 39,
  version: 1,
  editable: true,
  timezone: 'browser',
  time: {from: 'now-6h', to: 'now'},
  refresh: '30s',
  templating: {
    list: [
      {name: 'datasource', label: 'Data source', type: 'datasource', query: 'prometheus', current: {}},
      variable('namespace', 'Namespace', `label_values(${PREFIX}status, frigate_namespace)`),
      variable('frigate', 'Frigate', `label_values(${PREFIX}status{frigate_namespace=~"$namespace"}, frigate)`),
    ],
  },
  annotations: {list: []},
  panels: layout(),
});

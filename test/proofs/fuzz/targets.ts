/** What is fuzzed: each target takes spoilt bytes through the real code and says what it did to them. A throw is a bug. */
import {mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {known} from '../../../src/core/known.js';
import type {CustomAnswer} from '../../../src/core/custom/custom-check.js';
import {judgeCustom} from '../../../src/core/custom/judge.js';
import {compilePattern} from '../../../src/settings/line-pattern.js';
import type {Observation} from '../../../src/core/observation/observation.js';
import type {StateReading} from '../../../src/core/decision/situation.js';
import {decodeState, freshState} from '../../../src/core/state/codec.js';
import {encodeState} from '../../../src/core/state/encode.js';
import {decodeLegacy} from '../../../src/core/state/legacy.js';
import type {State} from '../../../src/core/state/state.js';
import {instant, minutes} from '../../../src/core/time.js';
import {LogScanner} from '../../../src/frigate/log/scan.js';
import {parseConfig} from '../../../src/frigate/parse/config.js';
import {parseJson} from '../../../src/frigate/parse/json.js';
import {parseHistory, readSnapshot} from '../../../src/frigate/parse/stats.js';
import {loadKubeconfig} from '../../../src/kubernetes/credentials/kubeconfig.js';
import {judge} from '../../../src/pass/judge.js';
import {parseChecks} from '../../../src/settings/checks-file.js';
import {isSettings, load} from '../../../src/settings/load.js';
import {settingRows} from '../../../src/settings/table.js';
import {aRestart, aState, aStreak} from '../../support/decision.js';
import {deadApi} from '../../support/fake-world.js';
import {ago, anObservation, aPolicy, now} from '../../support/observation.js';
import {pick, type Random} from '../support/random.js';

export interface Fuzzed {
  /** `read`: it was taken as input · `refused`: it was told to be none. */
  readonly outcome: 'read' | 'refused';
  readonly restart: boolean;
}

export interface Target {
  readonly name: string;
  readonly seeds: readonly Buffer[];
  readonly feed: (bytes: Buffer, random: Random) => Fuzzed;
  readonly close?: () => void;
}

const fixtures = path.resolve(import.meta.dirname, '../../fixtures/frigate');
const files = (folder: string): readonly Buffer[] =>
  readdirSync(path.join(fixtures, folder))
    .sort()
    .map((name) => readFileSync(path.join(fixtures, folder, name)));

const policy = aPolicy();

const restarts = (observation: Observation, state: State, reading: StateReading): boolean =>
  judge(
    {
      observation,
      recalledState: {state, reading, soundness: observation.state, map: null, guard: null, setAside: null},
      reading,
      timings: new Map(),
    },
    {policy, attemptId: 'fuzzed', by: 'fuzz', request: null, alerting: true, wipeNotifiedAt: null, guard: null},
  ).decision.action === 'restart';

/** One spoilt answer of a Frigate that nothing was wrong with until now. */
const stats: Target = {
  name: 'stats',
  seeds: files('stats'),
  feed: (bytes) => {
    const json = parseJson('GET /api/stats', bytes);
    const snapshot = json.known ? readSnapshot(json.value) : json;
    parseHistory(bytes);
    parseConfig(bytes);
    const seen = snapshot.known ? known({snapshot: snapshot.value, date: now, latency: minutes(0)}) : snapshot;
    return {
      outcome: snapshot.known ? 'read' : 'refused',
      restart: restarts(anObservation({frigate: {stats: seen}}), aState(), 'sound'),
    };
  },
};

const fullState = aState({
  streak: aStreak(),
  restarts: [
    aRestart({id: 'a1', at: ago(minutes(20)), phase: 'helped'}),
    aRestart({id: 'a2', at: ago(minutes(10)), phase: 'acted'}),
  ],
  target: {kind: 'Deployment', namespace: 'frigate', name: 'frigate', uid: 'workload-uid'},
});
const dead = anObservation({frigate: deadApi()});

/** A dead Frigate, the breaker full, and the state that says so spoilt: the worst moment for a corrupt state. */
const state: Target = {
  name: 'state',
  seeds: [Buffer.from(encodeState(fullState)), Buffer.from(encodeState(freshState))],
  feed: (bytes) => {
    const text = bytes.toString('utf8');
    const decoded = decodeState(text);
    decodeLegacy(
      new Map([
        ['last_restart_times', text.slice(0, 200)],
        ['consecutive_failures', text.slice(0, 9)],
      ]),
    );
    const reading = decoded.newer ? 'newer' : decoded.lost ? 'lost' : 'sound';
    // A document that is sound and says that nothing was restarted is no corruption but a lie; a lost one is held.
    const restart =
      restarts(dead, decoded.state, reading) &&
      decoded.problems.length > 0 &&
      decoded.state.restarts.length < fullState.restarts.length;
    return {outcome: reading === 'sound' ? 'read' : 'refused', restart};
  },
};

/** After every fixture. */
const LATER = instant(Date.UTC(2031, 0, 1));
/** As the kubelet gives them. */
const stamped = (log: Buffer): Buffer =>
  Buffer.from(
    log
      .toString('utf8')
      .split('\n')
      .map((line, index) => `${new Date(now - 300_000 + index * 10).toISOString()} ${line}`)
      .join('\n'),
  );

const logs: Target = {
  name: 'log lines',
  seeds: files('log').map(stamped),
  feed: (bytes, random) => {
    const scanner = new LogScanner({since: null, to: LATER});
    const size = 1 + Math.floor(random() * 4000);
    for (let from = 0; from < bytes.length; from += size) scanner.push(bytes.subarray(from, from + size));
    const evidence = scanner.finish(true);
    return {
      outcome: evidence.tallies.size > 0 ? 'read' : 'refused',
      restart: restarts(anObservation({log: known(evidence)}), aState(), 'sound'),
    };
  },
};

const kubeconfigText = `apiVersion: v1
kind: Config
current-context: home
clusters: [{name: home, cluster: {server: "https://10.0.0.1:6443", certificate-authority-data: "YWJj"}}]
users:
- name: alice
  user: {token: secret, client-certificate-data: "YWJj", exec: {command: "true", apiVersion: client.authentication.k8s.io/v1}}
contexts: [{name: home, context: {cluster: home, user: alice, namespace: frigate}}]
`;
const noFlags = {
  context: null,
  cluster: null,
  user: null,
  namespace: null,
  server: null,
  token: null,
  certificateAuthority: null,
  insecureSkipTlsVerify: false,
  tlsServerName: null,
};

const kubeconfig = (): Target => {
  const folder = mkdtempSync(path.join(tmpdir(), 'frigate-health-fuzz-'));
  const file = path.join(folder, 'config');
  return {
    name: 'kubeconfig',
    seeds: [
      Buffer.from(kubeconfigText),
      Buffer.from(
        JSON.stringify({
          kind: 'Config',
          'current-context': 'a',
          clusters: [{name: 'a', cluster: {server: 'http://x'}}],
          users: [{name: 'a', user: {}}],
          contexts: [{name: 'a', context: {cluster: 'a', user: 'a'}}],
        }),
      ),
    ],
    feed: (bytes) => {
      writeFileSync(file, bytes);
      return {outcome: 'fix' in loadKubeconfig([file], noFlags) ? 'refused' : 'read', restart: false};
    },
    close: () => {
      rmSync(folder, {recursive: true, force: true});
    },
  };
};

const variables = settingRows.map(([, setting]) => setting.variable);

const settings: Target = {
  name: 'settings',
  seeds: [
    '2',
    '100',
    '0.8',
    'active',
    'a,b',
    'coral=50,ov=20',
    'ops@example.com',
    'app=frigate',
    '/etc/ca.pem',
    'smtp.example.com',
    'true',
    'auto',
    '5m',
  ].map((text) => Buffer.from(text)),
  feed: (bytes, random) => {
    const env = Object.fromEntries(
      Array.from({length: 1 + Math.floor(random() * 4)}, () => [pick(random, variables), bytes.toString('utf8')]),
    );
    return {
      outcome: isSettings(load({flags: {}, env, readFile: () => bytes.toString('utf8')})) ? 'read' : 'refused',
      restart: false,
    };
  },
};

/** The checks of the user's own. What is read is judged too, against answers of every kind. */
const checksFile: Target = {
  name: 'checks file',
  seeds: [
    `- {id: X-broker, title: broker, kind: mqtt, url: "mqtt://u:p@broker:1883", severity: critical}
- {id: X-nas, title: nas, kind: http, url: "http://nas/load", pointer: /a/0, expect: "< 80", dependsOn: [X-broker]}
- {id: X-name, title: name, kind: dns, name: nas.lan, expect: [192.168.1.5], every: 1m, timeout: 100ms}
`,
    '[{"id":"X-prom","title":"t","kind":"prometheus","url":"http://p:9090","query":"up","expect":1,"fix":"f"}]',
    `- id: X-cache
  title: cache
  kind: redis
  url: redis://:secret@cache
  dependsOn: [FRG-301, X-tcp]
- id: X-tcp
  title: tcp
  kind: tcp
  host: h
  port: 1
`,
    `- {id: X-fps, title: fps, kind: stats, pointer: /cameras/front/camera_fps, expect: ">= 4", frigate: home/frigate}
- {id: X-errors, title: errors, kind: log, pattern: '(ERROR|WARN[A-Z]*) .{0,20}front', window: 5m, expect: "< 3"}
`,
  ].map((text) => Buffer.from(text)),
  feed: (bytes, random) => {
    const parsed = parseChecks('/etc/checks.yaml', bytes.toString('utf8'));
    if (!parsed.ok) return {outcome: 'refused', restart: false};
    const answers: readonly CustomAnswer[] = [
      {reached: true, status: 200, value: bytes.toString('latin1').slice(0, 50), took: minutes(0)},
      {reached: true, status: null, took: minutes(0)},
      {reached: true, status: 5, value: [], took: minutes(0)},
      {reached: true, status: null, value: 2, partial: true, sample: bytes.toString('latin1'), took: minutes(0)},
      {reached: false, how: 'not-observed', detail: '', took: minutes(0)},
      {reached: false, how: 'timeout', detail: '', took: minutes(0)},
    ];
    for (const {probe} of parsed.checks) {
      const compiled = probe.kind === 'log' ? compilePattern(probe.pattern) : null;
      if (compiled?.ok === true) compiled.pattern.test(bytes.toString('latin1'));
    }
    judgeCustom(parsed.checks, new Map(parsed.checks.map(({id}) => [id, pick(random, answers)])), new Map());
    return {outcome: 'read', restart: false};
  },
};

/** All targets with their share of the inputs: what is cheap gets more. */
export const targets = (): ReadonlyArray<readonly [target: Target, share: number]> => [
  [stats, 0.15],
  [state, 0.35],
  [logs, 0.08],
  [kubeconfig(), 0.07],
  [settings, 0.3],
  [checksFile, 0.05],
];

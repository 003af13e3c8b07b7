import assert from 'node:assert/strict';
import {gunzipSync} from 'node:zlib';
import {known, unknown} from '../../../src/core/known.js';
import type {BundleResult} from '../../../src/outcome/bundle-result.js';
import type {PassPorts} from '../../../src/pass/ports.js';
import {encodeState} from '../../../src/core/state/encode.js';
import {DOCUMENT_KEY} from '../../../src/pass/state-store.js';
import {bundleName, packBundle, renderBundle} from '../../../src/report/bundle.js';
import {bundleIn} from '../../../src/usecases/bundle/bundle.js';
import {redactManifest} from '../../../src/usecases/bundle/manifests.js';
import {aRestart, aState} from '../../support/decision.js';
import {FakeWorld} from '../../support/fake-world.js';
import {aContainer, ago, anEvent, aPod, aTermination} from '../../support/observation.js';
import {minutes} from '../../../src/core/time.js';

const never = new AbortController().signal;
const plain = {colour: false, ascii: false, columns: null};
const SECRETS = 10_000;

async function* chunks(text: string): AsyncIterable<Buffer> {
  yield await Promise.resolve(Buffer.from(text));
}

/** Everything that the bundle reads, as texts and objects. */
interface Inputs {
  readonly log: readonly string[];
  readonly previous: readonly string[];
  readonly config: object;
  readonly stats: object;
  readonly events: readonly string[];
  readonly manifest: object;
  readonly reasons: readonly string[];
}

const nothing: Inputs = {log: ['started'], previous: [], config: {}, stats: {}, events: [], manifest: {}, reasons: []};

const portsOf = (inputs: Inputs, changes: Partial<PassPorts['cluster']> = {}): PassPorts => {
  const fake = new FakeWorld();
  fake.pod = aPod({
    frigate: aContainer({restartCount: 1, last: aTermination({finishedAt: ago(minutes(3))})}),
  });
  fake.put('frigate-health-state', {
    [DOCUMENT_KEY]: encodeState(
      aState({restarts: inputs.reasons.map((reason, index) => aRestart({id: `a${index}`, reason}))}),
    ),
  });
  const ports = fake.world();
  return {
    ...ports,
    cluster: {
      ...ports.cluster,
      openLog: ({previous}) => Promise.resolve(known(chunks((previous ? inputs.previous : inputs.log).join('\n')))),
      listEvents: () => Promise.resolve(known(inputs.events.map((message) => anEvent('BackOff', message)))),
      readObject: ({kind, name}) => Promise.resolve(known({kind, metadata: {name}, ...inputs.manifest})),
      exec: () => Promise.resolve(unknown('forbidden', 'create pods/exec: 403')),
      proxyGet: (_namespace, _pod, _port, path) =>
        Promise.resolve(
          known({
            status: 200,
            headers: new Map(),
            body: Buffer.from(JSON.stringify(path.includes('config') ? inputs.config : inputs.stats)),
          }),
        ),
      ...changes,
    },
  };
};

/** Names and contents of an archive, read back by the format's own rules. */
const unpacked = (archive: Buffer): ReadonlyMap<string, string> => {
  const files = new Map<string, string>();
  const tar = gunzipSync(archive);
  for (let at = 0; at < tar.length && tar[at] !== 0;) {
    const header = tar.subarray(at, at + 512);
    const text = (from: number, length: number): string =>
      header
        .subarray(from, from + length)
        .toString('latin1')
        .replace(/\0.*$/s, '');
    const sum = header.reduce((total, byte, index) => total + (index >= 148 && index < 156 ? 32 : byte), 0);
    assert.equal(parseInt(text(148, 8), 8), sum, 'checksum');
    const size = parseInt(text(124, 12), 8);
    files.set(text(0, 100), tar.subarray(at + 512, at + 512 + size).toString('utf8'));
    at += 512 + Math.ceil(size / 512) * 512;
  }
  return files;
};

const collected = async (ports: PassPorts): Promise<{files: ReadonlyMap<string, string>; result: BundleResult}> => {
  const result = await bundleIn(ports, {kind: null}, never);
  return {result, files: unpacked((await packBundle(result, 'bundle')).bytes)};
};

/** Letters that URLs, JSON, shells and regular expressions treat in a way of their own. */
const odd = ['', '@', '"', '\\', '%41', 'ü', '+/=', '$&', '.*', '#'];
const secretOf = (index: number): string =>
  `zQ${index.toString(36)}x${odd[index % odd.length]!}Kp${(index * 7919).toString(36)}`;

describe('bundle', () => {
  it(`holds none of ${SECRETS} secrets that stand in its inputs`, async function () {
    this.timeout(120_000);
    const secrets = Array.from({length: SECRETS}, (_, index) => secretOf(index));
    const urlSafe = (secret: string): string => secret.replace(/[\s"'#/\\]/g, '_');
    const log: string[] = [];
    const previous: string[] = [];
    const events: string[] = [];
    const reasons: string[] = [];
    const passwords: Record<string, unknown> = {};
    const variables: Record<string, string> = {};
    const env: object[] = [];
    const annotations: Record<string, string> = {};
    const args: string[] = [];
    const planted: string[] = [];
    secrets.forEach((raw, index) => {
      const inUrl = urlSafe(raw);
      const encoded = encodeURIComponent(raw);
      const places: ReadonlyArray<() => string> = [
        () => (log.push(`2026-10-10T03:00:00Z ffmpeg rtsp://admin:${inUrl}@10.0.0.9:554/s1 failed`), inUrl),
        () => (log.push(`2026-10-10T03:00:00Z GET /api/x?api_key=${encoded}&h=1`), raw),
        () => (previous.push(`2026-10-10T03:00:00Z Authorization: Bearer ${inUrl}`), inUrl),
        () => (previous.push(`2026-10-10T03:00:00Z {"mqtt": {"password": ${JSON.stringify(inUrl)}}}`), inUrl),
        () => (events.push(`pull failed: https://robot:${inUrl}@registry.local/v2/?token=${inUrl}`), inUrl),
        () => ((passwords[`camera_${index}`] = {password: raw, path: `rtsp://u:${inUrl}@cam/1`}), raw),
        () => ((variables[`PLAIN_${index}`] = raw), raw),
        () => (env.push({name: `ANY_${index}`, value: raw}), raw),
        () => ((annotations[`example.org/a${index}`] = raw), raw),
        () => (args.push(raw), raw),
      ];
      const secret = places[index % places.length]!();
      planted.push(secret);
      if (index % 700 === 0) reasons.push(`new token=${inUrl}`);
      // And once more where nothing gives it away.
      const forms = [
        secret,
        encodeURIComponent(secret),
        Buffer.from(secret).toString('base64'),
        JSON.stringify(secret),
      ];
      (index % 3 === 0 ? previous : log).push(`2026-10-10T03:00:01Z login of ${forms[index % forms.length]!} refused`);
      if (index % 50 === 0) events.push(`Failed: ${secret} is no image`);
    });
    const cut = `${'y'.repeat(50)} ${planted[6]!.slice(0, 8)}…`;
    const {files, result} = await collected(
      portsOf({
        // The newest of the log are read; all of them are planted in what is read of the rest.
        log: log.slice(-1900),
        previous: previous.slice(-1900),
        events: [...log, ...previous, ...events, cut],
        config: {cameras: passwords, environment_vars: variables, note: cut},
        stats: {service: {last: `mqtt://u:${urlSafe(secrets[3]!)}@broker`}},
        manifest: {
          metadata: {name: 'frigate', annotations},
          spec: {template: {spec: {containers: [{name: 'frigate', env, args, command: [secrets[7]]}]}}},
        },
        reasons: reasons.slice(0, 20),
      }),
    );

    const everything = [...files.values()].join('\n');
    assert.ok(everything.length > 500_000, String(everything.length));
    // Every secret begins with zQ, and its base64 with elE.
    assert.deepEqual(everything.match(/.{0,80}(?:zQ|elE).{0,40}/g)?.slice(0, 5) ?? [], []);
    assert.match(everything, /rtsp:\/\/\*\*\*@10\.0\.0\.9:554\/s1 failed/);
    assert.ok(result.secrets.length > 2000);
    for (const [name, content] of files) if (name.endsWith('.json')) JSON.parse(content);
  });

  it('has report, state, statistics, config, logs, events and manifests, each by its name', async () => {
    const {files, result} = await collected(portsOf({...nothing, previous: ['2026-10-10T03:00:00Z the end']}));
    assert.deepEqual([...files.keys()].sort(), [
      'bundle/README.txt',
      'bundle/events.json',
      'bundle/frigate-config.json',
      'bundle/frigate-stats-history.json',
      'bundle/frigate-stats.json',
      'bundle/frigate-version.json',
      'bundle/log-previous.txt',
      'bundle/log.txt',
      'bundle/manifests/cronjob.json',
      'bundle/manifests/deployment.json',
      'bundle/manifests/pod.json',
      'bundle/report.json',
      'bundle/report.txt',
      'bundle/state-document.json',
      'bundle/state.json',
      'bundle/state.txt',
    ]);
    const report = JSON.parse(files.get('bundle/report.json')!) as BundleResult['report'];
    assert.deepEqual(report, JSON.parse(JSON.stringify(result.report)), 'what holds no secret stays as it is');
    assert.deepEqual(JSON.parse(files.get('bundle/state.json')!), JSON.parse(JSON.stringify(result.state)));
    assert.match(files.get('bundle/log-previous.txt')!, /the end/);
    assert.match(bundleName(result), /^frigate-health-bundle-\d{8}T\d{6}Z$/);
  });

  it('names what is missing with its permission, and does not fail', async () => {
    const refused = unknown('forbidden', 'get pods in namespace frigate: 403', [
      {command: 'kubectl auth can-i get pods -n frigate'},
    ]);
    const ports = portsOf(nothing, {
      readObject: () => Promise.resolve(refused),
      openLog: () => Promise.resolve(refused),
      listEvents: () => Promise.resolve(refused),
      proxyGet: () => Promise.resolve(refused),
      forwardPort: () => Promise.resolve(refused),
      readConfigMap: () => Promise.resolve(refused),
    });
    const {files, result} = await collected(ports);
    const missing = result.sources.filter(({kind}) => kind === 'missing').map(({name}) => name);
    assert.deepEqual(missing.sort(), [
      'events.json',
      'frigate-config.json',
      'frigate-stats-history.json',
      'frigate-stats.json',
      'frigate-version.json',
      'log-previous.txt',
      'log.txt',
      'manifests/cronjob.json',
      'manifests/deployment.json',
      'manifests/pod.json',
      'state-document.json',
      'state.json',
    ]);
    const line = 'log.txt: forbidden: get pods in namespace frigate: 403 (kubectl auth can-i get pods -n frigate)';
    assert.ok(files.get('bundle/README.txt')?.includes(line));
    const packed = await packBundle(result, 'bundle');
    assert.ok(renderBundle(result, packed, 'x.tar.gz', plain).includes(`  missing  ${line}`));
  });

  it('keeps what is no secret of a manifest: names, images, its own settings', () => {
    const container = {
      name: 'checker',
      image: 'ghcr.io/frigate-health/frigate-health:1',
      args: ['run-cron'],
      env: [
        {name: 'FRIGATE_HC_MODE', value: 'observe'},
        {name: 'FRIGATE_HC_SMTP_PASSWORD', value: 'hunter2'},
        {name: 'FROM_SECRET', valueFrom: {secretKeyRef: {name: 'smtp', key: 'password'}}},
      ],
    };
    const {manifest, secrets} = redactManifest({
      metadata: {annotations: {'frigate-health.io/attempt': 'a1', other: 'x'}, managedFields: [{manager: 'kubectl'}]},
      spec: {containers: [container]},
    });
    assert.deepEqual(manifest, {
      metadata: {annotations: {'frigate-health.io/attempt': 'a1', other: '***'}},
      spec: {
        containers: [
          {
            ...container,
            env: [container.env[0], {name: 'FRIGATE_HC_SMTP_PASSWORD', value: '***'}, container.env[2]],
          },
        ],
      },
    });
    assert.deepEqual(secrets, ['x', 'hunter2']);
  });
});

/** The Helm chart: what the code makes, and with helm at hand what `install --serve` prints. */
import assert from 'node:assert/strict';
import {spawnSync} from 'node:child_process';
import {readdirSync, readFileSync} from 'node:fs';
import path from 'node:path';
import {Ajv} from 'ajv';
import {parse, parseAllDocuments} from 'yaml';
import packageFile from '../../../package.json' with {type: 'json'};
import {chartFiles} from '../../../scripts/docs/chart.js';
import {permissionsIn, type PolicyRule} from '../../../src/usecases/install/access.js';
import {settingsInPod, type InstallChoices} from '../../../src/usecases/install/make-plan.js';
import type {Manifest} from '../../../src/usecases/install/manifest.js';
import {serveManifests} from '../../../src/usecases/install/serve/serve-manifests.js';
import {servePlanOf, type ServeScope} from '../../../src/usecases/install/serve/serve-plan.js';

const folder = path.resolve(import.meta.dirname, '../../../deploy/chart');
const HELM = process.env['FRIGATE_HC_TEST_HELM'];

const helm = (words: readonly string[], values: object = {}) =>
  spawnSync(HELM ?? 'helm', words, {input: JSON.stringify(values), encoding: 'utf8', timeout: 60_000});

const template = (values: object) => helm(['template', 'any', folder, '--namespace', 'nvr', '--values', '-'], values);

const printed = (choices: Partial<InstallChoices>, scope: Partial<ServeScope>): readonly Manifest[] => {
  const all: InstallChoices = {
    flags: {},
    env: {},
    otherVariables: [],
    image: null,
    schedule: null,
    smtpSecret: null,
    notifySecret: null,
    version: packageFile.version,
    ...choices,
  };
  return serveManifests(servePlanOf(all, settingsInPod(all), 'nvr', {fleet: false, namespaces: [], ...scope}));
};

/** The order of rules and of variables has no meaning. */
const meaning = (key: string, value: unknown): unknown => {
  if (key === 'rules' && Array.isArray(value))
    return permissionsIn(value as readonly PolicyRule[], null)
      .map((right) => JSON.stringify(right))
      .sort();
  if (key === 'env' && Array.isArray(value))
    return value.toSorted((one: {name: string}, other: {name: string}) => (one.name < other.name ? -1 : 1));
  return value;
};

const byName = (objects: readonly Manifest[]): ReadonlyArray<readonly [string, unknown]> =>
  objects
    .map((object): readonly [string, unknown] => [
      `${object.kind}/${object.metadata.name}/${object.metadata.namespace ?? ''}`,
      JSON.parse(JSON.stringify(object, meaning)) as unknown,
    ])
    .sort(([one], [other]) => (one < other ? -1 : 1));

const rendered = (values: object): readonly Manifest[] => {
  const {status, stdout, stderr} = template(values);
  assert.equal(status, 0, stderr);
  const documents = parseAllDocuments(stdout);
  assert.ok(!('empty' in documents));
  return documents.flatMap((document) => (document.toJS() as Manifest | null) ?? []);
};

describe('deploy/chart', () => {
  it('is what the code makes: npm run deploy', () => {
    const files = chartFiles();
    const written = readdirSync(folder, {withFileTypes: true, recursive: true})
      .filter((entry) => entry.isFile())
      .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)));
    assert.deepEqual(written.sort(), [...files.keys()].sort());
    for (const [name, text] of files) assert.equal(readFileSync(path.join(folder, name), 'utf8'), text, name);
  });

  it('has a schema that takes its values, and neither a secret nor a word that no setting knows', () => {
    const validate = new Ajv({strict: false}).compile(
      JSON.parse(readFileSync(path.join(folder, 'values.schema.json'), 'utf8')) as object,
    );
    assert.ok(validate(parse(readFileSync(path.join(folder, 'values.yaml'), 'utf8'))), JSON.stringify(validate.errors));
    for (const env of [
      {FRIGATE_HC_MODE: 'activ'},
      {FRIGATE_HC_NOTIFY: 'gotify://token@push'},
      {FRIGATE_HC_SMTP_PASSWORD: 'x'},
      {FRIGATE_HC_UNHEARD_OF: 'x'},
    ])
      assert.ok(!validate({env}), JSON.stringify(env));
  });

  it('mounts a file with checks only where one is named, and under the name of its kind', () => {
    const text = chartFiles().get('templates/deployment.yaml') ?? '';
    const block = (from: string, to: string): string => text.slice(text.indexOf(from), text.indexOf(to));
    const volumes = text.slice(text.indexOf('      volumes:'));
    assert.match(
      volumes,
      /if \.Values\.checksSecret \}\}\n +- name: checks\n +secret:\n +secretName: \{\{ \.Values\.checksSecret \}\}/,
    );
    assert.match(
      volumes,
      /else if \.Values\.checksConfigMap \}\}\n +- name: checks\n +configMap:\n +name: \{\{ \.Values\.checksConfigMap \}\}/,
    );
    for (const part of [
      block('          env:', '          ports:'),
      block('          volumeMounts:', '      volumes:'),
    ])
      assert.match(
        part,
        /if or \.Values\.checksConfigMap \.Values\.checksSecret \}\}\n +- name: (?:checks|FRIGATE_HC_CHECKS_FILE)\n/,
      );
    assert.equal(
      text.split('{{- if').length - 1,
      text.split('{{- end }}').length - 1 - text.split('{{- range').length + 1,
    );
  });

  it('leaves no word behind that stood for a value', () => {
    for (const [name, text] of chartFiles()) assert.doesNotMatch(text, /\bx[a-z]+x\b/, name);
  });
});

const cases: ReadonlyArray<readonly [string, object, Partial<InstallChoices>, Partial<ServeScope>]> = [
  ['nothing given', {}, {}, {}],
  ['namespaces', {namespaces: ['b', 'a', 'b']}, {}, {namespaces: ['b', 'a', 'b']}],
  ['a fleet', {fleet: true, namespaces: ['home', 'office']}, {}, {fleet: true, namespaces: ['home', 'office']}],
  [
    'observation and exec in a fleet',
    {fleet: true, env: {FRIGATE_HC_MODE: 'observe', FRIGATE_HC_VIA: 'exec'}},
    {flags: {mode: 'observe', via: 'exec'}},
    {fleet: true},
  ],
  ['port-forward', {env: {FRIGATE_HC_VIA: 'port-forward'}}, {flags: {via: 'port-forward'}}, {}],
  [
    'an image, a setting and Secrets',
    {
      image: {repository: 'my/image', tag: '7'},
      env: {FRIGATE_HC_PROFILE: 'fast', FRIGATE_HC_CONFIGMAP_NAME: 'kept'},
      smtpSecret: 'mail',
      notifySecret: 'channels',
    },
    {
      image: 'my/image:7',
      flags: {profile: 'fast', 'configmap-name': 'kept'},
      smtpSecret: 'mail',
      notifySecret: 'channels',
    },
    {},
  ],
  ['checks of the user’s own', {checksConfigMap: 'own'}, {checks: {kind: 'ConfigMap', name: 'own'}}, {}],
  [
    'checks of the user’s own in a Secret, beside a mail password',
    {checksSecret: 'own', smtpSecret: 'mail'},
    {checks: {kind: 'Secret', name: 'own'}, smtpSecret: 'mail'},
    {},
  ],
];

// Only where a program is named: `npm test` needs no helm.
if (HELM !== undefined)
  describe('the chart as helm renders it', function () {
    this.timeout(120_000);
    for (const [what, values, choices, scope] of cases)
      it(`is what install --serve prints: ${what}`, () => {
        assert.deepEqual(byName(rendered(values)), byName(printed(choices, scope)));
      });

    it('has no permissions where they are granted elsewhere', () => {
      assert.ok(!rendered({rbac: {create: false}}).some(({kind}) => kind.includes('Role')));
    });

    it('is refused with a value that the schema does not know', () => {
      assert.notEqual(template({env: {FRIGATE_HC_MODE: 'activ'}}).status, 0);
    });

    it('is clean to helm lint', () => {
      const {status, stdout} = helm(['lint', '--strict', folder]);
      assert.equal(status, 0, stdout);
      assert.doesNotMatch(stdout, /\[(WARNING|ERROR)\]/);
    });
  });

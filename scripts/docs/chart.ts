/**
 * The Helm chart in deploy/chart: the templates are the objects of `install --serve` with placeholders in them, and its schema is the
 * table of settings. So both ways install the same; a test compares what they render.
 */
import {stringify} from 'yaml';
import packageFile from '../../package.json' with {type: 'json'};
import {flagVariables} from '../../src/cli/flags.js';
import {settingRows, type Setting} from '../../src/settings/table.js';
import {
  CHECKS_PATH,
  checksVolume,
  mountsOf,
  SECRET_FOLDER,
  secretVariables,
  secretVolume,
} from '../../src/usecases/install/cron-job.js';
import {REPOSITORY} from '../../src/usecases/install/make-plan.js';
import type {Manifest} from '../../src/usecases/install/manifest.js';
import {yamlOf} from '../../src/usecases/install/render.js';
import {
  observing,
  ofTheCluster,
  repairing,
  rulesFrom,
  type Grantable,
} from '../../src/usecases/install/serve/serve-access.js';
import {MEMORY_LIMIT, serveManifests} from '../../src/usecases/install/serve/serve-manifests.js';
import type {ServePlan} from '../../src/usecases/install/serve/serve-plan.js';
import {defaultServePlan} from './deploy-base.js';

const MADE = '# Made by `npm run deploy` from src/usecases/install/serve. Change it there.\n';

/** Words that stand for what Helm knows, until the text is made. */
const NAMESPACE = 'xnamespacex';
const TARGET = 'xtargetx';
const IMAGE = 'ximagex';
const STATE = 'xstatex';

const STATE_NAME = '{{ $.Values.env.FRIGATE_HC_CONFIGMAP_NAME | default "frigate-health-state" }}';

const planFor = (fleet: boolean): ServePlan => ({
  ...defaultServePlan(),
  namespace: NAMESPACE,
  namespaces: [TARGET],
  fleet,
  image: IMAGE,
  stateName: STATE,
  variables: [],
});

/** Whole values are quoted, so that a namespace of digits stays a text. */
const asTemplate = (text: string): string =>
  text
    .replaceAll(new RegExp(`(?<=: )${NAMESPACE}$`, 'gm'), '{{ $.Release.Namespace | quote }}')
    .replaceAll(NAMESPACE, '{{ $.Release.Namespace }}')
    .replaceAll(new RegExp(`(?<=: )${TARGET}$`, 'gm'), '{{ . | quote }}')
    .replaceAll(STATE, STATE_NAME);

const indented = (text: string, spaces: number): string => text.replaceAll(/^(?=.)/gm, ' '.repeat(spaces)).trimEnd();

const listOf = (value: object): string =>
  stringify(value, {lineWidth: 0, version: '1.1', aliasDuplicateObjects: false});

const rules = (given: readonly Grantable[]): string => indented(listOf(rulesFrom(given)), 2);

const without = (given: readonly Grantable[], others: readonly Grantable[]): readonly Grantable[] =>
  given.filter((right) => !others.some((other) => JSON.stringify(other) === JSON.stringify(right)));

/** Only what a setting adds stands under a condition. */
const repairingRules = (): string => {
  const least = repairing({via: 'auto', mode: 'observe'});
  const added = (plan: Parameters<typeof repairing>[0]): string => rules(without(repairing(plan), least));
  const via = (name: 'exec' | 'port-forward'): string =>
    `  {{- if eq (get $.Values.env "FRIGATE_HC_VIA" | default "auto") "${name}" }}\n${added({via: name, mode: 'observe'})}\n  {{- end }}`;
  return [
    rules(least),
    via('exec'),
    via('port-forward'),
    `  {{- if eq (get $.Values.env "FRIGATE_HC_MODE" | default "active") "active" }}\n${added({via: 'auto', mode: 'active'})}\n  {{- end }}`,
  ].join('\n');
};

const NAMESPACES = '(default (list $.Release.Namespace) $.Values.namespaces | uniq | sortAlpha)';

const withRules = (manifest: Manifest, text: string): string =>
  `${yamlOf({apiVersion: manifest.apiVersion, kind: manifest.kind, metadata: manifest.metadata})}rules:\n${text}\n`;

const isGrant = ({kind}: Manifest): boolean => /Role/.test(kind) || kind === 'ServiceAccount';

/** What is alike for a fleet and without. */
const rbac = (): string => {
  const plain = serveManifests(planFor(false)).filter(isGrant);
  const fleet = serveManifests(planFor(true)).filter(isGrant);
  const clusterRole = plain.find(({kind}) => kind === 'ClusterRole');
  const inEach = (manifest: Manifest): boolean => manifest.metadata.namespace === TARGET;
  const repairRole = fleet.find(({kind, metadata}) => kind === 'ClusterRole' && metadata.name.endsWith('-repair'));
  if (clusterRole === undefined || repairRole === undefined) throw new Error('a role is missing');
  const cluster = withRules(
    clusterRole,
    `${rules(ofTheCluster)}\n  {{- if $.Values.fleet }}\n${rules(observing())}\n  {{- end }}`,
  );
  const eachOf = (manifests: readonly Manifest[]): string =>
    manifests
      .filter(inEach)
      .map((manifest) =>
        manifest.kind === 'Role' ? withRules(manifest, `${rules(observing())}\n${repairingRules()}`) : yamlOf(manifest),
      )
      .join('---\n');
  const range = (body: string): string => `{{- range ${NAMESPACES} }}\n---\n${body}{{- end }}\n`;
  const always = plain.filter((manifest) => !inEach(manifest) && manifest !== clusterRole).map(yamlOf);
  return `{{- if .Values.rbac.create }}\n${[...always, cluster].join('---\n')}{{- if .Values.fleet }}\n---\n${withRules(repairRole, repairingRules())}${range(eachOf(fleet))}{{- else }}\n${range(eachOf(plain))}{{- end }}\n{{- end }}\n`;
};

const ARGS = `          args:
            - serve
            {{- if .Values.fleet }}
            - --all-namespaces
            {{- else if ne (join "," ${NAMESPACES}) .Release.Namespace }}
            - --namespaces={{ join "," ${NAMESPACES} }}
            {{- end }}
`;

const SECRET_NAME = 'xsecretx';

const env = (): string => `          env:
            {{- range $name, $value := .Values.env }}
            - name: {{ $name }}
              value: {{ $value | toString | quote }}
            {{- end }}
            {{- if .Values.smtpSecret }}
            - name: FRIGATE_HC_SMTP_PASSWORD_FILE
              value: ${SECRET_FOLDER}/password
            {{- end }}
            {{- if or .Values.checksConfigMap .Values.checksSecret }}
            - name: FRIGATE_HC_CHECKS_FILE
              value: ${CHECKS_PATH}
            {{- end }}
            {{- if .Values.notifySecret }}
${indented(listOf(secretVariables(SECRET_NAME)), 12).replaceAll(SECRET_NAME, '{{ .Values.notifySecret }}')}
            {{- end }}
`;

const ANY_MOUNT = '{{- if or .Values.smtpSecret .Values.checksConfigMap .Values.checksSecret }}';
const ANY_CHECKS = '{{- if or .Values.checksConfigMap .Values.checksSecret }}';

/** The one entry of a list as it stands in a list. */
const entryOf = (list: unknown, spaces: number): string => indented(listOf(list as object), spaces);

const checksMount = (): string =>
  entryOf(mountsOf({smtpSecret: null, checks: {kind: 'ConfigMap', name: SECRET_NAME}}).volumeMounts, 12);

const mounts = (): string => `          ${ANY_MOUNT}
          volumeMounts:
            {{- if .Values.smtpSecret }}
            - name: smtp
              mountPath: ${SECRET_FOLDER}
              readOnly: true
            {{- end }}
            ${ANY_CHECKS}
${checksMount()}
            {{- end }}
          {{- end }}
`;

const checksVolumeOf = (kind: 'ConfigMap' | 'Secret'): string =>
  entryOf([checksVolume({kind, name: SECRET_NAME})], 8).replaceAll(SECRET_NAME, `{{ .Values.checks${kind} }}`);

const volumes = (): string => `      ${ANY_MOUNT}
      volumes:
        {{- if .Values.smtpSecret }}
${entryOf([secretVolume(SECRET_NAME)], 8).replaceAll(SECRET_NAME, '{{ .Values.smtpSecret }}')}
        {{- end }}
        {{- if .Values.checksSecret }}
${checksVolumeOf('Secret')}
        {{- else if .Values.checksConfigMap }}
${checksVolumeOf('ConfigMap')}
        {{- end }}
      {{- end }}
`;

/** The part that a text must have, once; a change of the manifests that this does not know fails here. */
const replaced = (text: string, part: RegExp, by: string): string => {
  if (!part.test(text)) throw new Error(`the chart does not find ${part.source}`);
  return text.replace(part, () => by);
};

const deployment = (manifest: Manifest): string => {
  const text = yamlOf(manifest);
  const withArgs = replaced(text, /^ {10}args:\n(?: {12}.*\n)+ {10}env: \[\]\n/m, `${ARGS}${env()}`);
  const {some, fleet} = MEMORY_LIMIT;
  const withMemory = replaced(
    withArgs,
    new RegExp(`memory: ${some}`),
    `memory: {{ ternary "${fleet}" "${some}" .Values.fleet }}`,
  );
  return `${replaced(withMemory, new RegExp(`image: ${IMAGE}`), 'image: "{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}"').trimEnd()}\n${mounts()}${volumes()}`;
};

/** Anything that a variable can hold; a choice by its words. */
const schemaOf = ({kind, doc}: Setting): object =>
  kind.type === 'choice'
    ? {description: doc, enum: [...kind.options]}
    : {description: doc, type: ['string', 'number', 'boolean']};

/** What belongs in a Secret, or is told by another value. */
const NOT_IN_ENV = new Set([
  'FRIGATE_HC_SMTP_PASSWORD',
  'FRIGATE_HC_SMTP_PASSWORD_FILE',
  'FRIGATE_HC_NOTIFY',
  'FRIGATE_HC_HEARTBEAT_URL',
  'FRIGATE_HC_CHECKS_FILE',
  'FRIGATE_HC_CHECKS_CONFIGMAP',
  'FRIGATE_HC_CHECKS_SECRET',
  'FRIGATE_HC_NAMESPACE',
  'FRIGATE_HC_NAMESPACES',
  'FRIGATE_HC_ALL_NAMESPACES',
]);

const valuesSchema = (): object => ({
  $schema: 'http://json-schema.org/draft-07/schema#',
  type: 'object',
  additionalProperties: false,
  properties: {
    global: {type: 'object'},
    image: {
      type: 'object',
      additionalProperties: false,
      properties: {
        repository: {type: 'string', minLength: 1},
        tag: {type: 'string', description: 'Empty: the version of the chart.'},
      },
    },
    rbac: {type: 'object', additionalProperties: false, properties: {create: {type: 'boolean'}}},
    fleet: {type: 'boolean', description: 'Observe every Frigate of the cluster, and repair only those of namespaces.'},
    namespaces: {
      type: 'array',
      items: {type: 'string', pattern: '^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$'},
      description: 'Where it may repair; empty: the namespace of the release.',
    },
    smtpSecret: {type: 'string', description: 'Secret with the mail password under the key password.'},
    notifySecret: {type: 'string', description: 'Secret with FRIGATE_HC_NOTIFY and FRIGATE_HC_HEARTBEAT_URL.'},
    checksConfigMap: {
      type: 'string',
      description: 'ConfigMap with checks of your own under the key checks.yaml (docs/custom-checks.md).',
    },
    checksSecret: {
      type: 'string',
      description: 'The same as a Secret, for checks with a password in a URL; it wins over checksConfigMap.',
    },
    env: {
      type: 'object',
      additionalProperties: false,
      properties: Object.fromEntries([
        ...settingRows
          .filter(([, {variable}]) => !NOT_IN_ENV.has(variable))
          .map(([, setting]) => [setting.variable, schemaOf(setting)] as const),
        ...flagVariables
          .filter((variable) => !NOT_IN_ENV.has(variable))
          .map((variable) => [variable, {type: ['string', 'number', 'boolean']}] as const),
      ]),
    },
  },
});

const values = (): object => ({
  image: {repository: REPOSITORY, tag: ''},
  rbac: {create: true},
  fleet: false,
  namespaces: [],
  smtpSecret: '',
  notifySecret: '',
  checksConfigMap: '',
  checksSecret: '',
  env: Object.fromEntries(defaultServePlan().variables.map(({name, value}) => [name, value])),
});

/** Every file of the chart by its name. */
export const chartFiles = (): ReadonlyMap<string, string> => {
  const manifests = serveManifests(planFor(false));
  const of = (kinds: readonly string[]): string =>
    manifests
      .filter(({kind}) => kinds.includes(kind))
      .map((manifest) => (manifest.kind === 'Deployment' ? deployment(manifest) : yamlOf(manifest)))
      .join('---\n');
  const templates: ReadonlyArray<readonly [string, string]> = [
    ['rbac', rbac()],
    ['admission', of(['ValidatingAdmissionPolicy', 'ValidatingAdmissionPolicyBinding'])],
    ['network', of(['NetworkPolicy', 'Service', 'PodDisruptionBudget'])],
    ['deployment', of(['Deployment'])],
  ];
  const {version, description} = packageFile;
  return new Map([
    [
      'Chart.yaml',
      `${MADE}${yamlOf({apiVersion: 'v2', name: 'frigate-health', description, type: 'application', version, appVersion: version})}`,
    ],
    ['values.yaml', `${MADE}${yamlOf(values())}`],
    ['values.schema.json', `${JSON.stringify(valuesSchema(), null, 2)}\n`],
    ...templates.map(([name, text]): [string, string] => [`templates/${name}.yaml`, `${MADE}${asTemplate(text)}`]),
  ]);
};

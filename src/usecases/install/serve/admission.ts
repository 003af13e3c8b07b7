/**
 * What RBAC cannot say: of a workload the account of the daemon may change two annotations of the pod template and nothing else
 * (src/kubernetes/writes/restart.ts is the one place that patches), and of ConfigMaps it may write those of the state.
 */
import {ATTEMPT, RESTARTED_AT} from '../../../kubernetes/objects/workload.js';
import {WORKLOAD_RESOURCES} from '../../../pass/permissions.js';
import type {Manifest} from '../manifest.js';
import {clusterNameOf, serveLabels} from './serve-labels.js';
import type {ServePlan} from './serve-plan.js';

const API = 'admissionregistration.k8s.io/v1';

/** What the API server itself moves with each change of a workload. Of a DaemonSet it counts the templates in an annotation. */
const SERVERS_OWN = ['managedFields', 'generation', 'resourceVersion'];
const TEMPLATE_COUNT = 'deprecated.daemonset.template.generation';

const list = (keys: readonly string[]): string => `[${keys.map((key) => `'${key}'`).join(', ')}]`;

/** CEL: two maps have the same keys and values but for these keys. */
const same = (before: string, after: string, but: readonly string[]): string =>
  `${before}.all(k, k in ${list(but)} || (k in ${after} && ${after}[k] == ${before}[k])) && ${after}.all(k, k in ${list(but)} || k in ${before})`;

const mapOf = (path: string): string => `has(${path}) ? dyn(${path}) : dyn({})`;

/** Evaluated only where a validation asks for them, so that a ConfigMap needs no `spec`. */
const VARIABLES = Object.entries({
  metadata: 'metadata',
  annotations: 'metadata.annotations',
  spec: 'spec',
  template: 'spec.template',
  templateMetadata: 'spec.template.metadata',
  templateAnnotations: 'spec.template.metadata.annotations',
}).flatMap(([name, path]) => [
  {name: `${name}Before`, expression: mapOf(`oldObject.${path}`)},
  {name: `${name}After`, expression: mapOf(`object.${path}`)},
]);

/** CEL: the same for a pair of {@link VARIABLES}; every other kind of object passes. */
const kept = (name: string, but: readonly string[]): string =>
  `request.resource.resource == 'configmaps' || (${same(`variables.${name}Before`, `variables.${name}After`, but)})`;

const validations = ({
  stateName,
}: ServePlan): ReadonlyArray<{readonly expression: string; readonly message: string}> => [
  {
    expression: `request.resource.resource != 'configmaps' || object.metadata.name == '${stateName}' || object.metadata.name.startsWith('${stateName}-')`,
    message: `frigate-health may write only ConfigMaps named ${stateName} or ${stateName}-*`,
  },
  {
    expression: kept('metadata', [...SERVERS_OWN, 'annotations']),
    message: 'frigate-health may not change the metadata of a workload',
  },
  {
    expression: kept('annotations', [TEMPLATE_COUNT]),
    message: 'frigate-health may not change the annotations of a workload itself',
  },
  {
    expression: kept('spec', ['template']),
    message: 'frigate-health may change nothing of a workload but annotations of its pod template',
  },
  {
    expression: kept('template', ['metadata']),
    message: 'frigate-health may change nothing of a pod template but its annotations',
  },
  {
    expression: kept('templateMetadata', ['annotations']),
    message: 'frigate-health may change nothing of a pod template but its annotations',
  },
  {
    expression: kept('templateAnnotations', [RESTARTED_AT, ATTEMPT]),
    message: `frigate-health may change only the annotations ${RESTARTED_AT} and ${ATTEMPT} of a pod template`,
  },
];

export const admissionManifests = (plan: ServePlan): readonly Manifest[] => {
  const name = clusterNameOf(plan);
  const metadata = {name, labels: serveLabels(plan.name)};
  return [
    {
      apiVersion: API,
      kind: 'ValidatingAdmissionPolicy',
      metadata,
      spec: {
        failurePolicy: 'Fail',
        matchConstraints: {
          resourceRules: [
            {
              apiGroups: ['apps'],
              apiVersions: ['v1'],
              operations: ['UPDATE'],
              resources: [...WORKLOAD_RESOURCES],
            },
            {apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE', 'UPDATE'], resources: ['configmaps']},
          ],
        },
        matchConditions: [
          {
            name: 'account-of-serve',
            expression: `request.userInfo.username == 'system:serviceaccount:${plan.namespace}:${plan.name}'`,
          },
        ],
        variables: VARIABLES,
        validations: validations(plan).map((validation) => ({...validation, reason: 'Forbidden'})),
      },
    },
    {
      apiVersion: API,
      kind: 'ValidatingAdmissionPolicyBinding',
      metadata,
      spec: {policyName: name, validationActions: ['Deny']},
    },
  ];
};

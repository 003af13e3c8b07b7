/** The kustomize base in deploy/: the very same objects, a file for each, so that people can lay patches over them. */
import type {Manifest} from './manifest.js';
import {manifestsOf} from './manifests.js';
import type {InstallPlan} from './plan.js';
import {yamlOf} from './render.js';

const MADE = '# Made by `npm run deploy` from src/install. Change it there.\n';

/** `ClusterRoleBinding` → `cluster-role-binding.yaml` */
const fileOf = ({kind}: Manifest): string => `${kind.replaceAll(/(?<!^)([A-Z])/g, '-$1').toLowerCase()}.yaml`;

/** Every file by its name. */
export const kustomizeBase = (plan: InstallPlan): ReadonlyMap<string, string> => {
  const manifests = manifestsOf(plan);
  const kustomization = {
    apiVersion: 'kustomize.config.k8s.io/v1beta1',
    kind: 'Kustomization',
    namespace: plan.namespace,
    resources: manifests.map(fileOf),
  };
  return new Map([
    ['kustomization.yaml', `${MADE}${yamlOf(kustomization)}`],
    ...manifests.map((manifest): [string, string] => [fileOf(manifest), `${MADE}${yamlOf(manifest)}`]),
  ]);
};

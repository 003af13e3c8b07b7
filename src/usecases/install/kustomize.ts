/** The kustomize base in deploy/: the very same objects, a file for each, so that people can lay patches over them. */
import type {Manifest} from './manifest.js';
import {yamlOf} from './render.js';

const MADE = '# Made by `npm run deploy` from src/usecases/install. Change it there.\n';

/** `ClusterRoleBinding` → `cluster-role-binding` */
const dashed = (kind: string): string => kind.replaceAll(/(?<!^)([A-Z])/g, '-$1').toLowerCase();

/** By the kind; where there are several of one, with the name. */
const filesOf = (manifests: readonly Manifest[]): readonly string[] =>
  manifests.map(({kind, metadata}) =>
    manifests.filter((other) => other.kind === kind).length === 1
      ? `${dashed(kind)}.yaml`
      : `${dashed(kind)}-${metadata.name}.yaml`,
  );

/** Every file by its name. */
export const kustomizeBase = (namespace: string, manifests: readonly Manifest[]): ReadonlyMap<string, string> => {
  const files = filesOf(manifests);
  const kustomization = {
    apiVersion: 'kustomize.config.k8s.io/v1beta1',
    kind: 'Kustomization',
    namespace,
    resources: files,
  };
  return new Map([
    ['kustomization.yaml', `${MADE}${yamlOf(kustomization)}`],
    ...manifests.map((manifest, index): [string, string] => [files[index] ?? '', `${MADE}${yamlOf(manifest)}`]),
  ]);
};

/** Manifests as text for `kubectl apply -f -`. */
import {stringify} from 'yaml';

export type ManifestFormat = 'yaml' | 'json';

/** Lines are never folded, so that a value stays on the line of its name. `yes` and the like are quoted for YAML 1.1, which kubectl reads. */
export const yamlOf = (manifest: object): string =>
  stringify(manifest, {lineWidth: 0, version: '1.1', aliasDuplicateObjects: false});

/** One YAML document for each object, or one JSON `List`. */
export const renderManifests = (manifests: readonly object[], format: ManifestFormat): string =>
  format === 'json'
    ? `${JSON.stringify({apiVersion: 'v1', kind: 'List', items: manifests}, null, 2)}\n`
    : manifests.map(yamlOf).join('---\n');

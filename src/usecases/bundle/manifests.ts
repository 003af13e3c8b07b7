/** Manifests for a bug report: without the values of environment, arguments and annotations, which may hold anything. */

const HIDDEN = '***';
/** Settings of this program that are no secrets; a bug report needs them. */
const SETTING = /^FRIGATE_HC_(?!.*(?:PASSWORD|SECRET|TOKEN|USER|EMAIL|FROM|URL))/;
/** Annotations whose values are this program's or Kubernetes' own. */
const OWN_ANNOTATION =
  /^(?:deployment\.kubernetes\.io\/revision|kubectl\.kubernetes\.io\/restartedAt|frigate-health\.io\/.*)$/;

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export interface RedactedManifest {
  readonly manifest: unknown;
  /** What was hidden. */
  readonly secrets: readonly string[];
}

/** Hides in a Kubernetes object of any kind; names, images, resources, probes and volumes stay. */
export const redactManifest = (object: unknown): RedactedManifest => {
  const secrets: string[] = [];
  const hide = (value: unknown): unknown => {
    if (typeof value === 'string' && value !== '') secrets.push(value);
    return Array.isArray(value) ? value.map((item: unknown) => hide(item)) : HIDDEN;
  };
  const variable = (entry: unknown): unknown => {
    if (!isRecord(entry) || entry['value'] === undefined) return entry;
    return SETTING.test(String(entry['name'])) ? entry : {...entry, value: hide(entry['value'])};
  };
  const annotations = (value: unknown): unknown =>
    isRecord(value)
      ? Object.fromEntries(
          Object.entries(value).map(([name, text]) => [name, OWN_ANNOTATION.test(name) ? text : hide(text)]),
        )
      : value;
  const walk = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map((item: unknown) => walk(item));
    if (!isRecord(value)) return value;
    return Object.fromEntries(
      Object.entries(value)
        .filter(([name]) => name !== 'managedFields')
        .map(([name, inner]): readonly [string, unknown] => {
          if (name === 'env' && Array.isArray(inner)) return [name, inner.map(variable)];
          if (name === 'annotations') return [name, annotations(inner)];
          if (name === 'args' && Array.isArray(inner))
            return [name, inner.map((word: unknown) => (word === 'run-cron' ? word : hide(word)))];
          if (name === 'command' && Array.isArray(inner)) return [name, hide(inner)];
          if (name === 'httpHeaders') return [name, HIDDEN];
          return [name, walk(inner)];
        }),
    );
  };
  return {manifest: walk(object), secrets};
};

/** The objects, their resource versions, and the changes that watches receive. */
import {randomUUID} from 'node:crypto';
import {rfc3339, type Instant} from '../../core/time.js';
import {without} from '../json.js';
import type {Draft, KubeObject} from './objects.js';
import {apiVersionOf, resourceNamed, resources, type Resource} from './resources.js';

export interface Change {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly resource: Resource;
  readonly version: number;
  readonly object: KubeObject;
}

/** How many past changes a watch can start from; older versions are answered with 410. */
const KEPT_CHANGES = 2000;

/** Objects of one kind: by namespace (empty: it has none), then by name. */
type Kind = Map<string, Map<string, KubeObject>>;

/** The `spec` and everything else that a generation counts. */
const specOf = (object: KubeObject): string => JSON.stringify(without(object, 'metadata', 'status'));

export class ObjectStore {
  readonly #kinds = new Map<string, Kind>();
  readonly #changes: Change[] = [];
  readonly #listeners = new Set<(change: Change) => void>();
  #version = 500;

  get version(): number {
    return this.#version;
  }

  /** The oldest version from which a watch can begin. */
  get oldest(): number {
    return (this.#changes[0]?.version ?? this.#version + 1) - 1;
  }

  get(plural: string, namespace: string | null, name: string): KubeObject | undefined {
    const object = this.#find(plural, namespace, name);
    return object === undefined ? undefined : structuredClone(object);
  }

  /** Sorted by namespace and name, as etcd lists them. */
  list(plural: string, namespace: string | null = null): KubeObject[] {
    const kind = this.#kinds.get(plural) ?? new Map<string, Map<string, KubeObject>>();
    const namespaces = namespace === null ? [...kind.keys()].sort((a, b) => (`${a}/` < `${b}/` ? -1 : 1)) : [namespace];
    return namespaces.flatMap((one) =>
      [...(kind.get(one) ?? [])].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, object]) => structuredClone(object)),
    );
  }

  /** The object as it would stand after a creation; nothing is stored. */
  completed(plural: string, draft: Draft, at: Instant): KubeObject {
    const resource = resourceNamed(plural);
    const {name, ...given} = draft.metadata;
    const fresh = name ?? `${given.generateName ?? ''}${randomUUID().slice(0, 5)}`;
    const counted = resource.group === 'apps' || plural === 'pods' || resource.group === 'batch';
    return structuredClone({
      ...draft,
      kind: resource.kind,
      apiVersion: apiVersionOf(resource),
      metadata: {
        ...given,
        name: fresh,
        uid: given.uid ?? randomUUID(),
        resourceVersion: '',
        ...(counted ? {generation: given.generation ?? 1} : {}),
        creationTimestamp: rfc3339(at),
      },
    });
  }

  create(plural: string, draft: Draft, at: Instant): KubeObject {
    const object = this.completed(plural, draft, at);
    return this.#put('ADDED', plural, object);
  }

  /**
   * Changes an object in place; without a difference nothing happens and the version stays. A different spec is a new generation.
   * `undefined`: it is not there.
   */
  update(
    plural: string,
    namespace: string | null,
    name: string,
    change: (object: KubeObject) => void,
  ): KubeObject | undefined {
    const previous = this.#find(plural, namespace, name);
    if (previous === undefined) return undefined;
    const next = structuredClone(previous);
    change(next);
    if (JSON.stringify(next) === JSON.stringify(previous)) return structuredClone(previous);
    if (previous.metadata.generation !== undefined && specOf(next) !== specOf(previous))
      next.metadata.generation = previous.metadata.generation + 1;
    return this.#put('MODIFIED', plural, next);
  }

  delete(plural: string, namespace: string | null, name: string): KubeObject | undefined {
    const object = this.#find(plural, namespace, name);
    if (object === undefined) return undefined;
    this.#kinds
      .get(plural)
      ?.get(namespace ?? '')
      ?.delete(name);
    this.#version += 1;
    const last = {...structuredClone(object), metadata: {...object.metadata, resourceVersion: String(this.#version)}};
    this.#publish({type: 'DELETED', resource: resourceNamed(plural), version: this.#version, object: last});
    return last;
  }

  /** Changes after that version, oldest first; `null`: some are forgotten. */
  since(version: number): readonly Change[] | null {
    return version < this.oldest ? null : this.#changes.filter((change) => change.version > version);
  }

  /** Forgets the changes so far, as a compaction of etcd does. */
  compact(): void {
    this.#changes.length = 0;
  }

  onChange(listener: (change: Change) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** All objects of all kinds, for a test that checks what changed. */
  everything(): KubeObject[] {
    return resources.flatMap((resource) => this.list(resource.plural));
  }

  #put(type: 'ADDED' | 'MODIFIED', plural: string, object: KubeObject): KubeObject {
    this.#version += 1;
    object.metadata.resourceVersion = String(this.#version);
    const kind: Kind = this.#kinds.get(plural) ?? new Map<string, Map<string, KubeObject>>();
    this.#kinds.set(plural, kind);
    const among = kind.get(object.metadata.namespace ?? '') ?? new Map<string, KubeObject>();
    kind.set(object.metadata.namespace ?? '', among.set(object.metadata.name, object));
    this.#publish({type, resource: resourceNamed(plural), version: this.#version, object: structuredClone(object)});
    return structuredClone(object);
  }

  #find(plural: string, namespace: string | null, name: string): KubeObject | undefined {
    return this.#kinds
      .get(plural)
      ?.get(namespace ?? '')
      ?.get(name);
  }

  #publish(change: Change): void {
    this.#changes.push(change);
    if (this.#changes.length > KEPT_CHANGES) this.#changes.shift();
    for (const listener of [...this.#listeners]) listener(change);
  }
}

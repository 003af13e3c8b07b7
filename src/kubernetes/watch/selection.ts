/** Which objects of a collection a watch follows: as the API server selects them, and as this program does from a stream that is shared. */
import * as z from 'zod';
import {parseSelector, type LabelTest} from '../label-selector.js';
import {optionalText, textMap} from '../objects/metadata.js';

export interface Selection {
  /** `null`: all of them, or the resource has none. */
  readonly namespace: string | null;
  /** `null`: any. */
  readonly name: string | null;
  /** Labels, as `labelSelector=` takes them; `null` or empty: any. */
  readonly selector: string | null;
}

/** By what an object is selected. */
export interface Marks {
  readonly uid: string;
  readonly name: string;
  readonly namespace: string | null;
  readonly labels: Readonly<Record<string, string>>;
}

const marked = z.looseObject({
  metadata: z.looseObject({uid: z.string().min(1), name: z.string(), namespace: optionalText, labels: textMap}),
});

/** An object of a shared stream. */
export interface Marked<T> extends Marks {
  /** `null`: it cannot be read, which concerns nobody but who selects it: one odd object must not hide all others. */
  readonly item: T | null;
}

/** Reads any object that has metadata; what is selected of them is decided later. */
export const markedItem = <T>(item: z.ZodType<T>): z.ZodType<Marked<T>> =>
  marked.transform((object): Marked<T> => {
    const {uid, name, namespace, labels} = object.metadata;
    const parsed = item.safeParse(object);
    return {uid, name, namespace, labels, item: parsed.success ? parsed.data : null};
  });

/** `null`: the selector is none that Kubernetes takes. */
export const testOf = ({namespace, name, selector}: Selection): ((marks: Marks) => boolean) | null => {
  const labels: LabelTest | null = selector === null || selector === '' ? () => true : parseSelector(selector);
  if (labels === null) return null;
  return (marks) =>
    (namespace === null || marks.namespace === namespace) &&
    (name === null || marks.name === name) &&
    labels(marks.labels);
};

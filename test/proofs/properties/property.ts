/** A property with its share of the runs. */
import type fc from 'fast-check';

export interface Property {
  readonly name: string;
  /** Share of `--runs`: some cost a day of passes for one run. */
  readonly share: number;
  readonly property: fc.IRawProperty<unknown>;
}

/** Types the property of any arguments for a list. */
export const property = <T>(name: string, share: number, checked: fc.IRawProperty<T>): Property => ({
  name,
  share,
  property: checked,
});

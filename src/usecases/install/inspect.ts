/** `install --check`: reads each object that would be printed, and prints how it differs. Changes nothing. */
import type {Known, UnknownReason} from '../../core/known.js';
import {mask} from '../../core/mask.js';
import {seconds} from '../../core/time.js';
import {within, type Timers} from '../../core/timers.js';
import type {Cluster} from '../../kubernetes/cluster.js';
import {EXIT} from '../../outcome/exit-code.js';
import {compare, type Difference} from './compare.js';
import {titleOf, type Manifest} from './manifest.js';

/** For each object. */
const READ_LIMIT = seconds(10);

export interface Inspection {
  readonly differences: readonly Difference[];
  /** Objects that could not be read, and why. */
  readonly unseen: ReadonlyArray<{readonly object: string; readonly why: UnknownReason}>;
}

export const inspect = async (
  cluster: Pick<Cluster, 'readObject'>,
  manifests: readonly Manifest[],
  timers: Timers,
  signal: AbortSignal,
): Promise<Inspection> => {
  const found = await Promise.all(
    manifests.map(async (wanted): Promise<readonly [Manifest, Known<object | null>]> => {
      const {
        kind,
        metadata: {name, namespace},
      } = wanted;
      return [
        wanted,
        await cluster.readObject({kind, name, namespace: namespace ?? null}, within(timers, READ_LIMIT, signal)),
      ];
    }),
  );
  return {
    differences: found.flatMap(([wanted, object]) => (object.known ? compare(wanted, object.value) : [])),
    unseen: found.flatMap(([wanted, object]) => (object.known ? [] : [{object: titleOf(wanted), why: object.why}])),
  };
};

/** 2: something needed is missing · 3: something could not be read · 1: it differs otherwise · 0: it is as it would be printed. */
export const exitCodeOf = ({differences, unseen}: Inspection): number => {
  if (differences.some(({kind}) => kind === 'missing')) return EXIT.critical;
  if (unseen.length > 0) return EXIT.unknown;
  return differences.length > 0 ? EXIT.warning : EXIT.ok;
};

const words = {missing: 'missing', differs: 'differs', surplus: 'not needed'} as const;

/** What was not read is no difference: whoever applies the manifests because of it may write over what is as it should be. */
const endOf = (differences: number, unseen: number, again: string): readonly string[] => [
  ...(differences + unseen === 0 ? ['Everything is installed as it would be printed now.'] : []),
  ...(unseen === 0
    ? []
    : [`${unseen} of the objects could not be read, so that nothing is known of ${unseen === 1 ? 'it' : 'them'}.`]),
  ...(differences === 0
    ? []
    : [
        `${differences === 1 ? '1 difference' : `${differences} differences`}. To install what would be printed now: ${again}`,
      ]),
];

/** What `install --check -o json` prints. Fields are only ever added within v1. */
export const documentOf = (inspection: Inspection, again: string): object => ({
  apiVersion: 'frigate-health.io/v1',
  kind: 'InstallationCheck',
  exitCode: exitCodeOf(inspection),
  differences: inspection.differences.map((difference) => ({...difference, detail: mask(difference.detail)})),
  unseen: inspection.unseen.map(({object, why: {code, message}}) => ({object, code, message: mask(message)})),
  install: again,
});

/** One line for each difference, and one that sums up. `again`: the command line that installs what would be printed, for the fix. */
export const renderInspection = ({differences, unseen}: Inspection, again: string): string => {
  const lines = [
    ...differences.map(({kind, object, detail}) => `${words[kind]}: ${object}: ${mask(detail)}`),
    ...unseen.map(({object, why}) => `unknown: ${object}: ${mask(why.message)}`),
  ];
  return `${[...lines, ...endOf(differences.length, unseen.length, again)].join('\n')}\n`;
};

/**
 * The remembered state in its ConfigMap (docs/how-it-decides.md, "What is remembered"): read tolerantly, written only by compare-and-swap.
 * Beside it a second, tiny ConfigMap remembers only that a state was written and when people heard that it was put back:
 * the memory that a wiped state cannot take along.
 */
import {ANOTHER_CHECKER} from '../core/checks/cluster/state.js';
import {knowsAttempt} from '../core/decision/breaker.js';
import type {StateReading} from '../core/decision/situation.js';
import {known, unknown, type Known} from '../core/known.js';
import type {StateSoundness} from '../core/observation/observation.js';
import type {Workload} from '../core/observation/workload.js';
import {decodeState, encodeState, freshState, type DecodedState} from '../core/state/codec.js';
import {decodeLegacy, encodeLegacy, hasLegacyKeys, legacyKeys} from '../core/state/legacy.js';
import type {State} from '../core/state/state.js';
import {days, instant, latest, minutes, since, type Instant} from '../core/time.js';
import type {Cluster, ConfigMap, WriteOutcome} from '../kubernetes/cluster.js';

/** The key of the document; the old tool's keys stand beside it. */
export const DOCUMENT_KEY = 'state.json';
/** Where a bad document is kept for a person to look at. */
const QUARANTINE_KEY = 'set-aside.txt';
/** The name under which the API server books our writes (`metadata.managedFields`). */
export const FIELD_MANAGER = 'frigate-health';

const LARGEST_QUARANTINE = 8 * 1024;
/** The second, tiny ConfigMap beside the state. */
export const guardNameOf = (name: string): string => `${name}-guard`;

/** What the guard remembers: that a state stood here, and when people last heard that it was put back. */
interface Guard {
  readonly map: ConfigMap;
  readonly alertedAt: Instant | null;
}

export interface Remembered {
  readonly state: State;
  readonly reading: StateReading;
  readonly soundness: Known<StateSoundness>;
  /** `null`: there is none yet, the first write creates it. */
  readonly map: ConfigMap | null;
  readonly guard: Guard | null;
  /** Text that could not be read, to be kept under another key at the next write. */
  readonly setAside: string | null;
}

export class StateStore {
  readonly #cluster: Cluster;
  readonly #namespace: string;
  readonly #name: string;

  constructor(cluster: Cluster, namespace: string, name: string) {
    this.#cluster = cluster;
    this.#namespace = namespace;
    this.#name = name;
  }

  /** Reads what is remembered. Whatever is wrong with it, the answer can be decided upon. */
  async recall(signal: AbortSignal): Promise<Remembered> {
    const found = await this.#cluster.readConfigMap(this.#namespace, this.#name, signal);
    if (!found.known)
      return {state: freshState, reading: 'unreadable', soundness: found, map: null, guard: null, setAside: null};
    const map = found.value;
    const document = map?.data.get(DOCUMENT_KEY);
    if (document !== undefined && map !== null) return this.#fromDocument(map, document);
    const guard = await this.#readGuard(signal);
    if (!guard.known)
      return {
        state: freshState,
        reading: 'unreadable',
        soundness: unknown(guard.why.code, guard.why.message, guard.why.fix),
        map,
        guard: null,
        setAside: null,
      };
    const legacy = map !== null && hasLegacyKeys(map.data) ? decodeLegacy(map.data) : null;
    const wiped = guard.value !== null;
    return {
      state: legacy?.state ?? freshState,
      reading: wiped ? 'wiped' : legacy?.lost === true ? 'lost' : 'fresh',
      soundness: known({
        ...nature(map),
        name: this.#name,
        problems: legacy?.problems ?? [],
        missing: map === null,
        newer: false,
        wipedBy: wiped ? (map === null ? 'whoever deleted it' : lastWriter(map)) : null,
      }),
      map,
      guard: guard.value,
      setAside: null,
    };
  }

  #fromDocument(map: ConfigMap, document: string): Remembered {
    const decoded = decodeState(document);
    const mirror = mirrorProblems(map, decoded);
    return {
      state: decoded.state,
      reading: decoded.newer ? 'newer' : decoded.lost ? 'lost' : 'sound',
      soundness: known({
        ...nature(map),
        name: this.#name,
        problems: [...decoded.problems, ...mirror],
        missing: false,
        newer: decoded.newer,
        wipedBy: null,
      }),
      map,
      guard: null,
      setAside: decoded.problems.length > 0 && !decoded.newer ? document.slice(0, LARGEST_QUARANTINE) : null,
    };
  }

  async #readGuard(signal: AbortSignal): Promise<Known<Guard | null>> {
    const found = await this.#cluster.readConfigMap(this.#namespace, guardNameOf(this.#name), signal);
    if (!found.known) return found;
    if (found.value === null) return known(null);
    const stamp = Number(found.value.data.get('alertedAt') ?? '');
    return known({map: found.value, alertedAt: Number.isFinite(stamp) && stamp > 0 ? instant(stamp) : null});
  }

  /** With the guard of a state that was put back: a document brings none along. Whether people were told must be known before they are told again. */
  async guarded(remembered: Remembered, signal: AbortSignal): Promise<Remembered> {
    if (remembered.reading !== 'wiped' || remembered.guard !== null) return remembered;
    const guard = await this.#readGuard(signal);
    if (!guard.known)
      return {
        ...remembered,
        reading: 'unreadable',
        soundness: unknown(guard.why.code, guard.why.message, guard.why.fix),
      };
    return {...remembered, guard: guard.value};
  }

  /** Stores the state under the precondition that nobody wrote since it was read. */
  async store(remembered: Remembered, state: State, signal: AbortSignal): Promise<WriteOutcome<Remembered>> {
    const data = new Map([
      ...(remembered.map?.data ?? []),
      ...encodeLegacy(state),
      [DOCUMENT_KEY, encodeState(state)],
      ...(remembered.setAside === null ? [] : [[QUARANTINE_KEY, remembered.setAside] as const]),
    ]);
    const outcome =
      remembered.map === null
        ? await this.#cluster.createConfigMap(this.#namespace, this.#name, data, signal)
        : await this.#cluster.replaceConfigMap(remembered.map, data, signal);
    if (outcome.kind !== 'done') return outcome;
    return {kind: 'done', value: {...remembered, state, reading: 'sound', map: outcome.value, setAside: null}};
  }

  /** Leaves the guard's mark; `told`: people were told of a wipe. Best effort: the guard protects alerts, never restarts. */
  async standGuard(remembered: Remembered, told: boolean, now: Instant, signal: AbortSignal): Promise<void> {
    const alertedAt = told ? now : (remembered.guard?.alertedAt ?? null);
    const data = new Map([
      [
        'note',
        'Remembers that frigate-health wrote its state here, so that a state which is put back or deleted is recognised.',
      ],
      ['alertedAt', alertedAt === null ? '' : String(alertedAt)],
    ]);
    if (remembered.guard === null)
      await this.#cluster.createConfigMap(this.#namespace, guardNameOf(this.#name), data, signal);
    else if (told) await this.#cluster.replaceConfigMap(remembered.guard.map, data, signal);
  }
}

/**
 * A sound document that does not know the attempt on the workload, or that is older than our own last write, came from
 * another time: somebody put it back. Judged once the workload is seen.
 */
export const comparedWith = (remembered: Remembered, workload: Workload | null): Remembered => {
  const {reading, state, map} = remembered;
  const unknownAttempt = workload !== null && !knowsAttempt(state.restarts, workload);
  if (reading !== 'sound' || !(unknownAttempt || isOlderThanOurWrite(state, map))) return remembered;
  const writer =
    map === null ? 'somebody' : (otherWriter(map) ?? (map.managers.length === 0 ? 'somebody' : ANOTHER_CHECKER));
  return {
    ...remembered,
    reading: 'wiped',
    soundness: remembered.soundness.known
      ? known({...remembered.soundness.value, wipedBy: writer})
      : remembered.soundness,
  };
};

/** Longer than any pass (the longest deadline is 10 minutes): what we write is never older than this when we write it. */
const LONGEST_PASS = minutes(15);

/** By `managedFields`: we wrote later than this document says, and somebody else wrote after us. */
const isOlderThanOurWrite = ({lastPass, decisions}: State, map: ConfigMap | null): boolean => {
  const last = map?.managers.at(-1);
  const ours = map?.managers.findLast(({name}) => name === FIELD_MANAGER)?.at ?? null;
  if (last === undefined || last.name === FIELD_MANAGER || ours === null || lastPass === null) return false;
  return since(latest(lastPass.at, decisions.at(-1)?.at ?? lastPass.at), ours) > LONGEST_PASS;
};

/** When people were told of a wipe less than a day ago; a day later they are told again. */
export const toldOfWipe = ({reading, guard}: Remembered, now: Instant): Instant | null => {
  const told = reading === 'wiped' ? (guard?.alertedAt ?? null) : null;
  return told !== null && since(told, now) < days(1) ? told : null;
};

const nature = (map: ConfigMap | null): Pick<StateSoundness, 'immutable'> =>
  map?.foreign?.immutable === true ? {immutable: true} : {};

/** The newest field manager that is not ours: who put the state back. */
const otherWriter = (map: ConfigMap): string | null =>
  map.managers.findLast(({name}) => name !== FIELD_MANAGER)?.name ?? null;

const lastWriter = (map: ConfigMap): string => otherWriter(map) ?? map.managers.at(-1)?.name ?? 'somebody';

/** Old keys that differ from what we mirrored were rewritten by somebody, which does no harm but should be known. */
const mirrorProblems = (map: ConfigMap, decoded: DecodedState): readonly string[] => {
  if (decoded.problems.length > 0 || !hasLegacyKeys(map.data)) return [];
  const mirrored = encodeLegacy(decoded.state);
  const changed = legacyKeys.filter((key) => map.data.has(key) && map.data.get(key) !== mirrored.get(key));
  return changed.length === 0
    ? []
    : [`${lastWriter(map)} rewrote ${changed.join(', ')}; the document ${DOCUMENT_KEY} is what counts`];
};

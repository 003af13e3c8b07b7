/**
 * The state in its ConfigMap (docs/how-it-decides.md, "State"): read tolerantly, written only by compare-and-swap.
 * Beside it a second, tiny ConfigMap records only that a state was written and when it was notified that it was put back:
 * what an overwritten state cannot know.
 */
import {knowsAttempt} from '../core/decision/breaker.js';
import type {StateReading} from '../core/decision/situation.js';
import {known, unknown, type Known} from '../core/known.js';
import type {StateSoundness, Wiper} from '../core/observation/observation.js';
import type {Workload} from '../core/observation/workload.js';
import {decodeState, freshState, type DecodedState} from '../core/state/codec.js';
import {encodeState} from '../core/state/encode.js';
import {decodeLegacy, encodeLegacy, hasLegacyKeys, legacyKeys} from '../core/state/legacy.js';
import {decodeGuard, emptyGuard, encodeGuard, type GuardMemory} from '../core/state/guard.js';
import type {State} from '../core/state/state.js';
import {days, instant, latest, minutes, since, type Instant} from '../core/time.js';
import type {Cluster, ConfigMap, WriteOutcome} from '../kubernetes/cluster.js';

/** The key of the document; the old tool's keys stand beside it. */
export const DOCUMENT_KEY = 'state.json';
/** Where a bad document is kept for a person to read. */
const QUARANTINE_KEY = 'set-aside.txt';
/** The name under which the API server books our writes (`metadata.managedFields`). */
export const FIELD_MANAGER = 'frigate-health';

const LARGEST_QUARANTINE = 8 * 1024;
/** The second, tiny ConfigMap beside the state. */
export const sentinelNameOf = (name: string): string => `${name}-guard`;

/** What the guard records: that a state was stored here, and when it was last notified that it was put back. */
interface Guard {
  readonly map: ConfigMap;
  readonly alertedAt: Instant | null;
  readonly memory: GuardMemory;
}

export interface RecalledState {
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

  /** Reads the stored state. Whatever is wrong with it, the answer can be decided upon. */
  async recall(signal: AbortSignal): Promise<RecalledState> {
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
        wipedBy: wiped ? wiperOf(map) : null,
      }),
      map,
      guard: guard.value,
      setAside: null,
    };
  }

  #fromDocument(map: ConfigMap, document: string): RecalledState {
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
    const found = await this.#cluster.readConfigMap(this.#namespace, sentinelNameOf(this.#name), signal);
    if (!found.known) return found;
    if (found.value === null) return known(null);
    const stamp = Number(found.value.data.get('alertedAt') ?? '');
    return known({
      map: found.value,
      alertedAt: Number.isFinite(stamp) && stamp > 0 ? instant(stamp) : null,
      memory: decodeGuard(found.value.data.get('memory')),
    });
  }

  /** With the guard of a state that was put back: a document brings none along. Whether it was notified must be known before it is notified again. */
  async guarded(recalledState: RecalledState, signal: AbortSignal): Promise<RecalledState> {
    if (recalledState.reading !== 'wiped' || recalledState.guard !== null) return recalledState;
    const guard = await this.#readGuard(signal);
    if (!guard.known)
      return {
        ...recalledState,
        reading: 'unreadable',
        soundness: unknown(guard.why.code, guard.why.message, guard.why.fix),
      };
    return {...recalledState, guard: guard.value};
  }

  /** Stores the state under the precondition that nobody wrote since it was read. */
  async store(recalledState: RecalledState, state: State, signal: AbortSignal): Promise<WriteOutcome<RecalledState>> {
    const data = new Map([
      ...(recalledState.map?.data ?? []),
      ...encodeLegacy(state),
      [DOCUMENT_KEY, encodeState(state)],
      ...(recalledState.setAside === null ? [] : [[QUARANTINE_KEY, recalledState.setAside] as const]),
    ]);
    const outcome =
      recalledState.map === null
        ? await this.#cluster.createConfigMap(this.#namespace, this.#name, data, signal)
        : await this.#cluster.replaceConfigMap(recalledState.map, data, signal);
    if (outcome.kind !== 'done') return outcome;
    return {kind: 'done', value: {...recalledState, state, reading: 'sound', map: outcome.value, setAside: null}};
  }

  /**
   * Leaves the guard's mark, and while the state is written over what `next` would have recorded of what stands and was sent.
   * Best effort: the guard protects alerts, never restarts.
   */
  async standGuard(recalledState: RecalledState, next: State, now: Instant, signal: AbortSignal): Promise<void> {
    const wiped = recalledState.reading === 'wiped';
    const sentNow = wiped
      ? next.outbox.filter((entry) => entry.at === now).flatMap(({findings}) => findings.map(({id}) => id))
      : [];
    const alertedAt = sentNow.includes('FRG-104') ? now : (recalledState.guard?.alertedAt ?? null);
    const before = recalledState.guard?.memory ?? emptyGuard;
    const ids = new Set<string>(sentNow);
    const memory: GuardMemory = wiped
      ? {
          standing: next.standing,
          sent: [...before.sent.filter(({what}) => !ids.has(what)), ...[...ids].map((what) => ({what, at: now}))],
        }
      : before;
    const data = new Map([
      [
        'note',
        'Shows that frigate-health stored its state here, so that a state that is overwritten or deleted is recognised.',
      ],
      ['alertedAt', alertedAt === null ? '' : String(alertedAt)],
      ['memory', encodeGuard(memory)],
    ]);
    if (recalledState.guard === null)
      await this.#cluster.createConfigMap(this.#namespace, sentinelNameOf(this.#name), data, signal);
    else if (wiped) await this.#cluster.replaceConfigMap(recalledState.guard.map, data, signal);
  }
}

/**
 * A sound document that does not know the attempt on the workload, or that is older than our own last write, came from
 * another time: somebody put it back. Judged once the workload is observed.
 */
export const comparedWith = (recalledState: RecalledState, workload: Workload | null): RecalledState => {
  const {reading, state, map} = recalledState;
  const unknownAttempt = workload !== null && !knowsAttempt(state.restarts, workload);
  if (reading !== 'sound' || !(unknownAttempt || isOlderThanOurWrite(state, map))) return recalledState;
  return {
    ...recalledState,
    reading: 'wiped',
    soundness: recalledState.soundness.known
      ? known({...recalledState.soundness.value, wipedBy: restorerOf(map)})
      : recalledState.soundness,
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

/** When a wipe was notified less than a day ago; a day later it is notified again. */
export const wipeNotifiedAt = ({reading, guard}: RecalledState, now: Instant): Instant | null => {
  const notified = reading === 'wiped' ? (guard?.alertedAt ?? null) : null;
  return notified !== null && since(notified, now) < days(1) ? notified : null;
};

/** What the guard stores of a state that was written over; `null`: it was not. */
export const guardMemoryOf = ({reading, guard}: RecalledState): GuardMemory | null =>
  reading === 'wiped' ? (guard?.memory ?? emptyGuard) : null;

const nature = (map: ConfigMap | null): Pick<StateSoundness, 'immutable'> =>
  map?.foreign?.immutable === true ? {immutable: true} : {};

/** The newest field manager that is not ours: who put the state back. */
const otherWriter = (map: ConfigMap): string | null =>
  map.managers.findLast(({name}) => name !== FIELD_MANAGER)?.name ?? null;

const managerNamed = (name: string | null | undefined): Wiper =>
  name === null || name === undefined ? {by: 'unknown'} : {by: 'manager', name};

/** Who left a ConfigMap without our document, or none at all. */
const wiperOf = (map: ConfigMap | null): Wiper =>
  map === null ? {by: 'deletion'} : managerNamed(otherWriter(map) ?? map.managers.at(-1)?.name);

/** Who put an old document of ours back. Where every write carries our name, it was another installation of this program. */
const restorerOf = (map: ConfigMap | null): Wiper => {
  const other = map === null ? null : otherWriter(map);
  return other === null && map !== null && map.managers.length > 0 ? {by: 'another-checker'} : managerNamed(other);
};

/** Old keys that differ from what we mirrored were rewritten by somebody, which does no harm but should be known. */
const mirrorProblems = (map: ConfigMap, decoded: DecodedState): readonly string[] => {
  if (decoded.problems.length > 0 || !hasLegacyKeys(map.data)) return [];
  const mirrored = encodeLegacy(decoded.state);
  const changed = legacyKeys.filter((key) => map.data.has(key) && map.data.get(key) !== mirrored.get(key));
  return changed.length === 0
    ? []
    : [
        `${otherWriter(map) ?? 'an unnamed writer'} rewrote ${changed.join(', ')}; the document ${DOCUMENT_KEY} is what counts`,
      ];
};

/** Counts restarts by what became of them, while this process runs. The state forgets a restart after 7 days, a counter must not. */
import type {InstanceId, FleetSnapshot} from '../outcome/fleet.js';
import type {RestartPhase} from '../core/state/state.js';
import type {Family} from '../report/exposition.js';

export const OUTCOMES = {
  helped: 'helped',
  'did-not-help': 'did_not_help',
  abandoned: 'abandoned',
  unjudged: 'unjudged',
} as const satisfies Partial<Record<RestartPhase, string>>;
type SettledPhase = keyof typeof OUTCOMES;
const PHASES = Object.keys(OUTCOMES) as readonly SettledPhase[];

const isSettled = (phase: RestartPhase): phase is SettledPhase => phase in OUTCOMES;

export type RestartCount = Readonly<Record<SettledPhase, number>>;

interface Counted {
  readonly ids: Set<string>;
  readonly counts: Record<SettledPhase, number>;
}

export const RESTARTS_FAMILY: Family<RestartCount> = {
  name: 'restarts_total',
  type: 'counter',
  help: 'Restarts whose outcome was known since this process started.',
  labels: ['outcome'],
  samples: (counts) => PHASES.map((phase) => ({labels: {outcome: OUTCOMES[phase]}, value: counts[phase]})),
};

/** A restart is counted once, when its outcome is known; those that were settled before the process started are not. */
export class RestartCounts {
  readonly #counted = new Map<InstanceId, Counted>();

  /** Brings the counts up to this snapshot. A restart stands in the state for days, so that none is missed between two scrapes. */
  update({frigates, daemon}: FleetSnapshot): void {
    for (const id of this.#counted.keys()) if (!frigates.has(id)) this.#counted.delete(id);
    for (const [id, {judged}] of frigates) {
      if (judged === null) continue;
      const {ids, counts} = this.#of(id);
      const kept = new Set(judged.state.restarts.map((restart) => restart.id));
      for (const old of ids) if (!kept.has(old)) ids.delete(old);
      for (const restart of judged.state.restarts) {
        const {phase, settledAt} = restart;
        if (!isSettled(phase) || settledAt === null || settledAt < daemon.startedAt || ids.has(restart.id)) continue;
        ids.add(restart.id);
        counts[phase] += 1;
      }
    }
  }

  /** `null`: the Frigate was not judged yet. */
  of(id: InstanceId): RestartCount | null {
    return this.#counted.get(id)?.counts ?? null;
  }

  #of(id: InstanceId): Counted {
    const known = this.#counted.get(id);
    if (known !== undefined) return known;
    const counted = {ids: new Set<string>(), counts: {helped: 0, 'did-not-help': 0, abandoned: 0, unjudged: 0}};
    this.#counted.set(id, counted);
    return counted;
  }
}

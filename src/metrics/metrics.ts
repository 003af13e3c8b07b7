/**
 * /metrics of `serve`: the fleet snapshot as Prometheus text. One immutable snapshot is the source of one answer, so that no series
 * is older than another and none outlives what it is about.
 */
import {setImmediate} from 'node:timers/promises';
import type {FleetSnapshot, FrigateStatus} from '../outcome/fleet.js';
import {frigateLabels, headOf, linesOf, type Family} from '../report/exposition.js';
import {STATUS_FAMILIES} from '../report/status-families.js';
import {CAMERA_FAMILIES} from './camera-families.js';
import {DAEMON_FAMILIES, FLEET_FAMILIES} from './daemon-families.js';
import {FRIGATE_FAMILIES} from './frigate-families.js';
import {frigateFacts, type CameraOptions, type FrigateFacts} from './frigate-facts.js';
import type {ProcessMetrics} from './process-metrics.js';
import {RESTARTS_FAMILY, RestartCounts, type RestartCount} from './restart-counts.js';

export const CONTENT_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

/** The writer gives up the event loop after so many Frigates of one family, or so much text, whichever is first. */
const FRIGATES_AT_ONCE = 50;
const CHARACTERS_AT_ONCE = 32 * 1024;

/** What GET /metrics answers with. */
export interface MetricsPage {
  readonly contentType: string;
  /** The whole text in parts, in order; between two parts the event loop had a turn. */
  write(snapshot: FleetSnapshot): AsyncGenerator<string, void, undefined>;
}

/** One Frigate as the families see it, made once for an answer. */
interface Entry {
  /** Its labels as text. */
  readonly own: string;
  readonly facts: FrigateFacts;
  readonly restarts: RestartCount | null;
}

/** `process`: what the daemon's parts count; `null`: nothing of the process (a test of the fleet alone). */
export const metricsPage = (options: CameraOptions, process: Pick<ProcessMetrics, 'text'> | null): MetricsPage => {
  const restarts = new RestartCounts();

  const entryOf = (status: FrigateStatus): Entry => ({
    own: frigateLabels(status.target.namespace, status.target.name),
    facts: frigateFacts(status, options),
    restarts: restarts.of(status.target.id),
  });

  /** The parts of one family over all Frigates; an empty part is a turn of the event loop without text. */
  const partsOf = function* (
    family: Pick<Family<never>, 'name' | 'type' | 'help' | 'labels'>,
    entries: readonly Entry[],
    lines: (entry: Entry) => string,
  ): Generator<string> {
    let text = '';
    let hasHead = false;
    let sinceTurn = 0;
    for (const entry of entries) {
      const more = lines(entry);
      if (more !== '' && !hasHead) {
        text += headOf(family);
        hasHead = true;
      }
      text += more;
      sinceTurn += 1;
      if (text.length >= CHARACTERS_AT_ONCE || sinceTurn >= FRIGATES_AT_ONCE) {
        yield text;
        text = '';
        sinceTurn = 0;
      }
    }
    yield text;
  };

  const parts = function* (snapshot: FleetSnapshot): Generator<string> {
    const whole = <Facts>(families: ReadonlyArray<Family<Facts>>, facts: Facts): string =>
      families
        .map((family) => ({head: headOf(family), lines: linesOf(family, facts)}))
        .map(({head, lines}) => (lines === '' ? '' : `${head}${lines}`))
        .join('');
    yield whole(DAEMON_FAMILIES, snapshot);
    if (!snapshot.daemon.leader.leads) return;
    yield whole(FLEET_FAMILIES, snapshot);
    restarts.update(snapshot);
    yield '';
    const entries: Entry[] = [];
    for (const status of snapshot.frigates.values()) {
      entries.push(entryOf(status));
      if (entries.length % FRIGATES_AT_ONCE === 0) yield '';
    }
    for (const family of [...STATUS_FAMILIES, ...FRIGATE_FAMILIES, ...CAMERA_FAMILIES])
      yield* partsOf(family, entries, ({facts, own}) => linesOf(family, facts, own));
    yield* partsOf(RESTARTS_FAMILY, entries, ({restarts: counts, own}) =>
      counts === null ? '' : linesOf(RESTARTS_FAMILY, counts, own),
    );
  };

  return {
    contentType: CONTENT_TYPE,
    async *write(snapshot) {
      if (process !== null) yield await process.text();
      let text = '';
      for (const part of parts(snapshot)) {
        text += part;
        if (text.length >= CHARACTERS_AT_ONCE) {
          yield text;
          text = '';
        }
        await setImmediate();
      }
      if (text !== '') yield text;
    },
  };
};

/** Every family that stands at /metrics beside those of the process, for the documentation, the rules and their tests. */
export const FAMILIES: ReadonlyArray<Pick<Family<never>, 'name' | 'type' | 'help' | 'labels'>> = [
  ...DAEMON_FAMILIES,
  ...FLEET_FAMILIES,
  ...STATUS_FAMILIES,
  ...FRIGATE_FAMILIES,
  ...CAMERA_FAMILIES,
  RESTARTS_FAMILY,
];

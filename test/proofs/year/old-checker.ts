/**
 * The Python checker that this tool replaces, as its code of January (J) and of April (H) decides: every five minutes, two failures in
 * a row, two restarts an hour, the first pod of the list, state that is lost on a failing read, no check of the outcome.
 */
import {answer} from '../../../src/simulator/frigate/http.js';
import {randomOf} from '../support/random.js';
import type {Installation} from './installation.js';
import type {Notes, Policy} from './policy.js';
import {logText} from './seen.js';

interface Stats {
  readonly cameras: Readonly<Record<string, {readonly camera_fps: number; readonly skipped_fps: number}>>;
  readonly detectors: Readonly<Record<string, {readonly inference_speed: number}>>;
}

const HOUR = 3600;
const DAY = 86_400;
const GRACE = 600;
const WIPED_EVERY = 600;
const FAILING = 0.5;

export class OldChecker implements Policy {
  readonly name: string;
  readonly every = 300;
  readonly #revision: 'J' | 'H';
  readonly #random = randomOf(11);
  #failures = 0;
  #restarts: number[] = [];
  #alertSent = false;
  #lastAlert = 0;

  constructor(revision: 'J' | 'H') {
    this.#revision = revision;
    this.name = `old checker, ${revision === 'J' ? 'January' : 'April'}`;
  }

  look(installation: Installation, notes: Notes): void {
    const {now} = installation;
    if (installation.has('state-wiped') && now % WIPED_EVERY === 0) this.#forget();
    // B-11: a failing read of the ConfigMap looks like an empty one, and is written over.
    if (this.#fails(installation)) this.#forget();
    const sick = this.#isSick(installation);
    if (!sick) {
      this.#failures = 0;
      this.#alertSent = false;
      if (this.#revision === 'H') this.#lastAlert = 0;
      return;
    }
    notes.alarmed();
    if (this.#inGrace(installation)) return;
    this.#failures += 1;
    if (this.#failures < 2) return;
    if (this.#revision === 'H') this.#alertOnce(installation, notes);
    this.#restarts = this.#restarts.filter((at) => now - at < HOUR);
    if (!installation.nodeReady || this.#fails(installation) || this.#restarts.length >= 2) return;
    this.#restarts.push(now);
    this.#failures = 0;
    notes.restarted(installation.restart('pod'));
    if (this.#revision === 'J' && !this.#alertSent) {
      this.#alertSent = true;
      // B-40: the flag is set before sending; what the mail server refuses is lost.
      if (!installation.has('smtp-down')) notes.told();
    }
  }

  #alertOnce(installation: Installation, notes: Notes): void {
    if (installation.now - this.#lastAlert < DAY) return;
    this.#lastAlert = installation.now;
    if (!installation.has('smtp-down')) notes.told();
  }

  #forget(): void {
    this.#failures = 0;
    this.#restarts = [];
    this.#alertSent = false;
  }

  #fails(installation: Installation): boolean {
    return installation.has('api-errors') && this.#random() < FAILING;
  }

  /** H only; a terminated pod has no running container, so its age is taken from its creation (B-09). */
  #inGrace(installation: Installation): boolean {
    return (
      this.#revision === 'H' &&
      !installation.has('ghost') &&
      installation.running &&
      installation.now - installation.run.startedAt / 1000 < GRACE
    );
  }

  #isSick(installation: Installation): boolean {
    // B-06, B-01, B-04: no list, a terminated pod first in it, a pod that does not run yet: all are "API unresponsive".
    if (installation.has('pods-forbidden') || this.#fails(installation) || installation.has('ghost')) return true;
    if (installation.calm) return false;
    if (installation.door('/api/stats') !== 'open') return true;
    const reply = answer(installation.run, '/api/stats', installation.now);
    if (reply.kind !== 'reply' || reply.status !== 200) return true;
    const stats = JSON.parse(reply.body) as Stats;
    return this.#revision === 'J' ? this.#sickByJanuary(installation, stats) : sickByApril(installation, stats);
  }

  /** Inference of a detector called `coral`, stuck and backlog lines of ten minutes. */
  #sickByJanuary(installation: Installation, stats: Stats): boolean {
    const inference = (stats.detectors['coral']?.inference_speed ?? 0) * (installation.has('busy') ? 14 : 1);
    if (inference > 100) return true;
    const log = logText(installation);
    return occurrences(log, 'Detection appears to be stuck') > 2 || occurrences(log, 'recording segments in cache') > 5;
  }
}

/** Most cameras without frames, or most of them skipping. */
const sickByApril = (installation: Installation, {cameras}: Stats): boolean => {
  const all = Object.values(cameras);
  const dead = all.filter(({camera_fps}) => camera_fps === 0).length;
  const busy = installation.has('busy');
  const skipping = all.filter(
    ({camera_fps, skipped_fps}) => camera_fps > 0 && (busy ? camera_fps - 1.5 : skipped_fps) / camera_fps > 0.8,
  ).length;
  return dead > all.length - dead || skipping > all.length - skipping;
};

const occurrences = (text: string, part: string): number => text.split(part).length - 1;

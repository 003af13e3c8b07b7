/** Faults of the API server itself, switched on by tests request by request. */

export interface ReceivedRequest {
  readonly method: string;
  /** Path with query. */
  readonly path: string;
  readonly user: string;
}

/**
 * `silence`: accepted, never answered · `reset`: the connection breaks before anything is done · `cut-body`: half of the answer, then
 * the connection breaks · `html`: a page of some proxy with status 200 · `garbage`: 10 MB that are no JSON · `apply-then-reset`: done, but
 * not answered · `status`: refused with this code · `latency`: the right answer, milliseconds later (true time) ·
 * `no-close`: for exec: everything arrives, but the socket stays open · `partial`: an answer, a log or an exec's output begins and never ends.
 */
export type Disturbance =
  | 'silence'
  | 'reset'
  | 'cut-body'
  | 'html'
  | 'garbage'
  | 'apply-then-reset'
  | 'no-close'
  | 'partial'
  | {readonly status: number}
  | {readonly latency: number};

export interface Disruption {
  readonly match: (request: ReceivedRequest) => boolean;
  readonly answer: Disturbance;
  /** How often; without it until it is taken back. */
  readonly times?: number;
}

export class Disruptions {
  readonly #standing: Array<{readonly disruption: Disruption; left: number}> = [];

  /** Returns the way to take it back. */
  add(disruption: Disruption): () => void {
    const entry = {disruption, left: disruption.times ?? Infinity};
    this.#standing.push(entry);
    return () => {
      entry.left = 0;
    };
  }

  clear(): void {
    this.#standing.length = 0;
  }

  /** The disturbance for this request; the first that matches is used up by one. */
  take(request: ReceivedRequest): Disturbance | null {
    const entry = this.#standing.find(({disruption, left}) => left > 0 && disruption.match(request));
    if (entry === undefined) return null;
    entry.left -= 1;
    return entry.disruption.answer;
  }
}

const GARBAGE_BYTES = 10 * 1024 * 1024;

export const garbage = (): Buffer => Buffer.alloc(GARBAGE_BYTES, 'ab\u0001{["');

export const proxyPage =
  '<html><head><title>Sign in</title></head><body><h1>Please sign in to continue</h1></body></html>\n';

/** Checks of the user's own (docs/custom-checks.md): what is asked, and what was answered. Plain data. */
import type {CustomId, ReportedId} from '../check-table.js';
import type {Evidence, Status} from '../finding.js';
import type {Duration} from '../time.js';

export type Scalar = string | number | boolean | null;

export const OPERATORS = ['<=', '>=', '==', '!=', '<', '>'] as const;

/** What a value must be. */
export interface Comparison {
  readonly operator: (typeof OPERATORS)[number];
  readonly value: Scalar;
}

export interface Endpoint {
  readonly host: string;
  readonly port: number;
}

/** With the user and password of its URL; empty: none. */
export interface Login {
  readonly user: string;
  readonly password: string;
}

/** What is asked over the network. */
export type AskedProbe =
  | {
      readonly kind: 'http';
      readonly url: string;
      /** Codes that are good; empty: any from 200 to 299. */
      readonly status: readonly number[];
      /** JSON pointer (RFC 6901) into the answer; `null`: the body is not read. */
      readonly pointer: string | null;
      readonly expect: Comparison | null;
    }
  | ({readonly kind: 'tcp'} & Endpoint)
  | {
      readonly kind: 'dns';
      readonly name: string;
      /** Addresses of which one must be among the answers; empty: any answer is good. */
      readonly expect: readonly string[];
    }
  | ({readonly kind: 'redis'; readonly tls: boolean} & Endpoint & Login)
  | ({readonly kind: 'mqtt'; readonly tls: boolean} & Endpoint & Login)
  | ({readonly kind: 'rtsp'; readonly path: string; readonly tls: boolean} & Endpoint)
  | {readonly kind: 'prometheus'; readonly url: string; readonly query: string; readonly expect: Comparison};

/** What is taken from the observation of a Frigate: no request is made for it. */
export type ReadProbe =
  | {
      readonly kind: 'stats';
      /** JSON pointer (RFC 6901) into `/api/stats`. */
      readonly pointer: string;
      readonly expect: Comparison;
    }
  | {
      readonly kind: 'log';
      /** As compilePattern takes it. */
      readonly pattern: string;
      /** Lines that match are counted so far back. */
      readonly window: Duration;
      /** What their number must be. */
      readonly expect: Comparison;
    };

export type CustomProbe = AskedProbe | ReadProbe;

export const isRead = (probe: CustomProbe): probe is ReadProbe => probe.kind === 'stats' || probe.kind === 'log';

export type CustomKind = CustomProbe['kind'];
export type CustomSeverity = 'info' | 'warning' | 'critical';

export interface CustomCheck {
  readonly id: CustomId;
  readonly title: string;
  /** From one question to the next, in `watch` and `serve`; a pass asks once. */
  readonly every: Duration;
  readonly timeout: Duration;
  readonly severity: CustomSeverity;
  /** `namespace/name` of the workload of the one Frigate that it is about; `null`: of none, or, where it reads the observation, of each. */
  readonly frigate: string | null;
  /** While one of these fails, this check is skipped because of it. */
  readonly dependsOn: readonly ReportedId[];
  /** What to do, in the user's own words; `null`: nothing was said. */
  readonly fix: string | null;
  readonly probe: CustomProbe;
}

/** One that is asked: once for all Frigates together. */
export type AskedCheck = CustomCheck & {readonly probe: AskedProbe};

export const isAsked = (check: CustomCheck): check is AskedCheck => !isRead(check.probe);

/** Whether its result belongs to one Frigate, so that each has its own. */
export const isOfOneFrigate = ({probe, frigate}: CustomCheck): boolean => frigate !== null || isRead(probe);

/** Why a question got no answer. `not-observed`: Frigate's statistics or log, which it is read from, are not known. */
export type Failed = 'refused' | 'timeout' | 'unresolved' | 'closed' | 'protocol' | 'failed' | 'not-observed';

export type CustomAnswer =
  | {
      readonly reached: true;
      /** The status code of HTTP and RTSP, the return code of MQTT; `null`: the kind has none. */
      readonly status: number | null;
      /** What the pointer, the query, the resolver or the server gave; absent: there is nothing at that place. */
      readonly value?: Scalar | readonly string[];
      /** Of `log`: only a part of the window was read, so that the number may be larger. */
      readonly partial?: true;
      /** Of `log`: the newest line that matches; as it was read, not masked. */
      readonly sample?: string;
      readonly took: Duration;
    }
  | {readonly reached: false; readonly how: Failed; readonly detail: string; readonly took: Duration};

/** Why a custom check has no result of its own. */
export type CustomBecause =
  | {readonly kind: 'check'; readonly id: ReportedId}
  | {readonly kind: 'not-asked'}
  | {readonly kind: 'no-value'}
  | {readonly kind: 'not-observed'}
  | {readonly kind: 'partial'};

/** What a check of the user's own found. It never reaches the decision: no restart comes of it, and none is held by it. */
export interface CustomFinding {
  readonly id: CustomId;
  readonly title: string;
  readonly status: Status;
  readonly summary: string;
  readonly evidence: readonly Evidence[];
  readonly because: CustomBecause | null;
  readonly fix: string | null;
  /** Milliseconds; 0 where nothing was asked. */
  readonly took: Duration;
}

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

export type CustomProbe =
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

export type CustomKind = CustomProbe['kind'];
export type CustomSeverity = 'info' | 'warning' | 'critical';

export interface CustomCheck {
  readonly id: CustomId;
  readonly title: string;
  /** From one question to the next, in `watch` and `serve`; a pass asks once. */
  readonly every: Duration;
  readonly timeout: Duration;
  readonly severity: CustomSeverity;
  /** While one of these fails, this check is skipped because of it. */
  readonly dependsOn: readonly ReportedId[];
  /** What to do, in the user's own words; `null`: nothing was said. */
  readonly fix: string | null;
  readonly probe: CustomProbe;
}

/** Why a question got no answer. */
export type Failed = 'refused' | 'timeout' | 'unresolved' | 'closed' | 'protocol' | 'failed';

export type CustomAnswer =
  | {
      readonly reached: true;
      /** The status code of HTTP and RTSP, the return code of MQTT; `null`: the kind has none. */
      readonly status: number | null;
      /** What the pointer, the query, the resolver or the server gave; absent: there is nothing at that place. */
      readonly value?: Scalar | readonly string[];
      readonly took: Duration;
    }
  | {readonly reached: false; readonly how: Failed; readonly detail: string; readonly took: Duration};

/** Why a custom check has no result of its own. */
export type CustomBecause =
  {readonly kind: 'check'; readonly id: ReportedId} | {readonly kind: 'not-asked'} | {readonly kind: 'no-value'};

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

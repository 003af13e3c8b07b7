/** Who a bearer token belongs to and what that user may do: the questions of TokenReview and SubjectAccessReview, as data. */
import type {Known} from '../known.js';
import type {Permission} from './observation.js';

/** A user as the API server knows it; all of it is handed back with each question about that user. */
export interface ReviewedUser {
  readonly name: string;
  readonly uid: string | null;
  readonly groups: readonly string[];
  readonly extra: Readonly<Record<string, readonly string[]>>;
}

/** `path`: a URL path of this program's own API (RBAC's nonResourceURLs), with the HTTP method in lower case as the verb. */
export type AccessQuestion =
  | {readonly kind: 'resource'; readonly permission: Permission}
  | {readonly kind: 'path'; readonly verb: string; readonly path: string};

export interface AccessReviews {
  /** `null`: the API server does not know the token, or it has expired. */
  userOf(token: string, signal: AbortSignal): Promise<Known<ReviewedUser | null>>;
  allows(user: ReviewedUser, question: AccessQuestion, signal: AbortSignal): Promise<Known<boolean>>;
}

/** The token of a request: `Authorization: Bearer TOKEN`, or `Basic` with the token as the password (browsers). */

export interface Credentials {
  readonly token: string;
  /** `basic`: a browser adds it by itself, to requests that another site made too. */
  readonly scheme: 'bearer' | 'basic';
}

/** Longer than any token of Kubernetes or of a token file. */
const LONGEST = 8192;

/** `null`: there is none, or it cannot be read. */
export const credentialsOf = (authorization: string | undefined): Credentials | null => {
  if (authorization === undefined || authorization.length > LONGEST) return null;
  const found = /^(bearer|basic) +([\x21-\x7e]+) *$/i.exec(authorization);
  const [, scheme = '', value = ''] = found ?? [];
  if (scheme.toLowerCase() === 'bearer') return {token: value, scheme: 'bearer'};
  if (scheme === '') return null;
  const pair = Buffer.from(value, 'base64').toString('utf8');
  const colon = pair.indexOf(':');
  const token = colon < 0 ? '' : pair.slice(colon + 1);
  return /^[\x21-\x7e]+$/.test(token) ? {token, scheme: 'basic'} : null;
};

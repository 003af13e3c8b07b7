/** What is accepted as the URL of a Frigate outside Kubernetes. */

const LONGEST = 2048;

/**
 * The base URL of a Frigate from what was written, without a slash at its end; `null`: it is none. Refused are other schemes than
 * http and https, a user or password (it would be shown wherever the URL is), a query and a fragment.
 */
export const frigateUrl = (written: string): string | null => {
  if (written.length > LONGEST || !URL.canParse(written)) return null;
  const {protocol, host, pathname, search, hash, username, password} = new URL(written);
  const isPlain = (protocol === 'http:' || protocol === 'https:') && host !== '' && username === '' && password === '';
  return isPlain && search === '' && hash === '' ? `${protocol}//${host}${pathname.replace(/\/+$/, '')}` : null;
};

/** What the formats share: a request to make, the time of a notice, and lists of what must not be shown. */
import type {Notice} from '../../core/incident/notice.js';
import {instant, rfc3339, type Instant} from '../../core/time.js';
import type {ChannelSettings} from '../../settings/channels.js';

/** One POST. */
export interface HttpMessage {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A notice in the format of one kind of channel. Pure. */
export type Format = (notice: Notice, settings: ChannelSettings) => HttpMessage;

export const json = (url: string, document: object, headers: Readonly<Record<string, string>> = {}): HttpMessage => ({
  url,
  headers: {'content-type': 'application/json', ...headers},
  body: JSON.stringify(document),
});

/** `Authorization` of a URL's user and password; a password alone is a bearer token. */
export const authorization = ({user, password}: ChannelSettings): Readonly<Record<string, string>> => {
  if (user === '' && password === '') return {};
  return {
    authorization:
      user === '' ? `Bearer ${password}` : `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`,
  };
};

/** The last step of the path, and the URL without it. */
export const splitPath = (address: string): {readonly base: string; readonly last: string} => {
  const end = address.lastIndexOf('/');
  return {base: address.slice(0, end), last: decodeURIComponent(address.slice(end + 1))};
};

export const characters = (text: string, most: number): string =>
  text.length <= most ? text : `${text.slice(0, most - 1).toWellFormed()}…`;

export const timeOf = (at: Instant): string => rfc3339(instant(at));

/** By severity: red, orange, green. */
export const colourOf = ({severity}: Notice): number =>
  ({critical: 0xd32f2f, warning: 0xf57c00, resolved: 0x388e3c})[severity];

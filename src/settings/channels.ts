/**
 * The notification channels as they are written: one URL each, `KIND://…` for https and `KIND+http://…` for http, with options of
 * ours behind `#`, which is never sent: `ntfy://ntfy.sh/TOPIC#least=critical&name=phone`. A URL may hold a password or a token, so no
 * message here repeats one.
 */
import {TABLE} from './table.js';
import type {ReadFile} from './read-file.js';

export type ChannelKind =
  'smtp' | 'webhook' | 'ntfy' | 'alertmanager' | 'slack' | 'discord' | 'telegram' | 'gotify' | 'apprise' | 'mqtt';

export interface ChannelSettings {
  readonly kind: ChannelKind;
  /** Unique; the kind where none was given. */
  readonly name: string;
  readonly least: 'warning' | 'critical';
  /** With the transport's own scheme (https, http, mqtt, mqtts), without user, password and options; empty for smtp. */
  readonly url: string;
  readonly user: string;
  readonly password: string;
  /** The options of this kind alone. */
  readonly options: ReadonlyMap<string, string>;
}

interface KindRules {
  readonly example: string;
  /** Options beside `least` and `name`. */
  readonly options?: readonly string[];
  /** What the URL lacks; `null`: nothing. */
  readonly lacks: (url: URL) => string | null;
}

const lastStep = ({pathname}: URL): string => pathname.split('/').filter(Boolean).at(-1) ?? '';
const nothing = (): null => null;
const needsPath =
  (what: string) =>
  (url: URL): string | null =>
    lastStep(url) === '' ? what : null;

const kinds: Readonly<Record<Exclude<ChannelKind, 'smtp'>, KindRules>> = {
  webhook: {example: 'webhook://HOST/PATH', options: ['hmac-key'], lacks: nothing},
  ntfy: {example: 'ntfy://ntfy.sh/TOPIC', lacks: needsPath('a topic')},
  alertmanager: {example: 'alertmanager+http://HOST:9093', lacks: nothing},
  slack: {example: 'slack://hooks.slack.com/services/…', lacks: needsPath('the path of the incoming webhook')},
  discord: {example: 'discord://discord.com/api/webhooks/ID/TOKEN', lacks: needsPath('the path of the webhook')},
  telegram: {
    example: 'telegram://BOT_TOKEN@api.telegram.org/CHAT_ID',
    lacks: (url) => (url.username === '' ? 'the token of the bot' : lastStep(url) === '' ? 'the chat id' : null),
  },
  gotify: {
    example: 'gotify://TOKEN@HOST',
    lacks: (url) => (url.username === '' ? 'the token of the application' : null),
  },
  apprise: {example: 'apprise+http://HOST:8000/KEY', options: ['tag'], lacks: needsPath('the configuration key')},
  mqtt: {example: 'mqtt://HOST', options: ['discovery'], lacks: nothing},
};

const COMMON = ['least', 'name'];
const NAME = /^[\w.-]{1,40}$/;
/** More would be a mistake, and each takes space in the state. */
const MOST_CHANNELS = 10;

type Parsed =
  {readonly channel: Omit<ChannelSettings, 'name'> & {readonly name: string | null}} | {readonly wrong: string};

const optionsOf = (text: string): ReadonlyMap<string, string> => new Map(new URLSearchParams(text));

const wrongOption = (options: ReadonlyMap<string, string>, own: readonly string[]): string | null => {
  const unknown = [...options.keys()].find((key) => ![...COMMON, ...own].includes(key));
  if (unknown !== undefined)
    return `has an option that it does not know; the options are ${[...COMMON, ...own].join(', ')}`;
  const least = options.get('least');
  if (least !== undefined && least !== 'warning' && least !== 'critical')
    return 'has a least other than warning, critical';
  const name = options.get('name');
  return name !== undefined && !NAME.test(name)
    ? 'has a name of other characters than letters, digits, ".", "_", "-"'
    : null;
};

const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
};

interface Written {
  readonly kind: string;
  readonly scheme: string;
  readonly plain: boolean;
  /** Behind `://`. */
  readonly rest: string;
  readonly options: ReadonlyMap<string, string>;
}

/** What stands before the address. A kind alone, `smtp:`, has none. */
const readChannel = (text: string): Written => {
  const [address = '', ...fragments] = text.split('#');
  const [, word = '', suffix, rest = ''] =
    /^([a-z]+)(\+https?)?:\/\/(.*)$/i.exec(address.replace(/^smtp:\/*$/i, 'smtp://')) ?? [];
  const scheme = word.toLowerCase();
  return {
    kind: scheme === 'mqtts' ? 'mqtt' : scheme,
    scheme,
    plain: suffix?.toLowerCase() === '+http',
    rest,
    options: optionsOf(fragments.join('#')),
  };
};

const commonOf = (
  options: ReadonlyMap<string, string>,
): Pick<ChannelSettings, 'least'> & {readonly name: string | null} => ({
  name: options.get('name') ?? null,
  least: options.get('least') === 'critical' ? 'critical' : 'warning',
});

const parseMail = ({rest, options}: Written): Parsed => {
  const wrong =
    rest === '' ? wrongOption(options, []) : 'is written smtp: alone; the server stands in FRIGATE_HC_SMTP_…';
  return wrong === null
    ? {channel: {kind: 'smtp', ...commonOf(options), url: '', user: '', password: '', options: new Map()}}
    : {wrong: `(smtp) ${wrong}`};
};

const isKind = (kind: string): kind is keyof typeof kinds => Object.hasOwn(kinds, kind);

const parseChannel = (text: string): Parsed => {
  const written = readChannel(text);
  const {kind, scheme, plain, rest, options} = written;
  if (kind === 'smtp') return parseMail(written);
  if (!isKind(kind))
    return {wrong: `is none of ${['smtp:', ...Object.values(kinds).map(({example}) => example)].join(', ')}`};
  const {example, options: own = [], lacks} = kinds[kind];
  const transport = kind === 'mqtt' ? scheme : plain ? 'http' : 'https';
  // What the scheme means must not change how the rest is read.
  const readable = `${plain ? 'http' : 'https'}://${rest}`;
  if (!URL.canParse(readable)) return {wrong: `(${kind}) is no URL such as ${example}`};
  const url = new URL(readable);
  const lacking = lacks(url);
  const wrong = wrongOption(options, own) ?? (lacking === null ? null : `lacks ${lacking}, as in ${example}`);
  if (wrong !== null) return {wrong: `(${kind}) ${wrong}`};
  return {
    channel: {
      kind,
      ...commonOf(options),
      url: `${transport}://${url.host}${url.pathname.replace(/\/+$/, '')}${url.search}`,
      user: decoded(url.username),
      password: decoded(url.password),
      options: new Map([...options].filter(([key]) => own.includes(key))),
    },
  };
};

/** One URL a word or a line; lines that begin with `#` are comments. */
const wordsOf = (text: string): readonly string[] =>
  text
    .split(/\r?\n/)
    .filter((line) => !line.trim().startsWith('#'))
    .flatMap((line) => line.split(/\s+|,(?=[a-z]+(?:\+https?)?:)/))
    .filter((word) => word !== '');

/** Why these channels cannot be beside this mail; `null`: they can. */
export const withoutMail = (channels: readonly ChannelSettings[], mail: object | null): string | null =>
  mail === null && channels.some(({kind}) => kind === 'smtp')
    ? 'without smtp: while no mail server is set (FRIGATE_HC_SMTP_USER, FRIGATE_HC_ALERT_EMAIL)'
    : null;

export type ChannelsOutcome =
  {readonly ok: true; readonly channels: readonly ChannelSettings[]} | {readonly ok: false; readonly allowed: string};

const ALLOWED = 'channels as URLs separated by blanks or line ends, or the path of a file with them';

const isPath = (text: string): boolean => /^(\/|\.{1,2}\/)/.test(text.trim());

/** The path of the file that is named; `null`: the channels stand in the text itself. */
export const notifyFileOf = (text: string | null): string | null =>
  text !== null && isPath(text) ? text.trim() : null;

/** The channels of a text or of the file that it names. */
export const channelsFrom = (text: string | null, readFile: ReadFile): ChannelsOutcome => {
  if (text === null) return {ok: true, channels: []};
  const content = isPath(text) ? readFile(text.trim()) : text;
  if (content === null) return {ok: false, allowed: `${ALLOWED}; this file cannot be read`};
  const parsed = wordsOf(content).map(parseChannel);
  const wrong = parsed.flatMap((result, index) => ('wrong' in result ? [`channel ${index + 1} ${result.wrong}`] : []));
  if (wrong.length > 0) return {ok: false, allowed: `${ALLOWED}; ${wrong.join('; ')}`};
  if (parsed.length > MOST_CHANNELS) return {ok: false, allowed: `at most ${MOST_CHANNELS} channels`};
  // Mail has this name where nothing else is said of it.
  const taken = new Set(parsed.some((result) => 'channel' in result && result.channel.kind === 'smtp') ? [] : ['mail']);
  const channels: ChannelSettings[] = [];
  for (const result of parsed) {
    if ('wrong' in result) continue;
    const {channel} = result;
    if (channel.name !== null && taken.has(channel.name))
      return {ok: false, allowed: `${ALLOWED}, no two with the same name`};
    const base = channel.kind === 'smtp' ? 'mail' : channel.kind;
    let name = channel.name ?? base;
    for (let count = 2; taken.has(name); count += 1) name = `${base}-${count}`;
    taken.add(name);
    channels.push({...channel, name});
  }
  if (channels.filter(({kind}) => kind === 'smtp').length > 1) return {ok: false, allowed: 'smtp: at most once'};
  return {ok: true, channels};
};

export type HeartbeatOutcome =
  {readonly ok: true; readonly url: string | null} | {readonly ok: false; readonly allowed: string};

/** The URL, or the first line of the file that is named. */
export const heartbeatFrom = (text: string | null, readFile: ReadFile): HeartbeatOutcome => {
  if (text === null) return {ok: true, url: null};
  const url = (isPath(text) ? (readFile(text.trim()) ?? '') : text).split(/\r?\n/, 1)[0]?.trim() ?? '';
  return /^https?:\/\//i.test(url) && URL.canParse(url)
    ? {ok: true, url}
    : {
        ok: false,
        allowed: `a URL that begins with https:// or http://, or the path of a file with one (${TABLE.heartbeatUrl.variable})`,
      };
};

/** What a setting may be: its kind, the type of its value, and the words for what is allowed. Plain data; parsing is in parse.ts. */
import type {CameraWindow} from '../core/planned-silence.js';
import type {Duration} from '../core/time.js';

export type Kind =
  | {readonly type: 'integer'; readonly min: number; readonly max: number; readonly unit: string}
  | {readonly type: 'number'; readonly min: number; readonly max: number; readonly unit: string}
  /** Bounds in seconds; the notation is that of duration.ts. */
  | {readonly type: 'duration'; readonly min: number; readonly max: number}
  | {readonly type: 'choice'; readonly options: readonly string[]}
  /** A Kubernetes object name (RFC 1123 subdomain). */
  | {readonly type: 'object-name'}
  /** A Kubernetes label selector. */
  | {readonly type: 'selector'}
  /** Names, as a JSON list or separated by commas. */
  | {readonly type: 'names'}
  /** A number for each name: `coral=50,ov=120` or a JSON object. */
  | {readonly type: 'limits'; readonly min: number; readonly max: number; readonly unit: string}
  | {readonly type: 'host'}
  | {readonly type: 'address'}
  | {readonly type: 'addresses'}
  | {readonly type: 'file'}
  /** Text of several lines. */
  | {readonly type: 'lines'}
  /** Windows of single cameras: `NAME=DAYS FROM-TO [TIME ZONE]`, separated by semicolons. */
  | {readonly type: 'schedule'}
  /** One line of free text, such as a user name or a password. */
  | {readonly type: 'text'};

export type ValueOf<K extends Kind> = K extends {type: 'integer' | 'number'}
  ? number
  : K extends {type: 'duration'}
    ? Duration
    : K extends {type: 'choice'; options: readonly (infer Option)[]}
      ? Option
      : K extends {type: 'names' | 'addresses'}
        ? readonly string[]
        : K extends {type: 'limits'}
          ? ReadonlyMap<string, number>
          : K extends {type: 'schedule'}
            ? readonly CameraWindow[]
            : string;

const range = (kind: {readonly min: number; readonly max: number; readonly unit: string}): string =>
  `${kind.min} to ${kind.max}${kind.unit === '' ? '' : ` ${kind.unit}`}`;

/** The allowed values in words, for help, README and error messages. */
export const allowed = (kind: Kind): string => {
  switch (kind.type) {
    case 'integer':
      return `a whole number from ${range(kind)}`;
    case 'number':
      return `a number from ${range(kind)}`;
    case 'duration':
      return `seconds from ${kind.min} to ${kind.max}, or a duration such as ${kind.min}s or 1m`;
    case 'choice':
      return `one of ${kind.options.join(', ')}`;
    case 'object-name':
      return 'a Kubernetes object name: lower-case letters, digits, "-" and "."';
    case 'selector':
      return 'a label selector, such as app.kubernetes.io/name=frigate';
    case 'names':
      return 'names separated by commas, or a JSON list of strings';
    case 'limits':
      return `name=number pairs separated by commas (or a JSON object), each number from ${range(kind)}`;
    case 'host':
      return 'a host name or an address, without scheme and port';
    case 'address':
      return 'one mail address';
    case 'addresses':
      return 'mail addresses separated by commas, or a JSON list of strings';
    case 'file':
      return 'the path of a readable file';
    case 'lines':
      return 'text';
    case 'schedule':
      return 'CAMERA=DAYS FROM-TO [TIME ZONE] separated by semicolons, with days such as daily, Mon-Fri or Sat,Sun, times such as 22:00, and a time zone such as Europe/Berlin (UTC when left out)';
    case 'text':
      return 'one line of text';
  }
};

/**
 * Planned silence of single cameras: times of the week at which a camera may deliver nothing, by the wall clock of a time zone.
 * The wall clock comes from Intl: at a change to summer time an hour that does not exist is in no window, and one that comes twice
 * is in its window both times.
 */
import {earlier, minutes, type Instant} from './time.js';

/** Minutes of a day, 0 to 1440. */
export type MinuteOfDay = number;

export interface CameraWindow {
  readonly camera: string;
  /** 0 is Sunday. The days on which the window begins. */
  readonly days: ReadonlySet<number>;
  readonly from: MinuteOfDay;
  /** Not after `from`: on the next day. */
  readonly to: MinuteOfDay;
  /** IANA name. */
  readonly zone: string;
}

const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const;
const MOST_WINDOWS = 200;

const dayOf = (word: string): number => DAYS.findIndex((day) => day === word.toLowerCase());

/** `daily`, `Mon-Fri`, `Sat,Sun`, `Fri-Mon`; `null`: none of these. */
const daysOf = (text: string): ReadonlySet<number> | null => {
  if (text.toLowerCase() === 'daily') return new Set([0, 1, 2, 3, 4, 5, 6]);
  const days = new Set<number>();
  for (const part of text.split(',')) {
    const [first = '', last = first, ...more] = part.split('-');
    const [from, to] = [dayOf(first), dayOf(last)];
    if (from < 0 || to < 0 || more.length > 0) return null;
    for (let day = from; ; day = (day + 1) % 7) {
      days.add(day);
      if (day === to) break;
    }
  }
  return days;
};

const minuteOf = (text: string): MinuteOfDay | null => {
  const match = /^(\d{1,2}):([0-5]\d)$/.exec(text);
  if (match === null) return null;
  const minute = Number(match[1]) * 60 + Number(match[2]);
  return minute <= 1440 ? minute : null;
};

const isZone = (zone: string): boolean => {
  try {
    return new Intl.DateTimeFormat('en-US', {timeZone: zone}).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
};

const parseWindow = (text: string): CameraWindow | null => {
  const equals = text.indexOf('=');
  const camera = text.slice(0, Math.max(0, equals)).trim();
  const [dayWord = '', timeWord = '', zone = 'UTC', ...more] = text
    .slice(equals + 1)
    .trim()
    .split(/\s+/);
  const [fromWord = '', toWord = '', ...times] = timeWord.split('-');
  const days = daysOf(dayWord);
  const [from, to] = [minuteOf(fromWord), minuteOf(toWord)];
  if (camera === '' || /\p{Cc}/u.test(camera) || days === null || from === null || to === null) return null;
  return times.length > 0 || more.length > 0 || !isZone(zone) ? null : {camera, days, from, to, zone};
};

/** The windows of a setting; `null` where one of them is none. */
export const parseSchedule = (text: string): readonly CameraWindow[] | null => {
  const windows = text
    .split(/[;\n]/)
    .filter((part) => part.trim() !== '')
    .map(parseWindow);
  return windows.every((window) => window !== null) && windows.length <= MOST_WINDOWS ? windows : null;
};

const formats = new Map<string, Intl.DateTimeFormat>();

/** Making a format takes longer than using it. */
const formatOf = (zone: string): Intl.DateTimeFormat => {
  const made =
    formats.get(zone) ??
    new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      weekday: 'short',
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23',
    });
  formats.set(zone, made);
  return made;
};

const wallClock = (zone: string, at: Instant): {readonly day: number; readonly minute: MinuteOfDay} => {
  const parts = new Map(
    formatOf(zone)
      .formatToParts(at)
      .map(({type, value}) => [type, value]),
  );
  return {
    day: dayOf(parts.get('weekday') ?? ''),
    minute: Number(parts.get('hour')) * 60 + Number(parts.get('minute')),
  };
};

const covers = ({days, from, to, zone}: CameraWindow, at: Instant): boolean => {
  const {day, minute} = wallClock(zone, at);
  if (from < to) return days.has(day) && minute >= from && minute < to;
  return (days.has(day) && minute >= from) || (days.has((day + 6) % 7) && minute < to);
};

/** The cameras that may be silent at this instant. */
export const silentByPlan = (schedule: readonly CameraWindow[], at: Instant): ReadonlySet<string> =>
  new Set(schedule.filter((window) => covers(window, at)).map(({camera}) => camera));

/** The part of a policy that it changes. */
interface ScheduledPolicy {
  readonly cameraSchedule: readonly CameraWindow[];
  readonly skipCameras: ReadonlySet<string>;
}

/** After its window a camera has so long to deliver and to record again; the log and the recordings of before prove nothing against it. */
const RETURN_TIME = minutes(15);

/** The policy of this instant: cameras in their window, and those that have just left it, are neither judged nor counted. */
export const withPlannedSilence = <P extends ScheduledPolicy>(policy: P, at: Instant): P => {
  if (policy.cameraSchedule.length === 0) return policy;
  const silent = [
    ...silentByPlan(policy.cameraSchedule, at),
    ...silentByPlan(policy.cameraSchedule, earlier(at, RETURN_TIME)),
  ];
  return silent.length === 0 ? policy : {...policy, skipCameras: new Set([...policy.skipCameras, ...silent])};
};

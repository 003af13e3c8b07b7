/** One real outage as it was told in public: what was to be seen over time, and what should be decided about it. */
import type {CauseClass, CheckId} from '../../../src/core/finding.js';
import type {HealthClass} from '../../../src/core/diagnosis/diagnosis.js';
import type {Duration} from '../../../src/core/time.js';
import type {ObservationChanges} from '../../support/observation.js';

/** What the collectors of the incidents hold for right, from the thread or the report itself. */
export type Ideal =
  /** One restart. */
  | 'restart'
  /** A restart would not help or would harm: somebody is told. */
  | 'tell'
  /** It passes, or it is none: nothing is done. */
  | 'wait'
  /** One restart was tried; after it a person. */
  | 'escalate';

/** A moment of the story. */
export interface Moment {
  /** Since the outage began; negative before it. */
  readonly since: Duration;
  /** Restarts that the tool made until now. */
  readonly restarts: number;
}

/** A line of Frigate's log, by seconds since the outage began. */
export interface LogLine {
  readonly at: number;
  /** Said again so often, in seconds; absent: once. */
  readonly every?: number;
  /** Not said after this second. */
  readonly until?: number;
  readonly line: string;
}

export interface Story {
  /** What differs from a healthy Frigate of today at this moment; the observation is built as if the moment were the tests' `now`. */
  readonly see?: (moment: Moment) => ObservationChanges;
  /** What this installation always is, also before the outage: another version, other mounts, more cameras. */
  readonly always?: ObservationChanges;
  readonly log?: readonly LogLine[];
  /** The log of the container before this one, where one ended. */
  readonly previousLog?: readonly string[];
  /** What a restart did in reality: ended it, or changed nothing. */
  readonly restartCures: boolean;
  /** Passes of five minutes from the beginning of the outage. */
  readonly passes?: number;
  /** How far all clocks are set forward or back by then. */
  readonly clocks?: (since: Duration) => Duration;
  /** Nobody ever saw this installation well. */
  readonly fromTheFirstLook?: boolean;
}

export interface Expected {
  readonly ideal: Ideal;
  readonly restarts: 0 | 1;
  /** The pass in which the restart is made at the latest; absent: any. */
  readonly restartBy?: number;
  /** The diagnosis of the last pass that saw the outage. */
  readonly health: HealthClass;
  /** Who has to act: one of these causes. Empty where nothing is wrong. */
  readonly causes: readonly CauseClass[];
  /** The finding that leads to it. */
  readonly finding: CheckId | null;
  /** Alerts in the whole run that tell of something bad; each at least and at most. */
  readonly mails: readonly [least: number, most: number];
  /** The pass by which the first mail is sent; absent: any. */
  readonly toldBy?: number;
  /** The cause stays: no mail may say that it is over. */
  readonly lasts?: true;
  /** Words of one of the mails. */
  readonly says?: RegExp;
  /** Words that no mail may say: what would do harm must not be advised. */
  readonly never?: RegExp;
  /** Findings that must not be told as well. */
  readonly notOk?: readonly CheckId[];
}

export interface Incident {
  /** Number in the collection, with a letter where one row tells two stories. */
  readonly row: string;
  /** Where it can be read: issues of blakeblackshear/frigate by number, others by repository. */
  readonly sources: string;
  readonly what: string;
  readonly story: Story;
  readonly expected: Expected;
  /** Where this tool does something else than the collectors hold for ideal, and why. */
  readonly differs?: string;
}

/** A row of the collection that cannot be played. */
export interface NotPlayed {
  readonly row: string;
  readonly sources: string;
  readonly what: string;
  readonly because: string;
}

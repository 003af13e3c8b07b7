/** The way out for notifications: one interface for every channel. One notification, one deadline; the outcome is a value. */
import type {HealthClass} from '../core/diagnosis/diagnosis.js';
import type {Notice} from '../core/incident/notice.js';
import type {Severity} from '../core/incident/outbox.js';
import type {Instant} from '../core/time.js';
import type {Delivery, Message} from './mailer.js';

export interface Notification {
  readonly notice: Notice;
  /** The long form, for mail. */
  readonly mail: Message;
}

/** What stands after a pass, for systems that keep a state of their own. */
export interface Standing {
  readonly frigate: Notice['frigate'];
  readonly health: HealthClass;
  readonly at: Instant;
  readonly version: string;
  /** The incident that is notified and not over; `null`: there is none, or Frigate is paused. */
  readonly notice: Notice | null;
}

export interface Channel {
  /** Unique among the channels. */
  readonly name: string;
  /** Incidents that never were as bad as this are not sent. */
  readonly least: Severity;
  send(notification: Notification, signal: AbortSignal): Promise<Delivery>;
  /** After each pass, where the receiver needs the current state again and again (Alertmanager, MQTT). `null`: there is nothing to send. */
  refresh?(standing: Standing, signal: AbortSignal): Promise<Delivery | null>;
  /** What `send` would send, without secrets. */
  preview(notification: Notification): string;
}

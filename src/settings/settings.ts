/** The settings in force, parsed and ranged; made by `load` from flags, environment and defaults. */
import type {PodVia} from '../core/observation/frigate.js';
import type {Policy} from '../core/policy.js';
import type {Duration} from '../core/time.js';
import type {ChannelSettings} from './channels.js';
import type {ReportedSetting} from '../outcome/check-report.js';

/** The namespace where neither a flag, a setting, the context nor the pod names one. */
export const DEFAULT_NAMESPACE = 'frigate';

export interface MailSettings {
  readonly host: string;
  /** 465 is implicit TLS; any other port uses STARTTLS, which is required unless `tls` says otherwise. */
  readonly port: number;
  readonly tls: 'implicit' | 'starttls' | 'none';
  readonly user: string | null;
  readonly password: string | null;
  readonly from: string;
  readonly to: readonly string[];
  /** PEM file of a private certificate authority. */
  readonly caFile: string | null;
}

export interface Settings {
  /** `null`: the context's or the pod's own, then `frigate`. */
  readonly namespace: string | null;
  readonly workload: string;
  /** Whether the workload name was given; the default name falls back to discovery. */
  readonly workloadGiven: boolean;
  readonly podSelector: string | null;
  readonly stateName: string;
  readonly via: 'auto' | PodVia;
  readonly apiPort: number;
  readonly apiTimeout: Duration;
  /** The deadline of one whole pass. */
  readonly deadline: Duration;
  readonly policy: Policy;
  /** How much evidence `serve` waits for; the passes of the CronJob have none. */
  readonly profile: 'steady' | 'fast';
  /** `null`: alerts are not mailed. */
  readonly mail: MailSettings | null;
  /** Beside mail; `smtp` among them only says how mail is meant. */
  readonly channels: readonly ChannelSettings[];
  /** The file that `channels` were read from; `null`: they stand in the setting itself, or there are none. */
  readonly notifyFile: string | null;
  /** The dead-man's switch of `run-cron`; a secret. */
  readonly heartbeatUrl: string | null;
  /** Checks of the user's own (checks-file.ts); `null`: there are none. */
  readonly checksFile: string | null;
  /** The CronJob that runs the passes (FRG-105). */
  readonly cronJobName: string;
  /** Every effective value with its origin, secrets masked. */
  readonly origins: readonly ReportedSetting[];
  /** Unknown names with the nearest known one, deprecated names in use. */
  readonly warnings: readonly string[];
}

/** What a bad value gets: one message with variable, value and allowed range; exit 64, nothing done. */
export interface SettingsError {
  readonly variable: string;
  readonly value: string;
  readonly allowed: string;
  readonly message: string;
}

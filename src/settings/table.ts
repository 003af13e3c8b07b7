/**
 * Every setting, once: its names, its kind and range, its default and one sentence about it.
 * Parsing, flags, help, the README's table and every error text come from here.
 *
 * The variables are those of the Python checker before this one, so that its manifests work as they are. A flag is its
 * variable in lower case without the unit at its end; only `--workload` differs, because it takes other kinds as well.
 */
import {LONGEST_INTERVAL} from '../core/policy.js';
import {minutes} from '../core/time.js';
import type {Kind, ValueOf} from './kinds.js';

export interface Setting {
  readonly variable: `FRIGATE_HC_${string}`;
  /** The unprefixed name of the old tool, read last and with a warning; `null`: it had none. */
  readonly old: string | null;
  /** Long flag; `null` where a flag would put a secret or a deployment detail on the command line. */
  readonly flag: string | null;
  readonly char?: 'n';
  readonly kind: Kind;
  /** In the notation of the variable; `null`: not set. */
  readonly default: string | null;
  /** What holds when it is not set, in words; only with `default: null`. */
  readonly unset?: string;
  /** One sentence. */
  readonly doc: string;
  readonly secret?: true;
}

/** The hourly limit may not be raised beyond this: more is a crash loop of our own making. */
const MOST_RESTARTS_PER_HOUR = 6;

export const TABLE = {
  namespace: {
    variable: 'FRIGATE_HC_NAMESPACE',
    old: 'NAMESPACE',
    flag: 'namespace',
    char: 'n',
    kind: {type: 'object-name'},
    default: null,
    unset: "the context's or the pod's own, then frigate",
    doc: 'Namespace that Frigate runs in.',
  },
  workload: {
    variable: 'FRIGATE_HC_DEPLOYMENT_NAME',
    old: 'DEPLOYMENT_NAME',
    flag: 'workload',
    kind: {type: 'object-name'},
    default: 'frigate',
    doc: 'Deployment, StatefulSet or DaemonSet that runs Frigate; found by labels and image if not given.',
  },
  podSelector: {
    variable: 'FRIGATE_HC_POD_LABEL_SELECTOR',
    old: 'POD_LABEL_SELECTOR',
    flag: 'pod-label-selector',
    kind: {type: 'selector'},
    default: null,
    unset: "the workload's own",
    doc: 'Label selector that narrows the search for the workload.',
  },
  stateName: {
    variable: 'FRIGATE_HC_CONFIGMAP_NAME',
    old: 'CONFIGMAP_NAME',
    flag: 'configmap-name',
    kind: {type: 'object-name'},
    default: 'frigate-health-state',
    doc: 'ConfigMap with the state: failures, restarts and alerts. This tool creates it; never keep it in Git.',
  },
  via: {
    variable: 'FRIGATE_HC_VIA',
    old: null,
    flag: 'via',
    kind: {type: 'choice', options: ['auto', 'direct', 'proxy', 'exec', 'port-forward']},
    default: 'auto',
    doc: "How Frigate's API is reached; auto tries one transport after the other.",
  },
  apiPort: {
    variable: 'FRIGATE_HC_FRIGATE_API_PORT',
    old: null,
    flag: 'frigate-api-port',
    kind: {type: 'integer', min: 1, max: 65_535, unit: ''},
    default: '5000',
    doc: "Port of Frigate's API inside the pod.",
  },
  apiTimeout: {
    variable: 'FRIGATE_HC_API_TIMEOUT_SECONDS',
    old: null,
    flag: 'api-timeout',
    kind: {type: 'duration', min: 1, max: 60},
    default: '10',
    doc: "Timeout of one request to Frigate's API.",
  },
  deadline: {
    variable: 'FRIGATE_HC_DEADLINE',
    old: null,
    flag: 'deadline',
    kind: {type: 'duration', min: 10, max: 600},
    default: '60',
    doc: 'Timeout of one whole pass.',
  },
  inferenceLimit: {
    variable: 'FRIGATE_HC_INFERENCE_THRESHOLD_MS',
    old: 'INFERENCE_THRESHOLD_MS',
    flag: 'inference-threshold',
    kind: {type: 'number', min: 1, max: 10_000, unit: 'ms'},
    default: '100',
    doc: 'Slowest acceptable inference of any detector.',
  },
  inferenceLimits: {
    variable: 'FRIGATE_HC_INFERENCE_THRESHOLDS',
    old: null,
    flag: 'inference-thresholds',
    kind: {type: 'limits', min: 1, max: 10_000, unit: 'ms'},
    default: '',
    doc: 'Slowest acceptable inference of single detectors by name, such as coral=50,ov=120.',
  },
  stuckEvents: {
    variable: 'FRIGATE_HC_STUCK_DETECTION_THRESHOLD',
    old: null,
    flag: 'stuck-detection-threshold',
    kind: {type: 'integer', min: 0, max: 1000, unit: ''},
    default: '2',
    doc: 'Acceptable number of "detection appears to be stuck" lines in the log window.',
  },
  backlogEvents: {
    variable: 'FRIGATE_HC_BACKLOG_THRESHOLD',
    old: null,
    flag: 'backlog-threshold',
    kind: {type: 'integer', min: 0, max: 1000, unit: ''},
    default: '5',
    doc: 'Acceptable number of recording backlog lines in the log window.',
  },
  logWindow: {
    variable: 'FRIGATE_HC_LOG_WINDOW_MINUTES',
    old: 'LOG_WINDOW_MINUTES',
    flag: 'log-window',
    kind: {type: 'integer', min: 1, max: 120, unit: 'minutes'},
    default: '10',
    doc: "How far back Frigate's log is read.",
  },
  consecutiveFailures: {
    variable: 'FRIGATE_HC_CONSECUTIVE_FAILURES_REQUIRED',
    old: null,
    flag: 'consecutive-failures-required',
    kind: {type: 'integer', min: 1, max: 20, unit: ''},
    default: '2',
    doc: 'Passes in a row that must find the same failure before a restart (R-05).',
  },
  restartsPerHour: {
    variable: 'FRIGATE_HC_MAX_RESTARTS_PER_HOUR',
    old: null,
    flag: 'max-restarts-per-hour',
    kind: {type: 'integer', min: 1, max: MOST_RESTARTS_PER_HOUR, unit: ''},
    default: '2',
    doc: 'Restarts in any hour after which the breaker opens (R-09). To disable restarts, set FRIGATE_HC_MODE=observe.',
  },
  restartsPerDay: {
    variable: 'FRIGATE_HC_MAX_RESTARTS_PER_DAY',
    old: null,
    flag: 'max-restarts-per-day',
    kind: {type: 'integer', min: 1, max: 24, unit: ''},
    default: '6',
    doc: 'Restarts in any 24 hours after which the breaker opens (R-09).',
  },
  startupGrace: {
    variable: 'FRIGATE_HC_STARTUP_GRACE_PERIOD_SECONDS',
    old: null,
    flag: 'startup-grace-period',
    kind: {type: 'integer', min: 60, max: 86_400, unit: 'seconds'},
    default: '600',
    doc: "Time after the start of Frigate's container during which it is not restarted (R-06).",
  },
  skipRatio: {
    variable: 'FRIGATE_HC_SKIP_RATIO_THRESHOLD',
    old: null,
    flag: 'skip-ratio-threshold',
    kind: {type: 'number', min: 0.1, max: 0.99, unit: ''},
    default: '0.8',
    doc: 'Largest acceptable share of frames that a camera skips.',
  },
  skipCameras: {
    variable: 'FRIGATE_HC_SKIP_CAMERAS',
    old: null,
    flag: 'skip-cameras',
    kind: {type: 'names'},
    default: '',
    doc: 'Cameras that no check evaluates.',
  },
  alertCooldown: {
    variable: 'FRIGATE_HC_ALERT_COOLDOWN_SECONDS',
    old: null,
    flag: 'alert-cooldown',
    kind: {type: 'integer', min: 300, max: 604_800, unit: 'seconds'},
    default: '86400',
    doc: 'Time between reminder mails while an incident lasts.',
  },
  warningAlert: {
    variable: 'FRIGATE_HC_WARNING_ALERT_MINUTES',
    old: null,
    flag: 'warning-alert',
    kind: {type: 'integer', min: 0, max: 1440, unit: 'minutes'},
    default: '30',
    doc: 'How long a warning lasts before it is mailed.',
  },
  interval: {
    variable: 'FRIGATE_HC_INTERVAL_MINUTES',
    old: null,
    flag: 'interval',
    kind: {type: 'integer', min: 1, max: LONGEST_INTERVAL / minutes(1), unit: 'minutes'},
    default: '5',
    doc: 'Time between two passes; must match the schedule of the CronJob.',
  },
  mode: {
    variable: 'FRIGATE_HC_MODE',
    old: null,
    flag: 'mode',
    kind: {type: 'choice', options: ['active', 'observe']},
    default: 'active',
    doc: 'observe: decide, notify and store the state, but never restart (R-11).',
  },
  profile: {
    variable: 'FRIGATE_HC_PROFILE',
    old: null,
    flag: 'profile',
    kind: {type: 'choice', options: ['steady', 'fast']},
    default: 'steady',
    doc: 'Only for serve: steady repairs when the CronJob would, fast as soon as the evidence of each check allows (R-05).',
  },
  cronJobName: {
    variable: 'FRIGATE_HC_CRONJOB',
    old: null,
    flag: 'cronjob',
    kind: {type: 'object-name'},
    default: 'frigate-health-checker',
    doc: 'CronJob that runs the passes; its ServiceAccount and Role have the same name.',
  },
  smtpHost: {
    variable: 'FRIGATE_HC_SMTP_HOST',
    old: null,
    flag: null,
    kind: {type: 'host'},
    default: null,
    unset: 'the server of the mail provider, by the domain of FRIGATE_HC_SMTP_USER',
    doc: 'Mail server for alerts; required unless the domain of the user belongs to a well-known mail provider.',
  },
  smtpPort: {
    variable: 'FRIGATE_HC_SMTP_PORT',
    old: null,
    flag: null,
    kind: {type: 'integer', min: 1, max: 65_535, unit: ''},
    default: null,
    unset: "the mail provider's own, otherwise 465",
    doc: 'Port of the mail server.',
  },
  smtpTls: {
    variable: 'FRIGATE_HC_SMTP_TLS',
    old: null,
    flag: null,
    kind: {type: 'choice', options: ['implicit', 'starttls', 'none']},
    default: null,
    unset: 'implicit on port 465, starttls on any other',
    doc: 'How the connection to the mail server is secured.',
  },
  smtpUser: {
    variable: 'FRIGATE_HC_SMTP_USER',
    old: null,
    flag: null,
    kind: {type: 'text'},
    default: null,
    unset: 'no login',
    doc: 'User name for the mail server.',
  },
  smtpPassword: {
    variable: 'FRIGATE_HC_SMTP_PASSWORD',
    old: null,
    flag: null,
    kind: {type: 'text'},
    secret: true,
    default: null,
    unset: 'no login',
    doc: 'Password for the mail server; FRIGATE_HC_SMTP_PASSWORD_FILE keeps it out of the environment.',
  },
  smtpPasswordFile: {
    variable: 'FRIGATE_HC_SMTP_PASSWORD_FILE',
    old: null,
    flag: null,
    kind: {type: 'file'},
    default: null,
    unset: 'no file',
    doc: 'File whose first line is the password, such as a mounted Secret.',
  },
  smtpFrom: {
    variable: 'FRIGATE_HC_SMTP_FROM',
    old: null,
    flag: null,
    kind: {type: 'address'},
    default: null,
    unset: 'the user name, where it is an address',
    doc: 'Sender of the alerts.',
  },
  alertEmail: {
    variable: 'FRIGATE_HC_ALERT_EMAIL',
    old: null,
    flag: null,
    kind: {type: 'addresses'},
    default: null,
    unset: 'no alert is mailed',
    doc: 'Recipients of the alerts.',
  },
  smtpCaFile: {
    variable: 'FRIGATE_HC_SMTP_CA_FILE',
    old: null,
    flag: null,
    kind: {type: 'file'},
    default: null,
    unset: "Node.js's own list",
    doc: 'PEM file with the certificate authority of the mail server.',
  },
  notify: {
    variable: 'FRIGATE_HC_NOTIFY',
    old: null,
    flag: null,
    kind: {type: 'lines'},
    secret: true,
    default: null,
    unset: 'mail alone, where it is set',
    doc: 'Notification channels beside mail: URLs, or the path of a file with them, as docs/notifications.md shows.',
  },
  heartbeatUrl: {
    variable: 'FRIGATE_HC_HEARTBEAT_URL',
    old: null,
    flag: null,
    kind: {type: 'text'},
    secret: true,
    default: null,
    unset: 'nothing is called',
    doc: "URL (or file with it) of a dead-man's switch, called after each pass of run-cron, with /fail appended after a failed one.",
  },
  checksFile: {
    variable: 'FRIGATE_HC_CHECKS_FILE',
    old: null,
    flag: 'checks-file',
    kind: {type: 'file'},
    default: null,
    unset: 'no further checks',
    doc: 'File (YAML or JSON) with checks of your own, as docs/custom-checks.md shows; they never cause a restart.',
  },
  cameraSchedule: {
    variable: 'FRIGATE_HC_CAMERA_SCHEDULE',
    old: null,
    flag: 'camera-schedule',
    kind: {type: 'schedule'},
    default: '',
    doc: 'Times at which single cameras may be silent, such as garage=Mon-Fri 22:00-06:00 Europe/Berlin.',
  },
} as const satisfies Record<string, Setting>;

export type SettingKey = keyof typeof TABLE;

/** A variable of the Python checker before this one that is accepted and changes nothing here. */
export interface Ineffective {
  readonly variable: `FRIGATE_HC_${string}`;
  /** Why, as the second half of the warning. */
  readonly because: string;
}

export const INEFFECTIVE: readonly Ineffective[] = [
  {
    variable: 'FRIGATE_HC_RESTART_HISTORY_HOURS',
    because: 'restarts are always kept for 7 days, because the limits for an hour and for a day are counted from them',
  },
];

/** The parsed value of each setting; `null` only where there is no default. */
export type Values = {
  readonly [Key in SettingKey]:
    ValueOf<(typeof TABLE)[Key]['kind']> | ((typeof TABLE)[Key]['default'] extends null ? null : never);
};

/** The table as rows, in order. */
export const settingRows: ReadonlyArray<readonly [SettingKey, Setting]> = (Object.keys(TABLE) as SettingKey[]).map(
  (key) => [key, TABLE[key]],
);

/** The flags that commands share. Names and letters are kubectl's; every flag says its environment variable in the help. */
import {string as argument} from '@oclif/core/args';
import {boolean, integer, option, string} from '@oclif/core/flags';
import type {OptionFlag} from '@oclif/core/interfaces';
import {FAIL_ON} from '../outcome/exit-code.js';
import {RAW_PATHS} from '../frigate/raw-paths.js';
import {DOCUMENT_FORMATS} from '../report/documents.js';
import {FORMATS} from '../report/render.js';
import {flagSummary} from '../settings/documentation.js';
import {settingRows} from '../settings/table.js';
import type {TABLE} from '../settings/table.js';
import {COLOUR_CHOICES} from './colour.js';
import {variable} from './flag-variable.js';
import {faceFlags, openFlags, serveFlags} from './serve-flags.js';

/** kubectl's. `-n/--namespace` is a setting and comes with those. */
export const kubeFlags = {
  kubeconfig: string({
    summary: 'Path of the kubeconfig file. [env: KUBECONFIG, a list of files]',
    helpGroup: 'kubectl',
  }),
  context: string({summary: 'Context of the kubeconfig.', ...variable('CONTEXT'), helpGroup: 'kubectl'}),
  cluster: string({summary: 'Cluster of the kubeconfig.', ...variable('CLUSTER'), helpGroup: 'kubectl'}),
  user: string({summary: 'User of the kubeconfig.', ...variable('USER'), helpGroup: 'kubectl'}),
  server: string({
    char: 's',
    summary: 'Address and port of the API server.',
    ...variable('SERVER'),
    helpGroup: 'kubectl',
  }),
  token: string({summary: 'Bearer token for the API server.', ...variable('TOKEN'), helpGroup: 'kubectl'}),
  as: string({summary: 'User to impersonate.', ...variable('AS'), helpGroup: 'kubectl'}),
  'as-group': string({
    summary: 'Group to impersonate; may be repeated.',
    multiple: true,
    multipleNonGreedy: true,
    delimiter: ',',
    ...variable('AS_GROUP'),
    helpGroup: 'kubectl',
  }),
  'request-timeout': string({
    summary: 'Timeout of one request to the API server, such as 10s; 0: no separate limit.',
    ...variable('REQUEST_TIMEOUT'),
    helpGroup: 'kubectl',
  }),
  'certificate-authority': string({
    summary: 'Certificate authority of the API server.',
    ...variable('CERTIFICATE_AUTHORITY'),
    helpGroup: 'kubectl',
  }),
  'insecure-skip-tls-verify': boolean({
    summary: "Do not verify the API server's certificate. This is not safe.",
    ...variable('INSECURE_SKIP_TLS_VERIFY'),
    helpGroup: 'kubectl',
  }),
  'tls-server-name': string({
    summary: "Name to expect in the API server's certificate.",
    ...variable('TLS_SERVER_NAME'),
    helpGroup: 'kubectl',
  }),
};

/** Only for commands that observe. Commands that change something or read the state work in one namespace. */
export const everywhereFlag = {
  'all-namespaces': boolean({
    char: 'A',
    summary: 'Every Frigate of every namespace; `check`: a report of each, with the worst exit code.',
    ...variable('ALL_NAMESPACES'),
    helpGroup: 'kubectl',
  }),
};

export const outputFlags = {
  output: option({
    options: FORMATS,
    char: 'o',
    default: 'text' as const,
    summary: 'Output format.',
    ...variable('OUTPUT'),
    helpGroup: 'output',
  })(),
  color: option({
    options: COLOUR_CHOICES,
    default: 'auto' as const,
    summary: 'Colours. auto: NO_COLOR, FORCE_COLOR, TERM, then whether stdout is a terminal.',
    ...variable('COLOR'),
    helpGroup: 'output',
  })(),
  ascii: boolean({summary: 'ASCII characters only.', ...variable('ASCII'), helpGroup: 'output'}),
};

/** For commands whose result is a page for people alone. */
export const styleFlags = {color: outputFlags.color, ascii: outputFlags.ascii};

/** For commands whose result is one document. */
export const documentFlags = {
  ...outputFlags,
  output: option({
    options: DOCUMENT_FORMATS,
    char: 'o',
    default: 'text' as const,
    summary: 'Output format.',
    ...variable('OUTPUT'),
    helpGroup: 'output',
  })(),
};

type WithFlag = {[Key in keyof typeof TABLE]: (typeof TABLE)[Key]['flag']}[keyof typeof TABLE];
type SettingFlag = Exclude<WithFlag, null>;

/**
 * One flag for each row of the settings table that has one. oclif must not read their variables: the settings do,
 * with the precedence, the old names and the origins.
 */
export const settingFlags = Object.fromEntries(
  settingRows.flatMap(([, setting]) =>
    setting.flag === null
      ? []
      : [
          [
            setting.flag,
            string({
              summary: flagSummary(setting),
              helpGroup: 'settings',
              helpValue: 'value',
              ...(setting.char === undefined ? {} : {char: setting.char}),
            }),
          ],
        ],
  ),
) as Record<SettingFlag, OptionFlag<string | undefined>>;

/** The argument NAME of commands about one workload. */
export const workloadArgument = {
  // oclif would take a missing one from stdin: the "y" of `yes | kubectl frigate-health restart`, the rest of the list that a loop reads.
  name: argument({
    description: 'The workload that runs Frigate: NAME or KIND/NAME; found by labels and image if omitted.',
    ignoreStdin: true,
  }),
};

export const demoFlag = {
  demo: string({
    summary: 'Run against a built-in simulated cluster and Frigate: --demo, --demo=SCENARIO, --demo=list.',
    helpValue: 'scenario',
    ...variable('DEMO'),
  }),
};

export const checkFlags = {
  only: string({
    summary: 'Only these checks, such as FRG-401,FRG-501.',
    multiple: true,
    multipleNonGreedy: true,
    delimiter: ',',
    helpValue: 'ids',
    ...variable('ONLY'),
  }),
  skip: string({
    summary: 'Skip these checks.',
    multiple: true,
    multipleNonGreedy: true,
    delimiter: ',',
    helpValue: 'ids',
    ...variable('SKIP'),
  }),
  'fail-on': option({
    options: FAIL_ON,
    default: 'warning' as const,
    summary: 'Lowest severity that makes the exit code non-zero.',
    ...variable('FAIL_ON'),
  })(),
  wait: string({
    summary:
      'Repeat the check until the result is below --fail-on and no rollout or start is under way: --wait (5m) or --wait=DURATION.',
    helpValue: 'duration',
    ...variable('WAIT'),
  }),
  watch: boolean({
    char: 'w',
    summary:
      'Keep checking until Ctrl-C; print one line per change (-o jsonl: one JSON object), as watch --plain does.',
    exclusive: ['only', 'skip', 'fail-on', 'wait', 'list', 'explain'],
  }),
  list: boolean({summary: 'List the checks and exit.', exclusive: ['explain']}),
  explain: string({summary: 'Explain one check and exit.', helpValue: 'id'}),
  raw: option({
    options: RAW_PATHS,
    summary: "Print one unmodified answer of Frigate's API with secrets masked, and exit; --output does not apply.",
    helpValue: 'path',
    exclusive: ['only', 'skip', 'fail-on', 'wait', 'watch', 'list', 'explain'],
  })(),
};

export const dryRunFlag = {
  'dry-run': boolean({
    summary: 'Run the pass with notifications and state, but never restart (R-11).',
    ...variable('DRY_RUN'),
  }),
};

export const bundleFlags = {
  file: string({
    char: 'f',
    summary:
      'File to write; default: frigate-health-bundle-TIME.tar.gz in the current directory. None is written over.',
    helpValue: 'file',
    ...variable('BUNDLE_FILE'),
  }),
};

export const historyFlag = {
  history: integer({
    summary: 'How many of the last decisions and restarts to show.',
    default: 10,
    min: 0,
    max: 64,
    helpValue: 'n',
    ...variable('HISTORY'),
  }),
};

export const reasonFlag = {
  reason: string({summary: 'The reason; stored with the record.', helpValue: 'text', ...variable('REASON')}),
};

export const pauseFlags = {
  for: string({summary: 'How long, such as 30m or 2h.', helpValue: 'duration', ...variable('PAUSE_FOR')}),
};

export const notifyFlags = {
  test: boolean({summary: 'Send one test notification to each channel and show what each answered.'}),
};

export const yesFlag = {
  yes: boolean({summary: 'Do not ask for confirmation. Required without a terminal.', ...variable('YES')}),
};

export const restartFlags = {
  force: boolean({
    summary:
      'Restart although a rule refuses; needs --reason. Overrides every rule except R-01 and R-02; still counts toward the limits.',
    ...variable('FORCE'),
  }),
  'dry-run': boolean({
    summary: 'Test whether the API server would accept the restart; change nothing.',
    ...variable('DRY_RUN'),
  }),
  wait: string({
    summary: 'Wait until the rollout is complete and Frigate works again: --wait (10m) or --wait=DURATION.',
    helpValue: 'duration',
    ...variable('WAIT'),
  }),
};

export const installFlags = {
  serve: boolean({
    summary: 'The daemon `serve` as a Deployment of two replicas, instead of the CronJob.',
    exclusive: ['monitor', 'schedule'],
  }),
  fleet: boolean({
    summary: 'With --serve: observe every Frigate of the cluster, and repair only those of --namespaces.',
    dependsOn: ['serve'],
  }),
  namespaces: string({
    summary: 'With --serve: namespaces whose Frigates it may repair, such as home,office; default: its own.',
    multiple: true,
    multipleNonGreedy: true,
    delimiter: ',',
    helpValue: 'names',
    dependsOn: ['serve'],
  }),
  image: string({
    summary: 'Image that runs; default: this version of ghcr.io/frigate-health/frigate-health.',
    helpValue: 'image',
    ...variable('IMAGE'),
  }),
  schedule: string({
    summary: 'Schedule of the passes as a cron expression; default: every --interval minutes.',
    helpValue: 'cron',
    ...variable('SCHEDULE'),
  }),
  'smtp-secret': string({
    summary: 'Secret with the mail password under the key password; it is mounted as a file.',
    helpValue: 'name',
    ...variable('SMTP_SECRET'),
  }),
  'notify-secret': string({
    summary:
      'Secret whose keys FRIGATE_HC_NOTIFY and FRIGATE_HC_HEARTBEAT_URL hold the notification channels and the heartbeat.',
    helpValue: 'name',
    ...variable('NOTIFY_SECRET'),
  }),
  'checks-configmap': string({
    summary:
      'ConfigMap with checks of your own under the key checks.yaml (docs/custom-checks.md); it is mounted as a file.',
    helpValue: 'name',
    exclusive: ['checks-secret'],
    ...variable('CHECKS_CONFIGMAP'),
  }),
  'checks-secret': string({
    summary: 'The same as a Secret, for checks with a password in a URL.',
    helpValue: 'name',
    ...variable('CHECKS_SECRET'),
  }),
  permissions: boolean({
    summary: 'Only the ServiceAccount, its Roles and their bindings; what runs is not changed.',
  }),
  monitor: boolean({
    summary: 'Only the PodMonitor and the PrometheusRule of a running `serve`, for the Prometheus Operator.',
    exclusive: ['check', 'permissions'],
  }),
  check: boolean({summary: 'Compare the cluster with what would be printed, and show the differences.'}),
  output: option({
    options: ['yaml', 'json'] as const,
    char: 'o',
    summary: 'Format of the manifests (default: yaml), or of what --check finds (default: text).',
  })(),
};

/** How `watch` shows what it sees. */
export const watchFlags = {
  output: option({
    options: ['text', 'jsonl'] as const,
    char: 'o',
    default: 'text' as const,
    summary: 'text: a screen on a terminal, lines elsewhere. jsonl: one JSON object for each change.',
  })(),
  once: boolean({summary: 'Print one screen when everything has answered, and exit.'}),
  plain: boolean({summary: 'Lines instead of a screen; for screen readers.', ...variable('PLAIN')}),
  poll: string({
    summary: 'Time between two requests to Frigate, 0.5s or longer.',
    default: '2s',
    helpValue: 'duration',
    ...variable('WATCH_POLL'),
  }),
  'allow-actions': boolean({
    summary: 'Enable the keys R (restart) and B (reset breaker), each with a typed confirmation.',
    ...variable('ALLOW_ACTIONS'),
  }),
  'read-only': boolean({summary: 'Disable the keys R and B, also with --allow-actions.', ...variable('READ_ONLY')}),
  'no-alt-screen': boolean({
    summary: 'Draw on the main screen, so that the last screen stays visible.',
    ...variable('NO_ALT_SCREEN'),
  }),
  'low-bandwidth': boolean({
    summary: 'One update per second and no graphs, for slow connections.',
    ...variable('LOW_BANDWIDTH'),
  }),
  'max-fps': integer({
    summary: 'Maximum frames per second.',
    default: 15,
    min: 1,
    max: 60,
    helpValue: 'n',
    ...variable('MAX_FPS'),
  }),
  bell: boolean({summary: 'Ring the terminal bell when something becomes critical.', ...variable('BELL')}),
  'exit-code': boolean({
    summary: 'Exit with the code of check instead of 0.',
    ...variable('EXIT_CODE'),
  }),
  theme: option({
    options: ['default', 'mono', 'high-contrast'] as const,
    default: 'default' as const,
    summary: 'Colours of the screen.',
    ...variable('THEME'),
  })(),
  color: outputFlags.color,
  ascii: outputFlags.ascii,
};

const groups = [
  kubeFlags,
  everywhereFlag,
  outputFlags,
  demoFlag,
  checkFlags,
  dryRunFlag,
  bundleFlags,
  historyFlag,
  reasonFlag,
  pauseFlags,
  notifyFlags,
  yesFlag,
  restartFlags,
  installFlags,
  watchFlags,
  serveFlags,
  faceFlags,
  openFlags,
];

/** FRIGATE_HC_* names that are known besides the settings, so that they cause no warning. */
export const flagVariables: readonly string[] = [
  ...groups.flatMap((group) => Object.values(group).flatMap((flag: {readonly env?: string}) => flag.env ?? [])),
  'FRIGATE_HC_DEBUG',
];

/** The flags that commands share. Names and letters are kubectl's; every flag says its environment variable in the help. */
import {string as argument} from '@oclif/core/args';
import {boolean, integer, option, string} from '@oclif/core/flags';
import type {OptionFlag} from '@oclif/core/interfaces';
import {FAIL_ON} from '../report/exit-code.js';
import {DOCUMENT_FORMATS} from '../report/outcomes.js';
import {FORMATS} from '../report/render.js';
import {flagSummary} from '../settings/documentation.js';
import {settingRows} from '../settings/table.js';
import type {TABLE} from '../settings/table.js';
import {COLOUR_CHOICES} from './colour.js';

/** oclif reads the variable itself and shows it in the help. */
const variable = (name: string): {readonly env: string} => ({env: `FRIGATE_HC_${name}`});

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
    summary: 'Longest wait for one answer of the API server, such as 10s; 0: no limit of its own.',
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

/** Only for those who look: what acts, or asks what is remembered, does so in one namespace that a person named. */
export const everywhereFlag = {
  'all-namespaces': boolean({
    char: 'A',
    summary: 'Look for Frigate in every namespace.',
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
    description: 'The workload that runs Frigate: NAME or KIND/NAME; found by labels and image when left out.',
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
    summary: 'All checks but these.',
    multiple: true,
    multipleNonGreedy: true,
    delimiter: ',',
    helpValue: 'ids',
    ...variable('SKIP'),
  }),
  'fail-on': option({
    options: FAIL_ON,
    default: 'warning' as const,
    summary: 'The mildest result that makes the exit code other than 0.',
    ...variable('FAIL_ON'),
  })(),
  wait: string({
    summary: 'Look again until the result is below --fail-on: --wait (5m) or --wait=DURATION.',
    helpValue: 'duration',
    ...variable('WAIT'),
  }),
  watch: boolean({
    char: 'w',
    summary:
      'Go on looking, one line for each change (-o jsonl: one JSON object), as watch --plain does; until Ctrl-C.',
    exclusive: ['only', 'skip', 'fail-on', 'wait', 'list', 'explain'],
  }),
  list: boolean({summary: 'List the checks and end.', exclusive: ['explain']}),
  explain: string({summary: 'Explain one check and end.', helpValue: 'id'}),
};

export const dryRunFlag = {
  'dry-run': boolean({summary: 'Decide, tell and remember, but do not restart (R-11).', ...variable('DRY_RUN')}),
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
  reason: string({summary: 'Why; kept with the record.', helpValue: 'text', ...variable('REASON')}),
};

export const yesFlag = {
  yes: boolean({summary: 'Do not ask. Needed where there is no terminal to ask on.', ...variable('YES')}),
};

export const restartFlags = {
  force: boolean({
    summary: 'Restart although a rule refuses; needs --reason. Passes all rules but R-01 and R-02, and is counted.',
    ...variable('FORCE'),
  }),
  'dry-run': boolean({
    summary: 'Ask the API server whether it would accept the restart, and change nothing.',
    ...variable('DRY_RUN'),
  }),
  wait: string({
    summary: 'Follow the rollout until Frigate is back: --wait (10m) or --wait=DURATION.',
    helpValue: 'duration',
    ...variable('WAIT'),
  }),
};

export const installFlags = {
  image: string({
    summary: 'Image of the CronJob; default: this version of ghcr.io/frigate-health/frigate-health.',
    helpValue: 'image',
    ...variable('IMAGE'),
  }),
  schedule: string({
    summary: 'When the passes begin, as a cron expression; default: every --interval minutes.',
    helpValue: 'cron',
    ...variable('SCHEDULE'),
  }),
  'smtp-secret': string({
    summary: 'Secret with the mail password under the key password; it is mounted as a file.',
    helpValue: 'name',
    ...variable('SMTP_SECRET'),
  }),
  check: boolean({summary: 'Compare what is in the cluster with what would be printed, and tell the differences.'}),
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
  once: boolean({summary: 'Show one picture when everything has answered, and end.'}),
  plain: boolean({summary: 'Lines instead of a screen; for screen readers.', ...variable('PLAIN')}),
  poll: string({
    summary: 'Time between two looks at Frigate, 0.5s or longer.',
    default: '2s',
    helpValue: 'duration',
    ...variable('WATCH_POLL'),
  }),
  'allow-actions': boolean({
    summary: 'Let the keys R (restart) and B (reset breaker) act, each after a typed confirmation.',
    ...variable('ALLOW_ACTIONS'),
  }),
  'read-only': boolean({summary: 'Never act, whatever --allow-actions says.', ...variable('READ_ONLY')}),
  'no-alt-screen': boolean({
    summary: 'Draw on the main screen, so that the last picture stays.',
    ...variable('NO_ALT_SCREEN'),
  }),
  'low-bandwidth': boolean({
    summary: 'One change a second and no graphs, for slow lines.',
    ...variable('LOW_BANDWIDTH'),
  }),
  'max-fps': integer({
    summary: 'Most pictures a second.',
    default: 15,
    min: 1,
    max: 60,
    helpValue: 'n',
    ...variable('MAX_FPS'),
  }),
  bell: boolean({summary: 'Ring when something becomes critical.', ...variable('BELL')}),
  'exit-code': boolean({
    summary: 'End with the exit code that check would have, instead of 0.',
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
  historyFlag,
  reasonFlag,
  yesFlag,
  restartFlags,
  installFlags,
  watchFlags,
];

/** FRIGATE_HC_* names that are known besides the settings, so that nobody is warned about them. */
export const flagVariables: readonly string[] = [
  ...groups.flatMap((group) => Object.values(group).flatMap((flag: {readonly env?: string}) => flag.env ?? [])),
  'FRIGATE_HC_DEBUG',
];

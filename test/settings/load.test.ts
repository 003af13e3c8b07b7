import assert from 'node:assert/strict';
import fc from 'fast-check';
import {isSettings, load} from '../../src/settings/load.js';
import type {SettingsInput} from '../../src/settings/load.js';
import type {Settings, SettingsError} from '../../src/settings/settings.js';
import {settingRows, TABLE} from '../../src/settings/table.js';
import type {SettingKey} from '../../src/settings/table.js';

const nothing = {flags: {}, env: {}, readFile: () => null} satisfies SettingsInput;

const settings = (input: Partial<SettingsInput> = {}): Settings => {
  const loaded = load({...nothing, ...input});
  assert.ok(isSettings(loaded), JSON.stringify(loaded));
  return loaded;
};

const errors = (input: Partial<SettingsInput>): readonly SettingsError[] => {
  const loaded = load({...nothing, ...input});
  assert.ok(!isSettings(loaded), 'expected errors, got settings');
  return loaded;
};

const mail = {
  FRIGATE_HC_SMTP_HOST: 'mail.example',
  FRIGATE_HC_SMTP_FROM: 'nvr@example.org',
  FRIGATE_HC_ALERT_EMAIL: 'me@example.org',
};

/** For each setting: a value that differs from the default, how it is read back, and values that are refused. */
const cases: Readonly<
  Record<
    SettingKey,
    {
      readonly text: string;
      readonly read: (s: Settings) => unknown;
      readonly expected: unknown;
      readonly initial: unknown;
      readonly bad: readonly string[];
      readonly with?: Readonly<Record<string, string>>;
    }
  >
> = {
  namespace: {
    text: 'nvr',
    read: (s) => s.namespace,
    expected: 'nvr',
    initial: null,
    bad: ['Upper', 'a b', '-a', 'a/b', 'x'.repeat(254)],
  },
  workload: {
    text: 'cameras',
    read: (s) => s.workload,
    expected: 'cameras',
    initial: 'frigate',
    bad: ['Frigate', 'a_b'],
  },
  podSelector: {
    text: 'app=frigate',
    read: (s) => s.podSelector,
    expected: 'app=frigate',
    initial: null,
    bad: ['a\nb', '=', '\u0000'],
  },
  stateName: {
    text: 'other-state',
    read: (s) => s.stateName,
    expected: 'other-state',
    initial: 'frigate-health-state',
    bad: ['..'],
  },
  via: {text: 'exec', read: (s) => s.via, expected: 'exec', initial: 'auto', bad: ['curl', 'auto,exec']},
  apiPort: {
    text: '5001',
    read: (s) => s.apiPort,
    expected: 5001,
    initial: 5000,
    bad: ['0', '65536', '-1', '5e3', '80.5', 'http'],
  },
  apiTimeout: {
    text: '20',
    read: (s) => s.apiTimeout,
    expected: 20_000,
    initial: 10_000,
    bad: ['0', '999ms', '61s', '2m', '-1', '10h', '1s2'],
  },
  deadline: {text: '1m30s', read: (s) => s.deadline, expected: 90_000, initial: 60_000, bad: ['9s', '601s', 'never']},
  inferenceLimit: {
    text: '62.5',
    read: (s) => s.policy.inferenceLimit,
    expected: 62.5,
    initial: 100,
    bad: ['0', '-5', '10001', 'NaN', 'Infinity', '1e3', '100ms'],
  },
  inferenceLimits: {
    text: 'coral=50, ov=120',
    read: (s) => Object.fromEntries(s.policy.inferenceLimits),
    expected: {coral: 50, ov: 120},
    initial: {},
    bad: ['coral', 'coral=', '=5', 'coral=0', '{"coral":', '[1]', 'coral=x'],
  },
  stuckEvents: {text: '0', read: (s) => s.policy.stuckEvents, expected: 0, initial: 2, bad: ['-1', '1001', '2.5']},
  backlogEvents: {text: '9', read: (s) => s.policy.backlogEvents, expected: 9, initial: 5, bad: ['-1', 'many']},
  logWindow: {text: '20', read: (s) => s.policy.logWindow, expected: 1_200_000, initial: 600_000, bad: ['0', '121']},
  consecutiveFailures: {
    text: '3',
    read: (s) => s.policy.consecutiveFailures,
    expected: 3,
    initial: 2,
    bad: ['0', '21'],
  },
  restartsPerHour: {text: '1', read: (s) => s.policy.restartsPerHour, expected: 1, initial: 2, bad: ['0', '7', '-2']},
  restartsPerDay: {text: '12', read: (s) => s.policy.restartsPerDay, expected: 12, initial: 6, bad: ['0', '25']},
  startupGrace: {
    text: '900',
    read: (s) => s.policy.startupGrace,
    expected: 900_000,
    initial: 600_000,
    bad: ['59', '86401', '0'],
  },
  skipRatio: {text: '0.5', read: (s) => s.policy.skipRatio, expected: 0.5, initial: 0.8, bad: ['0', '1', '1.5', '80%']},
  skipCameras: {
    text: 'yard,  front door',
    read: (s) => [...s.policy.skipCameras],
    expected: ['yard', 'front door'],
    initial: [],
    bad: ['["yard"', '[1]', '["a\\nb"]', '{}\u0007'],
  },
  alertCooldown: {
    text: '14400',
    read: (s) => s.policy.reminder,
    expected: 14_400_000,
    initial: 86_400_000,
    bad: ['299', '604801', '1d', '4h'],
  },
  warningAlert: {text: '0', read: (s) => s.policy.warningAlert, expected: 0, initial: 1_800_000, bad: ['-1', '1441']},
  interval: {text: '2', read: (s) => s.policy.interval, expected: 120_000, initial: 300_000, bad: ['0', '61']},
  profile: {text: 'fast', read: (s) => s.profile, expected: 'fast', initial: 'steady', bad: ['slow', 'quick']},
  mode: {text: 'observe', read: (s) => s.policy.mode, expected: 'observe', initial: 'active', bad: ['dry', 'off']},
  cronJobName: {
    text: 'watchman',
    read: (s) => s.cronJobName,
    expected: 'watchman',
    initial: 'frigate-health-checker',
    bad: ['A'],
  },
  smtpHost: {
    text: 'smtp.example',
    read: (s) => s.mail?.host ?? null,
    expected: 'smtp.example',
    initial: null,
    bad: ['smtp://x', 'a b', 'a\nb'],
    with: {FRIGATE_HC_SMTP_FROM: 'a@b', FRIGATE_HC_ALERT_EMAIL: 'c@d'},
  },
  smtpPort: {
    text: '587',
    read: (s) => s.mail?.port ?? null,
    expected: 587,
    initial: null,
    bad: ['0', '70000', 'smtp'],
    with: mail,
  },
  smtpTls: {
    text: 'none',
    read: (s) => s.mail?.tls ?? null,
    expected: 'none',
    initial: null,
    bad: ['ssl', 'true'],
    with: mail,
  },
  smtpUser: {
    text: 'robot',
    read: (s) => s.mail?.user ?? null,
    expected: 'robot',
    initial: null,
    bad: ['a\r\nb'],
    with: {...mail, FRIGATE_HC_SMTP_PASSWORD: 'x'},
  },
  smtpPassword: {
    text: 'pa ss=w,ord',
    read: (s) => s.mail?.password ?? null,
    expected: 'pa ss=w,ord',
    initial: null,
    bad: ['a\nb'],
    with: {...mail, FRIGATE_HC_SMTP_USER: 'robot'},
  },
  smtpPasswordFile: {
    text: '/secret',
    read: (s) => s.mail?.password ?? null,
    expected: 'from file',
    initial: null,
    bad: ['/missing', '/empty'],
    with: {...mail, FRIGATE_HC_SMTP_USER: 'robot'},
  },
  smtpFrom: {
    text: 'Frigate <f@example.org>',
    read: (s) => s.mail?.from ?? null,
    expected: 'Frigate <f@example.org>',
    initial: null,
    bad: ['nobody', 'a@b, c@d', 'a@b\nBcc: x@y'],
    with: {FRIGATE_HC_SMTP_HOST: 'h', FRIGATE_HC_ALERT_EMAIL: 'c@d'},
  },
  alertEmail: {
    text: '["a@b", "c@d"]',
    read: (s) => s.mail?.to ?? null,
    expected: ['a@b', 'c@d'],
    initial: null,
    bad: ['a', 'a@b;c@d', '[]'],
    with: {FRIGATE_HC_SMTP_HOST: 'h', FRIGATE_HC_SMTP_FROM: 'a@b'},
  },
  checksFile: {
    text: '/checks.yaml',
    read: (s) => s.checksFile,
    expected: '/checks.yaml',
    initial: null,
    bad: ['a\u0000b'],
  },
  smtpCaFile: {
    text: '/ca.pem',
    read: (s) => s.mail?.caFile ?? null,
    expected: '/ca.pem',
    initial: null,
    bad: ['/missing', '/secret'],
    with: mail,
  },
  notify: {
    text: 'ntfy://:tk_hidden@ntfy.sh/cams#least=critical',
    read: (s) => s.channels.map(({kind, least}) => [kind, least]),
    expected: [['ntfy', 'critical']],
    initial: [],
    bad: ['https://example.org', 'ntfy://ntfy.sh', 'ntfy://ntfy.sh/x#least=info', 'smtp:', '/missing'],
  },
  heartbeatUrl: {
    text: 'https://hc-ping.com/0f1e',
    read: (s) => s.heartbeatUrl,
    expected: 'https://hc-ping.com/0f1e',
    initial: null,
    bad: ['hc-ping.com/0f1e', 'ftp://example.org/', '/missing'],
  },
  cameraSchedule: {
    text: 'garage=Mon-Fri 22:00-06:00 Europe/Berlin',
    read: (s) => s.policy.cameraSchedule.map(({camera, from, to, zone}) => [camera, from, to, zone]),
    expected: [['garage', 1320, 360, 'Europe/Berlin']],
    initial: [],
    bad: ['garage', 'garage=Mon', 'garage=Mon 22-06', 'garage=Mon 22:00-06:00 Nowhere/Land', 'garage=Xmas 22:00-06:00'],
  },
};

const files: Readonly<Record<string, string>> = {
  '/secret': 'from file\nsecond line',
  '/empty': '\n',
  '/ca.pem': '-----BEGIN CERTIFICATE-----\n',
};
const readFile = (path: string): string | null => files[path] ?? null;

describe('settings', () => {
  for (const [key, setting] of settingRows) {
    const {text, read, expected, initial, bad, with: others = {}} = cases[key];

    it(`${setting.variable} has its default, and its value comes from the environment`, () => {
      assert.deepEqual(read(settings()), initial);
      const loaded = settings({env: {...others, [setting.variable]: text}, readFile});
      assert.deepEqual(read(loaded), expected);
      assert.equal(
        loaded.origins.find((origin) => origin.name === setting.variable)?.origin,
        `env ${setting.variable}`,
      );
    });

    it(`${setting.variable} refuses what is out of range, naming variable, value and range`, () => {
      for (const value of bad) {
        const found = errors({env: {...others, [setting.variable]: value}, readFile});
        assert.equal(found.length, 1, `${value}: ${JSON.stringify(found)}`);
        const error = found[0]!;
        assert.equal(error.variable, setting.variable);
        assert.ok(error.message.includes(error.allowed) && error.allowed.length > 5);
        assert.ok(error.message.includes(setting.secret === true ? '****' : JSON.stringify(error.value)));
      }
    });

    if (setting.flag !== null) {
      it(`--${setting.flag} wins over ${setting.variable}`, () => {
        const loaded = settings({
          flags: {[setting.flag!]: text},
          env: {[setting.variable]: setting.default ?? 'elsewhere'},
        });
        assert.deepEqual(read(loaded), expected);
        assert.equal(
          loaded.origins.find((origin) => origin.name === setting.variable)?.origin,
          `flag --${setting.flag!}`,
        );
      });
    }

    if (setting.old !== null) {
      it(`the old name ${setting.old} is read last, with a warning`, () => {
        const alone = settings({env: {[setting.old!]: text}});
        assert.deepEqual(read(alone), expected);
        assert.deepEqual(alone.warnings, [`${setting.old!} is an old name; use ${setting.variable} instead`]);
        const both = settings({env: {[setting.old!]: 'not used !', [setting.variable]: text}});
        assert.deepEqual(read(both), expected);
        assert.deepEqual(both.warnings, []);
      });
    }
  }

  it('has exactly the six old names of the old tool', () => {
    const old = settingRows
      .map(([, setting]) => setting.old)
      .filter((name) => name !== null)
      .sort();
    assert.deepEqual(old, [
      'CONFIGMAP_NAME',
      'DEPLOYMENT_NAME',
      'INFERENCE_THRESHOLD_MS',
      'LOG_WINDOW_MINUTES',
      'NAMESPACE',
      'POD_LABEL_SELECTOR',
    ]);
  });

  it('parses every default within its own range', () => {
    for (const [, setting] of settingRows) {
      if (setting.default === null) continue;
      settings({env: {[setting.variable]: setting.default}});
    }
  });

  it('reports all bad values at once', () => {
    const found = errors({
      env: {FRIGATE_HC_FRIGATE_API_PORT: 'x', FRIGATE_HC_SKIP_RATIO_THRESHOLD: '2'},
      flags: {via: 'wire'},
    });
    assert.deepEqual(
      found.map((error) => error.variable),
      ['--via', 'FRIGATE_HC_FRIGATE_API_PORT', 'FRIGATE_HC_SKIP_RATIO_THRESHOLD'],
    );
  });

  it('treats an empty variable as not given', () => {
    assert.equal(settings({env: {FRIGATE_HC_FRIGATE_API_PORT: ' '}}).apiPort, 5000);
  });

  it('takes lists as JSON and with commas', () => {
    for (const text of ['a,b', ' a , b ,', '["a","b"]']) {
      assert.deepEqual([...settings({env: {FRIGATE_HC_SKIP_CAMERAS: text}}).policy.skipCameras], ['a', 'b'], text);
    }
    for (const text of ['coral=50,ov=120', '{"coral":50,"ov":"120"}']) {
      assert.deepEqual(
        [...settings({env: {FRIGATE_HC_INFERENCE_THRESHOLDS: text}}).policy.inferenceLimits],
        [
          ['coral', 50],
          ['ov', 120],
        ],
        text,
      );
    }
  });

  it('warns about an unknown name and names the nearest known one', () => {
    const {warnings} = settings({
      env: {FRIGATE_HC_INFERENCE_TRESHOLD_MS: '50', FRIGATE_HC_QQ: '1', FRIGATE_HC_CONTEXT: 'home'},
      otherVariables: ['FRIGATE_HC_CONTEXT'],
    });
    assert.equal(warnings.length, 2);
    assert.equal(
      warnings[0],
      'FRIGATE_HC_INFERENCE_TRESHOLD_MS is not a known setting and has no effect; did you mean FRIGATE_HC_INFERENCE_THRESHOLD_MS?',
    );
    assert.match(warnings[1]!, /^FRIGATE_HC_QQ is not a known setting and has no effect/);
  });

  it('knows whether the workload was named', () => {
    assert.equal(settings().workloadGiven, false);
    assert.equal(settings({env: {FRIGATE_HC_DEPLOYMENT_NAME: 'frigate'}}).workloadGiven, true);
  });

  const combinations: ReadonlyArray<readonly [why: string, env: Record<string, string>, variable: string]> = [
    [
      'an API timeout as long as the pass',
      {FRIGATE_HC_API_TIMEOUT_SECONDS: '60s', FRIGATE_HC_DEADLINE: '60s'},
      'FRIGATE_HC_API_TIMEOUT_SECONDS',
    ],
    [
      'a pass as long as the interval',
      {FRIGATE_HC_DEADLINE: '60s', FRIGATE_HC_INTERVAL_MINUTES: '1'},
      'FRIGATE_HC_DEADLINE',
    ],
    ['a log window shorter than the interval', {FRIGATE_HC_INTERVAL_MINUTES: '30'}, 'FRIGATE_HC_LOG_WINDOW_MINUTES'],
    [
      'more restarts an hour than a day',
      {FRIGATE_HC_MAX_RESTARTS_PER_HOUR: '3', FRIGATE_HC_MAX_RESTARTS_PER_DAY: '2'},
      'FRIGATE_HC_MAX_RESTARTS_PER_DAY',
    ],
    ['mail without a receiver', {FRIGATE_HC_SMTP_HOST: 'h', FRIGATE_HC_SMTP_FROM: 'a@b'}, 'FRIGATE_HC_ALERT_EMAIL'],
    [
      'mail without a sender',
      {
        FRIGATE_HC_SMTP_HOST: 'h',
        FRIGATE_HC_ALERT_EMAIL: 'a@b',
        FRIGATE_HC_SMTP_USER: 'robot',
        FRIGATE_HC_SMTP_PASSWORD: 'x',
      },
      'FRIGATE_HC_SMTP_FROM',
    ],
    ['a user without a password', {...mail, FRIGATE_HC_SMTP_USER: 'robot'}, 'FRIGATE_HC_SMTP_PASSWORD'],
    ['a password without a user', {...mail, FRIGATE_HC_SMTP_PASSWORD: 'hunter2'}, 'FRIGATE_HC_SMTP_USER'],
    [
      'two passwords',
      {
        ...mail,
        FRIGATE_HC_SMTP_USER: 'robot',
        FRIGATE_HC_SMTP_PASSWORD: 'hunter2',
        FRIGATE_HC_SMTP_PASSWORD_FILE: '/secret',
      },
      'FRIGATE_HC_SMTP_PASSWORD_FILE',
    ],
  ];
  for (const [why, env, variable] of combinations) {
    it(`refuses ${why}`, () => {
      assert.deepEqual(
        errors({env, readFile}).map((error) => error.variable),
        [variable],
      );
    });
  }

  it('chooses implicit TLS on port 465 and STARTTLS elsewhere', () => {
    assert.equal(settings({env: mail}).mail?.tls, 'implicit');
    assert.equal(settings({env: {...mail, FRIGATE_HC_SMTP_PORT: '587'}}).mail?.tls, 'starttls');
  });

  it('takes the user as sender where it is an address', () => {
    const {mail: found} = settings({
      env: {
        FRIGATE_HC_SMTP_HOST: 'h',
        FRIGATE_HC_ALERT_EMAIL: 'a@b',
        FRIGATE_HC_SMTP_USER: 'me@example.org',
        FRIGATE_HC_SMTP_PASSWORD: 'x',
      },
    });
    assert.equal(found?.from, 'me@example.org');
  });

  it('warns when a password would travel in clear text, and when mail settings have no host', () => {
    const clear = settings({
      env: {...mail, FRIGATE_HC_SMTP_USER: 'r', FRIGATE_HC_SMTP_PASSWORD: 'x', FRIGATE_HC_SMTP_TLS: 'none'},
    });
    assert.match(clear.warnings[0]!, /clear text/);
    const idle = (env: Record<string, string>): readonly string[] => settings({env}).warnings;
    assert.deepEqual(idle({FRIGATE_HC_ALERT_EMAIL: 'a@b'}), [
      'no alert is mailed: FRIGATE_HC_SMTP_USER (or FRIGATE_HC_SMTP_HOST) is not set, though FRIGATE_HC_ALERT_EMAIL is',
    ]);
    assert.deepEqual(idle({FRIGATE_HC_SMTP_USER: 'me@gmail.com', FRIGATE_HC_SMTP_PASSWORD: 'x'}), [
      'no alert is mailed: FRIGATE_HC_ALERT_EMAIL is not set, though FRIGATE_HC_SMTP_USER is',
    ]);
  });

  describe('the mail server of a well-known provider', () => {
    const three = (user: string): Record<string, string> => ({
      FRIGATE_HC_SMTP_USER: user,
      FRIGATE_HC_SMTP_PASSWORD: 'app password',
      FRIGATE_HC_ALERT_EMAIL: 'me@example.org',
    });
    const origins = (env: Record<string, string>): ReadonlyArray<readonly [value: string, origin: string]> =>
      ['FRIGATE_HC_SMTP_HOST', 'FRIGATE_HC_SMTP_PORT'].map((name) => {
        const row = settings({env}).origins.find((origin) => origin.name === name)!;
        return [row.value, row.origin];
      });
    const provider = 'mail provider of FRIGATE_HC_SMTP_USER';

    for (const [user, host, port, tls] of [
      ['nvr@gmail.com', 'smtp.gmail.com', 465, 'implicit'],
      ['NVR@GoogleMail.com', 'smtp.gmail.com', 465, 'implicit'],
      ['nvr@gmx.de', 'mail.gmx.com', 587, 'starttls'],
      ['nvr@outlook.com', 'smtp-mail.outlook.com', 587, 'starttls'],
      ['nvr@mail.ee', 'smtp.mail.ee', 587, 'starttls'],
    ] as const) {
      it(`is that of ${user}, with three settings`, () => {
        const {mail: found, warnings} = settings({env: three(user)});
        assert.deepEqual(
          [found?.host, found?.port, found?.tls, found?.user, found?.from, found?.to, warnings],
          [host, port, tls, user, user, ['me@example.org'], []],
        );
        assert.deepEqual(origins(three(user)), [
          [host, provider],
          [String(port), provider],
        ]);
      });
    }

    it('gives way to FRIGATE_HC_SMTP_HOST and to FRIGATE_HC_SMTP_PORT', () => {
      const host = {...three('nvr@gmx.de'), FRIGATE_HC_SMTP_HOST: 'mail.example'};
      assert.deepEqual(origins(host), [
        ['mail.example', 'env FRIGATE_HC_SMTP_HOST'],
        ["(the mail provider's own, otherwise 465)", 'default'],
      ]);
      assert.deepEqual([settings({env: host}).mail?.host, settings({env: host}).mail?.port], ['mail.example', 465]);
      const port = {...three('nvr@gmx.de'), FRIGATE_HC_SMTP_PORT: '465'};
      assert.deepEqual(origins(port), [
        ['mail.gmx.com', provider],
        ['465', 'env FRIGATE_HC_SMTP_PORT'],
      ]);
      assert.equal(settings({env: port}).mail?.tls, 'implicit');
    });

    it('is one message where the domain is unknown, with what to set', () => {
      assert.deepEqual(
        errors({env: three('nvr@example.org')}).map(({message}) => message),
        [
          'FRIGATE_HC_SMTP_HOST is not set: it must be the name of your mail server, because example.org, the domain of FRIGATE_HC_SMTP_USER, is not the domain of a well-known mail provider.',
        ],
      );
    });

    // The list is looked up by names as well, and by a plain object, which has names that nobody gave it.
    for (const user of [
      'gmail',
      'nvr@gmail',
      'nvr@constructor',
      'nvr@__proto__.toString',
      'nvr@maildev',
      'a@b@gmail.com',
    ]) {
      it(`is not guessed from ${user}`, () => {
        assert.deepEqual(
          errors({env: three(user)}).map(({variable}) => variable),
          ['FRIGATE_HC_SMTP_HOST'],
        );
      });
    }
  });

  it('takes a duration with or without its unit', () => {
    for (const text of ['20', '20s', '20000ms'])
      assert.equal(settings({env: {FRIGATE_HC_API_TIMEOUT_SECONDS: text}}).apiTimeout, 20_000, text);
  });

  it('accepts what has no effect here, with one warning that says why', () => {
    assert.deepEqual(settings({env: {FRIGATE_HC_RESTART_HISTORY_HOURS: '24'}}).warnings, [
      'FRIGATE_HC_RESTART_HISTORY_HOURS has no effect: restarts are always kept for 7 days, because the limits for an hour and for a day are counted from them',
    ]);
  });

  it('never shows the password, in origins or errors', () => {
    const secret = 'correct-horse';
    const env = {...mail, FRIGATE_HC_SMTP_USER: 'robot', FRIGATE_HC_SMTP_PASSWORD: secret};
    assert.ok(!JSON.stringify(settings({env}).origins).includes(secret));
    assert.ok(
      !JSON.stringify(errors({env: {...env, FRIGATE_HC_SMTP_PASSWORD: `${secret}\n`.repeat(2)}})).includes(secret),
    );
    assert.ok(
      !JSON.stringify(errors({env: {...env, FRIGATE_HC_SMTP_PASSWORD_FILE: '/secret'}, readFile})).includes(
        'from file',
      ),
    );
  });

  it('gives every setting an origin', () => {
    assert.deepEqual(
      settings().origins.map((origin) => origin.name),
      settingRows.map(([, setting]) => setting.variable),
    );
    assert.equal(
      settings().origins.find((origin) => origin.name === TABLE.namespace.variable)?.value,
      "(the context's or the pod's own, then frigate)",
    );
  });

  it('never throws, whatever stands in the variables', () => {
    fc.assert(
      fc.property(fc.constantFrom(...settingRows), fc.string({unit: 'binary'}), ([, setting], text) => {
        load({...nothing, env: {[setting.variable]: text}});
      }),
    );
  });
});

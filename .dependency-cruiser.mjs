// Which folder of src may import which: the arrows run one way (CONTRIBUTING.md, "Where things live").
// dependency-cruiser follows static, dynamic and type-only imports alike. `npm run lint` runs it;
// test/ship/boundaries.test.ts plants a violation of each kind and sees it refused.

/** What each folder of src may import beside itself. */
export const FOLDERS = {
  core: [],
  outcome: ['core'],
  kubernetes: ['core'],
  frigate: ['core', 'kubernetes'],
  settings: ['core', 'outcome'],
  notify: ['core', 'settings'],
  dependencies: ['core'],
  report: ['core', 'outcome', 'settings'],
  pass: ['core', 'outcome', 'kubernetes', 'frigate', 'notify', 'dependencies', 'settings'],
  usecases: [
    'core',
    'outcome',
    'kubernetes',
    'frigate',
    'notify',
    'dependencies',
    'settings',
    'pass',
    'metrics',
    'consul',
    'http',
  ],
  http: ['core', 'outcome', 'report'],
  metrics: ['core', 'outcome', 'report'],
  consul: ['core', 'outcome', 'report'],
  tui: ['core', 'outcome', 'report', 'pass', 'usecases'],
  simulator: ['core'],
  cli: ['core', 'outcome', 'kubernetes', 'frigate', 'notify', 'settings', 'report', 'pass', 'usecases', 'simulator'],
  commands: ['core', 'outcome', 'settings', 'report', 'usecases', 'tui', 'cli'],
};

/** The same inside src/core. Files at its root are words that all of it shares; only decide.ts stands above the folders. */
export const CORE_FOLDERS = {
  observation: [],
  diagnosis: [],
  state: ['observation', 'diagnosis'],
  rollout: ['observation', 'state'],
  checks: ['observation', 'state', 'rollout'],
  decision: ['observation', 'state', 'rollout', 'checks', 'diagnosis'],
  incident: ['observation', 'state', 'checks', 'diagnosis', 'decision'],
  remember: ['observation', 'state', 'checks'],
  custom: [],
};

const oneOf = (names) => `(${names.join('|')})`;

const rule = (name, comment, from, to) => ({name, comment, severity: 'error', from, to});

const folderRules = Object.entries(FOLDERS).map(([folder, allowed]) =>
  rule(
    `folder-${folder}`,
    `src/${folder} may import only ${[folder, ...allowed].join(', ')}`,
    {path: `^src/${folder}/`},
    {path: '^src/', pathNot: `^src/${oneOf([folder, ...allowed])}/`},
  ),
);

const coreRules = Object.entries(CORE_FOLDERS).map(([folder, allowed]) =>
  rule(
    `core-${folder}`,
    `src/core/${folder} may import only ${[folder, ...allowed].join(', ')} and the files at the root of src/core`,
    {path: `^src/core/${folder}/`},
    {path: '^src/core/[^/]+/|^src/core/decide[.]ts$', pathNot: `^src/core/${oneOf([folder, ...allowed])}/`},
  ),
);

/** A library that has one door: nothing else in src imports it. */
const door = (library, from) =>
  rule(
    `door-${library.replaceAll('/', '-')}`,
    `${library} is used behind one folder`,
    {path: '^src/', pathNot: from},
    {
      path: `node_modules/${library}/`,
    },
  );

export default {
  forbidden: [
    ...folderRules,
    ...coreRules,
    rule(
      'core-root',
      'the files at the root of src/core are imported by its folders',
      {
        path: '^src/core/[^/]+[.]ts$',
        pathNot: '^src/core/decide[.]ts$',
      },
      {path: '^src/core/[^/]+/'},
    ),
    rule(
      'core-pure',
      'src/core imports nothing outside itself, no package and no node: module',
      {path: '^src/core/'},
      {
        pathNot: '^src/core/',
      },
    ),
    rule(
      'tui-by-watch',
      'the live screen is imported by the command watch alone',
      {
        path: '^src/',
        pathNot: '^src/(tui/|commands/watch[.]ts$)',
      },
      {path: '^src/tui/'},
    ),
    rule('no-circle', 'no file imports itself over others', {path: '^src/'}, {circular: true}),
    rule('resolves', 'every import resolves', {}, {couldNotResolve: true}),
    door('ink', '^src/tui/'),
    door('react', '^src/(tui|http/page)/'),
    door('react-dom', '^src/http/page/'),
    door('hono', '^src/http/'),
    door('@hono/node-server', '^src/http/'),
    door('@kubernetes/client-node', '^src/kubernetes/'),
    door('@oclif/core', '^src/(cli|commands)/'),
    door('@prometheus-io/client', '^src/metrics/process-metrics[.]ts$'),
    door('mqtt', '^src/notify/'),
    door('nodemailer', '^src/(notify/|settings/mail-provider[.]ts$)'),
  ],
  options: {
    doNotFollow: {path: 'node_modules'},
    tsPreCompilationDeps: true,
    tsConfig: {fileName: 'tsconfig.json'},
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
};

// The house's manners as lint rules: the arrows between the rooms run one way, and types stay honest.
import tseslint from 'typescript-eslint';

/** What each room may import from inside src (its own room always). Arrows run one way: commands → cli, pass → core and the world's rooms. */
const rooms = {
  core: [],
  kubernetes: ['core'],
  frigate: ['core', 'kubernetes'],
  mail: ['core', 'settings'],
  settings: ['core', 'report'],
  report: ['core', 'settings'],
  pass: ['core', 'kubernetes', 'frigate', 'mail', 'settings', 'report'],
  cli: ['core', 'kubernetes', 'frigate', 'mail', 'settings', 'report', 'pass', 'demo', 'completion'],
  install: ['core', 'kubernetes', 'settings', 'report', 'pass'],
  completion: ['core', 'kubernetes', 'frigate', 'settings'],
  commands: ['core', 'cli', 'pass', 'report', 'settings', 'install', 'completion', 'tui'],
  demo: ['core'],
  tui: ['core', 'report', 'pass'],
};

const everyRoom = Object.keys(rooms);
const walls = everyRoom.map((room) => ({
  files: [`src/${room}/**/*.{ts,tsx}`],
  rules: {
    'no-restricted-imports': [
      'error',
      {
        patterns: [
          {
            regex: `^(\\.\\./)+(${everyRoom.filter((other) => other !== room && !rooms[room].includes(other)).join('|')})/`,
            message: `${room}/ may import only: ${[room, ...rooms[room]].join(', ')} (docs: CONTRIBUTING.md, "The house").`,
          },
          ...(room === 'core'
            ? [
                {
                  regex: '^[^.]',
                  message: 'core/ is pure: it imports nothing outside core, no package and no node: module.',
                },
              ]
            : []),
        ],
      },
    ],
  },
}));

export default tseslint.config(
  {ignores: ['dist/**', 'build/**', 'node_modules/**', 'coverage/**']},
  ...tseslint.configs.strictTypeChecked,
  {
    languageOptions: {
      parserOptions: {
        projectService: {allowDefaultProject: ['eslint.config.js']},
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/restrict-template-expressions': ['error', {allowNumber: true, allowBoolean: true}],
      '@typescript-eslint/no-confusing-void-expression': ['error', {ignoreArrowShorthand: true}],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', {considerDefaultExhaustiveForUnions: true}],
      '@typescript-eslint/no-unnecessary-condition': ['error', {allowConstantLoopConditions: true}],
      '@typescript-eslint/prefer-nullish-coalescing': 'off',
      '@typescript-eslint/no-dynamic-delete': 'off',
      'no-console': 'error',
      eqeqeq: 'error',
      'prefer-const': 'error',
      complexity: ['error', 20],
      'max-lines': ['error', {max: 400, skipBlankLines: true, skipComments: true}],
    },
  },
  {files: ['**/*.{js,mjs}'], ...tseslint.configs.disableTypeChecked},
  {
    files: ['test/**/*.{ts,tsx}', 'prove/**/*.ts', 'bench/**/*.ts', 'scripts/**/*.{ts,mjs}'],
    rules: {
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-unused-expressions': 'off',
      'no-console': 'off',
      complexity: 'off',
      'max-lines': 'off',
    },
  },
  {
    files: ['src/core/**/*.ts'],
    rules: {
      'no-restricted-globals': ['error', 'process', 'setTimeout', 'setInterval', 'fetch', 'performance', 'Buffer'],
      'no-restricted-properties': [
        'error',
        {object: 'Date', property: 'now', message: 'Time is a parameter in core/.'},
        {object: 'Math', property: 'random', message: 'Chance is a parameter in core/.'},
      ],
    },
  },
  ...walls,
);

// Types stay honest and the core stays pure. Which folder may import which: .dependency-cruiser.js.
import tseslint from 'typescript-eslint';

/** Globals that start a timer or read a clock of the machine. */
const timers = ['setTimeout', 'setInterval', 'clearTimeout', 'clearInterval', 'performance'];

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
      'no-restricted-syntax': [
        'error',
        {
          selector:
            "ImportDeclaration[source.value='zod'] > :matches(ImportSpecifier[imported.name='z'], ImportDefaultSpecifier)",
          // As one object zod cannot be cut to what is used, and brings every locale: 440 KB more in the bundle.
          message: "import * as z from 'zod'",
        },
      ],
      eqeqeq: 'error',
      'prefer-const': 'error',
      complexity: ['error', 20],
      'max-lines': ['error', {max: 400, skipBlankLines: true, skipComments: true}],
    },
  },
  {files: ['**/*.{js,mjs}'], ...tseslint.configs.disableTypeChecked},
  {
    files: ['test/**/*.{ts,tsx}', 'bench/**/*.ts', 'scripts/**/*.{ts,mjs}'],
    rules: {
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-unused-expressions': 'off',
      'no-console': 'off',
      complexity: 'off',
      'max-lines': 'off',
    },
  },
  {
    // Time is handed in (core/timers.ts). The simulator and the browser have a time of their own.
    files: ['src/**/*.{ts,tsx}'],
    ignores: ['src/simulator/**', 'src/cli/timers.ts', 'src/http/page/client/**'],
    rules: {
      'no-restricted-globals': [
        'error',
        ...timers.map((name) => ({name, message: 'Time is handed in: core/timers.ts.'})),
      ],
      'no-restricted-properties': [
        'error',
        ...[
          ['Date', 'now'],
          ['AbortSignal', 'timeout'],
          ['process', 'hrtime'],
          ['process', 'uptime'],
        ].map(([object, property]) => ({object, property, message: 'Time is handed in: core/timers.ts.'})),
      ],
      'no-restricted-imports': [
        'error',
        {
          paths: ['timers', 'timers/promises', 'perf_hooks'].flatMap((name) =>
            [name, `node:${name}`].map((path) => ({
              name: path,
              allowImportNames: ['setImmediate', 'clearImmediate'],
              message: 'Time is handed in: core/timers.ts. A turn of the event loop (setImmediate) is no time.',
            })),
          ),
        },
      ],
      'no-restricted-syntax': [
        'error',
        {
          selector: "NewExpression[callee.name='Date'][arguments.length=0]",
          message: 'Time is handed in: core/timers.ts.',
        },
      ],
    },
  },
  {
    files: ['src/core/**/*.ts'],
    rules: {
      'no-restricted-globals': ['error', 'process', 'fetch', 'Buffer', 'setImmediate', ...timers],
      'no-restricted-properties': [
        'error',
        {object: 'Date', property: 'now', message: 'Time is a parameter in core/.'},
        {object: 'AbortSignal', property: 'timeout', message: 'Time is a parameter in core/.'},
        {object: 'Math', property: 'random', message: 'Chance is a parameter in core/.'},
      ],
    },
  },
);

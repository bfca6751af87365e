import js from '@eslint/js';
import svelte from 'eslint-plugin-svelte';
import globals from 'globals';
import ts from 'typescript-eslint';

const CAPABILITIES =
  '{platform,directory,assets,documents,queue,cash,messaging,billing,booking,banking,fulfilment,sales,exchange,insights,privacy}';
const TESTS = [
  '**/*.test.ts',
  '**/*.spec.ts',
  '**/*.test.mjs',
  '**/test/**/*.ts',
  '**/*.contract.ts',
  '**/*.testing.ts',
];
const TYPED = ['**/*.ts', '**/*.svelte', '**/*.svelte.ts'];

const noRelativeImportWithoutExtension = {
  selector:
    ':matches(ImportDeclaration, ExportNamedDeclaration)[source.value=/^\\.{1,2}\\/(?!.*\\$types).*[^/]$/]:not([source.value=/\\.(ts|js|mjs|cjs|json|svelte|css|svg)(\\?\\w+)?$/])',
  message: 'Write the extension: the same path then works in Node, Vite and the type checker.',
};

const noDefaultExport = {
  selector: 'ExportDefaultDeclaration',
  message: 'Export by name: a thing is then called the same everywhere.',
};

/** Rules, selectors and projections are replayed on other machines at other times: the world is an argument. */
const noWorld = [
  {
    selector: "NewExpression[callee.name='Date'][arguments.length=0]",
    message: 'The time is an argument (ctx.now).',
  },
  {
    selector: "MemberExpression[object.name='Date'][property.name='now']",
    message: 'The time is an argument (ctx.now).',
  },
  {
    selector: "MemberExpression[object.name='Math'][property.name='random']",
    message: 'Chance is an argument.',
  },
  {
    selector: "MemberExpression[property.name='randomUUID']",
    message: 'Ids are arguments (ctx.newId).',
  },
];

const noThrow = {
  selector: 'ThrowStatement',
  message: 'A refusal is a value; only a bug throws, and the kernel has the function for that.',
};

const BROWSER_AND_NODE = [
  ...['window', 'document', 'navigator', 'localStorage', 'sessionStorage', 'indexedDB', 'fetch', 'location'],
  ...['process', 'Buffer', 'crypto', 'performance', 'setTimeout', 'setInterval', 'setImmediate'],
].map((name) => ({ name, message: 'shared/ runs everywhere: what belongs to one place is an argument.' }));

const skipped = ['it', 'test', 'describe'].flatMap((object) =>
  ['skip', 'only', 'todo', 'fixme'].map((property) => ({
    object,
    property,
    message: 'A test runs, or it is not there.',
  })),
);

export default ts.config(
  {
    ignores: [
      '**/node_modules/',
      '**/build/',
      '**/.svelte-kit/',
      '**/dist/',
      '**/test-results/',
      '**/playwright-report/',
      'drizzle/migrations/',
      'data/',
    ],
  },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  js.configs.recommended,
  {
    files: TYPED,
    extends: [ts.configs.recommendedTypeChecked],
    languageOptions: {
      parserOptions: {
        projectService: { allowDefaultProject: ['*.ts'] },
        extraFileExtensions: ['.svelte'],
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      // The type checker knows better what exists.
      'no-undef': 'off',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true, requireDefaultForNonUnion: false },
      ],
      // postgres.js' queries are promises with a life of their own; a template is often built of numbers.
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowNullish: true },
      ],
      // A port's method may have nothing to wait for and is a promise all the same.
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true },
      ],
    },
  },
  {
    rules: {
      'no-console': 'error',
      'no-warning-comments': ['error', { terms: ['todo', 'fixme', 'xxx'], location: 'start' }],
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'no-restricted-syntax': ['error', noRelativeImportWithoutExtension],
      'no-restricted-properties': ['error', ...skipped],
    },
  },

  // Svelte
  ...svelte.configs.recommended,
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    languageOptions: {
      globals: globals.browser,
      parserOptions: {
        parser: ts.parser,
        projectService: true,
        extraFileExtensions: ['.svelte'],
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      // The typed rules see an imported component as any; svelte-check sees what it really is.
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      // What $props() takes apart is one declaration; state is said to change by `let`, even where its parts do.
      'prefer-const': 'off',
      'svelte/prefer-const': ['error', { excludedRunes: ['$props', '$state'] }],
      // It takes the reason that stands behind the ignored warning for names of more warnings.
      'svelte/no-unused-svelte-ignore': 'off',
      // Addresses of another of the three apps, and of the API, are not routes of this one.
      'svelte/no-navigation-without-resolve': 'off',
      // Maps that are rebuilt, never mutated, need no reactivity of their own.
      'svelte/prefer-svelte-reactivity': 'off',
    },
  },

  // Where the world is an argument
  {
    files: ['shared/src/**/*.ts'],
    ignores: ['shared/src/ui/**', ...TESTS],
    rules: {
      'no-restricted-syntax': ['error', noRelativeImportWithoutExtension, noDefaultExport, ...noWorld],
      'no-restricted-globals': ['error', ...BROWSER_AND_NODE],
      'no-restricted-imports': [
        'error',
        { patterns: [{ group: ['node:*'], message: 'shared/ runs in browsers too.' }] },
      ],
    },
  },
  {
    files: [`shared/src/${CAPABILITIES}/**/*.ts`],
    ignores: TESTS,
    rules: {
      'no-restricted-syntax': [
        'error',
        noRelativeImportWithoutExtension,
        noDefaultExport,
        noThrow,
        ...noWorld,
      ],
    },
  },
  {
    files: ['server/src/**/*.ts'],
    rules: { 'no-restricted-syntax': ['error', noRelativeImportWithoutExtension, noDefaultExport] },
  },

  // Programs that talk to a person at a terminal
  {
    files: ['scripts/**', 'bench/**', 'e2e/**'],
    rules: { 'no-console': 'off' },
  },
  {
    files: ['**/*.mjs', '**/*.cjs', '**/*.js'],
    languageOptions: { globals: globals.node },
  },
  {
    files: ['shared/src/ui/push-worker.js'],
    languageOptions: { globals: globals.serviceworker },
  },
  {
    files: TESTS,
    rules: {
      // What a parsed answer is made of is what the test is about to find out.
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      // A spy is looked at, not called.
      '@typescript-eslint/unbound-method': 'off',
    },
  },
);

import { defineConfig } from 'vitest/config';

const DATABASE_TESTS = '**/*.pg.test.ts';
const PLACES = '{shared,drizzle,server,kiosk,display,staff-pwa,e2e,bench,scripts}';
const NO_TESTS = ['**/node_modules/**', '**/build/**', '**/.svelte-kit/**'];

export default defineConfig({
  test: {
    // Two suffixes, two projects: PostgreSQL is started only where a `.pg.test.ts` is in the run.
    projects: [
      {
        test: {
          name: 'unit',
          include: [`${PLACES}/**/*.test.ts`],
          exclude: [...NO_TESTS, DATABASE_TESTS],
          // A thousand random cases take a second here; a busy machine must not make them red.
          testTimeout: 30_000,
        },
      },
      {
        test: {
          name: 'pg',
          include: [`${PLACES}/${DATABASE_TESTS}`],
          exclude: NO_TESTS,
          globalSetup: ['server/test/postgres-per-run.ts'],
          // A database per file and a start of PostgreSQL here and there: seconds on a busy machine.
          testTimeout: 30_000,
          hookTimeout: 30_000,
        },
      },
    ],
  },
});

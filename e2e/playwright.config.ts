import { defineConfig } from '@playwright/test';
import { chromiumLaunchOptions } from './support/chromium.ts';

/** A journey plays a whole morning with real browsers; a busy machine needs minutes for the longest. */
const TEST_MS_MAX = 180_000;
const EXPECT_MS_MAX = 10_000;
const ACTION_MS_MAX = 15_000;

const jsonFile = process.env['PLAYWRIGHT_JSON_OUTPUT_FILE'];

export default defineConfig({
  testDir: '.',
  globalSetup: './support/postgres.ts',
  testMatch: '**/*.spec.ts',
  // Each journey has a server and several browsers of its own; two at once would measure each other.
  workers: 1,
  // A test that passes at the second try has found something.
  retries: 0,
  forbidOnly: true,
  timeout: TEST_MS_MAX,
  expect: { timeout: EXPECT_MS_MAX },
  outputDir: './test-results',
  reporter: jsonFile ? [['list'], ['json', { outputFile: jsonFile }]] : [['list']],
  use: {
    browserName: 'chromium',
    headless: true,
    // A button that does not come is a fault, not a reason to wait for the whole test.
    actionTimeout: ACTION_MS_MAX,
    launchOptions: chromiumLaunchOptions(),
    locale: 'de-CH',
    timezoneId: 'Europe/Zurich',
    screenshot: 'only-on-failure',
    trace: 'retain-on-failure',
  },
});

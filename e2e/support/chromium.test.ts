import { delimiter } from 'node:path';
import { expect, it } from 'vitest';
import { findChromium } from './chromium.ts';

const search = (files: string[], chosen?: string) =>
  findChromium({
    chosen,
    playwright: '/playwright/chrome',
    path: ['/usr/local/bin', '/usr/bin'].join(delimiter),
    exists: (file) => files.includes(file),
  });

it("prefers Playwright's own browser to the system's", () => {
  expect(search(['/usr/bin/chromium', '/playwright/chrome'])).toBe('/playwright/chrome');
});

it('takes Chromium before another browser, wherever each lies', () => {
  expect(search(['/usr/local/bin/google-chrome', '/usr/bin/chromium'])).toBe('/usr/bin/chromium');
  expect(search(['/usr/local/bin/google-chrome'])).toBe('/usr/local/bin/google-chrome');
});

it('takes the one that somebody chose', () => {
  expect(search(['/playwright/chrome'], '/opt/chrome')).toBe('/opt/chrome');
});

it('finds none where none is', () => {
  expect(search([])).toBeUndefined();
});

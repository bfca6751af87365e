// The browser that tests and screenshots drive: Playwright's own where it was downloaded, else the system's.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { chromium } from '@playwright/test';

/** In the order of preference; the last ones are what a desktop usually has. */
const NAMES = [
  'chromium',
  'chromium-browser',
  'chromium-headless-shell',
  'google-chrome',
  'google-chrome-stable',
  'chrome',
  'microsoft-edge',
];
const INSTALLED_PLACES = [
  '/snap/bin/chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge',
  String.raw`C:\Program Files\Google\Chrome\Application\chrome.exe`,
  String.raw`C:\Program Files (x86)\Google\Chrome\Application\chrome.exe`,
  String.raw`C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe`,
];
/** The package with all it depends on is 100 MB to fetch; a slow mirror takes minutes. */
const APT_MS_MAX = 15 * 60_000;

export interface BrowserSearch {
  /** A path somebody chose: `CHROMIUM_PATH`. */
  chosen: string | undefined;
  playwright: string;
  path: string;
  exists: (file: string) => boolean;
}

const thisMachine = (): BrowserSearch => ({
  chosen: process.env['CHROMIUM_PATH'],
  playwright: chromium.executablePath(),
  path: process.env['PATH'] ?? '',
  exists: existsSync,
});

export function findChromium(search: BrowserSearch = thisMachine()): string | undefined {
  if (search.chosen) return search.chosen;
  const folders = search.path.split(delimiter).filter((folder) => folder !== '');
  const onPath = NAMES.flatMap((name) => folders.map((folder) => join(folder, name)));
  return [search.playwright, ...onPath, ...INSTALLED_PLACES].find((file) => search.exists(file));
}

function installOnDebian(): void {
  console.log('No Chromium here: installing the Debian package …');
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  for (const args of [['update'], ['install', '-y', '--no-install-recommends', 'chromium']]) {
    spawnSync('apt-get', args, { env, stdio: ['ignore', 'ignore', 'inherit'], timeout: APT_MS_MAX });
  }
}

/** Finds a browser, or installs one where that needs nobody's permission. */
export function ensureChromium(): string {
  const found = findChromium();
  if (found !== undefined) return found;
  if (existsSync('/etc/debian_version') && process.getuid?.() === 0) installOnDebian();
  const installed = findChromium();
  if (installed !== undefined) return installed;
  throw new Error(
    'No Chromium was found. Install Chromium or Google Chrome (Debian: apt-get install chromium; elsewhere: ' +
      'npx playwright install chromium), or name one in CHROMIUM_PATH.',
  );
}

/** What Playwright's `launch` needs for it. */
export function chromiumLaunchOptions(): { executablePath: string; args: string[] } {
  const quiet = ['--no-first-run', '--disable-background-networking', '--disable-component-update'];
  const plain = ['--disable-gpu', '--disable-quic', '--disable-sync'];
  // Chromium's sandbox refuses root.
  const sandbox = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  return { executablePath: ensureChromium(), args: [...sandbox, ...plain, ...quiet] };
}

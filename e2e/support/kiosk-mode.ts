// A screen as kiosk-mode/ sets it up: Chromium under the shipped policies and flags, on an X screen of its own, with
// keys that come from the X server, as a keyboard's do. What a debugger sends reaches the page alone, never the browser.
import { execFile, execFileSync, spawn, spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { chromium, type BrowserContext, type Page } from '@playwright/test';
import { ensureChromium } from './chromium.ts';

export const FOLDER = join(import.meta.dirname, '..', '..', 'kiosk-mode');
/** Chromium of Debian, Google Chrome, and the build that Playwright brings. */
const POLICY_FOLDERS = ['etc/chromium', 'etc/opt/chrome', 'etc/opt/chrome_for_testing'];
const TOOLS = ['Xvfb', 'xdotool', 'unshare'];
const APT_MS_MAX = 10 * 60_000;
const LAUNCH_MS_MAX = 60_000;
const run = promisify(execFile);

export type Policies = Readonly<Record<string, unknown>>;
export type ScreenKind = 'kiosk' | 'display';

function filled(file: string, origin: string, kind: ScreenKind): string {
  const text = readFileSync(join(FOLDER, file), 'utf8');
  return text.replaceAll('@ORIGIN@', origin).replaceAll('@PATH@', `/${kind}/`);
}
export const shippedPolicies = (origin: string, kind: ScreenKind): Policies =>
  JSON.parse(filled('policies.json', origin, kind)) as Policies;
export const shippedFlags = (origin: string, kind: ScreenKind): string[] =>
  filled('flags', origin, kind)
    .split('\n')
    .filter((flag) => flag !== '');

/** The shipped policies shut debuggers out, and so these tests too: the two that do are left out here. */
export function drivable(policies: Policies): Policies {
  return { ...policies, DeveloperToolsAvailability: 1, RemoteDebuggingAllowed: true };
}

const isThere = (tool: string): boolean => spawnSync('which', [tool]).status === 0;

/** An X server and its keyboard; installed first where that needs nobody's permission, as the browser is. */
export function ensureTools(): void {
  if (!TOOLS.every(isThere) && existsSync('/etc/debian_version') && process.getuid?.() === 0) {
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    for (const args of [['update'], ['install', '-y', '--no-install-recommends', 'xvfb', 'xdotool']])
      spawnSync('apt-get', args, { env, stdio: ['ignore', 'ignore', 'inherit'], timeout: APT_MS_MAX });
  }
  const missing = TOOLS.filter((tool) => !isThere(tool));
  if (missing.length > 0)
    throw new Error(`Kiosk mode is tried on an X screen: ${missing.join(', ')} (Debian: xvfb, xdotool).`);
}

/** The program itself: what Debian has on the path is a script that starts it. */
export function chromiumProgram(): string {
  const found = realpathSync(ensureChromium());
  const places = [found, '/usr/lib/chromium/chromium', join(dirname(found), 'chrome')];
  return (
    places.find((file) => existsSync(file) && readFileSync(file).subarray(1, 4).toString() === 'ELF') ?? found
  );
}

interface Launch {
  readonly command: string;
  readonly args: readonly string[];
  readonly scratch: string;
}

/**
 * How to start Chromium with policies that no other process meets: they are read from /etc alone, so it gets an
 * /etc of its own, in a mount namespace.
 */
export function withPolicies(policies: Policies, flags: readonly string[]): Launch {
  const scratch = mkdtempSync(join(tmpdir(), 'schalter-screen-'));
  // Some of it is not for everybody to read, and not needed.
  spawnSync('cp', ['-a', '/etc', scratch], { stdio: 'ignore' });
  for (const folder of POLICY_FOLDERS) {
    const managed = join(scratch, folder, 'policies', 'managed');
    mkdirSync(managed, { recursive: true });
    writeFileSync(join(managed, 'schalter-screen.json'), JSON.stringify(policies));
  }
  const namespace = process.getuid?.() === 0 ? ['--mount'] : ['--mount', '--user', '--map-root-user'];
  const shell = 'mount --bind "$1" /etc && shift && exec "$@"';
  return {
    command: 'unshare',
    args: [
      ...[...namespace, 'sh', '-c', shell, 'sh', join(scratch, 'etc'), ensureChromium()],
      ...['--no-sandbox', '--disable-gpu', `--user-data-dir=${join(scratch, 'profile')}`, ...flags],
    ],
    scratch,
  };
}

export interface ScreenOptions {
  readonly policies: Policies;
  readonly flags: readonly string[];
  readonly width: number;
  readonly height: number;
}

export interface Screen {
  readonly context: BrowserContext;
  readonly page: Page;
  /** As from a keyboard, in xdotool's names: `ctrl+shift+i`, `F12`. */
  keys(...names: string[]): Promise<void>;
  /** As from a mouse, `3` the right button, `8` back. */
  click(x: number, y: number, button: number): Promise<void>;
  /** A step of the wheel (4 up, 5 down) with a key held. */
  wheel(x: number, y: number, button: 4 | 5, held: string): Promise<void>;
  /** What lies where this browser keeps files. */
  downloads(): string[];
  /** The windows that can be seen: menus, dialogs and other browsers are some too. */
  windows(): Promise<number>;
  close(): Promise<void>;
}

export async function openScreen({ policies, flags, width, height }: ScreenOptions): Promise<Screen> {
  const server = spawn(
    'Xvfb',
    ['-displayfd', '3', '-screen', '0', `${width}x${height}x24`, '-nolisten', 'tcp'],
    { stdio: ['ignore', 'ignore', 'ignore', 'pipe'] },
  );
  const display = await new Promise<string>((resolve, reject) => {
    server.stdio[3]?.once('data', (data: Buffer) => resolve(`:${data.toString().trim()}`));
    server.once('exit', () => reject(new Error('no X server')));
  });
  const env = { ...process.env, DISPLAY: display } as Record<string, string>;
  const xdotool = async (...args: string[]): Promise<string> =>
    (await run('xdotool', args, { env, timeout: 10_000 })).stdout;
  const { command, args, scratch } = withPolicies(policies, [
    ...flags,
    '--remote-debugging-pipe',
    // There is no window manager that would make it as large as the screen.
    ...['--window-position=0,0', `--window-size=${width},${height}`],
  ]);
  const home = join(scratch, 'home');
  mkdirSync(home);
  const context = await chromium.launchPersistentContext(join(scratch, 'profile'), {
    headless: false,
    executablePath: execFileSync('which', [command]).toString().trim(),
    ignoreDefaultArgs: true,
    args: [...args],
    env: { ...env, HOME: home },
    timeout: LAUNCH_MS_MAX,
    viewport: null,
  });
  const page = context.pages()[0] ?? (await context.waitForEvent('page'));
  return {
    context,
    page,
    keys: async (...names) => void (await xdotool('key', '--delay', '1', ...names)),
    click: async (x, y, button) =>
      void (await xdotool('mousemove', String(x), String(y), 'click', String(button))),
    async wheel(x, y, button, held) {
      await xdotool(
        'mousemove',
        String(x),
        String(y),
        'keydown',
        held,
        'click',
        String(button),
        'keyup',
        held,
      );
    },
    downloads: () =>
      readdirSync(home).flatMap((name) => (name.startsWith('.') ? [] : readdirSync(join(home, name)))),
    windows: async () =>
      (await xdotool('search', '--onlyvisible', '--class', 'chrom')).split('\n').filter((id) => id !== '')
        .length,
    async close() {
      await context.close();
      server.kill();
      rmSync(scratch, { recursive: true, force: true });
    },
  };
}

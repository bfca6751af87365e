/// <reference lib="dom" />
// What kiosk-mode/ ships, asked of the browser itself.
import { spawn } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from '@playwright/test';
import {
  chromiumProgram,
  drivable,
  openScreen,
  shippedFlags,
  shippedPolicies,
  withPolicies,
} from '../support/kiosk-mode.ts';

const SIZE = { width: 1280, height: 800 };
const KNOWN: unknown = expect.stringMatching(/^(OK|Deprecated)$/);
const ELSEWHERE = [
  ...['https://example.org/', 'file:///etc/passwd', 'ftp://example.org/'],
  ...['chrome://settings', 'chrome://flags', 'chrome://version', 'chrome://policy', 'chrome://downloads'],
];
/** A window or a file that is going to come has come by then. */
const LATER_MS = 1_500;
const REFUSED_MS_MAX = 30_000;

let house: Server;
let origin: string;
let elsewhere: string;
test.beforeAll(async () => {
  house = createServer((request, response) => {
    const isFile = request.url?.startsWith('/file') === true;
    const headers = { 'content-disposition': 'attachment; filename="list.csv"', 'content-type': 'text/csv' };
    response.writeHead(200, isFile ? headers : { 'content-type': 'text/html; charset=utf-8' });
    response.end(isFile ? 'a;b' : '<!doctype html><title>house</title><p>Grüezi</p>');
  });
  await new Promise<void>((resolve) => house.listen(0, resolve));
  const { port } = house.address() as AddressInfo;
  origin = `http://localhost:${port}`;
  // The same server by another name is another origin.
  elsewhere = `http://127.0.0.1:${port}`;
});
test.afterAll(() => void house.close());

test('[KM1] the browser knows every policy, and takes it as it stands', async () => {
  const shipped = shippedPolicies(origin, 'kiosk');
  const policies = { ...drivable(shipped), URLAllowlist: [origin, 'chrome://policy'], NoSuchPolicy: 1 };
  const { page, close } = await openScreen({
    policies,
    flags: ['--no-first-run', 'chrome://policy'],
    ...SIZE,
  });
  try {
    await page.goto('chrome://policy');
    const states = async (): Promise<Record<string, string>> =>
      Object.fromEntries(
        await page.locator('policy-row').evaluateAll((rows) =>
          rows.flatMap(({ shadowRoot }) => {
            const text = (part: string) =>
              shadowRoot?.querySelector(`.policy.row .${part}`)?.textContent.trim() ?? '';
            return text('value') === '' ? [] : [[text('name'), text('messages')] as const];
          }),
        ),
      );
    await expect.poll(states).toHaveProperty('URLBlocklist');
    const { NoSuchPolicy, ...known } = await states();
    // The page tells what it does not know.
    expect(NoSuchPolicy).toContain('Error');
    expect(known).toEqual(Object.fromEntries(Object.keys(shipped).map((name) => [name, KNOWN])));
  } finally {
    await close();
  }
});

test('[KM1] the browser knows every flag', () => {
  // Chromium says nothing of a flag that it has dropped; the names of those it has are in its program.
  const program = readFileSync(chromiumProgram());
  const names = shippedFlags(origin, 'kiosk').map((flag) => flag.slice(2).split('=')[0] ?? '');
  expect(names.filter((name) => !program.includes(`\0${name}\0`))).toEqual([]);
  expect(program.includes('\0no-such-flag\0')).toBe(false);
});

test('[KM2] only the house opens: no other site, no file, no page of the browser, no download, no window', async () => {
  const policies = drivable(shippedPolicies(origin, 'kiosk'));
  const screen = await openScreen({ policies, flags: shippedFlags(origin, 'kiosk'), ...SIZE });
  const { page, context } = screen;
  try {
    await expect(page).toHaveTitle('house');
    for (const address of [...ELSEWHERE, elsewhere]) {
      await page.goto(address).catch(() => undefined);
      await expect.soft(page.locator('body'), address).toContainText('This page is blocked');
      // What was refused settles in its own time.
      await expect(() => page.goto(origin)).toPass();
    }
    // Playwright takes downloads into its own hands; here they are the browser's again.
    const debuggee = await context.newCDPSession(page);
    await debuggee.send('Browser.setDownloadBehavior', { behavior: 'default' });
    await page.goto(`${origin}/file`).catch(() => undefined);
    await page.goto(origin);
    const evaluate = async (expression: string): Promise<unknown> =>
      (await debuggee.send('Runtime.evaluate', { expression, returnByValue: true, userGesture: false }))
        .result.value;
    // Playwright's own looks at a page count as a touch for some seconds, and who touches may open a window.
    await expect.poll(() => evaluate('navigator.userActivation.isActive'), { timeout: 15_000 }).toBe(false);
    await evaluate("window.open('/', '', 'popup') === null");
    await page.waitForTimeout(LATER_MS);
    expect(screen.downloads()).toEqual([]);
    expect(context.pages()).toHaveLength(1);
    expect(await screen.windows()).toBe(1);
  } finally {
    await screen.close();
  }
});

test('[KM3] as shipped, no debugger gets in', async () => {
  const flags = ['--headless=new', '--remote-debugging-port=0', origin];
  const { command, args, scratch } = withPolicies(shippedPolicies(origin, 'kiosk'), flags);
  const browser = spawn(command, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  try {
    let said = '';
    browser.stderr.on('data', (data: Buffer) => (said += data.toString()));
    await expect
      .poll(() => said, { timeout: REFUSED_MS_MAX })
      .toContain('DevTools remote debugging is disallowed by the system admin');
    expect(said).not.toContain('DevTools listening');
  } finally {
    browser.kill('SIGKILL');
    await new Promise((resolve) => browser.once('close', resolve));
    rmSync(scratch, { recursive: true, force: true, maxRetries: 5 });
  }
});

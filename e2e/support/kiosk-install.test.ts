import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { FOLDER, shippedPolicies } from './kiosk-mode.ts';

const HOUSE = 'https://counter.example.org';
const LIB = 'usr/local/lib/schalter-screen';
let prefix = '';
afterEach(() => {
  rmSync(prefix, { recursive: true, force: true });
  prefix = '';
});

function install(...args: string[]) {
  prefix ||= mkdtempSync(join(tmpdir(), 'schalter-install-'));
  const { status, stdout, stderr } = spawnSync('sh', [join(FOLDER, 'install.sh'), ...args], {
    env: { ...process.env, PREFIX: prefix },
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
}
const written = (file: string): string => readFileSync(join(prefix, file), 'utf8');

it('[KM7] the installer fills in the house, and a second run changes nothing', () => {
  expect(install(HOUSE, 'display')).toMatchObject({ status: 0, stderr: '' });
  const policies = written('etc/chromium/policies/managed/schalter-screen.json');
  expect(JSON.parse(policies)).toEqual(shippedPolicies(HOUSE, 'display'));
  expect(written(`${LIB}/flags`)).toContain(`--app=${HOUSE}/display/\n`);
  expect(written(`${LIB}/origin`)).toBe(`${HOUSE}\n`);
  for (const file of ['flags', 'origin', 'start.sh']) expect(written(`${LIB}/${file}`)).not.toMatch(/@\w+@/);
  expect(statSync(join(prefix, LIB, 'start.sh')).mode & 0o777).toBe(0o755);
  expect(written('etc/systemd/system/schalter-screen.service')).toContain('Restart=always');
  expect(install(HOUSE, 'display')).toEqual({ status: 0, stdout: '', stderr: '' });
  expect(install(`${HOUSE}:8443`, 'kiosk').stdout.match(/written/g)).toHaveLength(3);
});

it.each([
  [],
  [HOUSE],
  [HOUSE, 'both'],
  ['http://counter.example.org', 'kiosk'],
  [`${HOUSE}/kiosk/`, 'kiosk'],
  [`${HOUSE}"], "X": ["*`, 'kiosk'],
  [`${HOUSE}\nhttps://b.example.org`, 'kiosk'],
  [`${HOUSE}|e id`, 'kiosk'],
])('[KM7] it takes nothing that is not the address of a house: %j %j', (...args: string[]) => {
  expect(install(...args)).toMatchObject({ status: 1, stdout: '' });
});

/** Programs of the machine, as scripts that write down how they were called. */
function startWith(programs: Readonly<Record<string, string>>): string {
  install(HOUSE, 'kiosk');
  const folder = join(prefix, 'programs');
  mkdirSync(folder);
  const log = join(prefix, 'log');
  for (const [name, script] of Object.entries(programs))
    writeFileSync(join(folder, name), `#!/bin/sh\necho ${name} "$@" >>${log}\n${script}\n`, { mode: 0o755 });
  const env = { ...process.env, HOME: prefix, PATH: `${folder}${delimiter}${process.env['PATH'] ?? ''}` };
  spawnSync('sh', [join(prefix, LIB, 'start.sh')], { env, timeout: 20_000 });
  return written('log');
}
/** Ends with the third look at it. */
const BROWSER = 'exec 3>&-; while [ "$(grep -c ^pgrep "$HOME/log")" -lt 3 ]; do :; done';
const SLEEP = 'exec /bin/sleep 0.05';

it('[KM9] it waits for the house, then starts the browser as shipped, and feeds the watchdog while a page lives', () => {
  const log = startWith({
    curl: '[ "$(grep -c ^curl "$HOME/log")" -ge 3 ]',
    chromium: BROWSER,
    pgrep: 'true',
    'systemd-notify': '',
    sleep: SLEEP,
  });
  const [waiting = '', running = ''] = log.split(/^chromium .*$/m);
  expect(waiting.match(/^curl .*\/healthz$/gm)).toHaveLength(3);
  expect(log).toContain(`--app=${HOUSE}/kiosk/ `);
  expect(running.match(/^systemd-notify WATCHDOG=1$/gm)?.length).toBeGreaterThanOrEqual(2);
});

it('[KM9] a browser without a page does not feed the watchdog', () => {
  const log = startWith({
    curl: 'true',
    chromium: BROWSER,
    pgrep: 'false',
    'systemd-notify': '',
    sleep: SLEEP,
  });
  expect(log).toContain('pgrep');
  expect(log).not.toContain('WATCHDOG');
});

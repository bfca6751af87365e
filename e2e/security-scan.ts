// sqlmap (from Debian: apt-get install sqlmap) against every route of the API that takes something: a path, a query, a
// body; of commands, one of each kind. It begins a server with a database of its own and the demo in it, signs in as its
// admin, reads the server's own description, and prints what was found. No part of `npm test`: it takes an hour.
//   npm run scan -- [--level 1..5] [--risk 1..3] [--only /people] [--max 10]
import { spawn, spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { people } from '@schalter/drizzle/seed/station.ts';
import { sampleInputs } from '@schalter/server/test/samples.ts';
import { root } from '../scripts/pnpm.mjs';

const { values } = parseArgs({
  options: {
    level: { type: 'string', default: '1' },
    risk: { type: 'string', default: '1' },
    only: { type: 'string', default: '' },
    max: { type: 'string', default: '1000' },
  },
});
/** The database is known: nobody waits for what others would do. Without stacked queries, which no driver of ours sends. */
const SQLMAP = ['--batch', '--flush-session', '--dbms=PostgreSQL', '--technique=BEUT', '--time-sec=3'];
/** Wide: what a request does is looked at, not how many are let through. */
const LIMITS_SCALE = '10000';
const READY_MS = 300_000;

interface Target {
  readonly name: string;
  readonly method: string;
  /** With `*` behind what sqlmap is to try. */
  readonly target: string;
  readonly body: unknown;
}
interface Operation {
  readonly parameters?: readonly { readonly in: string; readonly name: string }[];
  readonly requestBody?: unknown;
}

/** What a parameter or field of this name may hold, so that a request gets past the first check. */
const VALUES: Readonly<Record<string, string | number>> = {
  day: '2026-05-20',
  q: 'Keller',
  sort: 'arrivedAt',
  limit: '5',
  code: 'zrh',
  kind: 'kiosk',
  email: people[0]?.email ?? '',
  password: 'Sieben-Zimt-Turm',
  pin: '294716',
  name: 'Tablet',
  slot: 1,
  token: 'x'.repeat(43),
  organisation: 'Haus',
  language: 'de',
};
/** The bodies of the routes that take one: their fields, by name. */
const BODIES: Readonly<Record<string, readonly string[]>> = {
  'POST /api/v1/auth/login': ['email', 'password'],
  'POST /api/v1/auth/pin': ['personId', 'pin'],
  'PUT /api/v1/auth/pin': ['password', 'pin'],
  'POST /api/v1/auth/proofs': ['password'],
  'POST /api/v1/auth/second-factor/verify': ['code'],
  'POST /api/v1/auth/second-factor/confirm': ['code'],
  'POST /api/v1/setup': ['token', 'organisation', 'name', 'email', 'password', 'language'],
  'POST /api/v1/pairings': ['kind'],
  'POST /api/v1/pairings/claim': ['code'],
  'POST /api/v1/pairings/{pairingId}/approve': ['locationId', 'name'],
  'PUT /api/v1/people/{personId}/credentials': ['pin'],
  'POST /api/v1/auth/forgot-password': ['email'],
  'POST /api/v1/auth/link': ['token'],
  'POST /api/v1/auth/reset-password': ['token', 'password', 'pin'],
  'POST /api/v1/demo/devices': ['kind', 'slot'],
};

const folder = mkdtempSync(join(tmpdir(), 'schalter-scan-'));
const port = await freePort();
const url = `http://127.0.0.1:${port}`;
const server = spawn(process.execPath, ['--import', 'tsx', 'server/src/main.ts'], {
  cwd: root,
  env: { ...process.env, PORT: String(port), DATA_DIR: folder, DEMO: '1', LIMITS_SCALE, LOG_LEVEL: 'error' },
  stdio: ['ignore', 'pipe', 'inherit'],
});
let said = '';
server.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
const say = (line: string) => process.stdout.write(`${line}\n`);

try {
  await ready();
  const { cookie, locationId } = await signIn();
  const { paths } = await json<{ paths: Record<string, Record<string, Operation>> }>('/api/v1/openapi.json');
  const targets = Object.entries(paths)
    .flatMap(([path, methods]) =>
      Object.entries(methods).flatMap(([method, operation]) =>
        targetsOf(path, method, operation, locationId),
      ),
    )
    .filter(({ name }) => name.includes(values.only))
    .slice(0, Number(values.max));
  const found = targets.filter((target) => {
    const isVulnerable = scan(target, cookie);
    say(`${isVulnerable ? 'FOUND' : 'ok   '} ${target.name}`);
    return isVulnerable;
  });
  const errors = said.split('\n').filter((line) => line.startsWith('{"level":50')).length;
  const how = `level ${values.level}, risk ${values.risk}`;
  say(
    `\n${targets.length} requests, ${how}: ${found.length} injectable, ${errors} errors in the server's log`,
  );
  if (found.length > 0 || errors > 0 || targets.length === 0) process.exitCode = 1;
} finally {
  const ended = new Promise((next) => server.once('exit', next));
  server.kill('SIGTERM');
  await ended;
  rmSync(folder, { recursive: true, force: true });
}

function targetsOf(path: string, verb: string, operation: Operation, locationId: string): Target[] {
  const method = verb.toUpperCase();
  const name = `${method} ${path}`;
  const valueOf = (field: string) =>
    field === 'locationId'
      ? locationId
      : (VALUES[field] ?? (field.endsWith('Id') || field === 'cursor' ? randomUUID() : 'x'));
  const query = (operation.parameters ?? [])
    .filter((parameter) => parameter.in === 'query')
    .map((parameter) => `${parameter.name}=${String(valueOf(parameter.name))}*`);
  const address = path.replace(/\{(\w+)\}/g, (_whole, field: string) => `${String(valueOf(field))}*`);
  const target = `${address}${query.length === 0 ? '' : `?${query.join('&')}`}`;
  if (path === '/api/v1/commands') return commands(method, target, locationId);
  const fields = BODIES[name];
  const body = fields && Object.fromEntries(fields.map((field) => [field, valueOf(field)]));
  return body === undefined && !target.includes('*') ? [] : [{ name, method, target, body }];
}

function commands(method: string, target: string, locationId: string): Target[] {
  const id = randomUUID;
  const named = {
    locationId,
    serviceId: id(),
    counterId: id(),
    personId: id(),
    stageId: id(),
    visitId: id(),
    deviceId: id(),
  };
  return Object.entries(sampleInputs).map(([type, input]) => ({
    name: `${method} /api/v1/commands ${type}`,
    method,
    target,
    body: { streamId: locationId, type, input: input(named), occurredAt: new Date().toISOString() },
  }));
}

function scan({ name, method, target, body }: Target, cookie: string): boolean {
  const file = join(folder, 'request.txt');
  const head = [`${method} ${target} HTTP/1.1`, `Host: 127.0.0.1:${port}`, `Cookie: ${cookie}`];
  if (body !== undefined) head.push('Content-Type: application/json');
  writeFileSync(file, `${head.join('\r\n')}\r\n\r\n${body === undefined ? '' : marked(body)}`);
  const depth = ['--level', values.level, '--risk', values.risk];
  const quiet = [
    '--output-dir',
    join(folder, 'sqlmap'),
    '--ignore-code=*',
    '--disable-coloring',
    '--ignore-stdin',
  ];
  const run = spawnSync('sqlmap', ['-r', file, ...depth, ...SQLMAP, ...quiet], { encoding: 'utf8' });
  if (run.error) throw run.error;
  const isVulnerable = /is vulnerable|identified the following injection point/.test(run.stdout);
  if (!isVulnerable && !run.stdout.includes('all tested parameters do not appear to be injectable'))
    throw new Error(`${name}: sqlmap came to no result\n${run.stdout.slice(-2_000)}`);
  return isVulnerable;
}

/** Every text of a body, with the mark behind it. */
function marked(body: unknown): string {
  return JSON.stringify(body, (_key, value: unknown) => (typeof value === 'string' ? `${value}*` : value));
}

async function signIn(): Promise<{ cookie: string; locationId: string }> {
  const [admin] = people;
  const answer = await fetch(`${url}/api/v1/auth/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email: admin?.email, password: admin?.password }),
  });
  const cookie = answer.headers
    .getSetCookie()
    .map((set) => set.split(';')[0])
    .join('; ');
  const { items } = await json<{ items: { id: string }[] }>('/api/v1/locations', cookie);
  return { cookie, locationId: items[0]?.id ?? '' };
}

async function json<T>(path: string, cookie = ''): Promise<T> {
  const answer = await fetch(`${url}${path}`, { headers: { cookie } });
  if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
  return (await answer.json()) as T;
}

async function ready(): Promise<void> {
  const until = Date.now() + READY_MS;
  while (Date.now() < until) {
    if (said.includes('Demo sign-ins')) return;
    await new Promise((next) => setTimeout(next, 300));
  }
  throw new Error('the server did not become ready');
}

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((next) => probe.listen(0, '127.0.0.1', next));
  const { port: free } = probe.address() as AddressInfo;
  await new Promise((next) => probe.close(next));
  return free;
}

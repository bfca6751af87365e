// What somebody who looks for a weakness tries first, and gets: paths, methods, doubled fields, prototypes, lengths.
import { connect } from 'node:net';
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Api, cookiesOf, described } from './api.ts';
import { openTestHouse, PASSWORD, signedIn, type TestHouse } from './house.ts';

let house: TestHouse;
let api: Api;
beforeAll(async () => {
  house = await openTestHouse();
  api = new Api(house.url);
});
afterAll(() => house.close());

/** As it is written: fetch() tidies paths up. */
const raw = (method: string, path: string, headers: Record<string, string> = {}) =>
  new Promise<{ status: number; allow: string; location: string; body: string }>((resolve, fail) => {
    const { hostname, port } = new URL(house.url);
    request({ hostname, port, method, path, headers }, (response) => {
      let body = '';
      response.on('data', (chunk: Buffer) => (body += chunk.toString()));
      response.on('end', () => {
        const { allow = '', location = '' } = response.headers;
        resolve({ status: response.statusCode ?? 0, allow, location, body });
      });
    })
      .on('error', fail)
      .end();
  });

describe('[RL-04] [O15] files', () => {
  it.each([
    '/.git/config',
    '/kiosk/.git/config',
    '/staff/../../package.json',
    '/staff/..%2f..%2fpackage.json',
    '/staff/%2e%2e/%2e%2e/package.json',
    '/kiosk/..\\..\\package.json',
    '/api/docs/../../../package.json',
    '/api/docs/%2e%2e%2fpackage.json',
    '/api/docs/package.json%00.js',
    '/package.json',
    '/server/src/main.ts',
    '/data/postgres/PG_VERSION',
    '/.env',
  ])('[V13.4.1] %s is not there', async (path) => {
    const { status, body } = await raw('GET', path);
    expect([400, 403, 404]).toContain(status);
    expect(body).not.toMatch(/workspaces|repositoryformatversion|"private"|import /);
  });

  it.each(['/kiosk/_app/', '/kiosk/_app/immutable/', '/staff/_app/', '/api/docs/index.css/'])(
    '[V13.4.3] %s lists nothing',
    async (path) => {
      const { body } = await raw('GET', path);
      expect(body).not.toMatch(/Index of|<li><a href="[^"]+\.js/);
    },
  );
});

describe('[API-02] [O16] methods', () => {
  it.each(['TRACE', 'TRACK', 'PROPFIND', 'DELETE'])(
    '[V13.4.4] %s of a page is not allowed',
    async (method) => {
      // What Node’s parser does not know is refused before anybody sees it.
      expect([400, 405]).toContain((await raw(method, '/staff/', { cookie: 'a=b' })).status);
      const { body } = await raw(method, '/', { 'x-secret': 'echo' });
      expect(body).not.toContain('echo');
    },
  );

  it('an address that is there says which methods it takes, one that is not is not found', async () => {
    const byPath = new Map<string, Set<string>>();
    const id = randomUUID();
    for (const { method, path } of described) {
      if (path.startsWith('/api/v1/demo')) continue;
      const concrete = path.replace(/\{\w+\}/g, id);
      byPath.set(concrete, (byPath.get(concrete) ?? new Set()).add(method));
    }
    expect(byPath.size).toBeGreaterThan(15);
    for (const [path, allowed] of byPath) {
      for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']) {
        const { status, allow, body } = await raw(method, path);
        if (allowed.has(method)) expect(status, `${method} ${path}`).not.toBe(405);
        else if (![...byPath].some(([other, methods]) => matches(other, path) && methods.has(method))) {
          expect(status, `${method} ${path}`).toBe(405);
          expect(
            allow
              .split(', ')
              .filter((name) => name !== 'HEAD')
              .sort(),
            path,
          ).toEqual([...allowed].sort());
          expect(JSON.parse(body), path).toMatchObject({ code: 'methodNotAllowed', status: 405 });
        }
      }
    }
    expect((await raw('DELETE', '/api/v1/nothing')).status).toBe(404);
  });

  it('[V3.5.3] what is asked with GET changes nothing: whoever asks twice, or whose page is fetched ahead, did nothing', async () => {
    const { session } = await signedIn(house, 'admin');
    const seqOf = () => house.app.parts.engine.read(house.locationId, (stream) => stream.head.seq);
    const before = await seqOf();
    for (const { method, path } of described) {
      if (method !== 'GET') continue;
      const concrete = path.replace('{locationId}', house.locationId).replace(/\{\w+\}/g, randomUUID());
      await raw('GET', concrete, { authorization: `Bearer ${session}` });
    }
    expect(await seqOf()).toBe(before);
  });
});
/** "/people/7/credentials" is also an answer of "/people/:id/credentials". */
const matches = (template: string, path: string): boolean =>
  template.split('/').length === path.split('/').length && template.split('/')[3] === path.split('/')[3];

describe('[RL-03] [O17] what is sent', () => {
  it('[V15.3.7] a field that is there twice is refused, in an address and in a body', async () => {
    const { session } = await signedIn(house, 'manager');
    const tickets = `/api/v1/locations/${house.locationId}/tickets`;
    expect(
      (await raw('GET', `${tickets}?limit=5&limit=200`, { authorization: `Bearer ${session}` })).status,
    ).toBe(400);
    expect((await raw('GET', `${tickets}?limit[$gt]=5`, { authorization: `Bearer ${session}` })).status).toBe(
      400,
    );
    const twice = await api.post('/api/v1/auth/login', {
      email: ['clerk@haus.example', 'x'],
      password: PASSWORD,
    });
    expect(twice.status).toBe(400);
  });

  it('[V15.3.6] no field reaches a prototype', async () => {
    for (const key of ['__proto__', 'constructor', 'prototype']) {
      const body = `{"email":"clerk@haus.example","password":"x","${key}":{"isAdmin":true,"ok":true}}`;
      const answer = await fetch(`${house.url}/api/v1/auth/login`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body,
      });
      expect([400, 401], key).toContain(answer.status);
      const query = `/api/v1/locations/${house.locationId}/tickets?${key}[ok]=1`;
      const { session } = await signedIn(house, 'manager');
      expect((await raw('GET', query, { authorization: `Bearer ${session}` })).status, key).toBe(400);
    }
    expect(({} as { ok?: unknown }).ok).toBeUndefined();
    expect(({} as { isAdmin?: unknown }).isAdmin).toBeUndefined();
  });

  it('[V1.1.1] what is encoded twice is decoded once', async () => {
    for (const path of ['/api/v1/join/%257a%2572%2568', '/staff/%252e%252e/%252e%252e/package.json']) {
      const { status, body } = await raw('GET', path);
      expect(body, path).not.toMatch(/"private"|"timeZone"/);
      expect(status, path).toBeGreaterThanOrEqual(200);
    }
  });

  it.each([
    ['/q/%3Cscript%3Ealert(1)%3C%2Fscript%3E', '/kiosk/q/%3Cscript%3Ealert(1)%3C%2Fscript%3E'],
    ['/q/%0d%0aset-cookie:a=b', '/kiosk/q/%0D%0Aset-cookie%3Aa%3Db'],
    ['/q/%2F%2Fevil.example', '/kiosk/q/%2F%2Fevil.example'],
    ['/kiosk?//evil.example', '/kiosk/?//evil.example'],
  ])('[V1.2.2] %s leads to %s of this host', async (path, location) => {
    expect(await raw('GET', path)).toMatchObject({ status: 302, location });
  });

  it.each(['//evil.example', '/\\evil.example', '/staff//evil.example/..', '/kiosk/%2e%2e//evil.example'])(
    '[V1.2.2] %s leads to no other host',
    async (path) => {
      const { location } = await raw('GET', path);
      expect(new URL(location, house.url).host).toBe(new URL(house.url).host);
    },
  );

  it('[V4.2.1] a request with two lengths, or with one that is none, is refused and the connection ended', async () => {
    const head = 'POST /api/v1/auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n';
    for (const lengths of [
      'Content-Length: 5\r\nTransfer-Encoding: chunked\r\n',
      'Content-Length: 5\r\nContent-Length: 6\r\n',
      'Transfer-Encoding: chunked, identity\r\n',
      'Content-Length: +5\r\n',
      'Transfer-Encoding : chunked\r\n',
    ]) {
      const smuggled = 'GET /api/v1/openapi.json HTTP/1.1\r\nHost: x\r\n\r\n';
      const answer = await wire(`${head}${lengths}\r\n0\r\n\r\n${smuggled}`);
      expect(answer, lengths).toMatch(/^HTTP\/1\.1 400/);
      expect(answer, lengths).not.toContain('openapi');
    }
  });
});
const wire = (text: string): Promise<string> =>
  new Promise((resolve, fail) => {
    const { hostname, port } = new URL(house.url);
    const socket = connect(Number(port), hostname, () => socket.write(text));
    let answer = '';
    socket.on('data', (chunk: Buffer) => (answer += chunk.toString()));
    socket.on('close', () => resolve(answer)).on('error', fail);
    socket.setTimeout(5_000, () => socket.destroy());
  });

it('[V6.2.5] [V6.2.8] [V6.2.9] a password is of any letters and length up to 200, and is taken exactly as it was typed', async () => {
  const email = 'clerk@haus.example';
  const signIn = (password: string) => api.post('/api/v1/auth/login', { email, password });
  const login = (password: string) => signIn(password).then(({ status }) => status);
  let current: string = PASSWORD;
  for (const [password, nearly] of [
    ['nur kleine buchstaben hier', 'Nur kleine buchstaben hier'],
    [' am rand steht ein leerschlag ', 'am rand steht ein leerschlag'],
    ['Ärger-пароль-密码-🙂-Zürich', 'Arger-пароль-密码-🙂-Zürich'],
    [`${'lang '.repeat(39)}!`, 'lang '.repeat(39).slice(0, 72)],
  ] as const) {
    const cookie = cookiesOf((await signIn(current)).headers);
    const change = { password: current, newPassword: password };
    expect((await api.post('/api/v1/auth/change-password', change, { cookie })).status, password).toBe(204);
    current = password;
    expect(await login(nearly), nearly).toBe(401);
    expect(await login(password), password).toBe(200);
  }
});

describe('[O18] what the server says of itself', () => {
  it('[V16.5.1] [V13.4.2] nothing of its inside, whatever goes wrong', async () => {
    const answers = await Promise.all([
      raw('GET', '/api/v1/join/%E0%A4%A'),
      raw('GET', `/api/v1/join/${'x'.repeat(4_000)}`),
      raw('GET', '/staff/%E0%A4%A'),
      raw('GET', '/api/v1/pairings/%00'),
      raw('POST', '/api/v1/commands', { 'content-type': 'application/json; charset=utf-7' }),
      raw('GET', '/api/v1/ticket', { authorization: 'Ticket \u00e9' }),
      raw('GET', '/api/v1/auth/profile', { cookie: 'schalter_session=%E0%A4%A' }),
      raw('POST', '/api/v1/auth/login', { 'content-encoding': 'br', 'content-type': 'application/json' }),
    ]);
    for (const { status, body } of answers) {
      expect(status).toBeLessThan(500);
      expect(body).not.toMatch(/node_modules|\.ts:\d|at \w+ \(|Error:|postgres|select |\/home|\/tmp/i);
    }
  });

  it('[V15.2.3] no door of the demo is open in a house, and no test or example is in the apps', async () => {
    expect((await api.post('/api/v1/demo/devices', { kind: 'kiosk', slot: 1 })).status).toBe(404);
    const landing = await raw('GET', '/');
    expect(landing.body).not.toMatch(/Passwort|PIN |demo=1/);
    const dockerless = readFileSync(join(process.cwd(), 'server/src/main.ts'), 'utf8');
    expect(dockerless).not.toMatch(/\.test\.ts|\.testing\.ts/);
  });
});

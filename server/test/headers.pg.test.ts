// What stands in the head of every kind of answer, and what a browser does with it.
import { request as httpRequest } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cookiesOf } from './api.ts';
import { setUpLink } from '../src/platform/setup-routes.ts';
import { createTestDatabase } from './database.ts';
import { openTestHouse, PASSWORD, startServer, type TestHouse } from './house.ts';
import type { App } from '../src/app.ts';

let house: TestHouse;
let behindTls: App;
let database: Awaited<ReturnType<typeof createTestDatabase>>;
beforeAll(async () => {
  house = await openTestHouse();
  database = await createTestDatabase();
  const environment = { PUBLIC_URL: 'https://warten.example.ch', TRUST_PROXY: '1' };
  behindTls = await startServer(database.url, { environment });
});
afterAll(async () => {
  await house.close();
  await behindTls.stop();
  await database.drop();
});

interface Asked {
  readonly path: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}
interface Answered {
  readonly status: number;
  readonly headers: Headers;
  readonly body: string;
}
/** fetch() keeps some headers for itself. */
const ask = (
  { path, method = 'GET', headers = {}, body }: Asked,
  port = new URL(house.url).port,
): Promise<Answered> =>
  new Promise((resolve, fail) => {
    const sent = httpRequest({ host: '127.0.0.1', port, path, method, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => {
        const all = new Headers();
        for (const [name, values = []] of Object.entries(response.headersDistinct))
          for (const value of values) all.append(name, value);
        resolve({ status: response.statusCode ?? 0, headers: all, body: Buffer.concat(chunks).toString() });
      });
    });
    sent.on('error', fail).end(body);
  });

/** Every kind: pages, files, data, problems, redirects, what is not there, what is not allowed, sockets, health. */
const KINDS: readonly Asked[] = [
  { path: '/' },
  { path: '/landing.css' },
  { path: '/kiosk/' },
  { path: '/display/' },
  { path: '/staff/counter' },
  { path: '/staff' },
  { path: '/t' },
  { path: '/q/zrh' },
  { path: '/nothing' },
  { path: '/nothing.js' },
  { path: '/', method: 'DELETE' },
  { path: '/healthz' },
  { path: '/readyz' },
  { path: '/.well-known/security.txt' },
  { path: '/api/docs/' },
  { path: '/api/docs/start.js' },
  { path: '/api/v1/openapi.json' },
  { path: '/api/v1/join/zrh' },
  { path: '/api/v1/join/nowhere' },
  { path: '/api/v1/auth/profile' },
  { path: '/api/v1/nothing' },
  { path: '/api/v1/commands', method: 'PUT' },
  { path: '/api/v1/commands', method: 'POST', headers: { 'content-type': 'application/json' }, body: '{' },
  { path: '/api/v1/auth/login', method: 'POST', headers: { origin: 'https://evil.example' } },
  { path: '/socket.io/?EIO=4&transport=polling' },
  { path: '/hooks/twilio/status', method: 'POST' },
];
const everyAnswer = async (check: (answer: Answered, what: string) => void) => {
  for (const asked of KINDS) check(await ask(asked), `${asked.method ?? 'GET'} ${asked.path}`);
};
const isData = (what: string) => /\/api\/v1\/|socket\.io/.test(what) && !what.endsWith('openapi.json');
const isSocket = (what: string) => what.includes('socket.io');

describe('[RL-04] [O12] on every answer', () => {
  it('[V3.4.4] [V3.4.5] nosniff and no-referrer, and no word of what the server is made of', async () => {
    await everyAnswer(({ headers }, what) => {
      expect(headers.get('x-content-type-options'), what).toBe('nosniff');
      expect(headers.get('referrer-policy'), what).toBe('no-referrer');
      for (const name of ['x-powered-by', 'server']) expect(headers.get(name), what).toBeNull();
    });
  });

  it('[V3.4.3] [V3.4.6] a policy: scripts of this server alone, nothing embedded, nobody embeds', async () => {
    await everyAnswer(({ headers }, what) => {
      const policy = headers.get('content-security-policy') ?? '';
      expect(policy, what).toContain("base-uri 'none'");
      expect(policy, what).toContain("frame-ancestors 'none'");
      expect(policy, what).toMatch(/object-src 'none'|default-src 'none'/);
      const scripts = /script-src ([^;]*)/.exec(policy)?.[1] ?? '';
      expect(
        scripts.split(' ').filter((source) => !/^('self'|'sha256-[\w+/=]+'|)$/.test(source)),
        what,
      ).toEqual([]);
    });
  });

  it('[V3.4.2] no other origin may read it', async () => {
    await everyAnswer(({ headers }, what) => {
      for (const [name] of headers) expect(name, what).not.toMatch(/^access-control-/);
    });
    const preflight = await ask({
      path: '/api/v1/commands',
      method: 'OPTIONS',
      headers: { origin: 'https://evil.example', 'access-control-request-method': 'POST' },
    });
    expect(preflight.status).toBe(403);
    expect([...preflight.headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([]);
  });

  it('no window, frame or file of another origin gets near it, and nothing of the device that nobody uses', async () => {
    await everyAnswer(({ headers }, what) => {
      if (isSocket(what)) return;
      expect(headers.get('cross-origin-opener-policy'), what).toBe('same-origin');
      expect(headers.get('cross-origin-resource-policy'), what).toBe('same-origin');
      expect(headers.get('permissions-policy'), what).toContain('geolocation=()');
      expect(headers.get('permissions-policy'), what).toContain('serial=(self)');
    });
  });

  it('[V4.1.1] the type of what it is, in UTF-8', async () => {
    await everyAnswer(({ headers, body, status }, what) => {
      if (body === '' || status === 304) return;
      const type = headers.get('content-type') ?? '';
      expect(type, what).toMatch(/charset=utf-8/i);
      if (type.includes('json')) expect(() => void JSON.parse(body), what).not.toThrow();
    });
  });

  it('[V3.2.1] [V14.3.2] data is no page: it runs, loads and frames nothing, and nobody keeps it', async () => {
    const told: string[] = [];
    await everyAnswer(({ headers }, what) => {
      if (!isData(what) || headers.get('content-security-policy')?.includes('script-src') === true) return;
      told.push(what);
      expect(headers.get('content-security-policy'), what).toMatch(/default-src 'none'.*; sandbox$/);
      expect(headers.get('cache-control'), what).toBe('no-store');
    });
    expect(told.length).toBeGreaterThanOrEqual(KINDS.filter(({ path }) => isData(path)).length - 1);
  });
});

describe('[RL-04] [O13] who asks', () => {
  const login = (headers: Record<string, string>, body: string) =>
    ask({ path: '/api/v1/auth/login', method: 'POST', headers, body });
  const right = JSON.stringify({ email: 'clerk@haus.example', password: PASSWORD });

  it.each([
    ['application/x-www-form-urlencoded', `email=clerk@haus.example&password=${PASSWORD}`],
    [
      'multipart/form-data; boundary=x',
      `--x\r\ncontent-disposition: form-data; name="email"\r\n\r\na\r\n--x--`,
    ],
    ['text/plain', right],
    ['TEXT/PLAIN; x=application/json', right],
    ['', right],
  ])('[V3.5.2] what a page sends without asking first (%s) signs nobody in', async (type, body) => {
    const answer = await login(type === '' ? {} : { 'content-type': type }, body);
    expect(answer.status).toBe(400);
    expect(answer.headers.getSetCookie()).toEqual([]);
  });

  it('[V3.5.1] another site, or another host of this one, neither writes nor reads', async () => {
    for (const site of ['cross-site', 'same-site']) {
      const headers = { 'sec-fetch-site': site, 'content-type': 'application/json' };
      expect((await login(headers, right)).status, site).toBe(403);
      expect((await ask({ path: '/api/v1/join/zrh', headers })).status, site).toBe(403);
      expect((await ask({ path: '/socket.io/?EIO=4&transport=polling', headers })).status, site).toBe(403);
      expect((await ask({ path: '/api/v1/openapi.json', headers })).status, site).toBe(200);
      expect((await ask({ path: '/kiosk/', headers })).status, site).not.toBe(403);
    }
    for (const site of ['same-origin', 'none'])
      expect(
        (await login({ 'sec-fetch-site': site, 'content-type': 'application/json' }, right)).status,
      ).toBe(200);
  });

  it('[V3.3.2] a session’s cookie is Strict and HttpOnly, for the whole of this host, and nowhere in the answer', async () => {
    const { headers, body } = await login({ 'content-type': 'application/json' }, right);
    const [cookie = ''] = headers.getSetCookie();
    expect(cookie).toMatch(/; Path=\//);
    expect(cookie).toMatch(/; HttpOnly/);
    expect(cookie).toMatch(/; SameSite=Strict/);
    expect(cookie).not.toMatch(/Domain=/);
    expect(body).not.toContain(cookiesOf(headers).split('=')[1]);
  });
});

describe('[RL-06] [O14] where the address is https', () => {
  const secure = (asked: Asked, proto = 'https') =>
    ask({ ...asked, headers: { ...asked.headers, 'x-forwarded-proto': proto } }, String(behindTls.port));

  it('[V3.4.1] every answer says so for two years, for all below it; plain http says nothing', async () => {
    for (const asked of KINDS.filter(({ path }) => !path.startsWith('/socket.io'))) {
      const { headers } = await secure(asked);
      expect(headers.get('strict-transport-security'), asked.path).toBe(
        'max-age=63072000; includeSubDomains',
      );
    }
    expect((await ask({ path: '/' })).headers.get('strict-transport-security')).toBeNull();
  });

  it('[V4.1.2] [V12.2.1] a page that came without it is led there; a program is refused, and so is a socket', async () => {
    const page = await secure({ path: '/staff/?x=1' }, 'http');
    expect(page.status).toBe(308);
    expect(page.headers.get('location')).toBe('https://warten.example.ch/staff/?x=1');
    expect((await secure({ path: '/api/v1/join/zrh' }, 'http')).status).toBe(403);
    expect((await secure({ path: '/socket.io/?EIO=4&transport=polling' }, 'http')).status).toBe(403);
    // A caller's own word in front of the proxy's changes nothing.
    expect((await secure({ path: '/api/v1/join/zrh' }, 'https, http')).status).toBe(403);
    expect((await secure({ path: '/healthz' }, 'http')).status).toBe(200);
  });

  it('[V3.3.1] [V3.3.3] cookies are Secure and carry __Host-, and one without it is not ours', async () => {
    const headers = { 'content-type': 'application/json' };
    const token = (await setUpLink(behindTls.parts))?.split('#token=')[1];
    const admin = { token, organisation: 'Haus', name: 'Ida', email: 'ida@haus.example', password: PASSWORD };
    const body = JSON.stringify({ ...admin, language: 'de' });
    const made = await secure({ path: '/api/v1/setup', method: 'POST', headers, body });
    expect(made.status).toBe(201);
    const [cookie = '', refresh = ''] = made.headers.getSetCookie();
    // A browser drops one of a path that says __Host-.
    expect(refresh).toMatch(
      /^__Secure-schalter_refresh=[^;]{80,};.* Path=\/api\/v1\/auth;.* HttpOnly; Secure;/,
    );
    expect(cookie).toMatch(
      /^__Host-schalter_session=[^;]{40,};.* Path=\/;.* HttpOnly; Secure; SameSite=Strict$/,
    );
    const session = /=([^;]+)/.exec(cookie)?.[1] ?? '';
    const profile = (cookie: string) =>
      secure({ path: '/api/v1/auth/profile', headers: { cookie } }).then(({ status }) => status);
    const [given = ''] = refresh.split(';');
    const renewal = { path: '/api/v1/auth/refresh', method: 'POST', headers: { ...headers, cookie: given } };
    expect((await secure({ ...renewal, body: '{}' })).status).toBe(204);
    expect(await profile(`a=b; __Host-schalter_session=${session}`)).toBe(200);
    expect(await profile(`schalter_session=${session}`)).toBe(401);
    expect(await profile(`__Host-schalter_session=${session}; schalter_session=planted`)).toBe(200);
  });
});

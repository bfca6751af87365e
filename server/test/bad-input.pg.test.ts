// What comes from outside and was never meant: answered with a code, nothing half done, nobody else disturbed.
import { randomBytes } from 'node:crypto';
import { get } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Api } from './api.ts';
import { hello, openSocket, openTestHouse, type TestHouse } from './house.ts';

let house: TestHouse;
let api: Api;
beforeAll(async () => {
  house = await openTestHouse();
  api = new Api(house.url);
});
afterAll(() => house.close());

const NUL = '\u0000';
const HALF = '\ud800';
const linkToken = () => randomBytes(16).toString('base64url');
const joining = (input: object = {}) => ({
  serviceId: house.serviceIds[1],
  language: 'de',
  linkToken: linkToken(),
  contact: null,
  arrivalCode: null,
  ...input,
});
const withWording = (consentWording: string) =>
  joining({ contact: { phone: '079 123 45 67', consentWording, consentLanguage: 'de' } });

describe('[RL-04] another origin', () => {
  it.each(['null', 'https://evil.example', 'nonsense', 'file://'])(
    '%s neither writes nor opens a socket, and the server goes on',
    async (origin) => {
      const post = await api.send('POST', '/api/v1/auth/login', {
        body: { email: 'admin@haus.example', password: 'x' },
        headers: { origin },
      });
      expect(post).toMatchObject({ status: 403, body: { code: 'notPermitted' } });
      const polling = await statusOf('/socket.io/?EIO=4&transport=polling', { origin });
      expect(polling).toBe(403);
      expect((await fetch(`${house.url}/healthz`)).status).toBe(200);
    },
  );
});

/** fetch() keeps some headers for itself. */
const statusOf = (path: string, headers: Record<string, string>): Promise<number> =>
  new Promise((resolve, fail) => {
    get(`${house.url}${path}`, { headers }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    }).on('error', fail);
  });

describe('[RL-03] [E18] what no database takes', () => {
  it.each([
    ['a NUL', NUL],
    ['half a character', HALF],
  ])('%s in a command is refused by the name of its field', async (_what, text) => {
    const answer = await api.command(house.locationId, 'queue.joinByPhone', withWording(`a${text}`), null);
    expect(answer).toMatchObject({
      status: 400,
      body: { code: 'invalidInput', details: { field: 'contact.consentWording' } },
    });
  });

  it('[E10] a number too large for its column refuses its own command, and no other of the batch', async () => {
    const { locationId, counterIds } = house;
    const counter = (name: string, position: number) => ({ name, position, serviceIds: [], active: true });
    const answers = await Promise.all([
      house.command(locationId, 'directory.setCounter', {
        counterId: counterIds[0],
        counter: counter('7', 7),
      }),
      house.command(locationId, 'directory.setCounter', {
        counterId: counterIds[1],
        counter: counter('8', 10 ** 12),
      }),
      house.command(locationId, 'directory.setCounter', {
        counterId: counterIds[2],
        counter: counter('9', 9),
      }),
    ]);
    expect(answers.map((a) => (a.ok ? 'ok' : a.code))).toEqual(['ok', 'invalidInput', 'ok']);
  });

  it.each([
    ['/api/v1/join/%00', 'unknownLocation'],
    ['/api/v1/join/ZRH', 'unknownLocation'],
    ['/api/v1/pairings/abc', 'pairingCodeUnknown'],
    ['/api/v1/pairings/%00', 'pairingCodeUnknown'],
  ])('%s names nothing: %s', async (path, code) => {
    expect(await api.get(path, { device: 'anything' })).toMatchObject({ status: 404, body: { code } });
  });

  it('a sign-in, a ticket or a token that cannot be one is a wrong one', async () => {
    const login = await api.post('/api/v1/auth/login', { email: `adm${NUL}in@haus.example`, password: NUL });
    expect(login).toMatchObject({ status: 401, body: { code: 'wrongPassword' } });
    for (const auth of [{ ticket: `a${NUL}` }, { token: 'ü '.repeat(100) }, { ticket: HALF }]) {
      const socket = openSocket(house.url, auth);
      const answer = await hello(socket, { streamId: house.locationId, audience: 'customer' });
      socket.disconnect();
      expect(answer).toMatchObject({ ok: false, code: 'deviceRevoked' });
    }
  });
});

describe('[RL-03] unknown fields', () => {
  it.each([
    ['POST', '/api/v1/auth/login'],
    ['POST', '/api/v1/pairings'],
    ['POST', '/api/v1/setup'],
  ] as const)('%s %s refuses what it does not know', async (method, path) => {
    const answer = await api.send(method, path, { body: { surprise: 1 } });
    expect(answer).toMatchObject({ status: 400, body: { code: 'invalidInput' } });
  });

  it('a command of every kind refuses a field too many', async () => {
    const { commands } = await import('@schalter/shared/registry.ts');
    for (const type of Object.keys(commands)) {
      const answer = await house.command(house.locationId, type, { surprise: 1 });
      expect(answer, type).toMatchObject({ ok: false });
      if (!answer.ok) expect(['invalidInput', 'notPermitted'], type).toContain(answer.code);
    }
  });
});

describe('[RL-04] text', () => {
  const NASTY = [
    `'; drop table visits; --`,
    '<script>alert(1)</script>',
    '{{constructor.constructor("return process")()}}',
    '../../etc/passwd',
    '%s%n$1',
    'ﷺ'.repeat(80),
    '\u202e\u2066مرحبا\u2069',
    'e\u0301'.repeat(40),
  ];

  it('is kept as it is, and is never part of a statement', async () => {
    for (const text of NASTY) {
      const token = linkToken();
      const issued = await house.command(house.locationId, 'queue.issueTicket', {
        serviceId: house.serviceIds[1],
        language: 'de',
        linkToken: token,
        contact: null,
        name: text,
        note: text,
      });
      expect(issued, text).toMatchObject({ ok: true });
      const ticket = await api.get<{ name: string }>('/api/v1/ticket', { ticket: token });
      // Composed, and without what turns text round (kernel, K4).
      expect(ticket.body.name).toBe(text.normalize('NFC').replace(/[\u202e\u2066\u2069]/g, ''));
    }
  });

  it('of 10,000 characters is refused whole, not cut', async () => {
    const answer = await house.command(house.locationId, 'queue.issueTicket', {
      serviceId: house.serviceIds[1],
      language: 'de',
      linkToken: linkToken(),
      contact: null,
      name: 'x'.repeat(10_000),
      note: null,
    });
    expect(answer).toMatchObject({ ok: false, code: 'invalidInput', details: { field: 'name' } });
  });
});

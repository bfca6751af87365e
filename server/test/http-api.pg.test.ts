// The API as a whole: its addresses, its lists, and whose they are.
import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Api, described } from './api.ts';
import { hello, openSocket, openTestHouse, PASSWORD, proved, signedIn, type TestHouse } from './house.ts';

let house: TestHouse;
let api: Api;
beforeAll(async () => {
  house = await openTestHouse();
  api = new Api(house.url);
});
afterAll(() => house.close());

/** Every route that the server declares below /api/v1, "GET /api/v1/ticket"; the demo's is there in the demo alone. */
const declared = () => [
  'POST /api/v1/commands',
  'POST /api/v1/demo/devices',
  ...house.app.routes.map(
    ({ method, path }) => `${method.toUpperCase()} /api/v1${path.replace(/:(\w+)/g, '{$1}')}`,
  ),
];

describe('[API-01] [API-06] addresses', () => {
  it('that the server answers are those of its description, all of them', () => {
    const routes = declared().sort();
    expect(routes.length).toBeGreaterThan(15);
    expect(described.map(({ method, path }) => `${method} ${path}`).sort()).toEqual(routes);
  });

  it('are nouns in the plural under /api/v1, what belongs to one below it; the caller’s own in the singular', () => {
    // Or what the house has one of.
    const OWN = ['auth', 'setup', 'device', 'ticket', 'organisation', 'join', 'demo', 'push'];
    for (const { path } of described) {
      const [, root, version, ...segments] = path.split('/');
      expect([root, version], path).toEqual(['api', 'v1']);
      const [first = ''] = segments;
      if (!OWN.includes(first)) expect(first, path).toMatch(/^(commands|pairings|locations|people)$/);
      // An id follows the collection it is of.
      segments.forEach((segment, i) => {
        if (segment.startsWith('{') && segment !== '{code}')
          expect(segments[i - 1], path).toMatch(/s$|^people$|^audit$/);
      });
    }
  });
});

interface Page {
  readonly items: readonly { readonly id: string; readonly number: number; readonly arrivedAt: string }[];
  readonly nextCursor: string | null;
}

describe('[API-04] [DB-07] the list of tickets', () => {
  const TICKETS = 23;
  let session = '';
  let cursorElsewhere = '';
  const page = async (query = '', locationId = house.locationId) => {
    const reply = await api.get<Page>(`/api/v1/locations/${locationId}/tickets${query}`, { session });
    return reply;
  };
  beforeAll(async () => {
    ({ session } = await signedIn(house, 'manager'));
    for (let i = 0; i < TICKETS; i++) {
      const answer = await house.command(house.locationId, 'queue.issueTicket', {
        serviceId: house.serviceIds[1],
        language: 'de',
        linkToken: randomBytes(16).toString('base64url'),
        contact: null,
        name: i === 4 ? 'Müller 100 % echt' : null,
        note: null,
      });
      expect(answer).toMatchObject({ ok: true });
    }
    cursorElsewhere = randomUUID();
  });

  it.each([
    ['', (numbers: number[]) => [...numbers].sort((a, b) => b - a)],
    ['&sort=arrivedAt', (numbers: number[]) => [...numbers].sort((a, b) => a - b)],
  ])('comes in pages that give each once, in order (%s)', async (sort, ordered) => {
    const numbers: number[] = [];
    let cursor: string | null = null;
    let pages = 0;
    do {
      const after: string = cursor === null ? '' : `&cursor=${cursor}`;
      const { body }: { body: Page } = await page(`?limit=5${sort}${after}`);
      expect(body.items.length).toBeLessThanOrEqual(5);
      numbers.push(...body.items.map(({ number }) => number));
      cursor = body.nextCursor;
      pages += 1;
    } while (cursor !== null);
    expect(pages).toBe(Math.ceil(TICKETS / 5));
    expect(new Set(numbers).size).toBe(TICKETS);
    expect(numbers).toEqual(ordered(numbers));
  });

  it('is found through by day, number and name', async () => {
    const numbers = async (query: string) => (await page(query)).body.items.map(({ number }) => number);
    expect(await numbers('?q=M007')).toEqual([7]);
    expect(await numbers('?q=7')).toEqual([7]);
    expect(await numbers('?q=b7')).toEqual([]);
    expect(await numbers(`?q=${encodeURIComponent('müller')}`)).toEqual([5]);
    // A sign of the database's own language is a letter like any other.
    expect(await numbers(`?q=${encodeURIComponent('100 %')}`)).toEqual([5]);
    expect(await numbers(`?q=${encodeURIComponent('%')}`)).toEqual([5]);
    expect(await numbers('?q=_')).toEqual([]);
    expect(await numbers('?day=2020-01-01')).toEqual([]);
  });

  it('has a bound, and nothing unknown is passed over', async () => {
    for (const query of [
      '?limit=201',
      '?limit=0',
      '?limit=all',
      '?sort=name',
      '?day=today',
      '?cursor=1',
      '?x=1',
    ]) {
      expect((await page(query)).status, query).toBe(400);
    }
    expect((await page('?limit=200')).body).toMatchObject({ nextCursor: null });
    expect((await page(`?cursor=${cursorElsewhere}`)).body.items.length).toBeLessThanOrEqual(50);
  });

  it('[TN-02] is of the caller’s own locations: a person belongs to one organisation and some of its locations', async () => {
    expect((await page('', house.otherLocationId)).status).toBe(403);
    expect((await page('', randomUUID())).status).toBe(403);
    const of = async (as: { session: string }) => {
      const { body } = await api.get<{ items: { id: string }[] }>('/api/v1/locations', as);
      return body.items.map(({ id }) => id).sort();
    };
    const { locationId, otherLocationId } = house;
    expect(await of({ session })).toEqual([locationId]);
    expect(await of(await signedIn(house, 'clerk', [locationId, otherLocationId]))).toEqual(
      [locationId, otherLocationId].sort(),
    );
    expect(await of(await signedIn(house, 'admin'))).toEqual([locationId, otherLocationId].sort());
  });
});

describe('[TN-03] two organisations in one database', () => {
  it('neither see, list, hear nor change anything of each other', async () => {
    const foreign = randomUUID();
    const must = async (streamId: string, type: string, input: unknown) => {
      const answer = await house.app.parts.engine.execute({
        envelope: { commandId: randomUUID(), streamId, type, input, occurredAt: new Date().toISOString() },
        actor: { kind: 'system' },
        organisationId: foreign,
      });
      expect(answer).toMatchObject({ ok: true });
    };
    await must(foreign, 'platform.createOrganisation', { name: 'Fremd', language: 'fr', currency: 'EUR' });
    const personId = randomUUID();
    await must(foreign, 'platform.setPerson', {
      personId,
      name: 'Chef',
      email: 'chef@fremd.example',
      role: 'admin',
      locationIds: [],
      language: 'fr',
      active: true,
    });
    const now = house.app.parts.clock.now();
    const who = { organisationId: foreign, personId, deviceId: null };
    const chef = { session: (await house.app.parts.sessions.open(who, now)).access };
    expect((await api.get<{ items: unknown[] }>('/api/v1/locations', chef)).body.items).toEqual([]);
    expect(await api.get('/api/v1/organisation', chef)).toMatchObject({ body: { id: foreign } });
    const tickets = `/api/v1/locations/${house.locationId}/tickets`;
    // Asked as the own organisation's, in which there is no such location.
    expect((await api.get(tickets, chef)).body).toEqual({ items: [], nextCursor: null });
    const { counterIds, locationId, organisationId, people } = house;
    for (const [streamId, type, input] of [
      [locationId, 'queue.callNext', { counterId: counterIds[0] }],
      [locationId, 'queue.closeDay', { businessDay: '2020-01-01' }],
      [organisationId, 'platform.setPerson', person(people.admin)],
    ] as const) {
      expect((await api.command(streamId, type, input, chef)).status, type).toBe(403);
    }
    const path = `/api/v1/people/${people.admin}/credentials`;
    await proved(house, chef.session, 'credentials.set', people.admin);
    expect((await api.put(path, { password: PASSWORD }, chef)).status).toBe(404);
    const socket = openSocket(house.url, { token: chef.session });
    for (const streamId of [locationId, organisationId]) {
      expect(await hello(socket, { streamId })).toMatchObject({ ok: false, code: 'notPermitted' });
    }
    socket.disconnect();
  });

  const person = (personId: string) => ({
    personId,
    name: 'x',
    email: 'x@fremd.example',
    role: 'clerk',
    locationIds: [],
    language: 'de',
    active: true,
  });
});

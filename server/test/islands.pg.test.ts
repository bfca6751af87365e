// Two organisations in one database, as large as the sources': whoever belongs to one neither reads nor changes the other.
import { randomUUID } from 'node:crypto';
import postgres from 'postgres';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { counters, location, services } from '@schalter/drizzle/seed/station.ts';
import type { ProofAction } from '@schalter/shared/platform/proof.ts';
import { specOf, type CommandType } from '@schalter/shared/registry.ts';
import { newToken } from '../src/platform/secrets.ts';
import { hello, openSocket, openTestHouse, proved, startServer, type TestHouse } from './house.ts';
import { DEVICE_SETTINGS, sampleInputs, type Named } from './samples.ts';

const LOCATIONS = 43;
const PEOPLE = 50;
/** `FUZZ_REQUESTS=10000` for a night; a minute's worth is part of every run. */
const REQUESTS = Number(process.env['FUZZ_REQUESTS'] ?? 2_000);
const AT_ONCE = 25;
const SECRET = 'Geheimrat';
/** 10,000 requests took 200 s on a machine with a load of ten. */
const FUZZ_MS_MAX = 300_000;
const CUT_OFF_MS = 5_000;

interface Organisation {
  readonly id: string;
  readonly places: readonly Named[];
  /** Headers that prove somebody or something of it. */
  readonly proofs: readonly Readonly<Record<string, string>>[];
}

let house: TestHouse;
let ours: Organisation;
let theirs: Organisation;

/** Of people. */
const tokens = new Set<string>();
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

async function found(name: string, locations: number, people: number): Promise<Organisation> {
  const id = randomUUID();
  const { engine, clock, credentials, sessions } = house.app.parts;
  const must = async (streamId: string, type: CommandType, input: unknown) => {
    const answer = await engine.execute({
      envelope: { commandId: randomUUID(), streamId, type, input, occurredAt: clock.now() },
      actor: { kind: 'system' },
      organisationId: id,
    });
    if (!answer.ok) throw new Error(`${type}: ${answer.code}`);
    return answer.result;
  };
  await must(id, 'platform.createOrganisation', { name, language: 'de', currency: 'CHF' });
  const places: Named[] = [];
  const proofs: Record<string, string>[] = [];
  for (let n = 0; n < locations; n++) {
    const ids = {
      locationId: randomUUID(),
      serviceId: randomUUID(),
      counterId: randomUUID(),
      deviceId: randomUUID(),
    };
    const { locationId, serviceId, counterId, deviceId } = ids;
    await must(locationId, 'platform.openLocation', {
      ...location,
      name: SECRET,
      code: `${name.toLowerCase()}${n}`,
    });
    await must(locationId, 'directory.setService', { serviceId, service: services[1]?.service });
    const counter = { ...counters[0]?.counter, serviceIds: [serviceId] };
    await must(locationId, 'directory.setCounter', { counterId, counter });
    const kind = n % 2 === 0 ? 'kiosk' : 'display';
    await must(locationId, 'platform.registerDevice', {
      deviceId,
      kind,
      name: SECRET,
      settings: DEVICE_SETTINGS,
    });
    const linkToken = newToken();
    const ticket = { serviceId, language: 'de', linkToken, contact: null, name: SECRET, note: SECRET };
    const issued = (await must(locationId, 'queue.issueTicket', ticket)) as {
      stageId: string;
      visitId: string;
    };
    places.push({ ...ids, personId: randomUUID(), stageId: issued.stageId, visitId: issued.visitId });
    proofs.push({ authorization: `Ticket ${linkToken}` });
    proofs.push(
      bearer(await credentials.issueDeviceToken({ organisationId: id, locationId, deviceId }, clock.now())),
    );
  }
  for (let n = 0; n < people; n++) {
    const place = places[n % places.length];
    if (place === undefined) break;
    const role = (['admin', 'manager', 'clerk'] as const)[n % 3];
    const personId = n < places.length ? place.personId : randomUUID();
    const locationIds = role === 'admin' ? [] : [place.locationId];
    const email = `${personId}@${name.toLowerCase()}.example`;
    await must(id, 'platform.setPerson', {
      personId,
      name: SECRET,
      email,
      role,
      locationIds,
      language: 'de',
      active: true,
    });
    const session = { organisationId: id, personId, deviceId: null };
    const { access } = await sessions.open(session, clock.now());
    tokens.add(access);
    proofs.push(bearer(access));
  }
  return { id, places, proofs };
}

beforeAll(async () => {
  house = await openTestHouse();
  const half = Math.ceil(LOCATIONS / 2);
  ours = await found('Limmat', half, PEOPLE / 2);
  theirs = await found('Rhein', LOCATIONS - half, PEOPLE / 2);
}, 120_000);
afterAll(() => house.close());

/** What the server's own rounds write, whoever asks for what: each minute, and each day. */
const OWN_ROUNDS = ['journal_seals', 'journal_checks'];
/** Every row of an organisation, in all tables that have such rows. */
async function rowsOf(organisationId: string): Promise<Record<string, string>> {
  const sql = postgres(house.databaseUrl, { max: 1, onnotice: () => undefined });
  try {
    const tables = await sql<{ name: string }[]>`
      select c.table_name as name from information_schema.columns c
      join information_schema.tables t using (table_schema, table_name)
      where c.table_schema = 'public' and c.column_name = 'organisation_id' and t.table_type = 'BASE TABLE'`;
    const sums: Record<string, string> = {};
    for (const { name } of tables) {
      if (OWN_ROUNDS.includes(name)) continue;
      const [row] = await sql<{ sum: string | null }[]>`
        select count(*) || ' ' || md5(string_agg(t::text, '|' order by t::text)) as sum
        from ${sql(name)} t where organisation_id = ${organisationId}`;
      sums[name] = row?.sum ?? '';
    }
    return sums;
  } finally {
    await sql.end();
  }
}

/** Mulberry32, so that a run can be had again. */
function chance(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) % below;
  };
}

it(
  `[AC5] ${REQUESTS} requests with proofs of another organisation return and change nothing`,
  { timeout: FUZZ_MS_MAX },
  async () => {
    const seed = Date.now() % 1_000_000;
    const below = chance(seed);
    const one = <T>(items: readonly T[]): T => items[below(items.length)] as T;
    const types = Object.keys(sampleInputs) as CommandType[];
    // Who joins by phone needs no proof; everything else does.
    // A ticket's own page takes its browser along: nobody else is named there.
    const guarded = house.app.routes.filter(
      ({ access, path }) => access !== 'anyone' && access !== 'person' && path !== '/ticket/push',
    );
    const request = () => {
      const place = one(ours.places);
      const proof = one(theirs.proofs);
      if (below(3) > 0) {
        const type = one(types);
        const streamId = specOf(type)?.stream === 'organisation' ? ours.id : place.locationId;
        const envelope = { commandId: randomUUID(), streamId, type, input: sampleInputs[type](place) };
        const body = { ...envelope, occurredAt: new Date().toISOString() };
        const target = specOf(type)?.proof?.(envelope.input);
        const elevation = { action: type as ProofAction, target };
        return { method: 'POST', path: '/commands', what: type as string, proof, body, elevation };
      }
      const { method, path, proof: asked } = one(guarded);
      const filled = (of: string) =>
        of
          .replace(':locationId', place.locationId)
          .replace(':personId', place.personId)
          .replace(':pairingId', place.deviceId)
          .replace(':seq', String(1 + below(5)));
      const url = filled(path);
      const target = asked?.target == null ? '' : filled(`:${asked.target}`);
      const elevation = { action: asked?.action, target: asked === null ? undefined : target };
      const body = method === 'get' ? undefined : { locationId: place.locationId, name: 'x', pin: '918273' };
      return { method: method.toUpperCase(), path: url, what: `${method} ${path}`, proof, body, elevation };
    };

    /** So that a request that needs a fresh proof comes as far as any other. */
    const prove = async (
      { authorization = '' }: Readonly<Record<string, string>>,
      { action, target }: { action: ProofAction | undefined; target: string | undefined },
    ) => {
      const token = authorization.replace('Bearer ', '');
      if (action === undefined || target === undefined || !tokens.has(token)) return;
      await proved(house, token, action, target);
    };
    const ourIds = [ours.id, ...ours.places.flatMap((place) => Object.values<string>({ ...place }))];
    const before = await rowsOf(ours.id);
    const statuses: Record<number, number> = {};
    const leaks: string[] = [];
    const send = async () => {
      const { method, path, what, proof, body, elevation } = request();
      await prove(proof, elevation);
      const response = await fetch(`${house.url}/api/v1${path}`, {
        method,
        headers: { 'content-type': 'application/json', ...proof },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const text = await response.text();
      statuses[response.status] = (statuses[response.status] ?? 0) + 1;
      // What a proof is asked for is what was sent, whoever's that is.
      // What is somebody's own there may be called the same; an id is nobody else's.
      const sent = text.includes('"code":"proofRequired"') ? `${path} ${JSON.stringify(body)}` : '';
      if (ourIds.some((id) => text.includes(id) && !sent.includes(id)))
        leaks.push(`${what}: ${text.slice(0, 200)}`);
      if (response.status < 300 && method !== 'GET') leaks.push(`${what} was done: ${text.slice(0, 200)}`);
    };
    for (let n = 0; n < REQUESTS; n += AT_ONCE) await Promise.all(Array.from({ length: AT_ONCE }, send));

    expect(leaks, `seed ${seed}`).toEqual([]);
    expect(await rowsOf(ours.id), `seed ${seed}`).toEqual(before);
    const counted = Object.values(statuses).reduce((sum, count) => sum + count, 0);
    expect(counted).toBe(REQUESTS);
    // Most must have come as far as the question of who may.
    expect(statuses[403] ?? 0, JSON.stringify(statuses)).toBeGreaterThan(REQUESTS / 2);
    expect(statuses[500]).toBeUndefined();
  },
);

it('[AC5] no proof of another organisation opens a stream', async () => {
  const below = chance(7);
  for (let n = 0; n < 60; n++) {
    const proof = theirs.proofs[below(theirs.proofs.length)]?.['authorization'] ?? '';
    const [scheme = '', token = ''] = proof.split(' ');
    const socket = openSocket(house.url, scheme === 'Ticket' ? { ticket: token } : { token });
    const streamId = n % 2 === 0 ? ours.id : (ours.places[below(ours.places.length)]?.locationId ?? '');
    expect((await hello(socket, { streamId })).ok).toBe(false);
    socket.disconnect();
  }
});

it('[AC6] [RT-06] a revoked device and an ended session are cut off within five seconds, on another process too', async () => {
  const other = await startServer(house.databaseUrl);
  try {
    const { organisationId, locationId } = house;
    const { clock, credentials, sessions } = house.app.parts;
    const deviceId = randomUUID();
    const device = { deviceId, kind: 'kiosk', name: 'Kiosk', settings: DEVICE_SETTINGS };
    await house.command(locationId, 'platform.registerDevice', device);
    const token = await credentials.issueDeviceToken({ organisationId, locationId, deviceId }, clock.now());
    const personId = house.people.clerk;
    const who = { organisationId, personId, deviceId: null };
    const { access: session } = await sessions.open(who, clock.now());
    const url = `http://127.0.0.1:${other.port}`;
    const sockets = [openSocket(url, { token, as: 'device' }), openSocket(url, { token: session })];
    for (const socket of sockets)
      expect(await hello(socket, { streamId: locationId })).toMatchObject({ ok: true });
    const from = performance.now();
    const cut = sockets.map(
      (socket) =>
        new Promise<number>((resolve) => socket.once('disconnect', () => resolve(performance.now() - from))),
    );
    await house.command(locationId, 'platform.revokeDevice', { deviceId });
    await fetch(`${house.url}/api/v1/auth/logout`, { method: 'POST', headers: bearer(session) });
    for (const afterMs of await Promise.all(cut)) expect(afterMs).toBeLessThan(CUT_OFF_MS);
    const command = {
      commandId: randomUUID(),
      streamId: locationId,
      type: 'queue.callNext',
      input: { counterId: house.counterIds[0] },
    };
    for (const proof of [token, session]) {
      const response = await fetch(`${url}/api/v1/commands`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...bearer(proof) },
        body: JSON.stringify({ ...command, occurredAt: clock.now() }),
      });
      expect(response.status).toBe(401);
    }
  } finally {
    await other.stop();
  }
}, 30_000);

// What concerns security, as entries of the audit; the reads that an organisation wants recorded; exports and histories.
import { randomUUID } from 'node:crypto';
import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AuditIntegrity, AuditItem } from '@schalter/shared/audit.ts';
import postgres from 'postgres';
import { checkJournal, sealJournal } from '../src/jobs/sealing.ts';
import { newToken } from '../src/platform/secrets.ts';
import { Api, type Proof } from './api.ts';
import { PASSWORD, PIN, openTestHouse, proved, signedIn, type TestHouse } from './house.ts';
import { DEVICE_SETTINGS } from './samples.ts';

interface Page {
  readonly items: readonly AuditItem[];
}
let house: TestHouse;
let api: Api;
let admin: { readonly session: string; readonly personId: string };
let manager: { readonly session: string; readonly personId: string };
let clerk: { readonly session: string; readonly personId: string };

beforeAll(async () => {
  house = await openTestHouse();
  api = new Api(house.url);
  admin = await signedIn(house, 'admin');
  manager = await signedIn(house, 'manager');
  clerk = await signedIn(house, 'clerk');
});
afterAll(() => house.close());

const ORGANISATION = '/api/v1/organisation/audit';
const report = async (query = ''): Promise<readonly AuditItem[]> =>
  (await api.get<Page>(`${ORGANISATION}?report=security&limit=100${query}`, admin)).body.items;
const events = (name: string): Promise<readonly AuditItem[]> => report(`&event=${name}`);
const login = (email: string, password: string) =>
  api.send('POST', '/api/v1/auth/login', { body: { email, password } });

describe('[AT-01] [AT-04] [AU14] entries', () => {
  it('of a sign-in by password, by the person who it was', async () => {
    expect((await login('clerk@haus.example', PASSWORD)).status).toBe(200);
    const [item] = await events('signedIn');
    expect(item).toMatchObject({
      type: 'platform.recordSecurityEvent',
      actor: { kind: 'person', id: house.people.clerk, name: 'clerk' },
      event: { name: 'signedIn', what: 'password', count: 1 },
      facts: ['platform.signedIn'],
    });
  });

  it('[AU15] of wrong passwords: the first at once, the others counted, and none for an unknown e-mail', async () => {
    for (let n = 0; n < 4; n++) await login('manager@haus.example', `falsch-${n}`);
    await login('niemand@anderswo.example', 'geheimes-wort');
    const failed = await events('signInFailed');
    expect(failed).toMatchObject([
      {
        actor: { kind: 'anonymous' },
        subjects: [{ kind: 'person', id: house.people.manager, name: 'manager' }],
        event: { what: 'password', count: 1 },
      },
    ]);
    await house.app.parts.security.stop();
    expect((await events('signInFailed')).map(({ event }) => event?.count)).toEqual([3, 1]);
    const all = JSON.stringify(await report());
    for (const secret of ['niemand', 'geheimes-wort', 'falsch', '127.0.0.1', '::1'])
      expect(all).not.toContain(secret);
  });

  it('of a PIN that is tried until it is locked, with the station, and of the PIN that is right', async () => {
    const deviceId = randomUUID();
    const station = { kind: 'station', name: 'Tablet', settings: DEVICE_SETTINGS };
    expect(
      await house.command(house.locationId, 'platform.registerDevice', { deviceId, ...station }),
    ).toMatchObject({
      ok: true,
    });
    const { organisationId, locationId, people } = house;
    const { credentials, clock } = house.app.parts;
    const device = await credentials.issueDeviceToken({ organisationId, locationId, deviceId }, clock.now());
    const pin = (personId: string, typed: string) =>
      api.send('POST', '/api/v1/auth/pin', { body: { personId, pin: typed }, as: { device } });
    for (let n = 0; n < 6; n++) await pin(people.clerk, '111222');
    expect(await events('lockedOut')).toMatchObject([
      { subjects: [{ id: people.clerk }], device: { id: deviceId } },
    ]);
    expect((await pin(people.manager, PIN)).status).toBe(200);
    const [item] = await events('signedIn');
    expect(item).toMatchObject({
      actor: { id: people.manager },
      device: { id: deviceId },
      event: { what: 'pin' },
    });
    await pin(randomUUID(), '111222');
    expect((await events('signInFailed')).every(({ subjects }) => subjects.length === 1)).toBe(true);
  });

  it('of changed credentials and the sessions that ended with them, of a sign-out, of what was refused', async () => {
    const other = await signedIn(house, 'clerk');
    const path = `/api/v1/people/${other.personId}/credentials`;
    await proved(house, admin.session, 'credentials.set', other.personId);
    expect((await api.put(path, { pin: '294716' }, admin)).status).toBe(204);
    const sessions = `/api/v1/people/${other.personId}/sessions`;
    expect((await api.send('DELETE', sessions, { as: admin })).status).toBe(204);
    for (const name of ['credentialsChanged', 'sessionsEnded']) {
      expect(await events(name)).toMatchObject([
        { actor: { id: admin.personId }, subjects: [{ id: other.personId }] },
      ]);
    }
    const leaving = await signedIn(house, 'clerk');
    await api.send('POST', '/api/v1/auth/logout', { body: {}, as: leaving });
    expect(await events('signedOut')).toMatchObject([{ actor: { id: leaving.personId } }]);
    for (let n = 0; n < 5; n++) await api.get(ORGANISATION, clerk);
    await api.command(house.locationId, 'platform.setLocation', {}, clerk);
    const input = { serviceId: randomUUID() };
    await api.command(house.locationId, 'directory.archiveService', input, clerk);
    expect(await events('accessDenied')).toMatchObject([
      { actor: { id: clerk.personId }, event: { what: 'audit.read', count: 1 } },
    ]);
  });

  it('that nobody but the server makes, and nothing else does', async () => {
    const event = { event: 'signedOut', personId: null, byPersonId: manager.personId, deviceId: null };
    const input = { ...event, locationId: null, what: null, seq: null, count: 1 };
    const answer = await api.command(house.organisationId, 'platform.recordSecurityEvent', input, admin);
    expect(answer.body.code).toBe('notPermitted');
  });
});

describe('[AT-04] [AU17] the report', () => {
  it('is the events and who may do what; by person as well', async () => {
    const types = new Set((await report()).map(({ type }) => type));
    expect([...types].sort()).toEqual(['platform.recordSecurityEvent', 'platform.setPerson']);
    const mine = await report(`&personId=${clerk.personId}`);
    expect(mine.map(({ event }) => event?.name)).toEqual(['accessDenied']);
  });
});

describe('[AU16] reading what is sensitive', () => {
  const tickets = () => api.get(`/api/v1/locations/${house.locationId}/tickets?q=Muster`, clerk);
  it('is recorded where the organisation wants it, and not before', async () => {
    await tickets();
    expect(await events('recordRead')).toEqual([]);
    const set = (as: Proof, recordReads: boolean) =>
      api.command(house.organisationId, 'platform.setAuditPolicy', { recordReads }, as);
    expect((await set(manager, true)).body.code).toBe('notPermitted');
    expect((await set(admin, true)).body.ok).toBe(true);
    await tickets();
    await tickets();
    const here = `/api/v1/locations/${house.locationId}/audit`;
    await api.get(`${here}?q=Muster`, manager);
    await api.get(`${here}/1`, manager);
    await api.get(here, manager);
    const read = await events('recordRead');
    expect(read.map(({ actor, event }) => [actor.id, event?.what])).toEqual([
      [manager.personId, 'audit.entry'],
      [manager.personId, 'audit.search'],
      [clerk.personId, 'tickets.search'],
    ]);
    expect(JSON.stringify(read)).not.toContain('Muster');
    expect((await set(admin, false)).body.ok).toBe(true);
  });
});

describe('[AT-03] [AU18] the history of a record', () => {
  it('is everything about it, by its id', async () => {
    const issue = { serviceId: house.serviceIds[0], language: 'de', contact: null, name: null, note: null };
    const made = await house.command(house.locationId, 'queue.issueTicket', {
      ...issue,
      linkToken: newToken(),
    });
    if (!made.ok) throw new Error(made.code);
    const { stageId, visitId } = made.result as { stageId: string; visitId: string };
    await house.command(house.locationId, 'queue.cancel', { stageId, reason: 'Test' });
    const here = `/api/v1/locations/${house.locationId}/audit?recordId=${visitId}`;
    const { items } = (await api.get<Page>(here, manager)).body;
    expect(items.map(({ type }) => type)).toEqual(['queue.cancel', 'queue.issueTicket']);
    const ofClerk = await api.get<Page>(`${ORGANISATION}?recordId=${house.people.clerk}`, manager);
    expect(ofClerk.body.items.map(({ type, event }) => event?.name ?? type)).toEqual([
      ...['lockedOut', 'signInFailed', 'signedIn', 'platform.setPerson'],
    ]);
  });
});

describe('[AT-01] [AT-03] [AU19] the export', () => {
  const fetched = (path: string, as: { readonly session: string }) =>
    fetch(`${house.url}${path}`, { headers: { authorization: `Bearer ${as.session}` } });

  it('is CSV, itself an entry, and calculates nothing', async () => {
    const person = {
      ...{ personId: randomUUID(), name: '=1+1", Erika', email: 'formel@haus.example', role: 'clerk' },
      ...{ locationIds: [house.locationId], language: 'de', active: true },
    };
    expect(await house.command(house.organisationId, 'platform.setPerson', person)).toMatchObject({
      ok: true,
    });
    const sql = postgres(house.databaseUrl, { max: 1 });
    await sealJournal(sql, house.organisationId);
    await sql.end();
    await proved(house, admin.session, 'audit.export');
    const answer = await fetched(`${ORGANISATION}/export`, admin);
    expect(answer.headers.get('content-type')).toBe('text/csv; charset=utf-8');
    expect(answer.headers.get('content-disposition')).toContain('audit.csv');
    const text = await answer.text();
    expect(text).toContain('\r\n');
    const rows = parse<Record<string, string>>(text, { columns: true, bom: true });
    expect(rows.some(({ subjects }) => subjects === `'${person.name}`)).toBe(true);
    expect(rows.flatMap((row) => Object.values(row)).filter((cell) => /^[=+\-@\t\r]/.test(cell))).toEqual([]);
    expect(rows.slice(1).every(({ hash }) => /^[0-9a-f]{64}$/.test(hash ?? ''))).toBe(true);
    // The first line is the export itself: written before it began.
    expect(rows[0]).toMatchObject({ event: 'auditExported', actorId: admin.personId, hash: '' });
    expect(await events('auditExported')).toMatchObject([{ actor: { id: admin.personId } }]);
  });

  it('has a limit for each person', async () => {
    const told: number[] = [];
    for (let n = 0; n < 12; n++) {
      await proved(house, manager.session, 'audit.export');
      told.push((await fetched(`${ORGANISATION}/export?type=platform.openLocation`, manager)).status);
    }
    expect(told.filter((status) => status === 429).length).toBe(2);
  });
});

describe('[AT-02] [AU20] integrity', () => {
  it('says how far it is sealed, and what the last check found', async () => {
    const sql = postgres(house.databaseUrl, { max: 1 });
    try {
      await sealJournal(sql, house.organisationId);
      const path = `/api/v1/locations/${house.locationId}/audit/integrity`;
      const state = async () => (await api.get<AuditIntegrity>(path, manager)).body;
      const before = await state();
      expect(before).toMatchObject({ sealed: { seq: before.seq } });
      expect(before.sealed?.hash).toMatch(/^[0-9a-f]{64}$/);
      const now = new Date().toISOString();
      expect(await checkJournal(sql, house.organisationId, now)).toBe(0);
      // Done for today, also for another server.
      expect(await checkJournal(sql, house.organisationId, now)).toBeNull();
      expect((await state()).checked).toEqual({ at: now, damages: 0 });
      await sql.begin(async (tx) => {
        await tx`set local session_replication_role = replica`;
        await tx`update journal set facts = '[]' where stream_id = ${house.locationId} and seq = 2`;
      });
      const tomorrow = new Date(Date.now() + 25 * 3_600_000).toISOString();
      expect(await checkJournal(sql, house.organisationId, tomorrow)).toBe(1);
      expect((await state()).checked?.damages).toBe(1);
    } finally {
      await sql.end();
    }
  });
});

// A person is erased: rows, journal, messages and jobs say nothing of them any more, everything else stays as it was.
import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import postgres from 'postgres';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectTo } from '../src/engine/postgres-connections.ts';
import { HeldData } from '../src/privacy/queries.ts';
import { startRetention } from '../src/privacy/retention.ts';
import { verify } from '../src/verify/queries.ts';
import { Api } from './api.ts';
import { movableClock } from './clock.ts';
import { copyDatabase } from './database.ts';
import { hello, openSocket, openTestHouse, proved, signedIn, startServer, type TestHouse } from './house.ts';

let people = 0;
const LINK = /\/t#[\w-]+/g;
const DAY_MS = 86_400_000;

const clock = movableClock();
const dataDir = mkdtempSync(join(tmpdir(), 'schalter-erasure-'));
let house: TestHouse;
let sql: postgres.Sql;
beforeAll(async () => {
  house = await openTestHouse({ clock, environment: { DATA_DIR: dataDir, ASSERT_INVARIANTS: '1' } });
  sql = postgres(house.databaseUrl, { max: 2, onnotice: () => undefined });
});
afterAll(async () => {
  await sql.end();
  await house.close();
  rmSync(dataDir, { recursive: true, force: true });
});

const must = async (type: string, input: unknown, streamId = house.locationId): Promise<unknown> => {
  const answer = await house.command(streamId, type, input);
  if (!answer.ok) throw new Error(`${type}: ${answer.code}`);
  return answer.result;
};
interface Exported {
  readonly fields: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly held: readonly { readonly table: string }[];
  readonly journal: readonly { readonly type: string }[];
}
interface Ticket {
  /** What nothing may say any more once they are erased. */
  readonly said: readonly string[];
  readonly reason: string;
  readonly visitId: string;
  readonly stageId: string;
  readonly linkToken: string;
  readonly reservationId: string;
}
/** Somebody with everything that can be held on them: a booking, a name, a number, a note, messages, a reason. */
async function somebody(): Promise<Ticket> {
  const [reservationId, linkToken] = [randomUUID(), randomBytes(16).toString('base64url')];
  people += 1;
  const [firstName, lastName] = [`Aurelia${people}x`, `Kanarienvogel${people}x`];
  const [phone, subject] = [`+4179123450${people}`, `VW Golf, ZH 48210${people}`];
  const [note, reason] = [`braucht Rollstuhl ${people}x`, `holt den Ausweis ${people}x`];
  const said = [firstName, lastName, phone, subject, note, reason, linkToken];
  const reference = `ZRH-${reservationId.slice(0, 6).toUpperCase()}`;
  await must('booking.recordReservation', {
    ...{ reservationId, reference, lastName, firstName, bookedAt: clock.now() },
    ...{ serviceId: house.serviceIds[1], subject },
  });
  const contact = { phone, consentWording: 'ticket-sms-1', consentLanguage: 'de' };
  const ids = (await must('booking.checkIn', {
    ...{ reference, lastName, language: 'de', linkToken, contact },
  })) as { visitId: string; stageId: string };
  await must('queue.setNote', { visitId: ids.visitId, name: `${firstName} ${lastName}`, note });
  // The server prepares it itself where it is the turn already: then this one is not wanted.
  await house.command(house.locationId, 'messaging.prepare', {
    ...{ stageId: ids.stageId, template: 'approaching', link: `https://haus.example/t#${linkToken}` },
  });
  return { ...ids, linkToken, reservationId, said, reason };
}
/** While a day is being closed, rows leave the live set: then it is asked again. */
async function erase({ visitId }: Ticket): Promise<unknown> {
  const input = { visitIds: [visitId], reservationIds: [], personIds: [], why: 'request' };
  for (;;) {
    const answer = await house.command(house.locationId, 'privacy.erase', input);
    if (answer.ok) return answer.result;
    expect(answer.code).toBe('versionConflict');
  }
}

/** Everything that the database holds, as text; the jobs too. */
async function everything(database: postgres.Sql = sql): Promise<string> {
  const tables = await database<{ name: string }[]>`
    select quote_ident(n.nspname) || '.' || quote_ident(c.relname) as name
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where n.nspname in ('public', 'pgboss') and c.relkind in ('r', 'p') and not c.relispartition`;
  const texts: string[] = [];
  for (const { name } of tables) {
    const rows = await database.unsafe<{ text: string }[]>(`select t::text as text from ${name} t`);
    // A link in a job that is done opens nothing any more, and goes with the job, within a day.
    texts.push(...rows.map(({ text }) => (name.startsWith('pgboss') ? text.replace(LINK, '') : text)));
  }
  return texts.join('\n');
}
const traces = (text: string, ticket: Ticket): string[] => ticket.said.filter((what) => text.includes(what));
const nothingLeft = (ticket: Ticket) =>
  expect.poll(async () => traces(await everything(), ticket), { timeout: 20_000 }).toEqual([]);

describe('[GD-02] [PD6] an erasure', () => {
  it('takes the person out of rows, journal and jobs; numbers, figures and the chain stay', async () => {
    const ticket = await somebody();
    expect(traces(await everything(), ticket)).toHaveLength(6);
    const before = await sql`select number, series, arrived_at from visits where id = ${ticket.visitId}`;
    await erase(ticket);
    await nothingLeft(ticket);
    expect(await sql`select number, series, arrived_at from visits where id = ${ticket.visitId}`).toEqual(
      before,
    );
    expect(
      await sql`select status, to_e164, body from messages where visit_id = ${ticket.visitId}`,
    ).toMatchObject([{ to_e164: '•', body: '' }]);
    expect(
      await sql`select phone_e164, consent_wording from visit_contacts where visit_id = ${ticket.visitId}`,
    ).toMatchObject([{ phone_e164: '', consent_wording: 'ticket-sms-1' }]);
    expect(await verify(sql)).toEqual([]);
    await must('queue.cancel', { stageId: ticket.stageId, reason: 'Test' });
  });

  it('[PD7] nobody is written to any more, and the link opens nothing', async () => {
    const ticket = await somebody();
    const socket = openSocket(house.url, { ticket: ticket.linkToken });
    expect(await hello(socket, { streamId: house.locationId, audience: 'customer' })).toMatchObject({
      ok: true,
    });
    socket.disconnect();
    await erase(ticket);
    const statuses = await sql`select status from messages where visit_id = ${ticket.visitId}`;
    expect(statuses.map((row) => row['status'] as string)).not.toContain('queued');
    const again = { stageId: ticket.stageId, template: 'called', link: 'https://haus.example/t#x' };
    expect(await house.command(house.locationId, 'messaging.prepare', again)).toMatchObject({
      code: 'consentMissing',
    });
    for (const link of [ticket.linkToken, `erased.${ticket.visitId}`]) {
      const late = openSocket(house.url, { ticket: link });
      expect(await hello(late, { streamId: house.locationId, audience: 'customer' })).toMatchObject({
        ok: false,
      });
      late.disconnect();
    }
    await nothingLeft(ticket);
    await must('queue.cancel', { stageId: ticket.stageId, reason: 'Test' });
  });

  it('[PD8] reaches what has left the live set, and screens hear of rows like any other', async () => {
    const ticket = await somebody();
    await must('queue.cancel', { stageId: ticket.stageId, reason: ticket.reason });
    const { session } = await signedIn(house, 'clerk');
    const socket = openSocket(house.url, { token: session });
    const heard: string[] = [];
    socket.on('entries', (frame: unknown) => heard.push(JSON.stringify(frame)));
    await hello(socket, { streamId: house.locationId, audience: 'staff' });
    clock.advance(DAY_MS);
    const day = await sql<
      { day: string }[]
    >`select business_day::text as day from visits where id = ${ticket.visitId}`;
    await must('queue.closeDay', { businessDay: day[0]?.day ?? '' });
    await erase(ticket);
    await nothingLeft(ticket);
    await expect.poll(() => heard.some((text) => text.includes(ticket.visitId))).toBe(true);
    expect(heard.at(-1)).not.toContain(ticket.said[1]);
    socket.disconnect();
    expect(await verify(sql)).toEqual([]);
  });

  it('[PD9] twice is once, and of whom nothing is held is no mistake', async () => {
    const ticket = await somebody();
    await erase(ticket);
    await erase(ticket);
    expect(await erase({ ...ticket, visitId: randomUUID() })).toEqual({ rows: 0 });
    await nothingLeft(ticket);
    await must('queue.cancel', { stageId: ticket.stageId, reason: 'Test' });
  });
});

describe('[GD-01] [PD14] an export', () => {
  it('holds everything that is held on the customer, with what it is and how long it is kept', async () => {
    const ticket = await somebody();
    const api = new Api(house.url);
    const path = `/api/v1/locations/${house.locationId}/tickets/${ticket.visitId}/personal-data`;
    const exported = async () => {
      const manager = await signedIn(house, 'manager');
      await proved(house, manager.session, 'person.export', ticket.visitId);
      return api.get<Exported>(path, manager);
    };
    const { body } = await exported();
    // But for the reason, which nobody has given yet, and the link, which is the customer's alone.
    expect(traces(JSON.stringify(body), ticket)).toHaveLength(5);
    expect(new Set(body.held.map(({ table }) => table))).toEqual(
      new Set(['visits', 'visitContacts', 'stages', 'messages', 'reservations']),
    );
    expect(body.journal.map(({ type }) => type)).toEqual(
      expect.arrayContaining(['booking.recordReservation', 'booking.checkIn', 'queue.setNote']),
    );
    expect(body.fields['visits']?.['name']).toMatchObject({ kind: 'name' });
    const [entry] = await sql<{ input: { event: string; locationId: string } }[]>`
      select input from journal where type = 'platform.recordSecurityEvent' and input->>'event' = 'personalDataExported'`;
    expect(entry?.input).toMatchObject({ locationId: house.locationId });
    const own = await api.get<Exported>('/api/v1/ticket/personal-data', { ticket: ticket.linkToken });
    expect(traces(JSON.stringify(own.body), ticket)).toHaveLength(6);
    expect((await api.get(path, await signedIn(house, 'clerk'))).status).toBe(403);
    await erase(ticket);
    const after = await exported();
    await nothingLeft(ticket);
    expect(after.status).toBe(200);
    expect(traces(JSON.stringify(after.body), ticket).length).toBeLessThan(6);
    await must('queue.cancel', { stageId: ticket.stageId, reason: 'Test' });
  });
});

describe('[GD-03] [PD15] a consent', () => {
  it('says when, where and in which words; its withdrawal is history, and takes the number along', async () => {
    const ticket = await somebody();
    const contact = () =>
      sql`select phone_e164, consent_wording, consent_language, consent_source, consent_at is not null as at,
        archived_at is not null as over from visit_contacts where visit_id = ${ticket.visitId}`;
    const given = {
      consent_wording: 'ticket-sms-1',
      consent_language: 'de',
      consent_source: 'kiosk',
      at: true,
    };
    expect(await contact()).toMatchObject([{ ...given, phone_e164: ticket.said[2], over: false }]);
    const api = new Api(house.url);
    await api.command(
      house.locationId,
      'queue.withdrawContact',
      {},
      { ticket: ticket.linkToken },
      clock.now(),
    );
    expect(await contact()).toMatchObject([{ ...given, phone_e164: '', over: true }]);
    const history = await sql`select type from journal where type = 'queue.withdrawContact'`;
    expect(history).toHaveLength(1);
    await must('queue.cancel', { stageId: ticket.stageId, reason: 'Test' });
    await erase(ticket);
    await nothingLeft(ticket);
  });
});

describe('[GD-04] [GD-05] retention', () => {
  const closeDayOf = async ({ visitId }: Ticket) => {
    const [row] = await sql<
      { day: string }[]
    >`select business_day::text as day from visits where id = ${visitId}`;
    await must('queue.closeDay', { businessDay: row?.day ?? '' });
  };

  it('[PD12] [PD13] numbers and messages go with the day, names and notes a week later, and it is in the journal', async () => {
    const ticket = await somebody();
    await must('queue.cancel', { stageId: ticket.stageId, reason: ticket.reason });
    clock.advance(DAY_MS);
    await closeDayOf(ticket);
    const [, , phone = ''] = ticket.said;
    await expect.poll(async () => (await everything()).includes(phone), { timeout: 20_000 }).toBe(false);
    expect(traces(await everything(), ticket)).toContain(ticket.reason);

    const retention = startRetention({
      engine: house.app.parts.engine,
      clock,
      held: new HeldData(connectTo(house.databaseUrl, 2)),
      locationIds: () => Promise.resolve([house.locationId]),
      keepDays: 7,
      log: { info: () => undefined },
      onError: (error) => expect(error).toBeNull(),
    });
    expect(await retention.check()).toBe(0);
    clock.advance(7 * DAY_MS);
    expect(await retention.check()).toBeGreaterThan(0);
    expect(await retention.check()).toBe(0);
    retention.stop();
    // The link opens nothing since the day has ended.
    const left = async () => traces(await everything(), ticket).filter((what) => what !== ticket.linkToken);
    await expect.poll(left, { timeout: 20_000 }).toEqual([]);
    const [entry] =
      await sql`select input from journal where type = 'privacy.erase' order by at desc limit 1`;
    expect(entry).toMatchObject({ input: { why: 'retention' } });
    expect(await verify(sql)).toEqual([]);
  });
});

describe('[GD-02] [PD11] a member of staff', () => {
  it('who is erased has no name, no address and no proof left, here and at every location', async () => {
    const personId = randomUUID();
    const person = {
      personId,
      name: 'Aurelia Mitarbeit',
      email: 'aurelia@mitarbeit.example',
      role: 'clerk',
      language: 'de',
    };
    await must(
      'platform.setPerson',
      { ...person, locationIds: [house.locationId], active: true },
      house.organisationId,
    );
    await house.app.parts.credentials.setCredentials(house.organisationId, personId, {
      pinHash: 'hash-of-aurelia',
    });
    await must('privacy.erasePerson', { personId }, house.organisationId);
    const left = async () => {
      const text = await everything();
      return [person.name, person.email, 'hash-of-aurelia'].filter((what) => text.includes(what));
    };
    await expect.poll(left, { timeout: 20_000 }).toEqual([]);
    expect(await verify(sql)).toEqual([]);
  });

  it('who is the last that may everything stays', async () => {
    const answer = await house.command(house.organisationId, 'privacy.erasePerson', {
      personId: house.people.admin,
    });
    expect(answer).toMatchObject({ ok: false, code: 'lastOwner' });
  });
});

describe('[GD-02] [PD10] a restore', () => {
  it('of an older copy finds the erased erased again', { timeout: 180_000 }, async () => {
    const ticket = await somebody();
    await house.app.stop();
    const backup = await copyDatabase(house.databaseUrl);
    const now = await startServer(house.databaseUrl, { clock, environment: { DATA_DIR: dataDir } });
    const input = { visitIds: [ticket.visitId], reservationIds: [], personIds: [], why: 'request' };
    const envelope = { commandId: randomUUID(), streamId: house.locationId, type: 'privacy.erase', input };
    const at = { occurredAt: clock.now() };
    expect(
      await now.parts.engine.execute({ envelope: { ...envelope, ...at }, actor: { kind: 'system' } }),
    ).toMatchObject({ ok: true });
    await nothingLeft(ticket);
    await now.stop();
    const file = readFileSync(join(dataDir, 'erasures.jsonl'), 'utf8');
    expect(traces(file, ticket)).toEqual([]);
    expect(file).toContain(ticket.visitId);

    const restored = postgres(backup.url, { max: 1, onnotice: () => undefined });
    expect(traces(await everything(restored), ticket)).toHaveLength(6);
    const server = await startServer(backup.url, { clock, environment: { DATA_DIR: dataDir } });
    await expect
      .poll(async () => traces(await everything(restored), ticket), { timeout: 20_000 })
      .toEqual([]);
    expect(await verify(restored)).toEqual([]);
    await server.stop();
    await restored.end();
    await backup.drop();
  });
});

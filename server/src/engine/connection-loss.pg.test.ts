// The wire to PostgreSQL is cut in the middle of transactions. Without patches/postgres@3.4.9.patch the process
// dies of it, or lanes wait for ever.
import { randomUUID } from 'node:crypto';
import postgres from 'postgres';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Actor } from '@schalter/shared/kernel/actor.ts';
import { migrate } from '@schalter/drizzle/migrate.ts';
import { createTestDatabase } from '../../test/database.ts';
import { cuttable, type Wire } from '../../test/cuttable.ts';
import { Engine, UNDECIDED } from './execute.ts';
import { connectTo } from './postgres-connections.ts';
import { PostgresStore } from './postgres-store.ts';
import { defineWriteBatch } from './postgres-write.ts';

const actor: Actor = { kind: 'system' };
const STREAMS = 5;
const POOL = 3;
const CUTS = 40;
/** What a busy machine may take. */
const SECONDS = 20_000;

let wire: Wire;
let sql: postgres.Sql;
let direct: postgres.Sql;
let engine: Engine;
let beforeWriting: () => void;
let end: () => Promise<void>;
beforeEach(async () => {
  const database = await createTestDatabase();
  await migrate(database.url, defineWriteBatch);
  wire = await cuttable(database.url);
  sql = connectTo(wire.url, POOL);
  direct = postgres(database.url, { max: 1 });
  beforeWriting = () => undefined;
  engine = new Engine({
    store: new PostgresStore(sql, () => Promise.resolve()),
    clock: { now: () => new Date().toISOString() },
    react: () => {
      beforeWriting();
      return [];
    },
    load: () => Promise.resolve({}),
  });
  end = async () => {
    await Promise.all([sql.end({ timeout: 1 }), direct.end()]);
    await wire.close();
    await database.drop();
  };
});
afterEach(() => end());

const command = (streamId: string, type: string, input: unknown) => ({
  commandId: randomUUID(),
  streamId,
  type,
  input,
  occurredAt: new Date().toISOString(),
});
const send = (envelope: ReturnType<typeof command>) =>
  engine.execute({ envelope, actor, organisationId: envelope.streamId });
const person = (streamId: string) => {
  const personId = randomUUID();
  const row = { name: 'P', email: `${personId}@x.ch`, role: 'clerk', locationIds: [], language: 'de' };
  return command(streamId, 'platform.setPerson', { personId, ...row, active: true });
};
async function newStream(): Promise<string> {
  const id = randomUUID();
  const input = { name: 'Haus', language: 'de', currency: 'CHF' };
  expect(await send(command(id, 'platform.createOrganisation', input))).toMatchObject({ ok: true });
  return id;
}

it.each(['end', 'reset'] as const)(
  '[E19] cut by %s, again and again: every lane goes on, every command takes effect once, none is skipped',
  async (how) => {
    const streams = await Promise.all(Array.from({ length: STREAMS }, newStream));
    const heard = new Map(streams.map((id) => [id, [1]]));
    engine.onEntries(({ head }, entries) => heard.get(head.id)?.push(...entries.map(({ seq }) => seq)));
    const sent = new Map<string, number>();
    let isCutting = true;
    let cuts = 0;
    const clerk = async (id: string) => {
      while (isCutting) {
        const envelope = person(id);
        // As a device does: the same command, until it is answered.
        while (!(await send(envelope)).ok) await new Promise((resolve) => setTimeout(resolve, 5));
        sent.set(id, (sent.get(id) ?? 0) + 1);
      }
    };
    const clerks = streams.flatMap((id) => [clerk(id), clerk(id)]);
    for (; cuts < CUTS; cuts++) {
      await new Promise((resolve) => setTimeout(resolve, (cuts * 7) % 40));
      wire.cut(how);
    }
    isCutting = false;
    await Promise.all(clerks);
    for (const id of streams) {
      const seq = await engine.read(id, ({ head, live }) => {
        expect(live.rows.people.size).toBe(sent.get(id));
        return head.seq;
      });
      expect(seq).toBe(1 + (sent.get(id) ?? 0));
      expect(heard.get(id)).toEqual(Array.from({ length: seq ?? 0 }, (_, i) => i + 1));
    }
  },
  2 * SECONDS,
);

it('[E24] where the answer of COMMIT is lost nobody says no: sent again, the command is answered', async () => {
  const id = await newStream();
  // Each connection has prepared its statements: from now on rows and COMMIT go out together.
  for (let i = 0; i < 3 * POOL; i++) expect(await send(person(id))).toMatchObject({ ok: true });
  const envelope = person(id);
  // From the decision on nothing comes back any more.
  beforeWriting = () => {
    wire.hold(true);
  };
  const answer = send(envelope);
  const journal = () => direct`select seq from journal where command_id = ${envelope.commandId}`;
  await expect.poll(journal, { timeout: SECONDS }).toHaveLength(1);
  wire.cut('reset');
  expect(await answer).toBe(UNDECIDED);
  beforeWriting = () => undefined;
  wire.hold(false);
  await expect
    .poll(() => send(envelope), { timeout: SECONDS })
    .toMatchObject({ ok: true, seq: 2 + 3 * POOL });
  // A rule's no, and a database that cannot be reached, are something else.
  const twice = command(id, 'platform.setPerson', { ...(envelope.input as object), personId: randomUUID() });
  expect(await send(twice)).toEqual({ ok: false, code: 'emailTaken' });
  await wire.close();
  // Once it is known that the line is dead, nothing goes out on it, and that is no doubt.
  await expect.poll(() => send(person(id))).toEqual({ ok: false, code: 'unavailable' });
});

it('[E25] who holds the lock of a stream and does not move is waited for in vain, not for ever', async () => {
  const id = await newStream();
  let letGo: () => void = () => undefined;
  const frozen = direct.begin(async (tx) => {
    await tx`select 1 from streams where id = ${id} for update`;
    await new Promise<void>((resolve) => (letGo = resolve));
  });
  await expect
    .poll(() => sql`select 1 from pg_locks where relation = 'streams'::regclass`)
    .not.toHaveLength(0);
  // Once it is known that the line is dead, nothing goes out on it, and that is no doubt.
  await expect.poll(() => send(person(id))).toEqual({ ok: false, code: 'unavailable' });
  letGo();
  await frozen;
  expect(await send(person(id))).toMatchObject({ ok: true, seq: 2 });
  // And a process of ours that is frozen itself loses the lock.
  expect(await sql`show idle_in_transaction_session_timeout`).toMatchObject([
    { idle_in_transaction_session_timeout: '10s' },
  ]);
});

// What somebody writes first: Socket.IO, one drizzle transaction per command, one emit to the room, then the answer.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { eq } from 'drizzle-orm';
import { bigint, json, pgTable, primaryKey, timestamp, uuid, varchar } from 'drizzle-orm/pg-core';
import { drizzle, type PostgresJsDatabase } from 'drizzle-orm/postgres-js';
import postgres from 'postgres';
import { Server, type Socket } from 'socket.io';
import type { AnyChange } from '@schalter/shared/kernel/live.ts';
import type { Hello } from '@schalter/shared/kernel/protocol.ts';
import { answerParent } from './child.ts';

export interface PlainHouse {
  readonly databaseUrl: string;
  readonly queueId: string;
  /** What one command changes, as the listeners get it, and a journal entry of middling weight as JSON. */
  readonly changes: readonly AnyChange[];
  readonly journalEntry: string;
}

const queues = pgTable('bench_queues', {
  id: uuid().primaryKey(),
  seq: bigint({ mode: 'number' }).notNull(),
});
const tickets = pgTable('bench_tickets', {
  id: uuid().primaryKey(),
  queueId: uuid('queue_id').notNull(),
  number: bigint({ mode: 'number' }).notNull(),
  status: varchar({ length: 20 }).notNull(),
  arrivedAt: timestamp('arrived_at', { withTimezone: true }).notNull(),
  details: json().notNull(),
});
const log = pgTable(
  'bench_log',
  {
    queueId: uuid('queue_id').notNull(),
    seq: bigint({ mode: 'number' }).notNull(),
    commandId: uuid('command_id').notNull(),
    entry: json().notNull(),
  },
  (t) => [primaryKey({ columns: [t.queueId, t.seq] })],
);
const TABLES = `
  drop table if exists bench_queues, bench_tickets, bench_log;
  create table bench_queues (id uuid primary key, seq bigint not null);
  create table bench_tickets (id uuid primary key, queue_id uuid not null, number bigint not null,
    status varchar(20) not null, arrived_at timestamptz not null, details json not null);
  create table bench_log (queue_id uuid, seq bigint, command_id uuid not null unique, entry json not null,
    primary key (queue_id, seq))`;

const http = createServer();
const io = new Server(http, { serveClient: false, transports: ['websocket'], perMessageDeflate: false });

interface Command {
  readonly commandId: string;
}

async function handle(db: PostgresJsDatabase, house: PlainHouse, { commandId }: Command): Promise<number> {
  const { queueId, changes, journalEntry } = house;
  const seq = await db.transaction(async (tx) => {
    const [queue] = await tx.select().from(queues).where(eq(queues.id, queueId)).for('update');
    const next = (queue?.seq ?? 0) + 1;
    await tx.update(queues).set({ seq: next }).where(eq(queues.id, queueId));
    await tx.insert(tickets).values({
      ...{ id: commandId, queueId, number: next, status: 'waiting', arrivedAt: new Date() },
      details: changes,
    });
    await tx
      .insert(log)
      .values({ queueId, seq: next, commandId, entry: JSON.parse(journalEntry) as unknown });
    return next;
  });
  io.to(queueId).emit('entries', { streamId: queueId, entries: [{ seq, commandId, changes }] });
  return seq;
}

async function listen(house: PlainHouse): Promise<number> {
  // postgres.js's own number of connections, as somebody would leave it.
  const sql = postgres(house.databaseUrl, { onnotice: () => undefined });
  await sql.unsafe(TABLES);
  const db = drizzle(sql);
  await db.insert(queues).values({ id: house.queueId, seq: 0 });
  io.on('connection', (socket: Socket) => {
    socket.on('hello', async ({ streamId }: Hello, ack: (answer: unknown) => void) => {
      await socket.join(streamId);
      ack({ ok: true, audience: 'display' });
    });
    socket.on('command', (command: Command, ack: (answer: unknown) => void) => {
      handle(db, house, command).then(
        (seq) => ack({ ok: true, seq, result: { stageId: command.commandId } }),
        () => ack({ ok: false, code: 'internal' }),
      );
    });
  });
  return new Promise((resolve) =>
    http.listen(0, '127.0.0.1', () => resolve((http.address() as AddressInfo).port)),
  );
}

answerParent({ listen });
process.once('SIGTERM', () => process.exit(0));

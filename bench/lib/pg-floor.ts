import { randomUUID } from 'node:crypto';
import postgres from 'postgres';
import { closedLoop, type LoopResult } from './closed-loop.ts';

export interface PgFloor {
  measure(durationMs: number): Promise<LoopResult>;
  stop(): Promise<void>;
}

/**
 * What the machine gives without any of ours: each caller on a connection of its own, one prepared statement
 * that inserts and returns, each its own durable transaction. `payload` is the JSON that each of them inserts.
 */
export async function startPgFloor(url: string, callers: number, payload: string): Promise<PgFloor> {
  const sql = postgres(url, { max: callers, onnotice: () => undefined });
  await sql`create table if not exists bench_floor (
    seq bigint generated always as identity primary key, command_id uuid not null, payload json not null,
    at timestamptz not null default now())`;
  const text = 'insert into bench_floor (command_id, payload) values ($1, $2::text::json) returning seq';
  return {
    measure: (durationMs) =>
      closedLoop(callers, durationMs, async () => {
        const rows = await sql.unsafe<{ seq: string }[]>(text, [randomUUID(), payload], { prepare: true });
        if (rows.length !== 1) throw new Error('the floor inserted nothing');
      }),
    async stop() {
      await sql`drop table bench_floor`;
      await sql.end();
    },
  };
}

import type postgres from 'postgres';
import type { LimitStore } from '../transport/limits.ts';
import { waitOf, type Limit } from '../transport/sliding-window.ts';
import { hashToken } from './secrets.ts';

/** The longest stretch is a quarter of an hour; what is older than a day counts for nothing. */
const KEPT = '1 day';

/** The limits that matter for security, counted by all processes together, by the database's own clock. */
export class LimitQueries implements LimitStore {
  readonly #sql: postgres.Sql;

  constructor(client: postgres.Sql) {
    this.#sql = client;
  }

  /**
   * `slide` of sliding-window.ts in one statement: two processes that count at the same instant count one after the
   * other. No row comes back where it is one too many.
   */
  async take(name: string, key: string, { points, duration }: Limit): Promise<number> {
    const sql = this.#sql;
    const keyHash = hashToken(key);
    const taken = await sql`
      insert into rate_limits as r (name, key_hash, window_start, hits, hits_before)
      select ${name}, ${keyHash}, to_timestamp(floor(extract(epoch from clock_timestamp()) / ${duration}::float8) * ${duration}::float8), 1, 0
      where ${points}::float8 >= 1
      on conflict (name, key_hash) do update set
        window_start = excluded.window_start,
        hits = case when r.window_start = excluded.window_start then r.hits + 1 else 1 end,
        hits_before = case when r.window_start = excluded.window_start then r.hits_before
          when r.window_start = excluded.window_start - ${duration}::float8 * interval '1 second' then r.hits
          else 0 end
      where 1 + case when r.window_start = excluded.window_start then r.hits else 0 end
        + case when r.window_start = excluded.window_start then r.hits_before
            when r.window_start = excluded.window_start - ${duration}::float8 * interval '1 second' then r.hits
            else 0 end
          * (1 - (extract(epoch from clock_timestamp()) - extract(epoch from excluded.window_start)) / ${duration}::float8)
        <= ${points}::float8
      returning 1`;
    return taken.length > 0 ? 0 : this.#wait(name, keyHash, { points, duration });
  }

  async #wait(name: string, keyHash: string, limit: Limit): Promise<number> {
    const [row] = await this.#sql<{ start: number; now: number; hits: number; before: number }[]>`
      select extract(epoch from window_start)::float8 * 1000 as start,
        extract(epoch from clock_timestamp())::float8 * 1000 as now, hits, hits_before as before
      from rate_limits where name = ${name} and key_hash = ${keyHash}`;
    if (row === undefined) return limit.duration * 1_000;
    const window = { startMs: row.start, hits: row.hits, hitsBefore: row.before };
    return Math.max(1, waitOf(window, row.now, limit));
  }

  async reset(name: string, key: string): Promise<void> {
    await this.#sql`delete from rate_limits where name = ${name} and key_hash = ${hashToken(key)}`;
  }

  async sweep(): Promise<void> {
    await this.#sql`delete from rate_limits where window_start < now() - ${KEPT}::interval`;
  }
}

import { drizzle, type PostgresJsDatabase } from 'drizzle-orm/postgres-js';
import { sql } from 'drizzle-orm';
import postgres from 'postgres';
import { APP_ROLE, ORGANISATIONS } from '@schalter/drizzle/islands.ts';

/** A database that cannot be reached is told to the sender before the sender gives up. */
const CONNECT_S = 5;
/**
 * Milliseconds, kept by the database itself. A process that is frozen in the middle of a transaction holds the
 * lock of its location: it loses it, and whoever waits for it is told to come back.
 */
const PATIENCE = {
  statement_timeout: 15_000,
  lock_timeout: 5_000,
  idle_in_transaction_session_timeout: 10_000,
} as const;

/** Connections of the server at work: in the role that owns nothing and sees no organisation before it names one. */
export const connectTo = (databaseUrl: string, max: number): postgres.Sql =>
  postgres(databaseUrl, {
    max,
    onnotice: () => undefined,
    connect_timeout: CONNECT_S,
    connection: { application_name: 'schalter', role: APP_ROLE, ...PATIENCE },
  });

/** One transaction that sees and writes the rows of one organisation and no others. */
export const within = <T>(
  client: postgres.Sql,
  organisationId: string,
  work: (tx: postgres.TransactionSql) => Promise<T>,
): Promise<T> =>
  client.begin(async (tx) => {
    await tx`select set_config(${ORGANISATIONS}, ${`{${organisationId}}`}, true)`;
    return work(tx);
  }) as Promise<T>;

/** Something between the server and its database may drop the role on the way: then nothing starts. */
export async function assertAppRole(client: postgres.Sql): Promise<void> {
  const [row] = await client<{ role: string; above: boolean }[]>`
    select current_user as role, rolsuper or rolbypassrls as above from pg_roles where rolname = current_user`;
  if (row?.role === APP_ROLE && !row.above) return;
  throw new Error(
    `The server works as ${APP_ROLE}, and the database says ${row?.role ?? 'nothing'}: a pooler that drops the ` +
      `start-up parameter "role" needs a sign-in of its own with \`alter role … set role = '${APP_ROLE}'\`.`,
  );
}

/**
 * Cold reads and the stores beside the streams. drizzle changes how its client parses dates, so the client is used by
 * nothing else.
 */
export class Islands {
  /** Sees no row that has an organisation: for the doors, and for what belongs to the installation. */
  readonly outside: PostgresJsDatabase;

  constructor(client: postgres.Sql) {
    this.outside = drizzle(client, { casing: 'snake_case' });
  }

  /** As `within`, by drizzle. */
  within<T>(organisationId: string, work: (db: PostgresJsDatabase) => Promise<T>): Promise<T> {
    return this.outside.transaction(async (tx) => {
      await tx.execute(sql`select set_config(${ORGANISATIONS}, ${`{${organisationId}}`}, true)`);
      return work(tx);
    });
  }
}

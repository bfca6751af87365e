import postgres from 'postgres';

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

export const connectTo = (databaseUrl: string, max: number): postgres.Sql =>
  postgres(databaseUrl, {
    max,
    onnotice: () => undefined,
    connect_timeout: CONNECT_S,
    connection: { application_name: 'schalter', ...PATIENCE },
  });

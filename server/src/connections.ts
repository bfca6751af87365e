import type { Server, Socket } from 'node:net';
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

/** What is still open on a server; Node's own list leaves out those that became sockets. */
export function trackConnections(server: Server): { destroy(): void } {
  const open = new Set<Socket>();
  server.on('connection', (socket) => {
    open.add(socket);
    socket.once('close', () => open.delete(socket));
  });
  return {
    destroy: () => {
      for (const socket of open) socket.destroy();
    },
  };
}

/** `work`, or `otherwise` where it takes longer or fails. */
export async function within<T>(ms: number, work: Promise<T>, otherwise: T): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<T>((resolve) => {
    timer = setTimeout(() => resolve(otherwise), ms);
  });
  try {
    return await Promise.race([work, late]);
  } catch {
    return otherwise;
  } finally {
    clearTimeout(timer);
  }
}

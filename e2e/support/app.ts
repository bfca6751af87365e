// The whole product in a process of its own, as `npm start` runs it, on a database of its own.
import { createDatabase } from './postgres.ts';
import { freePort, ServerProcess } from './server-process.ts';

export interface House {
  readonly url: string;
  readonly databaseUrl: string;
  /** What the server has printed so far, for messages of failed tests and for what must not be in a log. */
  readonly output: () => string;
  /** SIGKILL: nothing is said, nothing is finished. */
  kill(): Promise<void>;
  /** Starts the server (again) on the same port and database, where asked with its clock at an instant. */
  start(clockStart?: string): Promise<void>;
  /** SIGTERM; resolves with the milliseconds that it took. */
  terminate(): Promise<number>;
  /** Ends everything and drops the database. */
  close(): Promise<void>;
}

export interface HouseOptions {
  /** The demo station; true by default. */
  readonly demo?: boolean;
  readonly environment?: Readonly<Record<string, string>>;
}

export async function openHouse({ demo = true, environment = {} }: HouseOptions = {}): Promise<House> {
  const database = await createDatabase();
  const port = await freePort();
  const url = `http://localhost:${port}`;
  const server = new ServerProcess({
    port,
    databaseUrl: database.url,
    environment: { PUBLIC_URL: url, DEMO: demo ? '1' : '0', ...environment },
  });
  await server.start();
  return {
    url,
    databaseUrl: database.url,
    output: () => server.output,
    start: (clockStart) => server.start(clockStart === undefined ? {} : { CLOCK_START: clockStart }),
    kill: () => server.end('SIGKILL'),
    async terminate() {
      const from = Date.now();
      await server.end('SIGTERM');
      return Date.now() - from;
    },
    async close() {
      await server.end('SIGKILL');
      await database.drop();
    },
  };
}

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
  /** Another release's server takes the place of this one at the next start: same port, same database. */
  replaceBy(release: Release): void;
  /** Ends everything and drops the database. */
  close(): Promise<void>;
}

/** A checkout of the product, and the folder whose built apps it serves. */
export interface Release {
  readonly root: string;
  readonly appsDir?: string;
}

export interface HouseOptions {
  /** This one by default. Another one migrates its database itself. */
  readonly release?: Release;
  /** The demo station; true by default. */
  readonly demo?: boolean;
  readonly environment?: Readonly<Record<string, string>>;
}

export async function openHouse({
  demo = true,
  environment = {},
  release,
}: HouseOptions = {}): Promise<House> {
  const database = await createDatabase({ migrated: release === undefined });
  const port = await freePort();
  const url = `http://localhost:${port}`;
  const serverOf = (of: Release | undefined): ServerProcess =>
    new ServerProcess({
      ...(of === undefined ? {} : { root: of.root }),
      port,
      databaseUrl: database.url,
      environment: {
        ...{ PUBLIC_URL: url, DEMO: demo ? '1' : '0' },
        ...(of?.appsDir === undefined ? {} : { APPS_DIR: of.appsDir }),
        ...environment,
      },
    });
  let server = serverOf(release);
  await server.start();
  return {
    url,
    databaseUrl: database.url,
    output: () => server.output,
    replaceBy: (next) => void (server = serverOf(next)),
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

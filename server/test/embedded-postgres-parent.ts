// A server process in miniature, for tests that kill it: starts the embedded database, says where, and waits.
import { startEmbeddedPostgres } from '../src/adapters/embedded-postgres.ts';

const [dataDir = ''] = process.argv.slice(2);
const database = await startEmbeddedPostgres({ dataDir, log: () => undefined });
process.stdout.write(`${JSON.stringify({ url: database.url, pid: database.pid })}\n`);
process.on('SIGTERM', () => void database.stop().then(() => process.exit(0)));
setInterval(() => undefined, 60_000);

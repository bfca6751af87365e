// A server process in miniature, for tests that kill it: starts the embedded database, says where, and waits.
import { startEmbeddedPostgres } from '../src/adapters/embedded-postgres.ts';

const [dataDir = ''] = process.argv.slice(2);
const database = await startEmbeddedPostgres({ dataDir, fsync: false, log: () => undefined });
// Before it says that it is there: the test may answer with the signal at once.
process.on('SIGTERM', () => void database.stop().then(() => process.exit(0)));
process.stdout.write(`${JSON.stringify({ url: database.url, pid: database.pid })}\n`);
setInterval(() => undefined, 60_000);

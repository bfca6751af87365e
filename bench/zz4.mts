import { randomUUID } from 'node:crypto';
import postgres from 'postgres';
import { migrate } from '@schalter/drizzle/migrate.ts';
import { startEmbeddedPostgres } from '@schalter/server/src/adapters/embedded-postgres.ts';
import { PostgresStore } from '@schalter/server/src/engine/postgres-store.ts';
import { Engine } from '@schalter/server/src/engine/execute.ts';
import { reactions } from '@schalter/server/src/reactions.ts';
import { startJobs } from '@schalter/server/src/jobs/boss.ts';
import { seedDemo } from '@schalter/drizzle/seed/demo.ts';
import { DEMO_LOCATION_ID, services, counters } from '@schalter/drizzle/seed/station.ts';
const pg = await startEmbeddedPostgres({ dataDir: '/tmp/zzpg', log: () => {} });
await migrate(pg.url);
const sql = postgres(pg.url, { max: 10, onnotice: () => {} });
const jobs = await startJobs(pg.url, console.error);
const clock = { now: () => new Date().toISOString() };
const engine = new Engine({
  store: new PostgresStore(sql, jobs.add),
  clock,
  react: (reactions as any)(() => 'http://x'),
  load: async () => ({}),
});
engine.onError = (e) => console.error(e);
await seedDemo({
  now: clock.now(),
  execute: ({ envelope, organisationId }) =>
    engine.execute({ envelope, organisationId, actor: { kind: 'system' } }),
  ensureCredentials: async () => {},
});
// visits to annotate
const mk = (type: string, input: any) =>
  engine.execute({
    envelope: { commandId: randomUUID(), streamId: DEMO_LOCATION_ID, type, input, occurredAt: clock.now() },
    actor: { kind: 'system' },
  });
const ids: string[] = [];
for (let i = 0; i < 20; i++) {
  const a = await mk('queue.issueTicket', {
    serviceId: services[i % 4]!.serviceId,
    language: 'de',
    linkToken: randomUUID().replaceAll('-', '') + 'ab',
    contact: null,
    name: null,
    note: null,
  });
  if (a.ok) ids.push((a.result as any).visitId);
  else console.log(a);
}
async function closed(callers: number, ms: number, fn: () => Promise<any>) {
  let n = 0;
  const end = Date.now() + ms;
  await Promise.all(
    Array.from({ length: callers }, async () => {
      while (Date.now() < end) {
        await fn();
        n++;
      }
    }),
  );
  return n / (ms / 1000);
}
await sql`create table if not exists floor(id uuid primary key, v int)`;
const warm = () =>
  mk('queue.setNote', {
    visitId: ids[Math.floor(Math.random() * ids.length)],
    name: null,
    note: 'x' + Math.random(),
  });
await closed(32, 1500, warm);
for (let r = 0; r < 2; r++) {
  const sql32 = postgres(pg.url, { max: 32, onnotice: () => {} });
  const floor = await closed(32, 2000, () => sql32`insert into floor values(${randomUUID()},1) returning id`);
  const ex = await closed(32, 2000, warm);
  const iss = await closed(32, 2000, () =>
    mk('queue.issueTicket', {
      serviceId: services[0]!.serviceId,
      language: 'de',
      linkToken: randomUUID().replaceAll('-', '') + 'ab',
      contact: null,
      name: null,
      note: null,
    }),
  );
  console.log({ floor, ex, ratio: ex / floor, iss, issRatio: iss / floor });
  await sql32.end();
}
await jobs.stop();
await sql.end();
await pg.stop();
process.exit(0);

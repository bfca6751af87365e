import { randomUUID } from 'node:crypto';
import postgres from 'postgres';
const s = process.argv[2]!;
const sql = postgres(s, { max: 2, onnotice: () => {} });
const c = await sql.reserve();
// time statements of a typical batch from journal
const j =
  await sql`select seq, command_id as "commandId", type,input,facts,changes,actor,device_id as "deviceId",occurred_at as "occurredAt",at, organisation_id o, stream_id s from journal where type='queue.setNote' order by seq desc limit 32`;
const { o, s: st } = j[0] as any;
const rows = j.map((r: any) => ({ ...r, seq: r.seq }));
async function t(name: string, fn: () => Promise<any>) {
  const N = 100;
  for (let i = 0; i < 10; i++) await fn();
  const a = performance.now();
  for (let i = 0; i < N; i++) await fn();
  console.log(name, ((performance.now() - a) / N).toFixed(3), 'ms');
}
await sql`create table if not exists j2 (like journal including all)`;
const payload = () =>
  JSON.stringify(
    rows.map((r: any) => ({ ...r, seq: Math.floor(Math.random() * 1e12), commandId: randomUUID() })),
  );
await t('select 1', () => c.unsafe('select 1'));
await t('begin+commit empty', () => Promise.all([c.unsafe('begin'), c.unsafe('commit')]));
await t('begin+lock+update+commit (fsync)', () =>
  Promise.all([
    c.unsafe('begin'),
    c.unsafe('update streams set seq=seq where id=$1', [st], { prepare: true }),
    c.unsafe('commit'),
  ]),
);
await t('journal insert 32 in tx', () =>
  Promise.all([
    c.unsafe('begin'),
    c.unsafe(
      `insert into j2 (organisation_id, stream_id, seq, command_id, type, input, facts, changes, actor, device_id, occurred_at, at)
  select $1, $2, e."seq", e."commandId", e."type", coalesce(e."input", 'null'), e."facts", e."changes", e."actor", e."deviceId", e."occurredAt", e."at"
  from jsonb_to_recordset($3::text::jsonb) as e("seq" bigint, "commandId" uuid, "type" text, "input" jsonb, "facts" jsonb,
    "changes" jsonb, "actor" jsonb, "deviceId" uuid, "occurredAt" timestamptz, "at" timestamptz)`,
      [o, st, payload()],
      { prepare: true },
    ),
    c.unsafe('rollback'),
  ]),
);
await t('answers 32 in tx', () =>
  Promise.all([
    c.unsafe('begin'),
    c.unsafe(
      `insert into command_answers (organisation_id, stream_id, at, command_id, fingerprint, answer)
  select $1, $2, $3, a."commandId", a."fingerprint", a."answer"
  from jsonb_to_recordset($4::text::jsonb) as a("commandId" uuid, "fingerprint" text, "answer" jsonb)`,
      [
        o,
        st,
        new Date().toISOString(),
        JSON.stringify(
          rows.map(() => ({
            commandId: randomUUID(),
            fingerprint: 'x'.repeat(43),
            answer: { ok: true, seq: 1, result: null },
          })),
        ),
      ],
      { prepare: true },
    ),
    c.unsafe('rollback'),
  ]),
);
const v = await sql`select to_jsonb(v) r from visits v limit 20`;
const cols = Object.keys((v[0] as any).r);
const names = cols.map((x) => `"${x}"`).join(',');
const upd = cols
  .filter((x) => !['id', 'organisation_id', 'location_id', 'created_at', 'created_by'].includes(x))
  .map((x) => `"${x}"=excluded."${x}"`)
  .join(',');
await t('upsert 20 visits in tx', () =>
  Promise.all([
    c.unsafe('begin'),
    c.unsafe(
      `insert into visits (${names}) select ${names} from jsonb_populate_recordset(null::visits,$1::text::jsonb) on conflict (organisation_id,location_id,id) do update set ${upd}`,
      [JSON.stringify(v.map((x: any) => x.r))],
      { prepare: true },
    ),
    c.unsafe('rollback'),
  ]),
);
await t('answers lookup 32', () =>
  c.unsafe(
    `select a.command_id, a.fingerprint, a.answer from streams s
  join command_answers a on a.organisation_id = s.organisation_id and a.stream_id = s.id
  where s.id = $1 and a.command_id = any($2::uuid[])`,
    [st, rows.map(() => randomUUID())] as any,
    { prepare: true },
  ),
);
await t('lock', () => c.unsafe('select id from streams where id=$1 for update', [st], { prepare: true }));
console.log(
  (await sql`select count(*) from command_answers`)[0],
  (await sql`select count(*) from journal`)[0],
);
process.exit(0);

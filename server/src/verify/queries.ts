import type postgres from 'postgres';
import { ERASURES, TABLE_NAMES, tables } from '@schalter/shared/registry.ts';
import { brokenAnchors, chainChecks, TAMPERED, type Head } from './queries-chain.ts';

/** One thing that is not as it must be, and where. */
export interface Damage {
  readonly check: string;
  readonly what: string;
}

/**
 * What must be true of a database, as SQL: the invariants of shared/src/<capability>/invariants.ts over everything that
 * was ever written, and those of the journal. Each query gives a sentence for each damage.
 */
const CHECKS: readonly (readonly [name: string, query: string])[] = [
  [
    'journal has a gap',
    `select s.id || ': ' || count(j.seq) || ' entries, the last is ' || coalesce(max(j.seq), 0) || ', the head ' || s.seq as what
     from streams s left join journal j on j.organisation_id = s.organisation_id and j.stream_id = s.id
     group by s.id, s.seq
     having count(j.seq) <> s.seq or coalesce(max(j.seq), 0) <> s.seq or coalesce(min(j.seq), 1) <> 1`,
  ],
  [
    'command counted twice',
    `select stream_id || ': ' || command_id as what from
       (select organisation_id, stream_id, command_id from journal
        union all select organisation_id, stream_id, command_id from refusals) c
     group by organisation_id, stream_id, command_id having count(*) > 1`,
  ],
  [
    'number given twice',
    `select location_id || ' ' || business_day || ': ' || series || number as what from visits
     group by organisation_id, location_id, business_day, series, number having count(*) > 1`,
  ],
  [
    'numbers have a gap',
    `select n.location_id || ' ' || n.business_day || ' ' || n.series || ': ' || count(distinct v.number)
       || ' numbers, the last is ' || n.last_number as what
     from number_series n left join visits v on v.organisation_id = n.organisation_id
       and v.location_id = n.location_id and v.business_day = n.business_day and v.series = n.series
     group by n.location_id, n.business_day, n.series, n.last_number
     having count(distinct v.number) <> n.last_number or coalesce(max(v.number), 0) <> n.last_number`,
  ],
  [
    'call without a ticket',
    `select c.location_id || ' ' || c.business_day || ': call ' || c."order" as what from calls c
     where not exists (select from visits v where v.organisation_id = c.organisation_id
         and v.location_id = c.location_id and v.id = c.visit_id and v.series = c.series and v.number = c.number)
       or not exists (select from stages s where s.organisation_id = c.organisation_id
         and s.location_id = c.location_id and s.id = c.stage_id and s.visit_id = c.visit_id)`,
  ],
  [
    'calls have no one order',
    `select location_id || ' ' || business_day || ': ' || count(*) || ' calls, the last is ' || max("order") as what
     from calls group by organisation_id, location_id, business_day
     having count(distinct "order") <> count(*) or max("order") <> count(*) or min("order") <> 1`,
  ],
  [
    'counter with two customers',
    `select location_id || ': counter ' || counter_id as what from stages where status in ('called', 'serving')
     group by organisation_id, location_id, counter_id having count(*) > 1`,
  ],
  [
    'visit open without one open stage',
    `select v.location_id || ': visit ' || v.id as what from visits v
     left join stages s on s.organisation_id = v.organisation_id and s.location_id = v.location_id
       and s.visit_id = v.id and s.status in ('waiting', 'called', 'serving', 'held')
     group by v.organisation_id, v.location_id, v.id, v.ended_at
     having count(s.id) <> (case when v.ended_at is null then 1 else 0 end)`,
  ],
  [
    'two messages of one kind for a call',
    `select location_id || ': ' || dedupe_key as what from messages
     group by organisation_id, location_id, dedupe_key having count(*) > 1`,
  ],
];

const snake = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** Each row as the last entry that changed it left it; times are compared as instants. */
const projection = (table: string): string => `
  with last as (
    select distinct on (j.organisation_id, c.value->'row'->>'id')
      j.organisation_id, j.seq, (c.value->'row')::jsonb as row, (c.value->'row'->>'id')::uuid as id
    from journal j, json_array_elements(j.changes) with ordinality c(value, place)
    where c.value->>'table' = '${table}'
    order by j.organisation_id, c.value->'row'->>'id', j.seq desc, c.place desc)
  select coalesce(last.id, t.id) || ': ' || case
      when t.id is null then 'is lost'
      when last.id is null then 'is in no entry'
      when t.seq <> last.seq then 'is of entry ' || t.seq || ', the journal says ' || last.seq
      else 'differs in ' || d.columns end as what
  from last full join "${snake(table)}" t on t.organisation_id = last.organisation_id and t.id = last.id
  left join lateral (
    select string_agg(key, ', ') as columns from (
      select e.key, e.value as wanted, to_jsonb(t) -> lower(regexp_replace(e.key, '([A-Z])', '_\\1', 'g')) as found
      from jsonb_each(last.row) e) x
    where case when wanted #>> '{}' ~ '^\\d{4}-\\d\\d-\\d\\dT' and found is not null and found <> 'null'
      then (wanted #>> '{}')::timestamptz <> (found #>> '{}')::timestamptz
      else wanted is distinct from coalesce(found, 'null') end) d on true
  where t.id is null or last.id is null or t.seq <> last.seq or d.columns is not null`;

export interface Asked {
  /** Heads that were written down elsewhere: each must still be a link of its chain. */
  readonly anchors?: readonly Head[];
  /** Who may redact; the registry's commands, but in tests. */
  readonly erasures?: readonly string[];
}

/** Looks at everything in one snapshot, and changes nothing: it may run every night beside the servers. */
export function verify(
  sql: postgres.Sql,
  { anchors = [], erasures = ERASURES }: Asked = {},
): Promise<readonly Damage[]> {
  return sql.begin('isolation level repeatable read read only', async (tx) => {
    const damages: Damage[] = [];
    const look = async (check: string, query: string, parameters: null[] = []): Promise<void> => {
      const rows = await tx.unsafe<{ what: string }[]>(query, parameters);
      damages.push(...rows.map(({ what }) => ({ check, what })));
    };
    for (const [check, query] of CHECKS) await look(check, query);
    for (const [check, query] of chainChecks(erasures)) await look(check, query, [null]);
    for (const what of await brokenAnchors(tx, anchors)) damages.push({ check: TAMPERED, what });
    for (const table of TABLE_NAMES) {
      if (tables.has(table)) await look(`${table} disagree with the journal`, projection(table));
    }
    return damages;
  });
}

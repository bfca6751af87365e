import type postgres from 'postgres';

/**
 * The journal's hash chain as SQL (docs/spec/audit.md, AU10 to AU13). It is written out here once more: who checks it
 * relies on no function of the database that is checked.
 */

/** As `journal_digest` of the migrations. */
const digestOf = (salt: string): string =>
  `sha256(${salt} || convert_to(concat_ws(chr(31), j.fingerprint, j.input, coalesce(j.result::text, ''), j.facts, j.changes, j.actor), 'UTF8'))`;

const millis = (column: string): string => `(extract(epoch from j.${column}) * 1000)::bigint`;
/** As `journal_frame` of the migrations. */
const FRAME = `json_build_array(j.organisation_id, j.stream_id, j.seq, j.command_id, j.type, j.actor->>'kind',
  j.actor->>'personId', j.actor->>'deviceId', j.actor->>'visitId', j.device_id, ${millis('occurred_at')}, ${millis('at')})::text`;

/**
 * One damage for each link: what is wrong with it first. Of one organisation where $1 is not null. `offset 0`: inlined,
 * every hash would be asked for twice.
 */
const links = (erasures: readonly string[]): string => `
  select what from (
    select s.stream_id || ': ' || case
      when s.seq <> coalesce(s.seq_before, 0) + 1 then 'entries before ' || s.seq || ' have no seal'
      when j.seq is null then 'entry ' || s.seq || ' is gone'
      when s.hash <> sha256(coalesce(s.hash_before, '') || s.digest || convert_to(${FRAME}, 'UTF8'))
        then 'entry ' || s.seq || ', or its seal, is not the one that was sealed'
      when s.salt is not null and s.digest <> ${digestOf('s.salt')}
        then 'what entry ' || s.seq || ' says was changed'
      when s.salt is null and r.command_id is null then 'entry ' || s.seq || ' was redacted without an erasure'
      when s.salt is null and r.digest is distinct from ${digestOf("''::bytea")}
        then 'what entry ' || s.seq || ' says was changed after its redaction'
      when s.salt is not null and r.command_id is not null then 'entry ' || s.seq || ' is said to be redacted, and is not'
      when r.command_id is not null and not exists (
        select from streams h join journal e on e.organisation_id = h.organisation_id and e.stream_id = h.id
        where h.organisation_id = s.organisation_id and e.command_id = r.command_id
          and e.type in (${erasures.length === 0 ? 'null' : erasures.map((type) => `'${type}'`).join(', ')})
      ) then 'entry ' || s.seq || ' was redacted without an erasure'
    end as what
    from (
      select *, lag(seq) over w as seq_before, lag(hash) over w as hash_before from journal_seals
      where $1::uuid is null or organisation_id = $1
      window w as (partition by organisation_id, stream_id order by seq)
    ) s
    left join journal j on j.organisation_id = s.organisation_id and j.stream_id = s.stream_id and j.seq = s.seq
    left join lateral (
      select * from journal_redactions r
      where r.organisation_id = s.organisation_id and r.stream_id = s.stream_id and r.seq = s.seq
      order by r.digest is null limit 1
    ) r on true
    offset 0
  ) found where what is not null`;

/** Entries that stand before the last seal and have none; entries, seals and redactions of nothing. */
const UNSEALED = `
  select j.stream_id || ': entry ' || j.seq || ' was put in later' as what from journal j
  where ($1::uuid is null or j.organisation_id = $1)
    and j.seq <= (select max(m.seq) from journal_seals m where m.organisation_id = j.organisation_id and m.stream_id = j.stream_id)
    and not exists (select from journal_seals s
      where s.organisation_id = j.organisation_id and s.stream_id = j.stream_id and s.seq = j.seq)`;
const STRAY = `
  select distinct o.stream_id || ': ' || o.kind || ' of a stream that is not there' as what from (
    select 'entries' as kind, organisation_id, stream_id from journal
    union all select 'seals', organisation_id, stream_id from journal_seals
    union all select 'redactions', organisation_id, stream_id from journal_redactions) o
  where ($1::uuid is null or o.organisation_id = $1)
    and not exists (select from streams s where s.organisation_id = o.organisation_id and s.id = o.stream_id)
  union all
  select r.stream_id || ': a redaction of entry ' || r.seq || ', which has no seal' from journal_redactions r
  where ($1::uuid is null or r.organisation_id = $1)
    and not exists (select from journal_seals s
      where s.organisation_id = r.organisation_id and s.stream_id = r.stream_id and s.seq = r.seq)`;

export const TAMPERED = 'journal was tampered with';

/** Each takes the organisation, or null for all, as $1; `erasures` are the types of command that may redact. */
export const chainChecks = (
  erasures: readonly string[],
): readonly (readonly [name: string, query: string])[] => [
  [TAMPERED, links(erasures)],
  [TAMPERED, UNSEALED],
  [TAMPERED, STRAY],
];

/** The last link of a stream's chain: written down where nobody who can write to the database can, it anchors all before it. */
export interface Head {
  readonly streamId: string;
  readonly seq: number;
  readonly hash: string;
}

export const readHeads = (sql: Pick<postgres.Sql, 'unsafe'>): Promise<readonly Head[]> =>
  sql.unsafe<
    Head[]
  >(`select distinct on (organisation_id, stream_id) stream_id as "streamId", seq::int, encode(hash, 'hex') as hash
    from journal_seals order by organisation_id, stream_id, seq desc`);

/** The anchors that are no link of their chain any more: whoever rewrote everything since has not rewritten them. */
export async function brokenAnchors(
  sql: Pick<postgres.Sql, 'unsafe'>,
  anchors: readonly Head[],
): Promise<string[]> {
  const broken: string[] = [];
  for (const { streamId, seq, hash } of anchors) {
    const rows = await sql.unsafe<{ hash: string }[]>(
      `select encode(l.hash, 'hex') as hash from streams s
       join journal_seals l on l.organisation_id = s.organisation_id and l.stream_id = s.id where s.id = $1 and l.seq = $2`,
      [streamId, seq],
    );
    if (rows[0]?.hash !== hash) broken.push(`${streamId}: entry ${seq} is not the one that was anchored`);
  }
  return broken;
}

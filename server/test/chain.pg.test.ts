// The journal's hash chain in a real database: what may not be changed, what is found where it was changed after all.
import { randomBytes, randomUUID } from 'node:crypto';
import postgres from 'postgres';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ORGANISATIONS } from '@schalter/drizzle/islands.ts';
import { within } from '../src/engine/postgres-connections.ts';
import { sealJournal } from '../src/jobs/sealing.ts';
import { brokenAnchors, chainChecks, readHeads, type Head } from '../src/verify/queries-chain.ts';
import { verify } from '../src/verify/queries.ts';
import { openTestHouse, startServer, type TestHouse } from './house.ts';

/** S35 of the sources: all of them are found. */
const MUTATIONS = 200;
/** Tickets that are issued first: an entry each, and none of them is redacted. */
const TICKETS = 12;
/** The location's own entry, and its services' and counters', come before them. */
const REDACTED_FROM = 1 + TICKETS;
const SEED = Number(process.env['SEED'] ?? Math.floor(Math.random() * 2 ** 31));
/** What stands for an erasure here; which commands may is the registry's to say. */
const ERASURES = ['queue.withdrawContact', 'queue.cancel'];

let house: TestHouse;
let sql: postgres.Sql;

async function must(type: string, input: unknown): Promise<unknown> {
  const answer = await house.command(house.locationId, type, input);
  if (!answer.ok) throw new Error(`${type}: ${answer.code}`);
  return answer.result;
}
const issue = async (): Promise<{ stageId: string; visitId: string }> =>
  (await must('queue.issueTicket', {
    ...{ serviceId: house.serviceIds[0], language: 'de', contact: null, name: 'Rosa Muster', note: null },
    linkToken: randomBytes(16).toString('base64url'),
  })) as { stageId: string; visitId: string };

beforeAll(async () => {
  house = await openTestHouse();
  sql = postgres(house.databaseUrl, { max: 2, onnotice: () => undefined });
  for (let n = 0; n < TICKETS; n++) await issue();
});
afterAll(async () => {
  await sql.end();
  await house.close();
});

const seal = (): Promise<number> => sealJournal(sql, house.organisationId);
const codeOf = (work: PromiseLike<unknown>): Promise<string> =>
  Promise.resolve(work).then(
    () => 'done',
    (error: unknown) => String((error as { code?: unknown }).code),
  );
const headOf = async (stream: string): Promise<number> => {
  const [row] = await sql<{ seq: number }[]>`select seq::int from streams where id = ${stream}`;
  return row?.seq ?? 0;
};

describe('[AT-02] [AU10] only ever added to', () => {
  it.each([
    "update journal set type = 'queue.call'",
    "update journal set changes = '[]' where seq = 2",
    'delete from journal where seq = 1',
    'truncate journal',
    "update journal_seals set hash = ''",
    'update journal_seals set salt = null',
    'delete from journal_seals',
    'truncate journal_seals',
    'delete from journal_redactions',
    'truncate journal_redactions',
  ])('%s', async (statement) => {
    await seal();
    await sql`insert into journal_redactions values
      (${house.organisationId}, ${house.otherLocationId}, 99, ${randomUUID()}, '', now())`;
    expect(await codeOf(sql.unsafe(statement))).toBe('SC003');
    // By hand, as the owner, who may switch the triggers off: the row was only there for something to be deleted.
    await asOwner((tx) => tx`delete from journal_redactions`);
  });
});

/** What nobody but the owner of the database can do: no trigger looks. */
async function asOwner(work: (tx: postgres.TransactionSql) => PromiseLike<unknown>): Promise<void> {
  await sql.begin(async (tx) => {
    await tx`set local session_replication_role = replica`;
    await work(tx);
  });
}

describe('[AT-02] [AU11] seals', () => {
  it('every entry of every stream, each once, whoever seals', async () => {
    await issue();
    await Promise.all([seal(), seal(), seal()]);
    expect(await seal()).toBe(0);
    const rows = await sql<{ journal: number; seals: number }[]>`
      select (select count(*) from journal)::int as journal, (select count(*) from journal_seals)::int as seals`;
    expect(rows[0]?.seals).toBe(rows[0]?.journal);
    expect(await verify(sql)).toEqual([]);
    await issue();
    expect(await seal()).toBe(1);
  });

  it('a server seals by itself', async () => {
    const other = await openTestHouse();
    const there = postgres(other.databaseUrl, { max: 1 });
    try {
      const second = await startServer(other.databaseUrl);
      await expect
        .poll(async () => (await readHeads(there)).map(({ streamId }) => streamId).sort())
        .toEqual([other.organisationId, other.locationId, other.otherLocationId].sort());
      await second.stop();
    } finally {
      await there.end();
      await other.close();
    }
  });
});

describe('[AT-02] [AU12] redaction', () => {
  const redacted = (
    seq: number,
    erasure: string,
    changes: string | null = '[]',
    input: string | null = '{}',
  ) =>
    within(
      sql,
      house.organisationId,
      (tx) => tx`select redact_journal_entry(${house.organisationId}, ${house.locationId}, ${seq}, ${erasure},
        ${input}::text::json, null, null, ${changes}::text::json, null)`,
    );

  it('takes out what it said and keeps the chain; again and again', async () => {
    const ticket = await issue();
    const seq = await headOf(house.locationId);
    await must('queue.cancel', { stageId: ticket.stageId, reason: 'Test' });
    const [erasure] = await sql<{ commandId: string }[]>`
      select command_id as "commandId" from journal where stream_id = ${house.locationId} order by seq desc limit 1`;
    const commandId = erasure?.commandId ?? '';
    // Not sealed yet: it is before it is redacted.
    await redacted(seq, commandId);
    await redacted(seq, commandId, '[1]');
    const [row] = await sql`select j.*, s.salt, s.digest is not null as digest from journal j
      join journal_seals s using (organisation_id, stream_id, seq) where stream_id = ${house.locationId} and seq = ${seq}`;
    expect(row).toMatchObject({ fingerprint: 'redacted', input: {}, changes: [1], salt: null, digest: true });
    expect(JSON.stringify(row)).not.toContain('Rosa');
    await seal();
    // The row itself still says what the entry does not any more: erasing it is the erasing command's.
    const damages = await verify(sql, { erasures: ERASURES });
    expect(damages.filter(({ check }) => check.includes('tampered'))).toEqual([]);
    // To whom erasing is another thing, this is none.
    expect((await verify(sql, { erasures: [] })).map(({ what }) => what)).toContain(
      `${house.locationId}: entry ${seq} was redacted without an erasure`,
    );
  });

  it('nothing is redacted without an erasure, and nothing that is not there', async () => {
    expect(await codeOf(redacted(2, randomUUID()))).toBe('SC002');
    const [any] = await sql<{ commandId: string }[]>`select command_id as "commandId" from journal limit 1`;
    expect(await codeOf(redacted(999_999, any?.commandId ?? ''))).toBe('SC002');
  });

  it('who did what when stays, also for a redaction', async () => {
    const [any] = await sql<{ commandId: string }[]>`
      select command_id as "commandId" from journal where stream_id = ${house.locationId} and seq = 3`;
    const actor = JSON.stringify({ kind: 'person', personId: randomUUID() });
    const work = within(
      sql,
      house.organisationId,
      (
        tx,
      ) => tx`select redact_journal_entry(${house.organisationId}, ${house.locationId}, 3, ${any?.commandId ?? ''},
        null, null, null, null, ${actor}::text::json)`,
    );
    expect(await codeOf(work)).toBe('SC003');
  });
});

/** A repeatable stream of numbers below `n` (mulberry32). */
function numbers(seed: number): (n: number) => number {
  let state = seed;
  return (n) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % n;
  };
}

const UNDONE = new Error('undone');
type Tx = postgres.TransactionSql;
interface Place {
  readonly stream: string;
  readonly seq: number;
  readonly head: number;
}
type Mutation = (tx: Tx, at: Place, next: (n: number) => number) => Promise<{ readonly count: number }>;

const TEXTS = ['fingerprint', 'type', 'input', 'result', 'facts', 'changes', 'actor'] as const;
/** One character becomes another, anywhere in the text; where that is no JSON any more, a string of it. */
const edited: Mutation = async (tx, { stream, seq }, next) => {
  const column = TEXTS[next(TEXTS.length)] ?? 'type';
  const [row] = await tx.unsafe<{ text: string | null }[]>(
    `select ${column}::text as text from journal where stream_id = $1 and seq = $2`,
    [stream, seq],
  );
  const text = row?.text ?? '{}';
  const place = next(text.length);
  const other = String.fromCharCode(text.charCodeAt(place) === 120 ? 121 : 120);
  const changed = `${text.slice(0, place)}${other}${text.slice(place + 1)}`;
  const isJson = column !== 'fingerprint' && column !== 'type';
  const valid = isJson && !parses(changed) ? JSON.stringify(changed) : changed;
  return tx.unsafe(
    `update journal set ${column} = $3::text${isJson ? '::json' : ''} where stream_id = $1 and seq = $2`,
    [stream, seq, valid],
  );
};
function parses(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
const FRAME = [
  "at = at + interval '1 millisecond'",
  "occurred_at = occurred_at - interval '1 hour'",
  'device_id = gen_random_uuid()',
  'command_id = gen_random_uuid()',
] as const;
const reframed: Mutation = (tx, { stream, seq }, next) =>
  tx.unsafe(`update journal set ${FRAME[next(FRAME.length)] ?? ''} where stream_id = $1 and seq = $2`, [
    stream,
    seq,
  ]);
const deleted: Mutation = (tx, { stream, seq }) =>
  tx`delete from journal where stream_id = ${stream} and seq = ${seq}`;
/** Taken out, and everything behind it moved up: entries, seals and head. */
const closedUp: Mutation = async (tx, { stream, seq }) => {
  await tx`delete from journal where stream_id = ${stream} and seq = ${seq}`;
  await tx`delete from journal_seals where stream_id = ${stream} and seq = ${seq}`;
  await tx`update journal set seq = -seq where stream_id = ${stream} and seq > ${seq}`;
  await tx`update journal set seq = -seq - 1 where stream_id = ${stream} and seq < 0`;
  await tx`update journal_seals set seq = -seq where stream_id = ${stream} and seq > ${seq}`;
  await tx`update journal_seals set seq = -seq - 1 where stream_id = ${stream} and seq < 0`;
  return tx`update streams set seq = seq - 1 where id = ${stream}`;
};
const swapped: Mutation = async (tx, { stream, seq }, next) => {
  const other = 1 + ((seq + next(10)) % 11);
  const [a, b] = seq === other ? [seq, seq + 1] : [seq, other];
  await tx`update journal set seq = -1 where stream_id = ${stream} and seq = ${a}`;
  await tx`update journal set seq = ${a} where stream_id = ${stream} and seq = ${b}`;
  return tx`update journal set seq = ${b} where stream_id = ${stream} and seq = -1`;
};
/** An entry more, the others moved down, and nothing of the seals but the one that is missing then. */
const inserted: Mutation = async (tx, { stream, seq }) => {
  await tx`update journal set seq = -seq where stream_id = ${stream} and seq >= ${seq}`;
  await tx`update journal set seq = -seq + 1 where stream_id = ${stream} and seq < 0`;
  await tx`update streams set seq = seq + 1 where id = ${stream}`;
  return tx`insert into journal (organisation_id, stream_id, seq, command_id, fingerprint, type, input, facts, changes, actor,
      occurred_at, at)
    select organisation_id, stream_id, ${seq}, gen_random_uuid(), fingerprint, type, input, facts, changes, actor, occurred_at, at
    from journal where stream_id = ${stream} and seq = ${seq + 1}`;
};
/** A bit of a seal itself. */
const unsealed: Mutation = (tx, { stream, seq }, next) => {
  // The salt of a redacted entry is gone; there is no bit of it to turn.
  const column = ['digest', 'hash', 'salt'][next(seq < REDACTED_FROM ? 3 : 2)] ?? 'hash';
  const bits = column === 'salt' ? 128 : 256;
  return tx.unsafe(
    `update journal_seals set ${column} = set_bit(${column}, $3, 1 - get_bit(${column}, $3)) where stream_id = $1 and seq = $2`,
    [stream, seq, next(bits)],
  );
};
/** Without an erasure, and with one that is none. */
const redactedByHand: Mutation = async (tx, { stream, seq }, next) => {
  await tx`update journal_seals set salt = null where stream_id = ${stream} and seq = ${seq}`;
  const changed = await tx`update journal set facts = '[7]' where stream_id = ${stream} and seq = ${seq}`;
  if (next(2) === 0) {
    await tx`insert into journal_redactions select organisation_id, stream_id, seq, gen_random_uuid(),
      journal_digest('', j), now() from journal j where stream_id = ${stream} and seq = ${seq}`;
  }
  return changed;
};
const lastRemoved: Mutation = async (tx, { stream, head }) => {
  await tx`delete from journal where stream_id = ${stream} and seq = ${head}`;
  return tx`update streams set seq = seq - 1 where id = ${stream}`;
};
const KINDS = {
  edited,
  reframed,
  deleted,
  closedUp,
  swapped,
  inserted,
  unsealed,
  redactedByHand,
  lastRemoved,
};

describe('[AT-02] [AU13] what was changed behind the database’s back', () => {
  /** The chain's checks alone: neither the rows nor the gaps of the journal help. */
  async function found(on: Tx): Promise<number> {
    let damages = 0;
    for (const [, query] of chainChecks(ERASURES)) damages += (await on.unsafe(query, [null])).length;
    return damages;
  }

  it(`${MUTATIONS} random edits, bits, removals, insertions and swaps: each is found`, async () => {
    await seal();
    const head = await headOf(house.locationId);
    const next = numbers(SEED);
    const missed: string[] = [];
    const tried: Record<string, number> = {};
    for (let n = 0; n < MUTATIONS; n++) {
      const kinds = Object.entries(KINDS);
      const [kind, mutate] = kinds[next(kinds.length)] ?? ['edited', edited];
      const at = { stream: house.locationId, seq: 1 + next(head - 1), head };
      tried[kind] = (tried[kind] ?? 0) + 1;
      await sql
        .begin(async (tx) => {
          await tx`set local session_replication_role = replica`;
          const { count } = await mutate(tx, at, next);
          if ((await found(tx)) === 0 || count === 0) missed.push(`${kind} at ${at.seq} (seed ${SEED})`);
          throw UNDONE;
        })
        .catch((error: unknown) => {
          if (error !== UNDONE) throw error;
        });
    }
    expect(missed, JSON.stringify(tried)).toEqual([]);
    expect(Object.keys(tried).length).toBe(Object.keys(KINDS).length);
    await sql.begin(async (tx) => {
      expect(await found(tx)).toBe(0);
    });
  }, 120_000);

  it('[AU13] who rewrites everything since is found against an anchor', async () => {
    for (let n = 0; n < 3; n++) await issue();
    await seal();
    const anchors: readonly Head[] = await readHeads(sql);
    expect(await verify(sql, { anchors, erasures: ERASURES }).then(tampered)).toEqual([]);
    await sql
      .begin(async (tx) => {
        await tx`set local session_replication_role = replica`;
        const head = await headOf(house.locationId);
        await tx`delete from journal_seals where stream_id = ${house.locationId} and seq >= ${head - 2}`;
        await tx`update journal set facts = '[]' where stream_id = ${house.locationId} and seq = ${head - 1}`;
        await tx`select set_config(${ORGANISATIONS}, ${`{${house.organisationId}}`}, true)`;
        await tx`select seal_journal(${house.organisationId}, ${house.locationId}, 1000)`;
        expect(await found(tx)).toBe(0);

        expect(await brokenAnchors(tx, anchors)).toEqual([
          `${house.locationId}: entry ${head} is not the one that was anchored`,
        ]);
        throw UNDONE;
      })
      .catch((error: unknown) => {
        if (error !== UNDONE) throw error;
      });
  });
});

const tampered = (damages: readonly { readonly check: string }[]) =>
  damages.filter(({ check }) => check.includes('tampered'));

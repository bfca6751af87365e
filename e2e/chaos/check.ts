// What must be true after everything that failed is well again: by the history and the database alone.
import type postgres from 'postgres';
import { isDecided } from './people.ts';
import type { History, Operation } from './history.ts';

interface JournalRow {
  readonly seq: number;
  readonly command_id: string;
  readonly type: string;
}

export interface Checked {
  /** Every violation in words; none where all is well. */
  readonly problems: readonly string[];
  /** How many of each were looked at: a check of nothing finds nothing. */
  readonly looked: Readonly<Record<string, number>>;
}

export async function check(
  sql: postgres.Sql,
  streamId: string,
  history: History,
  sent: readonly { readonly to: string; readonly body: string }[],
): Promise<Checked> {
  const journal = await sql<JournalRow[]>`
    select seq::int, command_id, type from journal where stream_id = ${streamId} order by seq`;
  const refused = await sql<{ command_id: string }[]>`
    select command_id from refusals where stream_id = ${streamId}`;
  const [rows] = await sql<{ tickets: number; calls: number; messages: number }[]>`
    select (select count(*)::int from visits where location_id = ${streamId}) as tickets,
      (select count(*)::int from calls where location_id = ${streamId}) as calls,
      (select count(*)::int from messages where location_id = ${streamId}) as messages`;
  const frames = history.screens.flatMap((screen) => screen.frames);
  return {
    problems: [
      ...(await journalProblems(sql, streamId, journal)),
      ...operationProblems(history.operations, journal, new Set(refused.map((r) => r.command_id))),
      ...screenProblems(history, journal),
      ...(await numberProblems(sql, streamId)),
      ...(await callProblems(sql, streamId)),
      ...(await messageProblems(sql, streamId, sent)),
    ],
    looked: {
      'journal entries': journal.length,
      'stored refusals': refused.length,
      'commands of the devices': history.operations.length,
      'answers to them': history.operations.reduce((sum, { answers }) => sum + answers.length, 0),
      screens: history.screens.length,
      'frames sent to them': frames.length,
      'entries in these': frames.reduce((sum, { entries }) => sum + (entries?.length ?? 0), 0),
      'tickets, their numbers': rows?.tickets ?? 0,
      'calls, their order': rows?.calls ?? 0,
      messages: rows?.messages ?? 0,
      'messages that were sent': sent.length,
    },
  };
}

async function journalProblems(
  sql: postgres.Sql,
  streamId: string,
  journal: readonly JournalRow[],
): Promise<string[]> {
  const [head] = await sql<{ seq: number }[]>`select seq::int from streams where id = ${streamId}`;
  const problems = journal.flatMap(({ seq }, i) =>
    seq === i + 1 ? [] : [`the journal has ${seq} as its ${i + 1}th`],
  );
  if (head?.seq !== journal.length)
    problems.push(`the stream is at ${head?.seq}, its journal at ${journal.length}`);
  if (new Set(journal.map((entry) => entry.command_id)).size !== journal.length)
    problems.push('a command is twice in the journal');
  return problems.slice(0, 20);
}

/** No acknowledged command lost, none applied that was refused, one answer for ever, none without one. */
function operationProblems(
  operations: readonly Operation[],
  journal: readonly JournalRow[],
  refused: ReadonlySet<string>,
): string[] {
  const bySeq = new Map(journal.map((entry) => [entry.command_id, entry]));
  const problems: string[] = [];
  for (const { who, commandId, type, answers } of operations) {
    const say = (what: string) => void problems.push(`${who}: ${type} ${commandId} ${what}`);
    const decided = answers.filter(isDecided);
    const entry = bySeq.get(commandId);
    const [first] = decided;
    if (answers.some((answer) => !answer.ok && answer.code === 'internal')) say('met a mistake of ours');
    if (new Set(decided.map((answer) => JSON.stringify(answer))).size > 1) say('was answered in two ways');
    if (first?.ok === true && entry === undefined) say(`was acknowledged as ${first.seq} and is lost`);
    if (first?.ok === true && entry !== undefined && entry.seq !== first.seq)
      say(`was acknowledged as ${first.seq} and is ${entry.seq}`);
    if (first?.ok === false && entry !== undefined) say(`was refused as ${first.code} and is in the journal`);
    if (entry !== undefined && refused.has(commandId)) say('is accepted and refused');
    if (entry !== undefined && first === undefined) say('took effect, and nobody was ever told');
  }
  return problems;
}

/** What each screen was sent is a prefix of the journal, without a gap between two frames of one line. */
function screenProblems(history: History, journal: readonly JournalRow[]): string[] {
  const problems: string[] = [];
  for (const { who, frames } of history.screens) {
    for (const { seq, entries } of frames) {
      if (entries === null && seq > journal.length)
        problems.push(`${who} was shown ${seq}, beyond the journal`);
      entries?.forEach((entry, i) => {
        if (entry.seq !== seq + i) problems.push(`${who} was sent ${entry.seq} after ${seq + i - 1}`);
        if (journal[entry.seq - 1]?.command_id !== entry.commandId)
          problems.push(`${who} was sent another ${entry.seq} than the journal has`);
      });
    }
  }
  return problems.slice(0, 20);
}

async function numberProblems(sql: postgres.Sql, streamId: string): Promise<string[]> {
  const rows = await sql<
    { day: string; series: string; numbers: number; distinct: number; highest: number }[]
  >`
    select business_day::text as day, series, count(*)::int as numbers, count(distinct number)::int as distinct,
      max(number) as highest
    from visits where location_id = ${streamId} group by business_day, series`;
  return rows.flatMap(({ day, series, numbers, distinct, highest }) =>
    numbers === distinct && numbers === highest
      ? []
      : [`series ${series} of ${day}: ${numbers} tickets, ${distinct} numbers, the highest ${highest}`],
  );
}

async function callProblems(sql: postgres.Sql, streamId: string): Promise<string[]> {
  const rows = await sql<{ day: string; calls: number; highest: number; distinct: number }[]>`
    select business_day::text as day, count(*)::int as calls, max("order") as highest,
      count(distinct "order")::int as distinct
    from calls where location_id = ${streamId} group by business_day`;
  const lost = await sql<{ id: string }[]>`
    select c.id from calls c left join stages s on s.location_id = c.location_id and s.id = c.stage_id
    where c.location_id = ${streamId} and s.id is null`;
  return [
    ...rows.flatMap(({ day, calls, highest, distinct }) =>
      calls === highest && calls === distinct ? [] : [`${day}: ${calls} calls, the last is ${highest}`],
    ),
    ...lost.map(({ id }) => `call ${id} is of no ticket`),
  ];
}

/** At most one message for each call, and each was tried. */
async function messageProblems(
  sql: postgres.Sql,
  streamId: string,
  sent: readonly { readonly to: string; readonly body: string }[],
): Promise<string[]> {
  const messages = await sql<{ to: string; body: string; status: string }[]>`
    select to_e164 as "to", body, status from messages where location_id = ${streamId}`;
  const key = (message: { to: string; body: string }) => `${message.to} ${message.body}`;
  const wanted = new Map<string, number>();
  for (const message of messages) wanted.set(key(message), (wanted.get(key(message)) ?? 0) + 1);
  const problems = messages.flatMap(({ status }) =>
    status === 'queued' ? ['a message was never tried'] : [],
  );
  const counted = new Map<string, number>();
  for (const message of sent) counted.set(key(message), (counted.get(key(message)) ?? 0) + 1);
  for (const [what, count] of counted) {
    const most = wanted.get(what) ?? 0;
    if (count > most) problems.push(`a customer got ${count} times what was meant ${most} times`);
  }
  return problems;
}

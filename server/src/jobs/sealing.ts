import type postgres from 'postgres';
import { within } from '../engine/postgres-connections.ts';

/** What is not sealed yet is at most this old; a second server that seals as well finds nothing left. */
const SEAL_MS = 60_000;
/** Entries of one stream in one transaction: 50,000 take about a second. */
const SEALED_AT_ONCE = 50_000;

/** Seals what an organisation's streams have gained: how many entries. */
export async function sealJournal(sql: postgres.Sql, organisationId: string): Promise<number> {
  const streams = await within(
    sql,
    organisationId,
    (tx) => tx<{ id: string }[]>`
      select s.id from streams s where s.organisation_id = ${organisationId} and s.seq > coalesce((
        select max(l.seq) from journal_seals l where l.organisation_id = s.organisation_id and l.stream_id = s.id
      ), 0)`,
  );
  let all = 0;
  for (const { id } of streams) {
    for (let more = true; more;) {
      const [answer] = await sql<{ sealed: number }[]>`
        select seal_journal(${organisationId}, ${id}, ${SEALED_AT_ONCE}) as sealed`;
      const sealed = answer?.sealed ?? 0;
      more = sealed === SEALED_AT_ONCE;
      all += sealed;
    }
  }
  return all;
}

/** Seals the journal of every organisation: now, and then each minute. */
export function startSealing(parts: {
  readonly sql: postgres.Sql;
  readonly organisationIds: () => Promise<readonly string[]>;
  readonly onError: (error: unknown) => void;
}): { stop(): void } {
  let stopped = false;
  const sealAll = async (): Promise<void> => {
    for (const id of await parts.organisationIds()) {
      if (!stopped) await sealJournal(parts.sql, id);
    }
  };
  const seal = (): void => {
    sealAll().catch((error: unknown) => {
      // What is cut off when the process ends is sealed by the next one.
      if (!stopped) parts.onError(error);
    });
  };
  seal();
  const timer = setInterval(seal, SEAL_MS);
  return {
    stop: () => {
      stopped = true;
      clearInterval(timer);
    },
  };
}

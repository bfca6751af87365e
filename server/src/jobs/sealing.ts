import type postgres from 'postgres';
import { ERASURES } from '@schalter/shared/registry.ts';
import { within } from '../engine/postgres-connections.ts';
import type { Clock } from '../ports/clock.ts';
import { chainChecks } from '../verify/queries-chain.ts';

/** What is not sealed yet is at most this old; a second server that seals as well finds nothing left. */
const SEAL_MS = 60_000;
/** Entries of one stream in one transaction: 10,000 take half a second. */
const SEALED_AT_ONCE = 10_000;

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
      const [answer] = await within(
        sql,
        organisationId,
        (tx) => tx<{ sealed: number }[]>`
          select seal_journal(${organisationId}, ${id}, ${SEALED_AT_ONCE}) as sealed`,
      );
      const sealed = answer?.sealed ?? 0;
      more = sealed === SEALED_AT_ONCE;
      all += sealed;
    }
  }
  return all;
}

/** How often a server looks through everything that is sealed. */
const CHECK_HOURS = 24;

/** Looks through the chain of an organisation where nobody has for a day; how many damages, or null where it need not. */
export async function checkJournal(
  sql: postgres.Sql,
  organisationId: string,
  now: string,
): Promise<number | null> {
  // Whoever takes the day's turn does it; a second server finds it taken.
  const taken = await within(
    sql,
    organisationId,
    (tx) => tx`
    insert into journal_checks (organisation_id, checked_at) values (${organisationId}, ${now})
    on conflict (organisation_id) do update set checked_at = excluded.checked_at, damages = null
    where journal_checks.checked_at < excluded.checked_at - make_interval(hours => ${CHECK_HOURS})`,
  );
  if (taken.count === 0) return null;
  return within(sql, organisationId, async (tx) => {
    // A million entries take half a minute; nobody waits for it.
    await tx`set local statement_timeout = '15min'`;
    let damages = 0;
    for (const [, query] of chainChecks(ERASURES)) {
      damages += (await tx.unsafe(query, [organisationId])).length;
    }
    await tx`update journal_checks set damages = ${damages} where organisation_id = ${organisationId}`;
    return damages;
  });
}

/** Seals the journal of every organisation, now and then each minute, and checks it once a day. */
export function startSealing(parts: {
  readonly sql: postgres.Sql;
  readonly clock: Clock;
  readonly organisationIds: () => Promise<readonly string[]>;
  readonly onError: (error: unknown) => void;
}): { stop(): void } {
  const { sql, clock, onError } = parts;
  let stopped = false;
  const sealAll = async (): Promise<void> => {
    for (const id of await parts.organisationIds()) {
      if (stopped) return;
      await sealJournal(sql, id);
      const damages = await checkJournal(sql, id, clock.now());
      if (damages !== null && damages > 0)
        onError(new Error(`the journal of ${id} has ${damages} damages: npm run verify names them`));
    }
  };
  const seal = (): void => {
    sealAll().catch((error: unknown) => {
      // What is cut off when the process ends is sealed by the next one.
      if (!stopped) onError(error);
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

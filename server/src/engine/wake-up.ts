import type postgres from 'postgres';
import type { Engine } from './execute.ts';
import type { Store } from './store.ts';

const CHANNEL = 'schalter_entries';
/**
 * One NOTIFY tells of all that was committed in this time; inside the transactions it would lock the database. Each
 * costs every process a read of each stream that it names, and a screen of another process nobody sees these
 * milliseconds on.
 */
const COALESCE_MS = 10;
/** Of 8,000 bytes that PostgreSQL lets through at once, a stream takes up to 60. */
const STREAMS_PER_NOTIFY = 100;
/** A lost NOTIFY costs at most this. */
const POLL_MS = 2_000;
/** A database that has not answered for three polls is away: what this process knows may be old. */
const AWAY_AFTER_MS = 6_000;

export interface WakeUp {
  /** False while the database is away: nobody here knows what others have written meanwhile. */
  isCurrent(): boolean;
  stop(): Promise<void>;
}

/** Tells other processes of this one's entries and hears of theirs, on a connection of its own. */
export async function startWakeUp(
  sql: Pick<postgres.Sql, 'notify' | 'listen'>,
  engine: Pick<Engine, 'onEntries' | 'wake' | 'held'>,
  store: Pick<Store, 'heads'>,
  processId: string,
): Promise<WakeUp> {
  const heads = new Map<string, number>();
  let timer: NodeJS.Timeout | null = null;
  const flush = () => {
    timer = null;
    const told = [...heads];
    heads.clear();
    while (told.length > 0) {
      const payload = JSON.stringify([processId, ...told.splice(0, STREAMS_PER_NOTIFY)]);
      sql.notify(CHANNEL, payload).catch(() => undefined); // the poll of the others backs it up
    }
  };
  const stopListening = engine.onEntries((stream, entries, origin) => {
    const last = entries.at(-1);
    if (origin !== 'here' || last === undefined) return;
    heads.set(stream.head.id, last.seq);
    timer ??= setTimeout(flush, COALESCE_MS);
  });
  const listening = await sql.listen(CHANNEL, (payload) => {
    const [from, ...told] = JSON.parse(payload) as [string, ...[string, number][]];
    if (from !== processId) for (const [streamId, seq] of told) engine.wake(streamId, seq);
  });
  let answeredAt = Date.now();
  const poll = setInterval(() => {
    store
      .heads(engine.held.map(({ streamId }) => streamId))
      .then((now) => {
        answeredAt = Date.now();
        for (const { id, seq } of now) engine.wake(id, seq);
      })
      .catch(() => undefined); // the next poll comes in two seconds
  }, POLL_MS);
  return {
    isCurrent: () => Date.now() - answeredAt < AWAY_AFTER_MS,
    async stop() {
      stopListening();
      clearInterval(poll);
      if (timer !== null) clearTimeout(timer);
      await listening.unlisten();
    },
  };
}

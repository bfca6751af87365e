import Dexie, { type EntityTable, type Table } from 'dexie';
import type { Queued, Refusal, Rows, Store, Stored, StoredHead } from '../client/store.ts';
import type { AnyChange, BaseRow } from '../kernel/live.ts';

interface StoredRow {
  readonly streamId: string;
  readonly table: string;
  readonly id: string;
  readonly row: BaseRow;
}
type StoredHeadOf = StoredHead & { readonly streamId: string };
interface StoredQueued extends Queued {
  readonly commandId: string;
  readonly streamId: string;
  /** Who did it. The server takes the actor from the line, so it goes out when this person is on it. */
  readonly personId: string;
  readonly position: number;
}
type StoredRefusal = Refusal & { readonly streamId: string; readonly personId: string };

/** One database a device: rows and place of every stream, and what every person still has to send. */
class DeviceDatabase extends Dexie {
  declare readonly rows: Table<StoredRow, [string, string, string]>;
  declare readonly heads: EntityTable<StoredHeadOf, 'streamId'>;
  declare readonly outbox: EntityTable<StoredQueued, 'commandId'>;
  declare readonly refusals: EntityTable<StoredRefusal, 'commandId'>;

  constructor(name: string) {
    // 'strict': a commit is on the disk when it is reported, a power cut a moment later loses nothing.
    super(name, { chromeTransactionDurability: 'strict' });
    this.version(1).stores({
      rows: '[streamId+table+id], streamId',
      heads: 'streamId',
      outbox: 'commandId, [streamId+personId+position], [streamId+position]',
      refusals: 'commandId, [streamId+personId+at]',
    });
  }
}

const DATABASE = 'schalter-staff';
/** As long as a session: rows that nobody can have confirmed since are of no day's work any more. */
const KEPT_MS = 14 * 3_600_000;
/** How often this tab has wiped: what an ended session has still to write of its rows comes too late. */
let wipes = 0;
const databases = new Map<string, DeviceDatabase>();

function open(name: string): DeviceDatabase {
  const known = databases.get(name);
  if (known !== undefined) return known;
  const made = new DeviceDatabase(name);
  databases.set(name, made);
  return made;
}

/** Lets go of the disk. */
export function closeDatabase(name: string): void {
  databases.get(name)?.close();
  databases.delete(name);
}

/** Nothing of it is left on the disk. */
export async function deleteDatabase(name: string): Promise<void> {
  closeDatabase(name);
  await Dexie.delete(name);
}

export interface StoreOwner {
  readonly streamId: string;
  readonly personId: string;
  /** Tests give each store its own. */
  readonly database?: string;
  readonly now?: () => number;
}

/**
 * What a device keeps of one stream, so that a reload or a cut of the network loses nothing. Rows and place are the
 * device's; the outbox is the person's who filled it, because a shared tablet changes hands.
 */
export function dexieStore({ streamId, personId, database = DATABASE, now = Date.now }: StoreOwner): Store {
  const born = wipes;
  /** Somebody's rows were there: where they are gone, another window has wiped them. */
  let hadRows = false;
  const disk = (): DeviceDatabase => open(database);
  const asStored = ({ table, row }: AnyChange): StoredRow => ({ streamId, table, id: row.id, row });

  return {
    async load(): Promise<Stored> {
      const db = disk();
      await forgetOlder(db, now() - KEPT_MS);
      return db.transaction('r', [db.rows, db.heads, db.outbox, db.refusals], async () => {
        const [head, rows, outbox, refusals] = await Promise.all([
          db.heads.get(streamId),
          db.rows.where({ streamId }).toArray(),
          db.outbox
            .where('[streamId+personId+position]')
            .between(...ofPerson(streamId, personId))
            .toArray(),
          db.refusals
            .where('[streamId+personId+at]')
            .between(...ofPerson(streamId, personId))
            .toArray(),
        ]);
        hadRows = head !== undefined;
        return {
          head: head === undefined ? null : without(head, ['streamId']),
          rows: byTable(rows),
          outbox: outbox.map(({ command, sent }) => ({ command, sent })),
          refusals: refusals.map((refusal) => without(refusal, ['streamId', 'personId'])),
        };
      });
    },

    saveSnapshot: async (rows: Rows, head: StoredHead, settled: readonly string[]) => {
      const db = disk();
      await db.transaction('rw', [db.rows, db.heads, db.outbox], async () => {
        await db.outbox.bulkDelete([...settled]);
        if (born !== wipes) return;
        hadRows = true;
        await db.rows.where({ streamId }).delete();
        const changes = Object.entries(rows).flatMap(([table, list]) => list.map((row) => ({ table, row })));
        await db.rows.bulkPut(changes.filter(({ row }) => row.archivedAt === null).map(asStored));
        await db.heads.put({ ...head, streamId });
      });
    },

    saveEntries: async (changes: readonly AnyChange[], head: StoredHead, settled: readonly string[]) => {
      const db = disk();
      await db.transaction('rw', [db.rows, db.heads, db.outbox], async () => {
        await db.outbox.bulkDelete([...settled]);
        // A second window may be further: an older row must not replace its newer one under a newer place.
        const stored = await db.heads.get(streamId);
        if (born !== wipes) return;
        // A few rows under a place would pass for all of them. The next write after a failed one is all of them.
        if (stored === undefined && hadRows) throw new Error('the rows of this stream were wiped');
        if (stored !== undefined && stored.audience === head.audience && stored.seq > head.seq) return;
        const latest = [...new Map(changes.map((c) => [`${c.table} ${c.row.id}`, c])).values()];
        const gone = latest.filter(({ row }) => row.archivedAt !== null);
        await db.rows.bulkPut(latest.filter(({ row }) => row.archivedAt === null).map(asStored));
        await db.rows.bulkDelete(gone.map(({ table, row }) => [streamId, table, row.id]));
        await db.heads.put({ ...head, streamId });
      });
    },

    putOutbox: async ({ command, sent }: Queued) => {
      const db = disk();
      await db.transaction('rw', [db.outbox], async () => {
        const known = await db.outbox.get(command.commandId);
        const last = await db.outbox
          .where('[streamId+position]')
          .between([streamId, Dexie.minKey], [streamId, Dexie.maxKey])
          .last();
        const position = known?.position ?? (last?.position ?? 0) + 1;
        await db.outbox.put({ commandId: command.commandId, streamId, personId, position, command, sent });
      });
    },

    removeOutbox: async (commandIds: readonly string[]) => {
      await disk().outbox.bulkDelete([...commandIds]);
    },

    refuse: async (refusal: Refusal) => {
      const db = disk();
      await db.transaction('rw', [db.outbox, db.refusals], async () => {
        await db.outbox.delete(refusal.commandId);
        await db.refusals.put({ ...refusal, streamId, personId });
      });
    },

    dismiss: async (commandId: string) => {
      await disk().refusals.delete(commandId);
    },
  };
}

/** How much other people still have to send from this tablet: it goes out when they sign in again. */
export async function waitingOfOthers({ personId, database = DATABASE }: StoreOwner): Promise<number> {
  const db = open(database);
  return db.outbox.filter((queued) => queued.personId !== personId).count();
}

/**
 * Nobody is signed in any more: rows, places and the words of refusals leave this device. What was never sent stays,
 * until it is sent or its person discards it.
 */
export async function wipe(database = DATABASE): Promise<void> {
  wipes += 1;
  const db = open(database);
  await db.transaction('rw', [db.rows, db.heads, db.refusals], async () => {
    await db.rows.clear();
    await db.heads.clear();
    await db.refusals.toCollection().modify((refusal) => {
      Object.assign(refusal, { input: withoutWords(refusal.input), details: null });
    });
  });
}

/** What this person still has to send is given up, in every stream. */
export async function discardOutbox({ personId, database = DATABASE }: Omit<StoreOwner, 'streamId'>) {
  await open(database)
    .outbox.filter((queued) => queued.personId === personId)
    .delete();
}

/** What was left behind by people who have signed out, whoever they were. */
export const waitingInAll = (database = DATABASE): Promise<number> => open(database).outbox.count();

/** Rows of a day that is over, here or at another location. */
async function forgetOlder(db: DeviceDatabase, before: number): Promise<void> {
  const old = await db.heads.filter(({ at }) => Date.parse(at) < before).primaryKeys();
  if (old.length === 0) return;
  await db.transaction('rw', [db.rows, db.heads], async () => {
    await db.rows.where('streamId').anyOf(old).delete();
    await db.heads.bulkDelete(old);
  });
}

const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
/** Which ticket it was about stays known; names, numbers and notes do not. */
function withoutWords(input: unknown): Readonly<Record<string, unknown>> {
  const all = Object.entries((input ?? {}) as Readonly<Record<string, unknown>>);
  return Object.fromEntries(all.filter(([, value]) => typeof value === 'string' && ID.test(value)));
}

type Range = [[string, string, unknown], [string, string, unknown]];
const ofPerson = (streamId: string, personId: string): Range => [
  [streamId, personId, Dexie.minKey],
  [streamId, personId, Dexie.maxKey],
];

function byTable(stored: readonly StoredRow[]): Rows {
  const tables: Record<string, BaseRow[]> = {};
  for (const { table, row } of stored) (tables[table] ??= []).push(row);
  return tables;
}

function without<T extends object, K extends keyof T>(value: T, keys: readonly K[]): Omit<T, K> {
  return Object.fromEntries(Object.entries(value).filter(([key]) => !keys.includes(key as K))) as Omit<T, K>;
}

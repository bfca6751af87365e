import Dexie, { type EntityTable, type Table } from 'dexie';
import type { Queued, Refusal, Rows, Store, Stored, StoredHead, Unsettled } from '../client/store.ts';
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
      rows: `${ROW_KEY}, streamId`,
      heads: 'streamId',
      outbox: 'commandId, [streamId+personId+position], [streamId+position]',
      refusals: 'commandId, [streamId+personId+at]',
    });
    this.on('populate', () => void made.add(name));
  }
}

const DATABASE = 'schalter-staff';
/** As long as a session: rows that nobody can have confirmed since are of no day's work any more. */
const KEPT_MS = 14 * 3_600_000;
/** How often this tab has wiped: what an ended session has still to write of its rows comes too late. */
let wipes = 0;
/** Rows that were made longer ago are of an earlier day: read when the first screen stands. */
const RECENT_MS = 16 * 3_600_000;
const ROW_KEY = '[streamId+table+id]';
const databases = new Map<string, DeviceDatabase>();
const made = new Set<string>();

function open(name: string): DeviceDatabase {
  const known = databases.get(name);
  if (known !== undefined) return known;
  const made = new DeviceDatabase(name);
  databases.set(name, made);
  return made;
}

/** Once it is open, and once: there was none before, so this page has made it. */
export const wasMade = (database = DATABASE): boolean => made.delete(database);

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
  /** Tables that grow by the day. Their ids begin with the time when they were made (UUID v7 and what is derived of it). */
  readonly daily?: readonly string[];
}

/**
 * What a device keeps of one stream, so that a reload or a cut of the network loses nothing. Rows and place are the
 * device's; the outbox is the person's who filled it, because a shared tablet changes hands.
 */
export function dexieStore({
  streamId,
  personId,
  database = DATABASE,
  now = Date.now,
  daily = [],
}: StoreOwner): Store {
  const born = wipes;
  /** Somebody's rows were there: where they are gone, another window has wiped them. */
  let hadRows = false;
  const disk = (): DeviceDatabase => open(database);
  const asStored = ({ table, row }: AnyChange): StoredRow => ({ streamId, table, id: row.id, row });

  return {
    async load(): Promise<Stored> {
      const db = disk();
      const tables = [db.rows, db.heads, db.outbox, db.refusals];
      const { hasOld, stored } = await db.transaction('r', tables, async () => {
        const heads = await db.heads.toArray();
        const isOld = ({ at }: StoredHead): boolean => Date.parse(at) < now() - KEPT_MS;
        const head = heads.find((one) => one.streamId === streamId && !isOld(one));
        const { recent, older } = partsOf(streamId, daily, now() - RECENT_MS);
        const [rows, olderCount, own] = await Promise.all([
          head === undefined ? [] : readAll(db, recent),
          head === undefined ? 0 : countAll(db, older),
          unsettledOf(db, streamId, personId),
        ]);
        hadRows = head !== undefined;
        const rest = async (): Promise<Rows> => byTable(await readAll(db, older));
        return {
          hasOld: heads.some(isOld),
          stored: {
            head: head === undefined ? null : without(head, ['streamId']),
            rows: byTable(rows),
            ...own,
            ...(olderCount > 0 ? { rest } : {}),
          },
        };
      });
      // Nobody waits for what is not shown any more to leave the disk.
      if (hasOld) void forgetOlder(db, now() - KEPT_MS).catch(() => undefined);
      return stored;
    },

    unsettled: async (): Promise<Unsettled> => {
      const db = disk();
      return db.transaction('r', [db.heads, db.outbox, db.refusals], async () => {
        const [head, own] = await Promise.all([db.heads.get(streamId), unsettledOf(db, streamId, personId)]);
        return { seq: head?.seq ?? 0, ...own };
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

async function unsettledOf(
  db: DeviceDatabase,
  streamId: string,
  personId: string,
): Promise<Pick<Stored, 'outbox' | 'refusals'>> {
  const range = ofPerson(streamId, personId);
  const [outbox, refusals] = await Promise.all([
    db.outbox
      .where('[streamId+personId+position]')
      .between(...range)
      .toArray(),
    db.refusals
      .where('[streamId+personId+at]')
      .between(...range)
      .toArray(),
  ]);
  return {
    outbox: outbox.map(({ command, sent }) => ({ command, sent })),
    refusals: refusals.map((refusal) => without(refusal, ['streamId', 'personId'])),
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
  await db.transaction('rw', [db.rows, db.heads], async () => {
    const old = await db.heads.filter(({ at }) => Date.parse(at) < before).primaryKeys();
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

type RowRange = [readonly unknown[], readonly unknown[]];

/** A stream's rows in the order of their keys, cut where those of earlier days begin and end. */
function partsOf(streamId: string, daily: readonly string[], since: number) {
  const hex = Math.max(0, since).toString(16).padStart(12, '0');
  const firstRecent = `${hex.slice(0, 8)}-${hex.slice(8)}`;
  const recent: RowRange[] = [];
  const older: RowRange[] = [];
  let from: readonly unknown[] = [streamId, Dexie.minKey, Dexie.minKey];
  for (const table of [...daily].sort()) {
    const [first, second] = [
      [streamId, table, Dexie.minKey] as const,
      [streamId, table, firstRecent] as const,
    ];
    recent.push([from, first]);
    older.push([first, second]);
    from = second;
  }
  recent.push([from, [streamId, Dexie.maxKey]]);
  return { recent, older };
}

/** By the primary key: an index would look each row up again. */
async function readAll(db: DeviceDatabase, ranges: readonly RowRange[]): Promise<StoredRow[]> {
  const parts = await Promise.all(
    ranges.map(([from, to]) => db.rows.where(ROW_KEY).between(from, to).toArray()),
  );
  return parts.flat();
}

async function countAll(db: DeviceDatabase, ranges: readonly RowRange[]): Promise<number> {
  const counts = await Promise.all(
    ranges.map(([from, to]) => db.rows.where(ROW_KEY).between(from, to).count()),
  );
  return counts.reduce((sum, count) => sum + count, 0);
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

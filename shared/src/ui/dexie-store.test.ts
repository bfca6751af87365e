import 'fake-indexeddb/auto';
import { describe, expect, test } from 'vitest';
import { storeContract } from '../client/store-contract.testing.ts';
import type { Store, StoredHead } from '../client/store.ts';
import type { AnyChange } from '../kernel/live.ts';
import {
  closeDatabase,
  dexieStore,
  discardOutbox,
  waitingInAll,
  waitingOfOthers,
  wasMade,
  wipe,
  type StoreOwner,
} from './dexie-store.ts';

const STREAM = '019aa000-0000-7000-8000-00000000aaaa';
const AT = '2026-05-20T08:00:00.000Z';
let made = 0;
const owner = (personId = 'lea', database = `test-${++made}`): Required<StoreOwner> => ({
  streamId: STREAM,
  personId,
  database,
  now: () => Date.parse(AT),
  daily: [],
});
const head = (seq: number): StoredHead => ({ seq, audience: 'staff', protocol: 1, at: AT, offsetMs: 0 });
const row = (id: string, note: string) => ({ id, organisationId: 'o', archivedAt: null, note });
const change = (id: string, note: string): AnyChange => ({ table: 'visits', row: row(id, note) });
const command = (commandId: string) => ({
  command: { commandId, streamId: STREAM, type: 'queue.start', input: {}, occurredAt: AT },
  sent: false,
});

describe('[ST-03] the contract of a store, on Dexie', () => {
  const owners = new WeakMap<Store, Required<StoreOwner>>();
  const openAs = (of: Required<StoreOwner>): Store => {
    const store = dexieStore(of);
    owners.set(store, of);
    return store;
  };
  storeContract({
    open: async () => openAs(owner()),
    reopen: async (store) => {
      const of = owners.get(store)!;
      // As after a reload: nothing in memory, everything from the disk.
      closeDatabase(of.database);
      return openAs(of);
    },
  });
});

test('[ST-03] [REG S28] rows are the tablet’s, what waits is the person’s', async () => {
  const lea = owner('lea');
  const marco = owner('marco', lea.database);
  await dexieStore(lea).saveSnapshot({ visits: [row('v', 'a')] }, head(4), []);
  await dexieStore(lea).putOutbox(command('c1'));
  await dexieStore(lea).putOutbox(command('c2'));
  const seen = await dexieStore(marco).load();
  expect(seen.rows['visits']).toEqual([row('v', 'a')]);
  expect(seen.outbox).toEqual([]);
  expect(await waitingOfOthers(marco)).toBe(2);
  expect((await dexieStore(lea).load()).outbox.map((q) => q.command.commandId)).toEqual(['c1', 'c2']);
  expect(await waitingOfOthers(lea)).toBe(0);
});

test('[ST-03] a second window that lags behind replaces no newer row', async () => {
  const of = owner();
  const [ahead, behind] = [dexieStore(of), dexieStore(of)];
  await ahead.saveSnapshot({ visits: [] }, head(7), []);
  await ahead.saveEntries([change('v', 'at 10')], head(10), []);
  await behind.putOutbox(command('c1'));
  await behind.saveEntries([change('v', 'at 8')], head(8), ['c1']);
  const stored = await ahead.load();
  expect([stored.head?.seq, stored.rows['visits'], stored.outbox]).toEqual([10, [row('v', 'at 10')], []]);
});

test('[ST-03] [REG S27] a commit is asked to be on the disk before it is reported', async () => {
  const asked: unknown[] = [];
  const transaction = IDBDatabase.prototype.transaction;
  IDBDatabase.prototype.transaction = function (...args: Parameters<typeof transaction>) {
    asked.push([args[1], args[2]]);
    return transaction.apply(this, args);
  };
  try {
    await dexieStore(owner()).putOutbox(command('c2'));
  } finally {
    IDBDatabase.prototype.transaction = transaction;
  }
  expect(asked).toContainEqual(['readwrite', { durability: 'strict' }]);
});

test('[PD16] [PD17] a wipe takes rows and words, and leaves what was never sent', async () => {
  const lea = owner('lea');
  const { database } = lea;
  const store = dexieStore(lea);
  const visitId = '019aa000-0000-7000-8000-00000000bbbb';
  await store.saveSnapshot({ visits: [row('v', 'Xaverine')] }, head(4), []);
  await store.putOutbox(command('c1'));
  await store.refuse({
    commandId: 'r1',
    type: 'queue.setNote',
    input: { visitId, name: 'Xaverine', note: 'Rollstuhl' },
    code: 'counterBusy',
    details: null,
    at: AT,
    late: true,
  });
  await wipe(database);
  // What the ended session had still to write comes too late, but what was answered leaves the outbox.
  await store.putOutbox(command('c2'));
  await store.saveSnapshot({ visits: [row('v', 'Xaverine')] }, head(5), []);
  await store.saveEntries([change('w', 'Xaverine')], head(6), ['c1']);
  const kept = await dexieStore(lea).load();
  expect([kept.head, kept.rows]).toEqual([null, {}]);
  expect(kept.outbox.map((q) => q.command.commandId)).toEqual(['c2']);
  expect(kept.refusals.map(({ input, code }) => [input, code])).toEqual([[{ visitId }, 'counterBusy']]);
  expect(await waitingInAll(database)).toBe(1);
  await discardOutbox({ personId: 'marco', database });
  expect(await waitingInAll(database)).toBe(1);
  await discardOutbox(lea);
  expect(await waitingInAll(database)).toBe(0);
});

test('[PD16] rows that nobody has confirmed since yesterday are gone, here and of other places', async () => {
  const of = owner();
  const elsewhere = dexieStore({ ...of, streamId: '019aa000-0000-7000-8000-00000000cccc' });
  await elsewhere.saveSnapshot({ visits: [row('x', 'old')] }, head(2), []);
  const store = dexieStore(of);
  await store.saveSnapshot({ visits: [row('v', 'old')] }, head(4), []);
  await store.putOutbox(command('c1'));
  const later = (hours: number) => ({ ...of, now: () => Date.parse(AT) + hours * 3_600_000 });
  expect((await dexieStore(later(13)).load()).rows['visits']).toHaveLength(1);
  const kept = await dexieStore(later(15)).load();
  expect([kept.head, kept.rows, kept.outbox.length]).toEqual([null, {}, 1]);
  expect(await elsewhere.load()).toMatchObject({ head: null, rows: {} });
});

test('[PD16] a window whose rows another one wiped writes no part of them, but all', async () => {
  const of = owner();
  const store = dexieStore(of);
  await store.saveSnapshot({ visits: [row('v', 'a')] }, head(4), []);
  // As another window of the same browser does it.
  await dexieStore({ ...of, now: () => Date.parse(AT) + 24 * 3_600_000 }).load();
  await expect(store.saveEntries([change('w', 'b')], head(5), [])).rejects.toThrow();
  expect((await store.load()).rows).toEqual({});
  await store.saveSnapshot({ visits: [row('v', 'a'), row('w', 'b')] }, head(5), []);
  expect((await store.load()).rows['visits']).toHaveLength(2);
});

/** The database as version 1 of this app has made it, by the browser's own means. */
function firstVersion(
  name: string,
  fill: (put: (table: string, value: unknown) => void) => void,
): Promise<void> {
  return new Promise((done, fail) => {
    // Dexie counts in tens.
    const opening = indexedDB.open(name, 10);
    opening.onerror = () => fail(opening.error ?? new Error(name));
    opening.onupgradeneeded = () => {
      const db = opening.result;
      db.createObjectStore('rows', { keyPath: ['streamId', 'table', 'id'] }).createIndex(
        'streamId',
        'streamId',
      );
      db.createObjectStore('heads', { keyPath: 'streamId' });
      const outbox = db.createObjectStore('outbox', { keyPath: 'commandId' });
      for (const path of [
        ['streamId', 'personId', 'position'],
        ['streamId', 'position'],
      ])
        outbox.createIndex(`[${path.join('+')}]`, path);
      const refusals = db.createObjectStore('refusals', { keyPath: 'commandId' });
      refusals.createIndex('[streamId+personId+at]', ['streamId', 'personId', 'at']);
    };
    opening.onsuccess = () => {
      const db = opening.result;
      const writing = db.transaction(['rows', 'heads', 'outbox', 'refusals'], 'readwrite');
      fill((table, value) => void writing.objectStore(table).put(value));
      writing.oncomplete = () => {
        db.close();
        done();
      };
    };
  });
}

describe('[Y37] a database that an earlier version has written', () => {
  const of = (): Required<StoreOwner> => owner('lea');
  const written = async (into: Required<StoreOwner>): Promise<void> =>
    firstVersion(into.database, (put) => {
      // Not in the order of their ids.
      for (const [position, commandId] of ['c9', 'c2', 'c5'].entries()) {
        const at = { streamId: STREAM, personId: 'lea', position: position + 1 };
        put('outbox', { ...command(commandId), ...at, commandId, sent: commandId === 'c9' });
      }
      const refused = { commandId: 'r1', type: 'queue.start', input: {}, code: 'counterBusy', details: null };
      put('refusals', { ...refused, at: AT, late: true, streamId: STREAM, personId: 'lea' });
      put('rows', { streamId: STREAM, table: 'visits', id: 'v', row: row('v', 'a') });
      put('heads', { ...head(4), streamId: STREAM });
    });

  test('keeps every command in its order, what was sent as sent, and every refusal', async () => {
    const at = of();
    await written(at);
    const store = dexieStore(at);
    const stored = await store.load();
    expect(stored.outbox.map((q) => [q.command.commandId, q.sent])).toEqual([
      ['c9', true],
      ['c2', false],
      ['c5', false],
    ]);
    expect(stored.refusals.map(({ commandId }) => commandId)).toEqual(['r1']);
    expect([stored.head?.seq, stored.rows['visits']]).toEqual([4, [row('v', 'a')]]);
    await store.putOutbox(command('c1'));
    expect((await store.unsettled()).outbox.map((q) => q.command.commandId)).toEqual([
      'c9',
      'c2',
      'c5',
      'c1',
    ]);
    expect(wasMade(at.database)).toBe(false);
  });

  test('[Y38] a later version is not kept waiting by a window of this one, which goes on writing', async () => {
    const at = of();
    await written(at);
    const old = dexieStore(at);
    await old.load();
    const upgraded = await new Promise<string>((done, fail) => {
      const opening = indexedDB.open(at.database, 20);
      opening.onblocked = () => done('blocked');
      opening.onerror = () => fail(opening.error ?? new Error(at.database));
      opening.onupgradeneeded = () => opening.result.createObjectStore('more', { keyPath: 'id' });
      opening.onsuccess = () => {
        opening.result.close();
        done('upgraded');
      };
    });
    expect(upgraded).toBe('upgraded');
    await old.putOutbox(command('c1'));
    closeDatabase(at.database);
    const ids = (await dexieStore(at).load()).outbox.map((q) => q.command.commandId);
    expect(ids).toEqual(['c9', 'c2', 'c5', 'c1']);
  });
});

test('[Y36] [REG 60939] a database that had to be made anew is known as such', async () => {
  const of = owner();
  await dexieStore(of).load();
  expect(wasMade(of.database)).toBe(true);
});

test('[Y40] rows of an older day are not read, and leave behind the back of whoever starts', async () => {
  const of = owner();
  await dexieStore(of).saveSnapshot({ visits: [row('v', 'old')] }, head(4), []);
  await dexieStore(of).putOutbox(command('c1'));
  const later = dexieStore({ ...of, now: () => Date.parse(AT) + 24 * 3_600_000 });
  const stored = await later.load();
  expect([stored.head, stored.rows, stored.outbox.length]).toEqual([null, {}, 1]);
  // Today's rows, written right after, are not taken for old ones.
  const today = { ...head(9), at: new Date(Date.parse(AT) + 24 * 3_600_000).toISOString() };
  await later.saveSnapshot({ visits: [row('w', 'new')] }, today, []);
  expect((await later.load()).rows['visits']).toEqual([row('w', 'new')]);
});

test('[Y40] rows that were made on an earlier day come after those of today, and none is left out', async () => {
  const of = owner();
  const made = (hours: number, n: number): string => {
    const hex = (Date.parse(AT) - hours * 3_600_000).toString(16).padStart(12, '0');
    return `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-${String(n).padStart(12, '0')}`;
  };
  const today = [row(made(1, 1), 'today'), row(made(15, 2), 'today')];
  const before = [row(made(17, 3), 'before'), row(made(40, 4), 'before')];
  const places = [row('l', 'place')];
  const calls = [row(made(20, 5), 'before')];
  const rows = { visits: [...today, ...before], locations: places, calls, stages: [] };
  await dexieStore(of).saveSnapshot(rows, head(4), []);
  const sorted = (list: readonly unknown[] = []) => list.map((one) => JSON.stringify(one)).sort();
  const daily = { ...of, daily: ['visits', 'stages', 'calls'] };
  const { rows: first, rest } = await dexieStore(daily).load();
  expect([sorted(first['visits']), first['calls'], first['locations']]).toEqual([
    sorted(today),
    undefined,
    places,
  ]);
  const then = (await rest?.()) ?? {};
  expect([sorted(then['visits']), then['calls'], then['locations']]).toEqual([
    sorted(before),
    calls,
    undefined,
  ]);
  // Where nothing is of an earlier day, and for apps that name no table, there is no rest.
  expect((await dexieStore(of).load()).rest).toBeUndefined();
  await dexieStore(of).saveSnapshot({ visits: today, locations: places }, head(5), []);
  expect((await dexieStore(daily).load()).rest).toBeUndefined();
});

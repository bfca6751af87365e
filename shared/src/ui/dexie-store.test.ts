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

test('[ST-03] rows are the tablet’s, what waits is the person’s', async () => {
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

test('[ST-03] a commit is asked to be on the disk before it is reported', async () => {
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

import { expect, it } from 'vitest';
import type { AnyChange } from '../kernel/live.ts';
import { PROTOCOL } from '../kernel/protocol.ts';
import { pile, STREAM } from './fake-stream.testing.ts';
import type { Queued, Refusal, Store, StoredHead } from './store.ts';

/** What every Store must do; memory and Dexie run the same. */
export interface StoreUnderTest {
  /** An empty store. */
  readonly open: () => Promise<Store>;
  /** The same storage as after a reload of the page. */
  readonly reopen: (store: Store) => Promise<Store>;
}

const id = (n: number): string => `019aa000-0000-7000-8000-${String(n).padStart(12, '0')}`;
const AT = '2026-05-20T08:00:00.000Z';
const head = (seq: number): StoredHead => ({
  seq,
  audience: 'staff',
  protocol: PROTOCOL,
  at: AT,
  offsetMs: 250,
});
const queued = (n: number, sent = false): Queued => ({
  command: {
    commandId: id(n),
    streamId: STREAM,
    type: 'put',
    input: { id: 'a', note: 'Zürich 🚗' },
    occurredAt: AT,
  },
  sent,
});
const refusal = (n: number): Refusal => ({
  commandId: id(n),
  type: 'put',
  input: { id: 'a' },
  code: 'counterBusy',
  details: { number: 'B042' },
  at: AT,
  late: true,
});
const put = (name: string, stones: number): AnyChange => ({ table: 'piles', row: pile(name, stones) });
const archive = (name: string): AnyChange => ({ table: 'piles', row: { ...pile(name, 0), archivedAt: AT } });
const byId = <Row extends { id: string }>(rows: readonly Row[] = []): Row[] =>
  [...rows].sort((a, b) => a.id.localeCompare(b.id));
const outboxOf = async (store: Store): Promise<string[]> =>
  (await store.load()).outbox.map((q) => q.command.commandId);

export function storeContract({ open, reopen }: StoreUnderTest): void {
  it('is empty at first', async () => {
    expect(await (await open()).load()).toEqual({ head: null, rows: {}, outbox: [], refusals: [] });
  });

  it('[Y10] gives back rows, place, outbox and refusals after a reload', async () => {
    const store = await open();
    await store.saveSnapshot({ piles: [pile('a', 1), pile('b', 2)] }, head(5), []);
    await store.putOutbox(queued(1));
    await store.putOutbox(queued(2, true));
    await store.refuse(refusal(3));
    const stored = await (await reopen(store)).load();
    expect(stored.head).toEqual(head(5));
    expect(byId(stored.rows['piles'])).toEqual([pile('a', 1), pile('b', 2)]);
    expect(stored.outbox).toEqual([queued(1), queued(2, true)]);
    expect(stored.refusals).toEqual([refusal(3)]);
  });

  it('[Y34] tells without the rows what is unsettled, and where the rows are', async () => {
    const store = await open();
    expect(await store.unsettled()).toEqual({ seq: 0, outbox: [], refusals: [] });
    await store.saveSnapshot({ piles: [pile('a', 1)] }, head(5), []);
    await store.putOutbox(queued(1));
    await store.putOutbox(queued(2, true));
    await store.refuse(refusal(3));
    expect(await (await reopen(store)).unsettled()).toEqual({
      seq: 5,
      outbox: [queued(1), queued(2, true)],
      refusals: [refusal(3)],
    });
  });

  it('a snapshot leaves nothing of the rows before it, and keeps the outbox', async () => {
    const store = await open();
    await store.saveSnapshot({ piles: [pile('a', 1)], stones: [pile('x', 1)] }, head(5), []);
    await store.putOutbox(queued(1));
    await store.saveSnapshot({ piles: [pile('b', 2)] }, head(9), []);
    const stored = await (await reopen(store)).load();
    expect(stored.rows['piles']).toEqual([pile('b', 2)]);
    expect(stored.rows['stones'] ?? []).toEqual([]);
    expect(stored.head?.seq).toBe(9);
    expect(stored.outbox).toEqual([queued(1)]);
  });

  it('entries add, replace and archive rows, in their order', async () => {
    const store = await open();
    await store.saveSnapshot({ piles: [pile('a', 1), pile('b', 2)] }, head(5), []);
    await store.saveEntries([put('c', 1), put('a', 7), archive('b'), put('c', 2)], head(8), []);
    await store.saveEntries([archive('unknown')], head(9), []);
    const stored = await (await reopen(store)).load();
    expect(byId(stored.rows['piles'])).toEqual([pile('a', 7), pile('c', 2)]);
    expect(stored.head).toEqual(head(9));
  });

  it('settled commands leave with the rows that show them', async () => {
    const store = await open();
    for (const n of [1, 2, 3]) await store.putOutbox(queued(n));
    await store.saveSnapshot({ piles: [] }, head(5), [id(2)]);
    expect(await outboxOf(store)).toEqual([id(1), id(3)]);
    await store.saveEntries([put('a', 1)], head(6), [id(1), id(77)]);
    expect(await outboxOf(await reopen(store))).toEqual([id(3)]);
  });

  it('the outbox keeps the order of putting, also where one is put again', async () => {
    const store = await open();
    for (const n of [9, 2, 5]) await store.putOutbox(queued(n));
    await store.putOutbox(queued(2, true));
    const { outbox } = await (await reopen(store)).load();
    expect(outbox).toEqual([queued(9), queued(2, true), queued(5)]);
    await store.removeOutbox([id(9), id(5)]);
    await store.putOutbox(queued(1));
    expect(await outboxOf(await reopen(store))).toEqual([id(2), id(1)]);
  });

  it('a refused command leaves the outbox and is listed until it is dismissed', async () => {
    const store = await open();
    await store.putOutbox(queued(1));
    await store.refuse(refusal(1));
    await store.refuse(refusal(2));
    const stored = await (await reopen(store)).load();
    expect([stored.outbox, stored.refusals]).toEqual([[], [refusal(1), refusal(2)]]);
    await store.dismiss(id(1));
    expect((await (await reopen(store)).load()).refusals).toEqual([refusal(2)]);
  });

  it('writes that were begun together end in the order in which they were begun', async () => {
    const store = await open();
    await Promise.all([
      store.saveSnapshot({ piles: [pile('a', 1)] }, head(1), []),
      store.saveEntries([put('a', 2)], head(2), []),
      store.saveEntries([put('a', 3)], head(3), []),
    ]);
    const stored = await (await reopen(store)).load();
    expect([stored.head?.seq, stored.rows['piles']]).toEqual([3, [pile('a', 3)]]);
  });
}

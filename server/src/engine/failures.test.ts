// What the engine does when its store, its database or its own parts fail between any two steps.
import { randomUUID } from 'node:crypto';
import { expect, it } from 'vitest';
import type { Actor } from '@schalter/shared/kernel/actor.ts';
import { Engine } from './execute.ts';
import { MemoryStore } from './memory-store.ts';
import type { Store } from './store.ts';

const START = '2026-05-20T08:00:00.000Z';
const actor: Actor = { kind: 'system' };

type Options = ConstructorParameters<typeof Engine>[0];
const engineOn = (store: Store, more: Partial<Options> = {}): Engine =>
  new Engine({
    store,
    clock: { now: () => START },
    react: () => [],
    load: () => Promise.resolve({}),
    ...more,
  });

const command = (streamId: string, type: string, input: unknown) => ({
  commandId: randomUUID(),
  streamId,
  type,
  input,
  occurredAt: START,
});
const person = (n: number) => ({
  personId: randomUUID(),
  name: `Person ${n}`,
  email: `p${n}@example.ch`,
  role: 'clerk',
  locationIds: [],
  language: 'de',
  active: true,
});

/** A store that fails as told, and a way to say when. */
function faulty(inner: Store) {
  const fault = { load: false, afterCommit: false };
  const store: Store = {
    openStream: (head) => inner.openStream(head),
    append: async (head, ids, batch) => {
      const isWritten = await inner.append(head, ids, batch);
      if (fault.afterCommit) throw new Error('the connection was lost with the answer of COMMIT');
      return isWritten;
    },
    transact: async (id, ids, work) => {
      const result = await inner.transact(id, ids, work);
      if (fault.afterCommit) throw new Error('the connection was lost with the answer of COMMIT');
      return result;
    },
    head: (id) => inner.head(id),
    heads: (ids) => inner.heads(ids),
    journalAfter: (id, seq, limit) => inner.journalAfter(id, seq, limit),
    load: (id) => (fault.load ? Promise.reject(new Error('the database is away')) : inner.load(id)),
  };
  return { store, fault };
}

async function house() {
  const { store, fault } = faulty(new MemoryStore());
  const engine = engineOn(store);
  const id = randomUUID();
  const heard: number[] = [];
  engine.onEntries((_stream, entries) => heard.push(...entries.map(({ seq }) => seq)));
  const add = (on: Engine, n: number) =>
    on.execute({ envelope: command(id, 'platform.setPerson', person(n)), actor });
  const envelope = command(id, 'platform.createOrganisation', {
    name: 'Haus',
    language: 'de',
    currency: 'CHF',
  });
  expect(await engine.execute({ envelope, actor, organisationId: id })).toMatchObject({ ok: true });
  return { store, fault, engine, id, heard, add };
}

it('[E20] a stream that cannot be read is an error, never a stream that is not there', async () => {
  const { engine, fault, id, add } = await house();
  fault.afterCommit = true;
  expect(await add(engine, 1)).toMatchObject({ ok: false, code: 'unavailable' });
  fault.afterCommit = false;
  fault.load = true;
  await expect(engine.read(id, () => 'there')).rejects.toThrow('the database is away');
  fault.load = false;
  expect(await engine.read(id, ({ head }) => head.seq)).toBe(2);
  expect(await engine.read(randomUUID(), () => 'there')).toBeNull();
});

it('[E20] a command whose cold facts cannot be fetched is "unavailable"', async () => {
  const { store, id, add } = await house();
  const engine = new Engine({
    store,
    clock: { now: () => START },
    react: () => [],
    load: () => Promise.reject(new Error('the database is away')),
  });
  expect(await add(engine, 1)).toEqual({ ok: false, code: 'unavailable' });
  expect((await store.head(id))?.seq).toBe(1);
});

it('[E12] entries whose commit was not heard of, and other processes’ behind it, are told when they are read', async () => {
  const { store, engine, fault, id, heard, add } = await house();
  fault.afterCommit = true;
  await add(engine, 1);
  fault.afterCommit = false;
  await add(engineOn(store), 2);
  expect(heard).toEqual([1]);
  await engine.read(id, () => null);
  expect(heard).toEqual([1, 2, 3]);
  // The same where the next command finds it out.
  fault.afterCommit = true;
  await add(engine, 3);
  fault.afterCommit = false;
  expect(await add(engine, 4)).toMatchObject({ ok: true, seq: 5 });
  expect(heard).toEqual([1, 2, 3, 4, 5]);
});

it('[E12] the answers of a batch are on their way before anybody else hears of it', async () => {
  const { store, id, add } = await house();
  const engine = engineOn(store, {
    acksLeft: () => new Promise((resolve) => setImmediate(resolve)),
  });
  const order: string[] = [];
  engine.onEntries((_stream, entries) => order.push(`heard ${entries.map(({ seq }) => seq).join()}`));
  await engine.read(id, () => null);
  await Promise.all([1, 2].map((n) => add(engine, n).then(() => order.push('answered'))));
  await engine.drained();
  expect(order).toEqual(['answered', 'answered', 'heard 2,3']);
});

it('[E12] a failed stream is woken and polled on, although its cache is gone', async () => {
  const { store, engine, fault, id, heard, add } = await house();
  fault.afterCommit = true;
  await add(engine, 1);
  fault.afterCommit = false;
  expect(engine.held).toEqual([{ streamId: id, seq: 1 }]);
  const [head] = await store.heads([id]);
  engine.wake(id, head?.seq ?? 0);
  await engine.drained();
  expect(heard).toEqual([1, 2]);
});

it('[E12] a listener that throws keeps nothing from the others, nor from the sender', async () => {
  const { engine, heard, add } = await house();
  const errors: unknown[] = [];
  engine.onError = (error) => errors.push(error);
  const off = engine.onEntries(() => {
    throw new Error('a screen that cannot be drawn');
  });
  const last: number[] = [];
  engine.onEntries((_stream, entries) => last.push(...entries.map(({ seq }) => seq)));
  const answers = await Promise.all([add(engine, 1), add(engine, 2), add(engine, 3)]);
  expect(answers.map((a) => a.ok)).toEqual([true, true, true]);
  off();
  await add(engine, 4);
  expect(heard).toEqual([1, 2, 3, 4, 5]);
  expect(last).toEqual([2, 3, 4, 5]);
  expect(errors).toHaveLength(1);
});

it.each([
  ['alone, deciding ahead', false],
  ['beside another process that writes, asking first', true],
])(
  '[E21] a database that was restored from a backup is read anew, its cache dropped: %s',
  async (_how, another) => {
    const first = new MemoryStore();
    let store: Store = first;
    const restored = new MemoryStore();
    const either: Store = {
      openStream: (head) => store.openStream(head),
      append: (head, ids, batch) => store.append(head, ids, batch),
      transact: (id, ids, work) => store.transact(id, ids, work),
      head: (id) => store.head(id),
      heads: (ids) => store.heads(ids),
      journalAfter: (id, seq, limit) => store.journalAfter(id, seq, limit),
      load: (id) => store.load(id),
    };
    const engine = engineOn(either);
    const id = randomUUID();
    const open = command(id, 'platform.createOrganisation', {
      name: 'Haus',
      language: 'de',
      currency: 'CHF',
    });
    for (const at of [restored, first]) {
      store = at;
      await engineOn(either).execute({ envelope: open, actor, organisationId: id });
    }
    const lost = person(1);
    await engine.execute({ envelope: command(id, 'platform.setPerson', lost), actor });
    if (another) {
      await engineOn(either).execute({ envelope: command(id, 'platform.setPerson', person(3)), actor });
      engine.wake(id, 3);
      await engine.drained();
    }
    store = restored;
    const person2 = { ...person(2), email: lost.email };
    const again = command(id, 'platform.setPerson', person2);
    expect(await engine.execute({ envelope: again, actor })).toMatchObject({ ok: true, seq: 2 });
    expect(await engine.read(id, ({ live }) => [...live.rows.people.keys()])).toEqual([person2.personId]);
  },
);

it('[E29] a rule that would break an invariant: its command alone fails, and nothing of it is written', async () => {
  const { store, id, add } = await house();
  const engine = engineOn(store, {
    brokenInvariants: ({ rows }) =>
      [...rows.people.values()].flatMap(({ name }) => (name === 'Person 2' ? ['nobody is called so'] : [])),
  });
  const errors: unknown[] = [];
  engine.onError = (error) => errors.push(error);
  const answers = await Promise.all([1, 2, 3].map((n) => add(engine, n)));
  expect(answers.map((a) => (a.ok ? 'ok' : a.code))).toEqual(['ok', 'internal', 'ok']);
  expect((await store.head(id))?.seq).toBe(3);
  expect(await engine.read(id, ({ live }) => live.rows.people.size)).toBe(2);
  expect(errors).toHaveLength(1);
});

import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BaseRow } from '@schalter/shared/kernel/live.ts';
import type { Batch, JournalEntry, Store } from './store.ts';

const AT = '2026-05-20T08:00:00.000Z';
const actor = { kind: 'system' } as const;

const organisation = (id: string, name: string): BaseRow =>
  ({
    id,
    organisationId: id,
    archivedAt: null,
    name,
    language: 'de',
    currency: 'CHF',
    recordReads: false,
    secondFactorRequired: false,
  }) as BaseRow;

function entry(seq: number, row: BaseRow): JournalEntry {
  return {
    seq,
    commandId: randomUUID(),
    fingerprint: `f-${seq}`,
    type: 'platform.createOrganisation',
    input: { name: 'x' },
    result: { n: seq },
    facts: [{ type: 'platform.organisationCreated' }],
    changes: [{ table: 'organisations', row }],
    actor,
    deviceId: null,
    occurredAt: AT,
    at: AT,
  };
}

function batchOf(entries: readonly JournalEntry[]): Batch {
  const rows = entries.flatMap((e) =>
    e.changes.map((change) => ({ ...change, writtenBy: null, entrySeq: e.seq, how: 'upsert' as const })),
  );
  return {
    seq: entries.at(-1)?.seq ?? 0,
    at: AT,
    rows: rows.slice(-1),
    entries,
    refusals: [],
    jobs: [],
  };
}

/** What every store must do; the simulation believes the memory store only because of this. */
export function storeContract(
  name: string,
  open: () => Promise<{ store: Store; close: () => Promise<void> }>,
): void {
  describe(`store contract: ${name}`, () => {
    let store: Store;
    let close: () => Promise<void>;
    beforeAll(async () => {
      ({ store, close } = await open());
    });
    afterAll(() => close());

    const newStream = async () => {
      const id = randomUUID();
      await store.openStream({ id, kind: 'organisation', organisationId: id, locationId: null });
      return id;
    };
    const write = (id: string, from: number, count: number) =>
      store.transact(id, [], async (tx) => {
        const entries = Array.from({ length: count }, (_, i) =>
          entry(from + i, organisation(id, `name ${from + i}`)),
        );
        await tx.write(batchOf(entries));
        return entries;
      });

    it('[E1] a stream that nobody opened is not there', async () => {
      const id = randomUUID();
      expect(await store.transact(id, [], () => Promise.resolve(1))).toBeNull();
      expect(await store.head(id)).toBeNull();
      expect(await store.load(id)).toBeNull();
    });

    it('[E1] opening twice keeps what is there', async () => {
      const id = await newStream();
      await write(id, 1, 2);
      await store.openStream({ id, kind: 'organisation', organisationId: id, locationId: null });
      expect((await store.head(id))?.seq).toBe(2);
    });

    it('[E2] what a batch wrote is read back as it was: rows, journal, answers, head', async () => {
      const id = await newStream();
      const entries = (await write(id, 1, 3)) ?? [];
      const loaded = await store.load(id);
      expect(loaded?.head.seq).toBe(3);
      expect(loaded?.live.find((t) => t.table === 'organisations')?.rows).toEqual([
        organisation(id, 'name 3'),
      ]);
      expect(await store.journalAfter(id, 1, 10)).toEqual(entries.slice(1));
      expect(await store.journalAfter(id, 0, 2)).toEqual(entries.slice(0, 2));
      const ids = [...entries.map((e) => e.commandId), randomUUID()];
      const known = await store.transact(id, ids, (tx) => Promise.resolve([...tx.known.values()]));
      expect(known?.map((k) => k.answer)).toEqual(
        expect.arrayContaining([1, 2, 3].map((seq) => ({ ok: true, seq, result: { n: seq } }))),
      );
      expect(known).toHaveLength(3);
    });

    it('[E3] work that fails leaves nothing behind', async () => {
      const id = await newStream();
      const stumble = store.transact(id, [], () => Promise.reject(new Error('the process stumbles')));
      await expect(stumble).rejects.toThrow('the process stumbles');
      // The journal takes a number once: the whole batch fails, the rows in it too.
      const twice = [entry(1, organisation(id, 'half')), entry(1, organisation(id, 'half'))];
      await expect(store.transact(id, [], (tx) => tx.write(batchOf(twice)))).rejects.toThrow();
      expect((await store.head(id))?.seq).toBe(0);
      expect(await store.journalAfter(id, 0, 10)).toEqual([]);
      const live = await store.load(id);
      expect(live?.live.flatMap((t) => t.rows)).toEqual([]);
    });

    it('[E4] transactions on one stream run one after another', async () => {
      const id = await newStream();
      await Promise.all(
        Array.from({ length: 12 }, () =>
          store.transact(id, [], async (tx) => {
            await tx.write(batchOf([entry(tx.head.seq + 1, organisation(id, 'x'))]));
          }),
        ),
      );
      const seqs = (await store.journalAfter(id, 0, 100)).map((e) => e.seq);
      expect(seqs).toEqual(Array.from({ length: 12 }, (_, i) => i + 1));
    });

    it('[E5] an archived row is no longer in the live set', async () => {
      const id = await newStream();
      await write(id, 1, 1);
      await store.transact(id, [], (tx) =>
        tx.write(batchOf([entry(2, { ...organisation(id, 'gone'), archivedAt: AT })])),
      );
      expect((await store.load(id))?.live.flatMap((t) => t.rows)).toEqual([]);
    });

    it('[E23] a row that is said to be new, and is not, breaks the batch, also where it is archived', async () => {
      const id = await newStream();
      const made = (seq: number, row: BaseRow) => {
        const batch = batchOf([entry(seq, row)]);
        return { ...batch, rows: batch.rows.map((r) => ({ ...r, how: 'insert' as const })) };
      };
      const writeNew = (seq: number) =>
        store.transact(id, [], (tx) => tx.write(made(seq, organisation(id, 'made'))));
      await writeNew(1);
      await expect(writeNew(2)).rejects.toMatchObject({ constraint: 'organisations_pkey' });
      await store.transact(id, [], (tx) =>
        tx.write(batchOf([entry(2, { ...organisation(id, 'gone'), archivedAt: AT })])),
      );
      await expect(writeNew(3)).rejects.toMatchObject({ constraint: 'organisations_pkey' });
      expect((await store.head(id))?.seq).toBe(2);
    });

    it('[E27] what was decided ahead is written where the head is the one it was decided on, and only there', async () => {
      const id = await newStream();
      const before = await store.head(id);
      if (before === null) throw new Error('no stream');
      const append = (seq: number, head = before) =>
        store.append(head, [randomUUID()], batchOf([entry(seq, organisation(id, `name ${seq}`))]));
      expect(await append(1)).toBe(true);
      expect(await append(1)).toBe(false);
      expect(await append(2)).toBe(false);
      expect(await append(2, { ...before, seq: 1 })).toBe(true);
      expect((await store.load(id))?.head.seq).toBe(2);
      expect((await store.journalAfter(id, 0, 10)).map((e) => e.seq)).toEqual([1, 2]);
    });

    it('[E27] nothing is written where a command of the batch was decided before, a refusal too', async () => {
      const id = await newStream();
      const [known] = (await write(id, 1, 1)) ?? [];
      const refused = randomUUID();
      const refusal = {
        commandId: refused,
        fingerprint: 'f',
        answer: { ok: false, code: 'unavailable' } as const,
      };
      await store.transact(id, [], (tx) => tx.write({ ...batchOf([]), seq: 1, refusals: [refusal] }));
      const head = await store.head(id);
      if (head === null) throw new Error('no stream');
      const next = batchOf([entry(2, organisation(id, 'again'))]);
      for (const again of [known?.commandId ?? '', refused]) {
        expect(await store.append(head, [randomUUID(), again], next)).toBe(false);
      }
      expect((await store.head(id))?.seq).toBe(1);
      expect((await store.load(id))?.live.flatMap((t) => t.rows)).toEqual([organisation(id, 'name 1')]);
      expect(await store.append(head, [randomUUID()], next)).toBe(true);
    });

    it('[E27] nothing is written where a row that somebody believes to be there is not', async () => {
      const id = await newStream();
      const head = await store.head(id);
      if (head === null) throw new Error('no stream');
      const batch = batchOf([entry(1, organisation(id, 'name 1'))]);
      const believed = { ...batch, rows: batch.rows.map((r) => ({ ...r, how: 'update' as const })) };
      expect(await store.append(head, [randomUUID()], believed)).toBe(false);
      expect((await store.head(id))?.seq).toBe(0);
      expect(await store.append(head, [randomUUID()], batch)).toBe(true);
    });

    it('[E1] the heads of many streams come at once', async () => {
      const ids = [await newStream(), await newStream()];
      await write(ids[1] ?? '', 1, 4);
      const heads = await store.heads([...ids, randomUUID()]);
      expect(new Map(heads.map((h) => [h.id, h.seq]))).toEqual(
        new Map([
          [ids[0], 0],
          [ids[1], 4],
        ]),
      );
    });
  });
}

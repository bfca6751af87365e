import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Actor } from '@schalter/shared/kernel/actor.ts';
import type { Answer } from '@schalter/shared/kernel/command.ts';
import { addMs, MINUTE } from '@schalter/shared/kernel/time.ts';
import { rightsAs } from '@schalter/shared/platform/access.ts';
import { Engine } from './execute.ts';
import {
  ConstraintViolation,
  type Batch,
  type JournalEntry,
  type Store,
  type StreamTransaction,
} from './store.ts';

const START = '2026-05-20T08:00:00.000Z';
const system: Actor = { kind: 'system' };

const engineOn = (store: Store, now: () => string = () => START): Engine =>
  new Engine({ store, clock: { now }, react: () => [], load: () => Promise.resolve({}) });

const command = (streamId: string, type: string, input: unknown, occurredAt = START) => ({
  commandId: randomUUID(),
  streamId,
  type,
  input,
  occurredAt,
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

async function newOrganisation(engine: Engine): Promise<string> {
  const id = randomUUID();
  const envelope = command(id, 'platform.createOrganisation', {
    name: 'Haus',
    language: 'de',
    currency: 'CHF',
  });
  expect(await engine.execute({ envelope, actor: system, organisationId: id })).toMatchObject({
    ok: true,
    seq: 1,
  });
  return id;
}

/** What the engine promises, on any store. */
export function engineContract(
  name: string,
  open: () => Promise<{ store: Store; close: () => Promise<void> }>,
): void {
  describe(`engine: ${name}`, () => {
    let store: Store;
    let close: () => Promise<void>;
    beforeAll(async () => {
      ({ store, close } = await open());
    });
    afterAll(() => close());

    it('[E6] [API-13] [REG S21] [REG S23] the same command id is one effect and one answer, however often it comes', async () => {
      const engine = engineOn(store);
      const id = await newOrganisation(engine);
      const envelope = command(id, 'platform.setPerson', person(1));
      const answers = await Promise.all(
        Array.from({ length: 8 }, () => engine.execute({ envelope, actor: system })),
      );
      expect(new Set(answers.map((a) => JSON.stringify(a)))).toHaveLength(1);
      expect(answers[0]).toMatchObject({ ok: true, seq: 2 });
      expect(await engineOn(store).execute({ envelope, actor: system })).toEqual(answers[0]);
      expect((await store.head(id))?.seq).toBe(2);
    });

    it('[E6] a refusal is remembered as well', async () => {
      const engine = engineOn(store);
      const id = await newOrganisation(engine);
      const first = person(1);
      await engine.execute({ envelope: command(id, 'platform.setPerson', first), actor: system });
      const twice = command(id, 'platform.setPerson', { ...person(2), email: first.email });
      const refused = await engine.execute({ envelope: twice, actor: system });
      expect(refused).toMatchObject({ ok: false, code: 'emailTaken' });
      expect(await engineOn(store).execute({ envelope: twice, actor: system })).toEqual(refused);
    });

    it('[E7] [REG S22] the same id with another payload is a mistake', async () => {
      const engine = engineOn(store);
      const id = await newOrganisation(engine);
      const envelope = command(id, 'platform.setPerson', person(1));
      await engine.execute({ envelope, actor: system });
      const other = { ...envelope, input: person(2) };
      expect(await engine.execute({ envelope: other, actor: system })).toMatchObject({
        code: 'commandIdReused',
      });
    });

    it('[E8] [E9] many at once: one gapless sequence, refusals take no number', async () => {
      const engine = engineOn(store);
      const id = await newOrganisation(engine);
      const inputs = Array.from({ length: 60 }, (_, i) => ({ ...person(i), email: `p${i % 40}@example.ch` }));
      const answers = await Promise.all(
        inputs.map((input) =>
          engine.execute({ envelope: command(id, 'platform.setPerson', input), actor: system }),
        ),
      );
      expect(answers.filter((a) => a.ok)).toHaveLength(40);
      const seqs = (await store.journalAfter(id, 0, 1_000)).map((e) => e.seq);
      expect(seqs).toEqual(Array.from({ length: 41 }, (_, i) => i + 1));
      expect(answers.flatMap((a) => (a.ok ? a.seq : [])).sort((a, b) => a - b)).toEqual(seqs.slice(1));
    });

    it('[E11] [RT-08] two processes on one store: each goes on from what the other wrote', async () => {
      const [one, two] = [engineOn(store), engineOn(store)];
      const id = await newOrganisation(one);
      const answers: Answer[] = [];
      for (let i = 0; i < 10; i++) {
        const engine = i % 2 === 0 ? one : two;
        answers.push(
          await engine.execute({ envelope: command(id, 'platform.setPerson', person(i)), actor: system }),
        );
      }
      expect(answers.map((a) => (a.ok ? a.seq : a.code))).toEqual(
        Array.from({ length: 10 }, (_, i) => i + 2),
      );
      for (const engine of [one, two]) {
        engine.wake(id, 11);
        expect(await engine.read(id, (s) => [s.head.seq, s.live.rows.people.size])).toEqual([11, 10]);
      }
    });

    it('[E12] [RT-04] listeners hear of every entry once and in order, own and foreign', async () => {
      const [one, two] = [engineOn(store), engineOn(store)];
      const heard: number[] = [];
      one.onEntries((_stream, entries: readonly JournalEntry[]) => heard.push(...entries.map((e) => e.seq)));
      const id = await newOrganisation(one);
      const all = Array.from({ length: 30 }, (_, i) => (i % 3 === 0 ? two : one));
      await Promise.all(
        all.map((e, i) =>
          e.execute({ envelope: command(id, 'platform.setPerson', person(i)), actor: system }),
        ),
      );
      one.wake(id, 31);
      await one.read(id, () => null);
      expect(heard).toEqual(Array.from({ length: 31 }, (_, i) => i + 1));
    });

    it('[E13] [REG S30] an old command is refused, one from the future counts as now', async () => {
      let now = START;
      const engine = engineOn(store, () => now);
      const id = await newOrganisation(engine);
      now = addMs(START, 10 * MINUTE);
      const old = command(id, 'platform.setPerson', person(1), START);
      expect(await engine.execute({ envelope: old, actor: system })).toMatchObject({
        code: 'commandExpired',
      });
      const early = command(id, 'platform.setPerson', person(2), addMs(now, 60 * MINUTE));
      expect(await engine.execute({ envelope: early, actor: system })).toMatchObject({ ok: true });
      const [entry] = await store.journalAfter(id, 1, 1);
      expect(entry?.occurredAt).toBe(now);
    });

    it('[E14] nobody, a display, a clerk and another house are refused before the rule is asked', async () => {
      const engine = engineOn(store);
      const id = await newOrganisation(engine);
      const other = randomUUID();
      const clerk: Actor = {
        kind: 'person',
        personId: randomUUID(),
        organisationId: id,
        name: 'C',
        rights: rightsAs('clerk', []),
        deviceId: null,
      };
      const stranger: Actor = { ...clerk, organisationId: other, rights: rightsAs('owner', 'all') };
      const display: Actor = {
        kind: 'device',
        deviceId: randomUUID(),
        deviceKind: 'display',
        organisationId: id,
        locationId: other,
      };
      for (const actor of [clerk, stranger, display]) {
        const answer = await engine.execute({
          envelope: command(id, 'platform.setPerson', person(1)),
          actor,
        });
        expect(answer).toMatchObject({ ok: false, code: 'notPermitted' });
      }
      const nobody = await engine.execute({
        envelope: command(id, 'platform.setPerson', person(1)),
        actor: { kind: 'anonymous' },
      });
      expect(nobody).toMatchObject({ ok: false, code: 'notSignedIn' });
    });

    it('[E18] [RL-03] [REG S31] what has the wrong form is refused by the name of its field', async () => {
      const engine = engineOn(store);
      const id = await newOrganisation(engine);
      const at = (envelope: unknown) => engine.execute({ envelope, actor: system });
      expect(await at(null)).toMatchObject({ code: 'invalidInput' });
      expect(await at({ ...command(id, 'platform.setPerson', person(1)), extra: 1 })).toMatchObject({
        code: 'invalidInput',
      });
      expect(await at(command(id, 'platform.fly', {}))).toMatchObject({ code: 'unknownCommand' });
      expect(await at(command(id, 'platform.setPerson', { ...person(1), email: 'no' }))).toEqual({
        ok: false,
        code: 'invalidInput',
        details: { field: 'email' },
      });
      expect(await at(command(id, 'queue.callNext', { counterId: randomUUID() }))).toMatchObject({
        code: 'unknownStream',
      });
      expect(await at(command(randomUUID(), 'platform.setPerson', person(1)))).toMatchObject({
        code: 'unknownStream',
      });
      expect((await store.head(id))?.seq).toBe(1);
    });

    it('[E10] a constraint that breaks a batch refuses the guilty command alone', async () => {
      const guilty = randomUUID();
      const breaking = brokenBy(store, guilty);
      const engine = engineOn(breaking);
      const id = await newOrganisation(engine);
      const inputs = [person(1), { ...person(2), personId: guilty }, person(3)];
      const answers = await Promise.all(
        inputs.map((input) =>
          engine.execute({ envelope: command(id, 'platform.setPerson', input), actor: system }),
        ),
      );
      expect(answers.map((a) => (a.ok ? 'ok' : a.code))).toEqual(['ok', 'emailTaken', 'ok']);
      expect(await engine.read(id, (s) => [...s.live.rows.people.keys()].includes(guilty))).toBe(false);
      expect((await store.head(id))?.seq).toBe(3);
    });
  });
}

/** A store whose database does not take one row: what no rule foresaw. */
function brokenBy(store: Store, rowId: string): Store {
  const broken = (batch: Batch): boolean => batch.rows.some((r) => r.row.id === rowId);
  const violation = () => Promise.reject(new ConstraintViolation('people_organisation_id_email_key'));
  const guarded = (tx: StreamTransaction): StreamTransaction => ({
    ...tx,
    write: (batch) => (broken(batch) ? violation() : tx.write(batch)),
  });
  return {
    openStream: (head) => store.openStream(head),
    append: (head, ids, batch) => (broken(batch) ? violation() : store.append(head, ids, batch)),
    transact: (id, ids, work) => store.transact(id, ids, (tx) => work(guarded(tx))),
    head: (id) => store.head(id),
    heads: (ids) => store.heads(ids),
    journalAfter: (id, seq, limit) => store.journalAfter(id, seq, limit),
    load: (id) => store.load(id),
  };
}

import { expect, it } from 'vitest';
import { GroupCommit } from './group-commit.ts';
import { ConstraintViolation, OutcomeUnknown } from './store.ts';
import type { Append } from './postgres-write.ts';

const append = (id: string, commands = 1): Append => ({
  head: { id, kind: 'location', organisationId: 'o', locationId: id, seq: 0 },
  commandIds: Array.from({ length: commands }, (_, i) => `${id}${i}`),
  batch: { seq: 1, at: '', rows: [], entries: [], refusals: [], jobs: [] },
});

/** A database that answers when it is told to. */
function database(answer: (ids: readonly string[]) => boolean | Error = () => true) {
  const written: string[] = [];
  const open: (() => void)[] = [];
  const group = new GroupCommit(async (appends) => {
    const ids = appends.map(({ head }) => head.id);
    written.push(ids.join(''));
    await new Promise<void>((resolve) => open.push(resolve));
    const given = answer(ids);
    if (given instanceof Error) throw given;
    return given;
  });
  const settle = async () => {
    while (open.length > 0) {
      open.shift()?.();
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  return { group, written, settle };
}

it('[E27] what comes while two statements are under way goes together in the next', async () => {
  const { group, written, settle } = database();
  const all = ['a', 'b', 'c', 'd', 'e'].map((id) => group.append(append(id)));
  expect(written).toEqual(['a', 'b']);
  await settle();
  expect(await Promise.all(all)).toEqual([true, true, true, true, true]);
  expect(written).toEqual(['a', 'b', 'cde']);
});

it('[E27] what breaks a group is written alone, and nobody else is refused for it', async () => {
  const violation = new ConstraintViolation('stages_pkey');
  const { group, written, settle } = database((ids) => {
    if (ids.includes('c')) return violation;
    return !ids.includes('e');
  });
  const all = ['a', 'b', 'c', 'd', 'e'].map((id) => group.append(append(id)));
  const outcomes = Promise.allSettled(all);
  await settle();
  expect(await outcomes).toEqual([
    { status: 'fulfilled', value: true },
    { status: 'fulfilled', value: true },
    { status: 'rejected', reason: violation },
    { status: 'fulfilled', value: true },
    { status: 'fulfilled', value: false },
  ]);
  // Alone, and beside the next group.
  expect(written).toEqual(['a', 'b', 'cde', 'c', 'd', 'e']);
});

it('[E24] where nobody knows whether a group is written, nobody tries it again here', async () => {
  const { group, written, settle } = database((ids) => (ids.length > 1 ? new OutcomeUnknown() : true));
  const all = ['a', 'b', 'c', 'd'].map((id) => group.append(append(id)));
  const outcomes = Promise.allSettled(all);
  await settle();
  expect((await outcomes).map(({ status }) => status)).toEqual([
    'fulfilled',
    'fulfilled',
    'rejected',
    'rejected',
  ]);
  expect(written).toEqual(['a', 'b', 'cd']);
});

it('[E27] a group has a largest size', async () => {
  const { group, written, settle } = database();
  const all = ['a', 'b', 'c', 'd', 'e'].map((id) => group.append(append(id, 256)));
  await settle();
  await Promise.all(all);
  expect(written).toEqual(['a', 'b', 'cd', 'e']);
});

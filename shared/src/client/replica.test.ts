import { describe, expect, it } from 'vitest';
import type { CommandEnvelope } from '../kernel/command.ts';
import { reject } from '../kernel/rejections.ts';
import { pile, predictPiles, STREAM, type Piles } from './fake-stream.testing.ts';
import {
  addPending,
  emptyReplica,
  forgetPlace,
  receiveEntries,
  receiveSnapshot,
  settle,
  view,
  type Replica,
} from './replica.ts';

const id = (n: number): string => `019aa000-0000-7000-8000-${String(n).padStart(12, '0')}`;
const command = (n: number, type: 'put' | 'take' = 'put'): CommandEnvelope => ({
  commandId: id(n),
  streamId: STREAM,
  type,
  input: { id: 'a' },
  occurredAt: '2026-05-20T08:00:00.000Z',
});
const entry = (seq: number, stones: number, commandId = id(900 + seq)) => ({
  seq,
  commandId,
  changes: [{ table: 'piles', row: pile('a', stones) }],
});
const at = (seq: number, stones: number): Replica<Piles> =>
  receiveSnapshot(emptyReplica<Piles>(['piles']), {
    streamId: STREAM,
    seq,
    rows: { piles: [pile('a', stones)] },
  });
const stones = (replica: Replica<Piles>): number =>
  view(replica, predictPiles).rows.piles.get('a')?.stones ?? 0;
const ok = (seq: number) => ({ ok: true, seq, result: null }) as const;

describe('confirmed rows', () => {
  it('[Y1] a snapshot replaces the rows, [RT-04] one that is older than the rows does not', () => {
    const replica = at(7, 3);
    expect([replica.seq, stones(replica)]).toEqual([7, 3]);
    const older = receiveSnapshot(replica, { streamId: STREAM, seq: 6, rows: { piles: [] } });
    expect(older).toBe(replica);
  });

  it('[Y1] a snapshot leaves out archived rows and tables that this version does not know', () => {
    const rows = {
      piles: [{ ...pile('a', 1), archivedAt: '2026-05-20T08:00:00.000Z' }],
      unknown: [pile('b', 1)],
    };
    const replica = receiveSnapshot(emptyReplica<Piles>(['piles']), { streamId: STREAM, seq: 1, rows });
    expect(replica.confirmed.rows.piles.size).toBe(0);
    expect(Object.keys(replica.confirmed.rows)).toEqual(['piles']);
  });

  it('[Y2] entries apply in order, an archived row leaves', () => {
    const gone = { table: 'piles', row: { ...pile('a', 5), archivedAt: '2026-05-20T08:00:00.000Z' } };
    const { replica, gap } = receiveEntries(at(7, 3), [
      entry(8, 4),
      { seq: 9, commandId: id(909), changes: [gone] },
    ]);
    expect(gap).toBe(false);
    expect([replica.seq, replica.confirmed.rows.piles.size]).toEqual([9, 0]);
  });

  it('[Y3] [RT-04] an entry that is not newer is dropped, also inside a frame with newer ones', () => {
    const replica = at(7, 3);
    expect(receiveEntries(replica, [entry(6, 99), entry(7, 99)])).toEqual({
      replica,
      changes: [],
      gap: false,
    });
    expect(stones(receiveEntries(replica, [entry(7, 99), entry(8, 4), entry(8, 98)]).replica)).toBe(4);
  });

  it('[Y4] [RT-03] a missing entry is said, and nothing after it is taken', () => {
    const { replica, gap } = receiveEntries(at(7, 3), [entry(8, 4), entry(10, 6)]);
    expect(gap).toBe(true);
    expect([replica.seq, stones(replica)]).toEqual([8, 4]);
  });

  it('[Y4] an entry that is masked whole moves the place on', () => {
    const { replica, gap } = receiveEntries(at(7, 3), [
      { seq: 8, commandId: id(908), changes: [] },
      entry(9, 5),
    ]);
    expect([gap, replica.seq, stones(replica)]).toEqual([false, 9, 5]);
  });

  it('[Y5] a view that was given out never changes afterwards', () => {
    const before = at(7, 3);
    const shown = view(before, predictPiles);
    const { replica } = receiveEntries(before, [entry(8, 4)]);
    expect(shown.rows.piles.get('a')?.stones).toBe(3);
    expect(replica).not.toBe(before);
    expect(view(replica, predictPiles)).not.toBe(shown);
  });
});

describe('pending commands', () => {
  it('[Y5] without one the view is the confirmed rows themselves', () => {
    const replica = at(7, 3);
    expect(view(replica, predictPiles)).toBe(replica.confirmed);
  });

  it('[Y5] [REG 288974] [REG S26] they are decided again on top of the confirmed rows, whatever these became', () => {
    const replica = addPending(addPending(at(7, 3), command(1)), command(2));
    expect(stones(replica)).toBe(5);
    expect(replica.confirmed.rows.piles.get('a')?.stones).toBe(3);
    expect(stones(receiveEntries(replica, [entry(8, 10)]).replica)).toBe(12);
  });

  it('[Y5] one that the rule would refuse now changes nothing', () => {
    const replica = addPending(at(7, 0), command(1, 'take'));
    expect(view(replica, predictPiles)).toBe(replica.confirmed);
  });

  it('[Y6] an ack before its entry keeps the command in the view until the entry is there', () => {
    const acked = settle(addPending(at(7, 3), command(1)), id(1), ok(8));
    expect([acked.pending.length, stones(acked)]).toEqual([1, 4]);
    const { replica } = receiveEntries(acked, [entry(8, 4, id(1))]);
    expect([replica.pending.length, stones(replica)]).toEqual([0, 4]);
  });

  it('[Y6] an ack whose place a snapshot already covers clears the command', () => {
    const pending = addPending(at(7, 3), command(1));
    const covered = receiveSnapshot(pending, { streamId: STREAM, seq: 12, rows: { piles: [pile('a', 9)] } });
    const acked = settle(covered, id(1), ok(8));
    expect([acked.pending.length, stones(acked)]).toEqual([0, 9]);
  });

  it('[Y6] a snapshot clears what was acked before it', () => {
    const acked = settle(addPending(at(7, 3), command(1)), id(1), ok(8));
    const { pending } = receiveSnapshot(acked, { streamId: STREAM, seq: 8, rows: { piles: [pile('a', 4)] } });
    expect(pending).toEqual([]);
  });

  it('[Y7] an entry before its ack is not applied twice, and the answer is still awaited', () => {
    const { replica } = receiveEntries(addPending(at(7, 3), command(1)), [entry(8, 4, id(1))]);
    expect([replica.pending.length, stones(replica)]).toEqual([1, 4]);
    expect(settle(replica, id(1), ok(8)).pending).toEqual([]);
  });

  it('[Y8] [REG S26] a refused command leaves the view at once', () => {
    const refused = settle(addPending(at(7, 3), command(1)), id(1), reject('counterBusy'));
    expect([refused.pending.length, stones(refused)]).toEqual([0, 3]);
  });

  it('[Y8] an answer to a command that is not pending (it came twice) changes nothing', () => {
    const replica = at(7, 3);
    expect(settle(replica, id(1), ok(8))).toBe(replica);
  });

  it('[Y9] after its place is forgotten any snapshot counts, and unanswered commands stay', () => {
    const replica = settle(addPending(addPending(at(7, 3), command(1)), command(2)), id(1), ok(8));
    const again = receiveSnapshot(forgetPlace(replica), {
      streamId: STREAM,
      seq: 2,
      rows: { piles: [pile('a', 1)] },
    });
    expect([again.seq, stones(again), again.pending.length]).toEqual([2, 2, 1]);
  });
});

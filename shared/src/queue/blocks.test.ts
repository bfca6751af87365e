// Numbers that a kiosk gives without the server, and what becomes of them when it is back.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Actor } from '../kernel/actor.ts';
import { addMs, MINUTE } from '../kernel/time.ts';
import { BLOCK_SIZE, BLOCKS_MAX } from './blocks.ts';
import { queueInvariants } from './invariants.ts';
import {
  KIOSK,
  LOCATION,
  MORNING,
  ORGANISATION,
  SERVICES,
  SYSTEM,
  person,
  station,
} from './station.testing.ts';
import type { Issued, Station } from './station.testing.ts';

const TODAY = '2026-05-20';
const TOMORROW = '2026-05-21';
const kiosk = (n: number): Actor => ({
  kind: 'device',
  deviceId: `01900000-0000-7000-80f0-${String(n).padStart(12, '0')}`,
  deviceKind: 'kiosk',
  organisationId: ORGANISATION,
  locationId: LOCATION,
});

interface Block {
  readonly blockId: string;
  readonly first: number;
  readonly last: number;
}
const lease = (s: Station, actor: Actor = KIOSK, businessDay = TODAY): Block =>
  s.do<Block>('queue.leaseNumbers', { businessDay }, actor);
const given = (s: Station, block: Block, number: number, serviceId: string = SERVICES.A) => ({
  ...{ blockId: block.blockId, number, serviceId, language: 'de', linkToken: s.token() },
});
/** Gives a number of the block that many minutes ago. */
const record = (s: Station, block: Block, number: number, minutesAgo = 0, actor: Actor = KIOSK): Issued =>
  s.do<Issued>('queue.recordTicket', given(s, block, number), actor, {
    occurredAt: addMs(s.now, -minutesAgo * MINUTE),
  });

describe('blocks', () => {
  it('[KI-07] [Q56] [Q57] are leased to kiosks alone, fifty each, from the end of the three digits, and never twice', () => {
    const s = station();
    const all = [KIOSK, kiosk(7), KIOSK].map((actor) => lease(s, actor));
    expect(all.map(({ first, last }) => [first, last])).toEqual([
      [950, 999],
      [900, 949],
      [850, 899],
    ]);
    expect(lease(s, KIOSK, TOMORROW).first).toBe(950);
    expect(s.run('queue.leaseNumbers', { businessDay: TODAY }, person(1))).toMatchObject({
      code: 'notPermitted',
    });
    expect(s.run('queue.leaseNumbers', { businessDay: '2026-05-22' }, KIOSK)).toMatchObject({
      code: 'notSameDay',
    });
  });

  it('[KI-07] [Q56] one kiosk gets twelve a day', () => {
    const s = station();
    for (let n = 0; n < BLOCKS_MAX; n++) lease(s);
    expect(s.run('queue.leaseNumbers', { businessDay: TODAY }, KIOSK)).toMatchObject({
      code: 'numbersExhausted',
    });
    lease(s, kiosk(7));
  });

  it('[KI-07] [Q57] the server counts on without a gap, and passes over what is leased', () => {
    const s = station();
    s.checked = false;
    const low = Array.from({ length: 18 }, (_, n) => lease(s, kiosk(n)));
    expect(low.at(-1)?.first).toBe(100);
    expect(lease(s, kiosk(99)).first).toBe(1_000);
    const numbers = Array.from({ length: 120 }, () => s.issue(SERVICES.A, SYSTEM).number);
    expect(numbers.slice(0, 99)).toEqual(Array.from({ length: 99 }, (_, n) => n + 1));
    expect(numbers.slice(99, 101)).toEqual([1_050, 1_051]);
    expect(s.violations()).toEqual([]);
  });

  it('[KI-07] [Q58] go back at the end of the day, and the journal says what was given of them', () => {
    const s = station();
    const block = lease(s);
    lease(s, KIOSK, TOMORROW);
    record(s, block, block.first);
    record(s, block, block.first + 1);
    s.now = '2026-05-21T01:30:00.000Z';
    s.do('queue.closeDay', { businessDay: TODAY });
    const returned = s.facts.filter(({ type }) => type === 'queue.numbersReturned');
    expect(returned).toMatchObject([{ blockId: block.blockId, given: 2, unused: BLOCK_SIZE - 2 }]);
    expect([...s.live.rows.numberBlocks.values()].map(({ businessDay }) => businessDay)).toEqual([TOMORROW]);
  });
});

describe('a number given without the server', () => {
  it('[KI-07] [Q59] joins at the time of its paper, before whoever came later, with no promise', () => {
    const s = station();
    const block = lease(s);
    s.pass(60);
    const online = s.issue();
    const offline = record(s, block, block.first, 30);
    expect([offline.series, offline.number, offline.range]).toEqual(['A', 950, null]);
    expect(s.visit(offline.visitId)).toMatchObject({
      source: 'kiosk',
      arrivedAt: addMs(s.now, -30 * MINUTE),
    });
    expect(s.stage(offline.stageId)).toMatchObject({ quotedLowMin: null, quotedHighMin: null });
    expect(s.callNext(0).stageId).toBe(offline.stageId);
    expect(s.callNext(1).stageId).toBe(online.stageId);
  });

  it('[KI-07] [Q59] a kiosk whose clock is wrong puts nobody before the time at which its block was leased, nor after now', () => {
    const s = station();
    s.pass(30);
    const block = lease(s);
    s.pass(30);
    expect(s.visit(record(s, block, 950, 600).visitId).arrivedAt).toBe(addMs(MORNING, 30 * MINUTE));
    expect(s.visit(record(s, block, 951, -600).visitId).arrivedAt).toBe(s.now);
  });

  it('[KI-07] [Q60] is accepted by a queue that is full, closed, or no longer offered to machines', () => {
    const s = station({ services: { A: { maxWaiting: 1 } } });
    const block = lease(s);
    s.issue();
    expect(s.run('queue.issueTicket', s.ticket(), KIOSK)).toMatchObject({ code: 'queueFull' });
    record(s, block, 950, 5);
    s.now = '2026-05-20T18:30:00.000Z';
    expect(s.run('queue.issueTicket', s.ticket(), KIOSK)).toMatchObject({ ok: false });
    record(s, block, 951, 1);
  });

  it('[KI-07] [Q60] on another day it is counted on its own, and is over', () => {
    const s = station();
    const block = lease(s);
    s.now = '2026-05-21T06:00:00.000Z';
    s.do('queue.closeDay', { businessDay: TODAY });
    const late = given(s, block, 950);
    const { visitId } = s.do<Issued>('queue.recordTicket', late, KIOSK, {
      occurredAt: '2026-05-20T14:00:00.000Z',
    });
    expect(s.live.rows.visits.has(visitId)).toBe(false);
    const rows = s.changes.map(({ row }) => row);
    expect(rows.every(({ archivedAt }) => archivedAt === s.now)).toBe(true);
    expect(rows).toContainEqual(
      expect.objectContaining({ businessDay: TODAY, number: 950, arrivedAt: '2026-05-20T14:00:00.000Z' }),
    );
    expect(rows).toContainEqual(expect.objectContaining({ status: 'closed' }));
  });

  it('[KI-07] [Q61] where its number is taken, or another’s, it gets the next, and the journal says what is on the paper', () => {
    const s = station();
    const block = lease(s);
    const other = lease(s, kiosk(7));
    record(s, block, 950);
    expect(record(s, block, 950).number).toBe(1);
    expect(record(s, other, 901).number).toBe(2);
    expect(s.facts.at(-1)).toMatchObject({ type: 'queue.ticketRecorded', number: 2, printed: 901 });
    // Restored from before the lease: the paper counts, as long as nobody else has that number.
    const forgotten = { ...block, blockId: other.blockId.replace(/.$/, 'f') };
    expect(record(s, forgotten, 970).number).toBe(970);
    expect(record(s, forgotten, 970).number).toBe(3);
  });

  it('[KI-07] [Q61] a block that a restored house has forgotten is noted again, and leased to nobody else', () => {
    const before = station();
    const block = lease(before);
    const s = station();
    expect([record(s, block, 953).number, record(s, block, 954).number]).toEqual([953, 954]);
    const noted = [...s.live.rows.numberBlocks.values()];
    expect(noted).toMatchObject([{ first: 950, last: 999, given: 1, businessDay: TODAY }]);
    expect(queueInvariants(s.live)).toEqual([]);
    expect(lease(s, kiosk(7)).first).toBe(900);
    // A number that no block may hold, and one of a day that is over, note nothing.
    record(s, block, 12);
    record(s, block, 955, 3 * 24 * 60);
    expect(s.live.rows.numberBlocks.size).toBe(2);
  });

  it('[KI-07] [Q57] whatever kiosks lease and give, in whatever order they come back: each number once, none lost', () => {
    const step = fc.record({
      who: fc.integer({ min: 1, max: 3 }),
      what: fc.constantFrom('lease', 'give', 'give', 'give', 'issue', 'return'),
      service: fc.constantFrom(SERVICES.A, SERVICES.C),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const s = station();
        const held = new Map<number, { block: Block; next: number }>();
        const waiting = new Map<number, { input: unknown; occurredAt: string; label: string }[]>();
        const printed = new Set<string>();
        const comeBack = (who: number): void => {
          for (const { input, occurredAt, label } of waiting.get(who) ?? []) {
            const { number } = s.do<Issued>('queue.recordTicket', input, kiosk(who), { occurredAt });
            expect(label.endsWith(` ${number}`)).toBe(true);
          }
          waiting.delete(who);
        };
        for (const { who, what, service } of steps) {
          s.pass(1);
          const mine = held.get(who);
          if (what === 'issue') {
            printed.add(`${service} ${s.issue(service, SYSTEM).number}`);
          } else if (what === 'lease') {
            const block = lease(s, kiosk(who));
            held.set(who, { block, next: block.first });
          } else if (what === 'return') {
            comeBack(who);
          } else if (mine !== undefined && mine.next <= mine.block.last) {
            const label = `${service} ${mine.next}`;
            expect(printed.has(label)).toBe(false);
            printed.add(label);
            const input = given(s, mine.block, mine.next++, service);
            waiting.set(who, [...(waiting.get(who) ?? []), { input, occurredAt: s.now, label }]);
          }
        }
        [...waiting.keys()].forEach(comeBack);
        expect(s.live.rows.visits.size).toBe(printed.size);
      }),
      { numRuns: 200 },
    );
  });
});

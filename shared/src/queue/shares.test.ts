// Counters without the server: who calls whom, and what becomes of it when they are back.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SHARE_MS } from '../directory/away.ts';
import { addMs, MINUTE, SECOND } from '../kernel/time.ts';
import { doubleCallsFor } from './double-calls.ts';
import { queueForCounter } from './select.ts';
import { dealtTo, keptForAway } from './shares.ts';
import {
  COUNTERS,
  MANAGER,
  PEOPLE,
  SERVICES,
  person,
  station,
  type Issued,
  type Station,
} from './station.testing.ts';

const setAway = (s: Station, counter: number, away = true): void => {
  s.do('directory.setAway', { counterId: COUNTERS[counter], personId: PEOPLE[counter], away });
};
const line = (s: Station, n: number): Issued[] => Array.from({ length: n }, () => s.issue());
const dealt = (s: Station, issued: Issued): number =>
  COUNTERS.findIndex((id) => id === dealtTo(s.live, s.stage(issued.stageId), COUNTERS));
/** What a counter without the server would call next. */
const shareOfScreen = (s: Station, counter: number): string[] =>
  queueForCounter(s.live, COUNTERS[counter] ?? '', PEOPLE[counter] ?? '', s.now, true)
    .filter(({ callable }) => callable)
    .map(({ stage }) => stage.id);
const aloud = (
  s: Station,
  issued: Issued,
  counter: number,
  occurredAt: string,
  actor = person(counter + 1),
) =>
  s.run('queue.call', { stageId: issued.stageId, counterId: COUNTERS[counter], aloud: true }, actor, {
    occurredAt,
  });

describe('the deal', () => {
  it('[ST-03] [Q62] gives each customer to one counter that serves the service, and no counter more than its part', () => {
    const s = station({ counters: ['AB', 'AB', 'A'] });
    const all = line(s, 12);
    expect(all.map((issued) => dealt(s, issued))).toEqual([1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2, 0]);
    const b = Array.from({ length: 4 }, () => dealt(s, s.issue(SERVICES.B)));
    expect(b).toEqual([1, 0, 1, 0]);
  });

  it('[Q-05] [Q62] [Q64] whoever is cut off deals as the server does: no customer is of two shares', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 40 }), fc.subarray([0, 1, 2]), (n, cut) => {
        const s = station();
        s.checked = false;
        const all = line(s, n);
        const seen = cut.map((counter) => [counter, shareOfScreen(s, counter)] as const);
        cut.forEach((counter) => setAway(s, counter));
        for (const { stageId } of all) {
          const sharers = seen
            .filter(([, ids]) => ids.includes(stageId))
            .map(([counter]) => COUNTERS[counter]);
          const kept = keptForAway(s.live, s.stage(stageId), s.now);
          expect(sharers).toEqual(kept === null ? [] : [kept]);
        }
      }),
    );
  });

  it("[Q62] [Q24] who is reserved for a colleague is nobody else's share", () => {
    const s = station();
    const [first] = line(s, 1) as [Issued];
    const to = { serviceId: SERVICES.A, counterId: COUNTERS[2], personId: null, note: null };
    s.do('queue.transfer', { stageId: first.stageId, ...to }, person(1));
    expect([0, 1, 2].map((counter) => shareOfScreen(s, counter).length)).toEqual([0, 0, 1]);
  });
});

describe('while a counter is away', () => {
  it('[Q-05] [Q63] nobody else calls its share, neither next nor by hand, a manager neither', () => {
    const s = station();
    const all = line(s, 6);
    setAway(s, 0);
    expect([1, 2].map((counter) => s.callNext(counter).stageId)).toEqual(
      [all[0], all[1]].map((i) => i?.stageId),
    );
    s.do('queue.requeue', { stageId: all[0]?.stageId, position: { at: 'last' } }, person(2));
    const own = { stageId: all[2]?.stageId, counterId: COUNTERS[1] };
    expect(s.run('queue.call', own, person(2))).toMatchObject({
      code: 'keptForAway',
      details: { counter: '1' },
    });
    expect(s.run('queue.call', own, MANAGER)).toMatchObject({ ok: false });
    const next = queueForCounter(s.live, COUNTERS[1], PEOPLE[1], s.now);
    expect(next.find(({ stage }) => stage.id === own.stageId)).toMatchObject({
      callable: false,
      reason: { kind: 'forCounter', counter: '1' },
    });
    expect(s.callNext(1).stageId).toBe(all[3]?.stageId);
  });

  it("[Q63] [DR10] who came later is everybody's; after a quarter of an hour all are, and nobody is forgotten", () => {
    const s = station({ counters: ['A', 'A', ''] });
    const before = line(s, 4);
    s.pass(0.1);
    setAway(s, 0);
    s.pass(0.1);
    const later = line(s, 2);
    const calledAt = () => {
      const { stageId } = s.callNext(1);
      s.do('queue.start', { stageId }, person(2));
      s.do('queue.complete', { stageId, outcome: null }, person(2));
      return [...before, ...later].findIndex((issued) => issued.stageId === stageId) + 1;
    };
    expect([calledAt(), calledAt(), calledAt(), calledAt()]).toEqual([1, 3, 5, 6]);
    expect(s.run('queue.callNext', { counterId: COUNTERS[1] }, person(2))).toMatchObject({
      code: 'queueEmpty',
      details: { notCallable: 2 },
    });
    s.pass(SHARE_MS / MINUTE);
    expect([calledAt(), calledAt()]).toEqual([2, 4]);
  });

  it('[DR10] [DR11] only the server notes it, nobody on a break has a share; back or released, it is over', () => {
    const s = station();
    line(s, 6);
    const input = { counterId: COUNTERS[0], personId: PEOPLE[0], away: true };
    const awayOf = () => s.live.rows.presences.get(COUNTERS[0])?.away ?? null;
    s.do('directory.setBreak', { counterId: COUNTERS[0], onBreak: true }, person(1));
    setAway(s, 0);
    expect(awayOf()).toBeNull();
    s.do('directory.setBreak', { counterId: COUNTERS[0], onBreak: false }, person(1));
    s.do('directory.setAway', { ...input, personId: PEOPLE[1] });
    expect(awayOf()).toBeNull();
    setAway(s, 0);
    expect(awayOf()).toMatchObject({ since: s.now, counterIds: [...COUNTERS] });
    setAway(s, 0, false);
    expect(awayOf()).toBeNull();
    setAway(s, 0);
    s.pass(1);
    s.do('directory.releaseShare', { counterId: COUNTERS[0] }, person(2));
    expect(awayOf()).toMatchObject({ until: s.now });
    expect(s.run('directory.releaseShare', { counterId: COUNTERS[0] }, person(2))).toMatchObject({
      changes: [],
    });
    expect(s.facts.map(({ type }) => type)).toEqual(
      expect.arrayContaining(['directory.lineLost', 'directory.lineBack', 'directory.shareReleased']),
    );
  });
});

describe('calls by voice', () => {
  it('[ST-03] [Q65] [DI-02] count from when they were made, and are announced only while they are fresh', () => {
    const s = station();
    const all = line(s, 2) as [Issued, Issued];
    s.pass(20);
    const at = addMs(s.now, -10 * MINUTE);
    expect(aloud(s, all[0], 0, at)).toMatchObject({ ok: true, facts: [{ type: 'queue.ticketCalledAloud' }] });
    expect(s.stage(all[0].stageId)).toMatchObject({ status: 'called', calledAt: at, counterId: COUNTERS[0] });
    const calls = [...s.live.rows.calls.values()];
    expect(calls).toMatchObject([{ stageId: all[0].stageId, order: 1, calledAt: at, withdrawnAt: at }]);
    const fresh = addMs(s.now, -20 * SECOND);
    expect(aloud(s, all[1], 1, fresh)).toMatchObject({ facts: [{ type: 'queue.ticketCalled' }] });
    expect([...s.live.rows.calls.values()].at(-1)).toMatchObject({ order: 2, withdrawnAt: null });
  });

  it('[ST-03] [Q65] a whole service at a counter without the server stands with its own times', () => {
    const s = station();
    const [first] = line(s, 1) as [Issued];
    s.pass(30);
    const at = (minute: number) => ({ occurredAt: addMs(s.now, (minute - 30) * MINUTE) });
    const { stageId } = first;
    aloud(s, first, 0, at(5).occurredAt);
    s.do('queue.start', { stageId, version: 2 }, person(1), at(6));
    s.do('queue.setNote', { visitId: first.visitId, name: 'Keller', note: null }, person(1), at(7));
    s.do('queue.complete', { stageId, version: 3, outcome: null }, person(1), at(12));
    expect(s.stage(stageId)).toMatchObject({
      status: 'done',
      calledAt: at(5).occurredAt,
      startedAt: at(6).occurredAt,
      endedAt: at(12).occurredAt,
    });
  });

  it('[Q-05] [Q66] who was called elsewhere meanwhile stays there, and both counters know until both have said so', () => {
    const s = station();
    const [first] = line(s, 1) as [Issued];
    const { stageId } = first;
    s.do('queue.call', { stageId, counterId: COUNTERS[1] }, person(2));
    s.do('queue.start', { stageId }, person(2));
    const at = s.now;
    s.pass(3);
    expect(aloud(s, first, 0, at)).toMatchObject({
      facts: [{ type: 'queue.ticketCalledTwice', counterId: COUNTERS[0] }],
    });
    expect(s.stage(stageId)).toMatchObject({
      status: 'serving',
      counterId: COUNTERS[1],
      alsoCalled: [{ counterId: COUNTERS[0], at, knownTo: [] }],
    });
    expect(s.run('queue.start', { stageId }, person(1))).toMatchObject({ ok: false });
    const know = (counter: number) =>
      s.run(
        'queue.acknowledgeDoubleCall',
        { stageId, counterId: COUNTERS[counter], aloudCounterId: COUNTERS[0] },
        person(counter + 1),
      );
    expect(know(2)).toMatchObject({ ok: true, changes: [] });
    know(0);
    know(1);
    expect(know(1)).toMatchObject({ changes: [] });
    expect(s.stage(stageId).alsoCalled?.[0]?.knownTo).toEqual([COUNTERS[0], COUNTERS[1]]);
    s.do('queue.complete', { stageId, outcome: null }, person(2));
  });

  it('[Q-05] [Q66] a third counter is told as well, the second is not forgotten, and each says so for itself', () => {
    const s = station();
    const [first] = line(s, 1) as [Issued];
    const { stageId } = first;
    s.do('queue.call', { stageId, counterId: COUNTERS[1] }, person(2));
    const at = s.now;
    s.pass(1);
    const toTell = () =>
      [0, 1, 2].map((counter) =>
        doubleCallsFor(s.stage(stageId), COUNTERS[counter] ?? '').map((call) =>
          COUNTERS.findIndex((id) => id === call.counterId),
        ),
      );
    const know = (counter: number, aloudAt: number) =>
      s.do(
        'queue.acknowledgeDoubleCall',
        { stageId, counterId: COUNTERS[counter], aloudCounterId: COUNTERS[aloudAt] },
        person(counter + 1),
      );
    aloud(s, first, 0, at);
    know(1, 0);
    aloud(s, first, 2, at);
    expect(toTell()).toEqual([[0], [2], [2]]);
    know(2, 2);
    know(2, 0);
    expect(toTell()).toEqual([[0], [2], []]);
    know(0, 0);
    know(1, 2);
    expect(toTell()).toEqual([[], [], []]);
    // Who calls again by voice is told again, and so is the one where the customer is.
    aloud(s, first, 0, s.now);
    expect(toTell()).toEqual([[0], [0], []]);
  });

  it('[Q66] also where the other counter has served and gone on; who has left the queue is refused', () => {
    const s = station();
    const [served, gone] = line(s, 2) as [Issued, Issued];
    s.do('queue.call', { stageId: served.stageId, counterId: COUNTERS[1] }, person(2));
    s.do('queue.start', { stageId: served.stageId }, person(2));
    s.do('queue.complete', { stageId: served.stageId, outcome: null }, person(2));
    s.do('queue.cancel', { stageId: gone.stageId, reason: '' }, person(2));
    s.pass(1);
    expect(aloud(s, served, 0, s.now)).toMatchObject({ facts: [{ type: 'queue.ticketCalledTwice' }] });
    expect(s.stage(served.stageId)).toMatchObject({
      status: 'done',
      alsoCalled: [{ counterId: COUNTERS[0] }],
    });
    expect(aloud(s, gone, 0, s.now)).toMatchObject({ code: 'illegalMove', details: { status: 'cancelled' } });
  });

  it('[Q66] also where somebody has taken over the counter since at which the number was said', () => {
    const s = station();
    const [first] = line(s, 1) as [Issued];
    const at = s.now;
    s.do('queue.call', { stageId: first.stageId, counterId: COUNTERS[1] }, person(2));
    s.do('directory.signOff', { counterId: COUNTERS[0] }, person(1));
    s.pass(1);
    expect(aloud(s, first, 0, at)).toMatchObject({
      facts: [{ type: 'queue.ticketCalledTwice', counterId: COUNTERS[0] }],
    });
    expect(s.stage(first.stageId)).toMatchObject({
      counterId: COUNTERS[1],
      alsoCalled: [{ counterId: COUNTERS[0] }],
    });
  });

  it('[Q67] a late "next" calls whom the screen had shown, or nobody; a late call not by voice nobody', () => {
    const s = station();
    const [first, second] = line(s, 2) as [Issued, Issued];
    s.pass(20);
    const occurredAt = addMs(s.now, -5 * MINUTE);
    const next = (shown?: string, counter = 0) =>
      s.run('queue.callNext', { counterId: COUNTERS[counter], shown }, person(counter + 1), { occurredAt });
    expect(next()).toMatchObject({ code: 'commandExpired' });
    expect(
      s.run('queue.call', { stageId: first.stageId, counterId: COUNTERS[0] }, person(1), { occurredAt }),
    ).toMatchObject({ code: 'commandExpired' });
    expect(next(second.stageId)).toMatchObject({ facts: [{ type: 'queue.ticketCalledAloud' }] });
    expect(s.stage(second.stageId)).toMatchObject({ status: 'called', calledAt: occurredAt });
    expect(s.callNext(1).stageId).toBe(first.stageId);
  });

  it('[Q67] [Q68] a late recall is not announced, and an undo counts from when it was pressed', () => {
    const s = station();
    const [first] = line(s, 1) as [Issued];
    const { stageId } = first;
    s.pass(20);
    const at = (seconds: number) => ({ occurredAt: addMs(s.now, -10 * MINUTE + seconds * SECOND) });
    aloud(s, first, 0, at(0).occurredAt);
    s.do('queue.recall', { stageId }, person(1), at(60));
    expect(s.stage(stageId)).toMatchObject({ callNo: 2 });
    expect([...s.live.rows.calls.values()].every(({ withdrawnAt }) => withdrawnAt !== null)).toBe(true);
    s.do('queue.start', { stageId }, person(1), at(70));
    const { version } = s.stage(stageId);
    expect(s.run('queue.undo', { stageId, version }, person(1), at(81))).toMatchObject({
      code: 'undoExpired',
    });
    s.do('queue.undo', { stageId, version }, person(1), at(79));
    expect(s.stage(stageId)).toMatchObject({ status: 'called', callNo: 2 });
  });
});

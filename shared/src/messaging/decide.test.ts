import { beforeEach, describe, expect, it } from 'vitest';
import { addMs } from '../kernel/time.ts';
import { LIMITS_PER } from './decide.ts';
import {
  addTicket,
  COUNTERS,
  Desk,
  LOCATION,
  NOW,
  PHONE,
  setStage,
  stageId,
  visitId,
} from './messages.testing.ts';
import type { Location } from '../platform/rows.ts';
import { smsBudget } from './select.ts';
import { messagingInvariants } from './invariants.ts';

let desk: Desk;
beforeEach(() => {
  desk = new Desk();
});
const called = (n: number, phone: string | null = PHONE) => {
  addTicket(desk.live, n, phone);
  setStage(desk.live, n, 'called', COUNTERS[0]);
};
const statuses = () => [...desk.live.rows.messages.values()].map((m) => m.status);

describe('messaging.prepare', () => {
  it('[M1] [KI-03] writes nothing for a ticket without opt-in', () => {
    called(1, null);
    expect(desk.prepare(1, 'called')).toMatchObject({ ok: false, code: 'consentMissing' });
    addTicket(desk.live, 2, null);
    expect(desk.prepare(2, 'approaching')).toMatchObject({ ok: false, code: 'consentMissing' });
    expect(desk.live.rows.messages.size).toBe(0);
  });

  it('[M1] [COM-07] writes nothing where the opt-in is ticked but no consent is recorded', () => {
    called(1);
    desk.live.rows.visitContacts.clear();
    expect(desk.prepare(1, 'called')).toMatchObject({ ok: false, code: 'consentMissing' });
  });

  it('[M1] writes who, what and until when', () => {
    called(42);
    expect(desk.prepare(42, 'called')).toMatchObject({ ok: true });
    expect(desk.message(42)).toMatchObject({
      toE164: PHONE,
      language: 'de',
      body: 'Zürich Flughafen: Nummer B042, bitte zu Schalter 3. https://schalter.example.ch/t#AbCdEfGhIjKlMnOpQrStUv',
      segments: 1,
      status: 'queued',
      dedupeKey: `stage:${stageId(42)}:called`,
    });
  });

  it.each(['waiting', 'serving', 'held', 'no_show', 'left', 'cancelled', 'done'] as const)(
    '[M2] writes no "called" for a stage that is %s',
    (status) => {
      addTicket(desk.live, 1);
      setStage(desk.live, 1, status, null);
      expect(desk.prepare(1, 'called')).toMatchObject({
        ok: false,
        code: 'messageNotWanted',
        details: { status },
      });
    },
  );

  it('[M2] writes no "approaching" for a stage that is called', () => {
    called(1);
    expect(desk.prepare(1, 'approaching')).toMatchObject({ ok: false, code: 'messageNotWanted' });
  });

  it('[M3] [Q-07] writes one message per stage and template, however often it is asked', () => {
    called(1);
    desk.prepare(1, 'called');
    expect(desk.prepare(1, 'called')).toMatchObject({
      ok: false,
      code: 'messageNotWanted',
      details: { status: 'queued' },
    });
    desk.claim(1);
    expect(desk.prepare(1, 'called')).toMatchObject({ details: { status: 'sending' } });
    desk.outcome(1, { providerId: 'SM1' });
    expect(desk.prepare(1, 'called')).toMatchObject({ details: { status: 'sent' } });
    expect(desk.live.rows.messages.size).toBe(1);
  });

  it.each(['failed', 'unknown'] as const)('[M3] does not write again what is %s', (status) => {
    called(1);
    desk.prepare(1, 'called');
    desk.claim(1);
    desk.outcome(1, { outcome: status === 'failed' ? 'rejected' : 'unknown', errorCode: 'x' });
    expect(desk.prepare(1, 'called')).toMatchObject({ ok: false, details: { status } });
  });

  it('[M3] takes up a message that a withdrawn call had cancelled, under the same key', () => {
    called(1);
    desk.prepare(1, 'called');
    setStage(desk.live, 1, 'waiting', null);
    expect(desk.claim(1)).toEqual({ do: 'stop', status: 'cancelled' });
    setStage(desk.live, 1, 'called', COUNTERS[1]);
    expect(desk.prepare(1, 'called')).toMatchObject({ ok: true });
    expect(desk.live.rows.messages.size).toBe(1);
    expect(desk.message(1)).toMatchObject({
      status: 'queued',
      body: expect.stringContaining('Schalter 5.') as string,
    });
  });

  it.each(['phoneInvalid', 'phoneNotMobile', 'phoneCountryNotAllowed'] as const)(
    '[M5] refuses: %s',
    (code) => {
      called(1);
      desk.given = { phone: { ok: false, code } };
      expect(desk.prepare(1, 'called')).toEqual({ ok: false, code });
    },
  );

  it('[M6] keeps the last of a ticket’s three messages for "called"', () => {
    addTicket(desk.live, 1);
    // Two stages of the same visit have had theirs before (a customer who was transferred).
    for (const n of [2, 3]) {
      addTicket(desk.live, n);
      setStage(desk.live, n, 'called', COUNTERS[0]);
      desk.live.rows.stages.set(stageId(n), {
        ...setStage(desk.live, n, 'called', COUNTERS[0]),
        visitId: visitId(1),
      });
      desk.prepare(n, 'called');
    }
    expect(desk.prepare(1, 'approaching')).toMatchObject({
      code: 'messageLimitReached',
      details: { limit: 'ticket' },
    });
    setStage(desk.live, 1, 'called', COUNTERS[0]);
    expect(desk.prepare(1, 'called')).toMatchObject({ ok: true });
  });

  it('[M6] stops at five messages for a number and day, whichever tickets they are for', () => {
    for (let n = 1; n <= LIMITS_PER.numberAndDay; n++) {
      called(n);
      expect(desk.prepare(n, 'called').ok).toBe(true);
    }
    called(6);
    expect(desk.prepare(6, 'called')).toMatchObject({
      code: 'messageLimitReached',
      details: { limit: 'number' },
    });
    called(7, '+41791234568');
    expect(desk.prepare(7, 'called').ok).toBe(true);
  });

  it('[M6] believes what the database knows of other locations', () => {
    called(1);
    desk.given = { messagesToday: { toNumber: 5 } };
    expect(desk.prepare(1, 'called')).toMatchObject({ details: { limit: 'number' } });
    desk.given = { messagesToday: { toNumber: 4 } };
    expect(desk.prepare(1, 'called')).toMatchObject({ ok: true });
  });

  it('[M6] does not count what was never sent', () => {
    for (let n = 1; n <= 5; n++) {
      called(n);
      desk.prepare(n, 'called');
      setStage(desk.live, n, 'left', null);
      expect(desk.claim(n)).toEqual({ do: 'stop', status: 'cancelled' });
    }
    called(6);
    expect(desk.prepare(6, 'called').ok).toBe(true);
  });

  /** Somebody with a number of their own, typed on one of the house's devices. */
  function typedOn(device: number | null, n: number): void {
    called(n, `+4179${String(1_000_000 + n)}`);
    const contact = [...desk.live.rows.visitContacts.values()].find((c) => c.visitId === visitId(n))!;
    const deviceId = device === null ? null : `01900000-0000-7000-8000-00000000000${device}`;
    desk.live.rows.visitContacts.set(contact.id, { ...contact, deviceId });
  }
  const limits = (changed: Partial<Location>): void => {
    const location = desk.live.rows.locations.get(LOCATION)!;
    desk.live.rows.locations.set(LOCATION, { ...location, ...changed });
  };

  it('[M6] stops at three hundred a day for one kiosk, and for all phones together', () => {
    const { deviceAndDay } = LIMITS_PER;
    for (let n = 1; n <= deviceAndDay; n++) {
      typedOn(1, n);
      expect(desk.prepare(n, 'called').ok).toBe(true);
    }
    const n = deviceAndDay + 1;
    typedOn(1, n);
    expect(desk.prepare(n, 'called')).toMatchObject({ details: { limit: 'device' } });
    typedOn(2, n + 1);
    expect(desk.prepare(n + 1, 'called')).toMatchObject({ ok: true });
    typedOn(null, n + 2);
    expect(desk.prepare(n + 2, 'called')).toMatchObject({ ok: true });
  });

  it('[M26] spends at most the budget of the day, whoever takes ten thousand tickets', () => {
    for (let n = 1; n <= 1_100; n++) {
      typedOn(n % 9, n);
      desk.prepare(n, 'called');
    }
    expect(desk.live.rows.messages.size).toBe(1_000);
    expect(desk.prepare(1_100, 'called')).toMatchObject({ details: { limit: 'day' } });
  });

  it('[M26] and of the month: what the closed days have sent counts, a new month begins anew', () => {
    limits({ smsPerMonth: 40, smsMonth: '2026-05', smsMonthSent: 39 });
    typedOn(1, 1);
    typedOn(1, 2);
    expect(desk.prepare(1, 'called')).toMatchObject({ ok: true });
    expect(desk.prepare(2, 'called')).toMatchObject({ details: { limit: 'month' } });
    limits({ smsMonth: '2026-04' });
    expect(desk.prepare(2, 'called')).toMatchObject({ ok: true });
  });

  it('[M26] a budget that is lowered holds for what waits already', () => {
    typedOn(1, 1);
    typedOn(1, 2);
    desk.prepare(1, 'called');
    limits({ smsPerDay: 0 });
    expect(desk.claim(1)).toEqual({ do: 'stop', status: 'cancelled' });
    expect(desk.prepare(2, 'called')).toMatchObject({ details: { limit: 'day' } });
    limits({ smsPerDay: 1_000 });
    expect(desk.prepare(1, 'called')).toMatchObject({ ok: true });
  });

  it('[M27] says so before, and when it is spent', () => {
    limits({ smsPerDay: 10, smsPerMonth: 1_000 });
    const seen: string[] = [];
    for (let n = 1; n <= 11; n++) {
      typedOn(1, n);
      desk.prepare(n, 'called');
      const location = desk.live.rows.locations.get(LOCATION)!;
      const { period, sent, of, state } = smsBudget(desk.live, location, '2026-05-20');
      seen.push(`${period} ${sent}/${of} ${state}`);
    }
    expect([seen[6], seen[7], seen[8]]).toEqual(['day 7/10 enough', 'day 8/10 near', 'day 9/10 near']);
    expect([seen[9], seen[10]]).toEqual(['day 10/10 spent', 'day 10/10 spent']);
    limits({ smsPerMonth: 12 });
    expect(smsBudget(desk.live, desk.live.rows.locations.get(LOCATION)!, '2026-05-20')).toMatchObject({
      period: 'day',
      state: 'spent',
    });
  });

  it('[M26] adds up what a closed day has sent, once', () => {
    for (const n of [1, 2, 3]) {
      typedOn(1, n);
      desk.prepare(n, 'called');
      desk.claim(n);
      desk.outcome(n, { outcome: n === 3 ? 'not_sent' : 'accepted', providerId: n === 3 ? null : `SM${n}` });
      desk.live.rows.stages.delete(stageId(n));
    }
    desk.run('messaging.closeDay', { businessDay: '2026-05-20' });
    desk.run('messaging.closeDay', { businessDay: '2026-05-20' });
    expect(desk.live.rows.locations.get(LOCATION)).toMatchObject({ smsMonth: '2026-05', smsMonthSent: 2 });
  });

  it('[M7] writes no other message to a number that answered STOP', () => {
    called(1);
    desk.prepare(1, 'called');
    desk.claim(1);
    desk.outcome(1, { outcome: 'rejected', errorCode: '21610' });
    called(2);
    expect(desk.prepare(2, 'called')).toMatchObject({ ok: false, code: 'consentMissing' });
  });

  it('[M9] is worth five minutes from the call, fifteen from the writing of "approaching"', () => {
    addTicket(desk.live, 1);
    desk.now = addMs(NOW, 60_000);
    desk.prepare(1, 'approaching');
    expect(desk.message(1, 'approaching')?.expiresAt).toBe(addMs(desk.now, 15 * 60_000));
    setStage(desk.live, 1, 'called', COUNTERS[0], NOW);
    desk.prepare(1, 'called');
    expect(desk.message(1)?.expiresAt).toBe(addMs(NOW, 5 * 60_000));
  });
});

describe('messaging.claim', () => {
  beforeEach(() => {
    called(1);
    desk.prepare(1, 'called');
  });

  it('[M11] gives a message to one worker, for its lease', () => {
    expect(desk.claim(1)).toEqual({ do: 'send', attempt: 1, claimedUntil: addMs(NOW, 12_000) });
    desk.now = addMs(NOW, 11_999);
    expect(desk.claim(1)).toBe('messageNotWanted');
    expect(desk.message(1)).toMatchObject({ status: 'sending', attempts: 1 });
  });

  it('[M8] says the counter of now, not of when it was written', () => {
    setStage(desk.live, 1, 'called', COUNTERS[1], addMs(NOW, 4_000));
    desk.now = addMs(NOW, 5_000);
    expect(desk.claim(1)).toMatchObject({ do: 'send' });
    expect(desk.message(1)?.body).toContain(
      'Schalter 5. https://schalter.example.ch/t#AbCdEfGhIjKlMnOpQrStUv',
    );
    expect(desk.message(1)?.expiresAt).toBe(addMs(NOW, 304_000));
  });

  it.each(['serving', 'waiting', 'no_show', 'left', 'cancelled', 'transferred', 'done'] as const)(
    '[M12] cancels "called" for a stage that is %s by now',
    (status) => {
      setStage(desk.live, 1, status, null);
      expect(desk.claim(1)).toEqual({ do: 'stop', status: 'cancelled' });
      expect(statuses()).toEqual(['cancelled']);
    },
  );

  it('[M12] cancels "approaching" for a stage that is called by now', () => {
    addTicket(desk.live, 2);
    desk.prepare(2, 'approaching');
    setStage(desk.live, 2, 'called', COUNTERS[1]);
    expect(desk.claim(2, 'approaching')).toEqual({ do: 'stop', status: 'cancelled' });
  });

  it('[M12] [COM-07] cancels where the consent was withdrawn after the writing', () => {
    const visit = desk.live.rows.visits.get(visitId(1));
    if (visit !== undefined) desk.live.rows.visits.set(visit.id, { ...visit, smsOptIn: false });
    expect(desk.claim(1)).toEqual({ do: 'stop', status: 'cancelled' });
    expect(desk.message(1)?.toE164).toBe('+4179•••••67');
  });

  it('[M12] cancels where the number is another one by now', () => {
    for (const contact of desk.live.rows.visitContacts.values()) {
      desk.live.rows.visitContacts.set(contact.id, { ...contact, phoneE164: '+41791234599' });
    }
    expect(desk.claim(1)).toEqual({ do: 'stop', status: 'cancelled' });
  });

  it('[M12] lets expire what is worth less than five seconds', () => {
    desk.now = addMs(NOW, 295_000);
    expect(desk.claim(1)).toEqual({ do: 'stop', status: 'expired' });
  });

  it('[M12] fails where the country is not allowed any more', () => {
    desk.given = { phone: { ok: false, code: 'phoneCountryNotAllowed' } };
    expect(desk.claim(1)).toEqual({ do: 'stop', status: 'failed' });
    expect(desk.message(1)?.errorCode).toBe('phoneCountryNotAllowed');
  });

  it('[M13] looks for a message whose lease ended without an outcome', () => {
    desk.claim(1);
    desk.now = addMs(NOW, 12_000);
    // Even where nobody needs it any more: first it must be known whether it was sent.
    setStage(desk.live, 1, 'serving', COUNTERS[0]);
    expect(desk.claim(1)).toMatchObject({ do: 'reconcile', attempt: 1 });
    expect(desk.claim(1)).toBe('messageNotWanted');
  });

  it('[M13] looks for an unknown one, and never sends it', () => {
    desk.claim(1);
    desk.outcome(1, { outcome: 'unknown', errorCode: 'ECONNRESET' });
    expect(statuses()).toEqual(['unknown']);
    desk.now = addMs(NOW, 10_000);
    expect(desk.claim(1)).toMatchObject({ do: 'reconcile', attempt: 1 });
    expect(desk.message(1)?.attempts).toBe(1);
  });

  it('refuses what is not there, and what is settled', () => {
    expect(desk.run('messaging.claim', { messageId: visitId(9), leaseMs: 1_000 })).toMatchObject({
      code: 'messageUnknown',
    });
    desk.claim(1);
    desk.outcome(1, { providerId: 'SM1' });
    expect(desk.claim(1)).toBe('messageNotWanted');
  });
});

describe('what is forgotten', () => {
  it('[M21] cancels what waits and erases number and link from what was sent', () => {
    called(1);
    desk.prepare(1, 'called');
    desk.claim(1);
    desk.outcome(1, { providerId: 'SM1' });
    addTicket(desk.live, 2, '+41791234568');
    desk.prepare(2, 'approaching');
    expect(desk.run('messaging.forget', { visitId: visitId(1) }).ok).toBe(true);
    expect(desk.message(1)).toMatchObject({ status: 'sent', toE164: '+4179•••••67' });
    expect(desk.message(1)?.body).toBe('Zürich Flughafen: Nummer B001, bitte zu Schalter 3.');
    expect(desk.message(2, 'approaching')).toMatchObject({ status: 'queued', toE164: '+41791234568' });
    desk.run('messaging.forget', { visitId: visitId(2) });
    expect(desk.message(2, 'approaching')).toMatchObject({ status: 'cancelled', toE164: '+4179•••••68' });
  });

  it('[M21] erases a message under way as soon as its end is known', () => {
    called(1);
    desk.prepare(1, 'called');
    desk.claim(1);
    const visit = desk.live.rows.visits.get(visitId(1));
    if (visit !== undefined) desk.live.rows.visits.set(visit.id, { ...visit, smsOptIn: false });
    desk.run('messaging.forget', { visitId: visitId(1) });
    expect(desk.message(1)?.toE164).toBe(PHONE);
    desk.outcome(1, { providerId: 'SM1' });
    expect(desk.message(1)).toMatchObject({ status: 'sent', toE164: '+4179•••••67' });
  });

  it('[M22] archives the messages of tickets that are gone, and keeps those of tickets that stay', () => {
    called(1);
    called(2, '+41791234568');
    for (const n of [1, 2]) desk.prepare(n, 'called');
    desk.live.rows.stages.delete(stageId(1));
    const closed = desk.run('messaging.closeDay', { businessDay: '2026-05-20' });
    expect(closed).toMatchObject({ ok: true, facts: [{ archived: 1 }] });
    expect(desk.message(1)).toBeUndefined();
    expect(desk.message(2)).toMatchObject({ status: 'queued' });
  });

  it('[M22] leaves the messages of a later day alone', () => {
    called(1);
    desk.prepare(1, 'called');
    desk.live.rows.stages.delete(stageId(1));
    expect(desk.run('messaging.closeDay', { businessDay: '2026-05-19' })).toMatchObject({
      facts: [{ archived: 0 }],
    });
    expect(desk.message(1)).toBeDefined();
  });
});

describe('invariants', () => {
  it('hold for what the rules write, and notice what they would not', () => {
    called(1);
    desk.prepare(1, 'called');
    expect(messagingInvariants(desk.live)).toEqual([]);
    const message = desk.message(1);
    if (message === undefined) throw new Error('no message');
    desk.live.rows.messages.set(visitId(8), { ...message, id: visitId(8), status: 'sending' });
    expect(messagingInvariants(desk.live)).toEqual([
      'a stage has two messages of one template',
      `message ${visitId(8)}: is being sent by nobody`,
    ]);
  });
});

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '@schalter/server/test/database.ts';
import { outboxSms } from '@schalter/server/src/adapters/outbox-sms.ts';
import type { App } from '@schalter/server/src/app.ts';
import { LANGUAGES } from '@schalter/shared/kernel/text.ts';
import { startTwilioEmulator, type TwilioEmulator } from '../support/twilio-emulator.ts';
import { startServer, Station, through, until, type Ticket } from './messaging-station.ts';

let database: TestDatabase;
let emulator: TwilioEmulator;
let app: App;
let station: Station;

beforeAll(async () => {
  database = await createTestDatabase();
  emulator = await startTwilioEmulator();
  app = await startServer(database.url, through(emulator));
});
afterAll(async () => {
  await app.stop();
  await emulator.close();
  await database.drop();
});
beforeEach(async () => {
  emulator.reset();
  station = await new Station(app).open();
});

const sentTo = (phone: string) => emulator.sent.filter((m) => m.to === phone).map((m) => m.body);
const messageOf = async (ticket: Ticket, template: 'approaching' | 'called') =>
  (await station.messages()).find((m) => m.stageId === ticket.stageId && m.template === template);
const arrived = (phone: string, count: number) =>
  until(
    `${count} messages to ${phone}`,
    () => sentTo(phone),
    (bodies) => bodies.length >= count,
  );
const settled = (ticket: Ticket, template: 'approaching' | 'called', status: string, msMax?: number) =>
  until(
    `"${template}" ${status}`,
    () => messageOf(ticket, template),
    (m) => m?.status === status,
    msMax,
  );

describe('a morning at the counter', () => {
  it('[Q-07] tells each opted-in customer once that the turn approaches and once that it has come, in their language', async () => {
    const phones = LANGUAGES.map(() => station.phone());
    const tickets: Ticket[] = [];
    for (const [i, language] of LANGUAGES.entries())
      tickets.push(await station.issue(phones[i] ?? '', language));
    const calledAt: number[] = [];
    for (const [i, ticket] of tickets.entries()) {
      await arrived(phones[i] ?? '', 1);
      calledAt.push(Date.now());
      expect((await station.does('queue.callNext')).stageId).toBe(ticket.stageId);
      // The wall calls again; a message does not.
      await station.does('queue.recall', { stageId: ticket.stageId });
      await arrived(phones[i] ?? '', 2);
      await station.does('queue.start', { stageId: ticket.stageId });
      await station.does('queue.complete', { stageId: ticket.stageId, outcome: null });
    }
    await emulator.idle();
    expect(phones.map((phone) => sentTo(phone).map((body) => body.replace(/ https?:.*$/, '')))).toEqual([
      [
        'Zürich Flughafen: Nummer M001 ist bald an der Reihe. Bitte halten Sie sich bereit.',
        'Zürich Flughafen: Nummer M001, bitte zu Schalter 1.',
      ],
      [
        'Zürich Flughafen: numéro M002, votre tour approche. Merci de rester à proximité.',
        'Zürich Flughafen: numéro M002, veuillez vous présenter au guichet 1.',
      ],
      [
        'Zürich Flughafen: numero M003, tra poco tocca a Lei. La preghiamo di restare vicino.',
        'Zürich Flughafen: numero M003, La preghiamo di venire allo sportello 1.',
      ],
      [
        'Zürich Flughafen: number M004 is coming up soon. Please stay close by.',
        'Zürich Flughafen: number M004, please go to counter 1.',
      ],
    ]);
    expect(emulator.sent.every((m) => m.segments === 1 && m.encoding === 'GSM-7')).toBe(true);
    // The first try of "called" comes while the customer can still hear the call.
    for (const [i, at] of calledAt.entries()) {
      const called = emulator.sent.filter((m) => m.to === phones[i])[1];
      expect((called?.at ?? Infinity) - at).toBeLessThan(5_000);
    }
    for (const ticket of tickets) {
      await settled(ticket, 'approaching', 'delivered');
      await settled(ticket, 'called', 'delivered');
    }
    expect(emulator.attempts).toHaveLength(8);
  });

  it('[Q-07] warns by place alone those whose place is near, and the others when they move up', async () => {
    const phones = [station.phone(), station.phone(), station.phone()];
    const tickets: Ticket[] = [];
    for (const phone of phones) tickets.push(await station.issue(phone));
    await arrived(phones[1] ?? '', 1);
    expect(sentTo(phones[2] ?? '')).toEqual([]);
    const [first] = tickets;
    if (first === undefined) throw new Error('no ticket');
    await station.run('queue.leave', {}, station.customer(first));
    await arrived(phones[2] ?? '', 1);
  });

  it('[Q-07] [M3] says nothing a second time after an undo, a requeue and another call', async () => {
    const phone = station.phone();
    const ticket = await station.issue(phone);
    await arrived(phone, 1);
    await station.does('queue.callNext');
    await arrived(phone, 2);
    const version = (await station.stage(ticket.stageId))?.version;
    await station.does('queue.undo', { stageId: ticket.stageId, version });
    await station.does('queue.callNext');
    await station.does('queue.requeue', { stageId: ticket.stageId, position: { at: 'first' } });
    await station.does('queue.callNext');
    // Another ticket's messages go through the same jobs: when they are there, nothing of this one is left.
    const other = station.phone();
    await station.issue(other);
    await arrived(other, 1);
    expect(sentTo(phone)).toHaveLength(2);
  });
});

describe('who did not agree', () => {
  it('[KI-03] [COM-07] without opt-in gets nothing, whatever becomes of the ticket', async () => {
    const silent = [await station.issue(null), await station.issue(null), await station.issue(null)];
    for (const { stageId } of silent.slice(0, 2)) {
      expect((await station.does('queue.callNext')).stageId).toBe(stageId);
      await station.does('queue.recall', { stageId });
      await station.does('queue.start', { stageId });
      await station.does('queue.complete', { stageId, outcome: null });
    }
    const phone = station.phone();
    await station.issue(phone);
    await arrived(phone, 1);
    expect(emulator.attempts.map((a) => a.to)).toEqual([phone]);
    expect(await station.messages()).toHaveLength(1);
    // Not even where somebody asks for it by hand.
    const asked = { stageId: silent[2]?.stageId, template: 'approaching', link: 'https://example.ch/t#x' };
    expect(await station.tryTo('messaging.prepare', asked)).toMatchObject({
      ok: false,
      code: 'consentMissing',
    });
  });

  it('[COM-07] [M21] gets nothing after withdrawing, and the number is gone', async () => {
    const phone = station.phone();
    const ticket = await station.issue(phone);
    await settled(ticket, 'approaching', 'delivered');
    await station.run('queue.withdrawContact', {}, station.customer(ticket));
    await station.does('queue.callNext');
    const other = station.phone();
    await station.issue(other);
    await arrived(other, 1);
    expect(sentTo(phone)).toHaveLength(1);
    const erased = await until(
      'erased',
      () => messageOf(ticket, 'approaching'),
      (m) => m?.toE164.includes('•') === true,
    );
    expect(JSON.stringify(erased)).not.toContain(phone);
  });

  it('[M5] is not taken down where the number is no mobile one of an allowed country', async () => {
    for (const [phone, code] of [
      ['044 123 45 67', 'phoneNotMobile'],
      ['+49 170 1234567', 'phoneCountryNotAllowed'],
      ['12', 'invalidInput'],
    ]) {
      await expect(station.issue(phone ?? '')).rejects.toThrow(code);
    }
    const phone = station.phone();
    const ticket = await station.issue(phone);
    await settled(ticket, 'approaching', 'delivered');
    expect(emulator.attempts).toHaveLength(1);
  });
});

describe('what it may cost', () => {
  it('[M6] a number gets five a day, at whichever location', async () => {
    const phone = station.phone();
    for (let n = 1; n <= 2; n++) {
      const ticket = await station.issue(phone);
      await arrived(phone, 2 * n - 1);
      await station.does('queue.callNext');
      await arrived(phone, 2 * n);
      await station.does('queue.start', { stageId: ticket.stageId });
      await station.does('queue.complete', { stageId: ticket.stageId, outcome: null });
    }
    await station.issue(phone);
    await arrived(phone, 5);
    const elsewhere = await new Station(app, station.organisationId).open();
    const { stageId } = await elsewhere.issue(phone);
    const sixth = { stageId, template: 'approaching', link: 'https://example.ch/t#x' };
    expect(await elsewhere.tryTo('messaging.prepare', sixth)).toEqual({
      ok: false,
      code: 'messageLimitReached',
      details: { limit: 'number' },
    });
    const other = elsewhere.phone();
    await elsewhere.issue(other);
    await arrived(other, 1);
    expect(sentTo(phone)).toHaveLength(5);
  });
});

describe('a carrier that fails', () => {
  it(
    '[M14] that loses answers: what it took is found and not sent again, what it did not is sent',
    { timeout: 60_000 },
    async () => {
      emulator.plan([]);
      const phones = [station.phone(), station.phone()];
      const [taken = '', lost = ''] = phones;
      emulator.fault({ kind: 'acceptThenDrop', to: taken });
      emulator.fault({ kind: 'drop', to: lost });
      const began = Date.now();
      const tickets = [await station.issue(taken), await station.issue(lost)];
      for (const ticket of tickets) await settled(ticket, 'approaching', 'unknown');
      for (const ticket of tickets) await settled(ticket, 'approaching', 'sent', 30_000);
      expect(Date.now() - began).toBeLessThan(30_000);
      expect(emulator.attempts.filter((a) => a.to === taken)).toHaveLength(1);
      expect(emulator.attempts.filter((a) => a.to === lost)).toHaveLength(2);
      const sids = phones.map((phone) => emulator.sent.find((m) => m.to === phone)?.sid);
      expect((await station.messages()).map((m) => m.providerId).sort()).toEqual(sids.sort());
    },
  );

  it('[M19] that loses the answer but reports: the report settles it, nothing is looked for', async () => {
    emulator.fault({ kind: 'acceptThenHang', ms: 1_500 });
    const ticket = await station.issue(station.phone());
    expect(await settled(ticket, 'approaching', 'delivered', 5_000)).toMatchObject({
      providerId: emulator.sent[0]?.sid,
      attempts: 1,
    });
    expect(emulator.attempts).toHaveLength(1);
  });

  it('[M17] that asks to wait is asked again then; that says no is not', { timeout: 30_000 }, async () => {
    emulator.fault({ kind: 'rateLimit', retryAfterS: 1 });
    const phone = station.phone();
    const ticket = await station.issue(phone);
    await settled(ticket, 'approaching', 'delivered');
    expect(emulator.attempts.map((a) => a.taken)).toEqual([false, true]);
    const stopped = station.phone();
    emulator.optedOut.add(stopped);
    const refused = await station.issue(stopped);
    expect(await settled(refused, 'approaching', 'failed')).toMatchObject({
      errorCode: '21610',
      attempts: 1,
    });
    // [M7] And not again for the call.
    await station.does('queue.callNext');
    await station.does('queue.complete', { stageId: ticket.stageId, outcome: null }).catch(() => undefined);
    expect(emulator.attempts.filter((a) => a.to === stopped)).toHaveLength(1);
  });
});

describe('reports', () => {
  it('[M19] [M20] [COM-16] come twice, late, in any order and forged, and lead to the same end', async () => {
    emulator.plan([
      { status: 'delivered', afterMs: 10, copies: 2 },
      { status: 'sent', afterMs: 60, copies: 2 },
      { status: 'queued', afterMs: 90 },
      { status: 'failed', errorCode: 30008, afterMs: 120, forge: 'wrongToken' },
      { status: 'undelivered', errorCode: 30003, afterMs: 140, forge: 'unsigned' },
      { status: 'failed', afterMs: 160, forge: 'changedBody' },
    ]);
    const phone = station.phone();
    const ticket = await station.issue(phone);
    await settled(ticket, 'approaching', 'delivered');
    await emulator.idle();
    expect(await messageOf(ticket, 'approaching')).toMatchObject({ status: 'delivered', errorCode: null });
    const sid = emulator.sent.find((m) => m.to === phone)?.sid;
    const reports = emulator.callbacks.filter((c) => c.sid === sid);
    expect(reports.filter((c) => c.forged).map((c) => c.answer)).toEqual([403, 403, 403]);
    expect(reports.filter((c) => !c.forged).map((c) => c.answer)).toEqual([204, 204, 204, 204, 204]);
  });

  it('[M19] say why a message did not arrive', async () => {
    emulator.plan([
      { status: 'sent', afterMs: 10 },
      { status: 'undelivered', errorCode: 30003, afterMs: 30 },
    ]);
    const ticket = await station.issue(station.phone());
    expect(await settled(ticket, 'approaching', 'undelivered')).toMatchObject({
      errorCode: '30003',
      deliveredAt: null,
    });
  });

  it('[M20] that are nonsense are answered, and change nothing', async () => {
    const url = `${app.parts.publicUrl()}/hooks/twilio/status`;
    const post = (body: string, headers: Record<string, string> = {}) =>
      fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
        body,
      });
    expect((await post('')).status).toBe(403);
    expect(
      (await post('MessageSid=SM1&MessageStatus=delivered', { 'x-twilio-signature': 'AAAA' })).status,
    ).toBe(403);
    expect((await post(`MessageSid=${'x'.repeat(20_000)}`)).status).toBe(413);
    expect((await fetch(url)).status).not.toBe(204);
  });
});

describe('without a carrier', () => {
  it('[COM-24] [M18] the message is kept, marked as not sent, and nothing leaves the house', async () => {
    const other = await createTestDatabase();
    const quiet = await startServer(other.url, outboxSms());
    try {
      const house = await new Station(quiet).open();
      const ticket = await house.issue(house.phone());
      const kept = await until(
        'kept',
        async () => (await house.messages()).find((m) => m.stageId === ticket.stageId),
        (m) => m?.status === 'not_sent',
      );
      expect(kept).toMatchObject({ providerId: null, sentAt: null, deliveredAt: null });
      expect(kept?.body).toContain('Nummer M001');
      expect(emulator.attempts).toEqual([]);
    } finally {
      await quiet.stop();
      await other.drop();
    }
  });
});

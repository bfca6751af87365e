import { beforeEach, describe, expect, it } from 'vitest';
import { addMs, MINUTE } from '@schalter/shared/kernel/time.ts';
import {
  addTicket,
  COUNTERS,
  Desk,
  LOCATION,
  NOW,
  setStage,
  stageId,
  visitId,
} from '@schalter/shared/messaging/messages.testing.ts';
import type { AllLive, Fact } from '@schalter/shared/registry.ts';
import { reactMessaging } from './react.ts';

const CALL_ID = '01900000-0000-7000-8000-00000000ca11';
const CAUSE = '01900000-0000-7000-8000-0000000000ff';
const SERVICE = '01900000-0000-7000-b000-000000000001';

let desk: Desk;
const react = reactMessaging(() => 'https://schalter.example.ch');
const jobsOf = (fact: Fact, now = NOW, commandId = CAUSE) =>
  react(fact, desk.live as unknown as AllLive, { now, streamId: LOCATION, commandId });
const called = (n: number, callId = CALL_ID): Fact => ({
  type: 'queue.ticketCalled',
  stageId: stageId(n),
  visitId: visitId(n),
  serviceId: SERVICE,
  callId,
  callNo: 1,
  counterId: COUNTERS[0],
});
const issued = (n: number): Fact => ({
  type: 'queue.ticketIssued',
  stageId: stageId(n),
  visitId: visitId(n),
  serviceId: SERVICE,
  series: 'B',
  number: n,
});

beforeEach(() => {
  desk = new Desk();
});

describe('a call', () => {
  it('[Q-07] asks for the "called" message, with the customer’s page behind the "#"', () => {
    addTicket(desk.live, 1);
    setStage(desk.live, 1, 'called', COUNTERS[0]);
    expect(jobsOf(called(1))).toEqual([
      {
        queue: 'command',
        data: {
          streamId: LOCATION,
          type: 'messaging.prepare',
          input: {
            stageId: stageId(1),
            template: 'called',
            link: 'https://schalter.example.ch/t#AbCdEfGhIjKlMnOpQrStUv',
          },
          commandId: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
        },
      },
    ]);
  });

  it('asks with the same command id for the same call, and with another for the next', () => {
    addTicket(desk.live, 1);
    setStage(desk.live, 1, 'called', COUNTERS[0]);
    const idOf = (fact: Fact) => (jobsOf(fact)[0]?.data as { commandId: string }).commandId;
    expect(idOf(called(1))).toBe(idOf(called(1)));
    expect(idOf(called(1))).not.toBe(idOf(called(1, '01900000-0000-7000-8000-00000000ca12')));
  });

  it('[KI-03] of a ticket without opt-in asks for nothing', () => {
    addTicket(desk.live, 1, null);
    setStage(desk.live, 1, 'called', COUNTERS[0]);
    expect(jobsOf(called(1))).toEqual([]);
  });

  it('[M3] that is repeated asks for nothing', () => {
    addTicket(desk.live, 1);
    setStage(desk.live, 1, 'called', COUNTERS[0]);
    expect(jobsOf({ ...called(1), type: 'queue.ticketRecalled' } as Fact)).toEqual([]);
  });
});

describe('[M4] [Q-07] a place in line', () => {
  it('that is near asks for "approaching", for those who opted in alone', () => {
    for (let n = 1; n <= 5; n++) addTicket(desk.live, n, n === 2 ? null : `+4179123450${n}`);
    const jobs = jobsOf(issued(5));
    expect(jobs.map((j) => (j.data as { input?: unknown }).input)).toMatchObject([
      { stageId: stageId(1), template: 'approaching' },
    ]);
  });

  it('asks again with the same command as long as the ticket stands the same, and not once it is written', () => {
    addTicket(desk.live, 1);
    expect(jobsOf(issued(1))).toEqual(jobsOf(issued(1), addMs(NOW, 5_000)));
    desk.prepare(1, 'approaching');
    expect(jobsOf(issued(1))).toEqual([]);
  });

  it('[M3] asks anew for one that expired before anybody took it', () => {
    addTicket(desk.live, 1);
    const first = jobsOf(issued(1));
    desk.prepare(1, 'approaching');
    desk.now = addMs(NOW, 15 * MINUTE);
    expect(desk.claim(1, 'approaching')).toEqual({ do: 'stop', status: 'expired' });
    const again = jobsOf(issued(1), desk.now);
    expect(again).toHaveLength(1);
    expect(again).not.toEqual(first);
  });
});

describe('the life of a message', () => {
  beforeEach(() => {
    addTicket(desk.live, 1);
    setStage(desk.live, 1, 'called', COUNTERS[0]);
    desk.prepare(1, 'called');
  });
  const id = () => desk.message(1)?.id ?? '';
  const data = () => ({ streamId: LOCATION, messageId: id() });

  it('[M24] sends it at once, or after the wait that a refusal asked for', () => {
    const queued = (delayMs: number): Fact => ({ type: 'messaging.messageQueued', messageId: id(), delayMs });
    expect(jobsOf(queued(0))).toEqual([{ queue: 'message', data: data() }]);
    expect(jobsOf(queued(7_000))).toEqual([
      { queue: 'message', data: data(), startAfter: addMs(NOW, 7_000) },
    ]);
  });

  it('[M24] has somebody look after its lease, should the worker be gone', () => {
    desk.claim(1);
    const jobs = jobsOf({ type: 'messaging.messageClaimed', messageId: id(), attempt: 1 });
    expect(jobs).toEqual([{ queue: 'message', data: data(), startAfter: addMs(NOW, 13_000) }]);
  });

  it('[M14] looks for an unknown one until five minutes after it expired', () => {
    desk.claim(1);
    desk.outcome(1, { outcome: 'unknown', errorCode: 'timeout' });
    const settled: Fact = { type: 'messaging.messageSettled', messageId: id(), status: 'unknown' };
    expect(jobsOf(settled)).toEqual([{ queue: 'message', data: data(), startAfter: addMs(NOW, 11_000) }]);
    expect(jobsOf(settled, addMs(NOW, 10 * MINUTE))).toEqual([]);
  });

  it('[M23] asks for the report of a sent one after ten minutes, and for nothing after the end', () => {
    desk.claim(1);
    desk.outcome(1, { providerId: 'SM1' });
    const settled = (status: 'sent' | 'delivered'): Fact => ({
      type: 'messaging.messageSettled',
      messageId: id(),
      status,
    });
    expect(jobsOf(settled('sent'))).toEqual([
      { queue: 'message', data: data(), startAfter: addMs(NOW, 10 * MINUTE) },
    ]);
    desk.report(1, 'delivered');
    expect(jobsOf(settled('delivered'))).toEqual([]);
  });
});

describe('what is forgotten', () => {
  it('[M21] follows a withdrawal, [M22] and the end of the day', () => {
    expect(jobsOf({ type: 'queue.contactWithdrawn', visitId: visitId(1) })).toMatchObject([
      { queue: 'command', data: { type: 'messaging.forget', input: { visitId: visitId(1) } } },
    ]);
    expect(jobsOf({ type: 'queue.dayClosed', businessDay: '2026-05-20', closed: 1, kept: 0 })).toMatchObject([
      { queue: 'command', data: { type: 'messaging.closeDay', input: { businessDay: '2026-05-20' } } },
    ]);
  });
});

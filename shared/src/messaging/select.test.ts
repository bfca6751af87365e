import { beforeEach, describe, expect, it } from 'vitest';
import type { TicketEstimate } from '../queue/estimate.ts';
import { addTicket, COUNTERS, Desk, LOCATION, NOW, setStage, stageId, visitId } from './messages.testing.ts';
import { maskPhone, messagingTables } from './rows.ts';
import { approaching, outbox } from './select.ts';

let desk: Desk;
beforeEach(() => {
  desk = new Desk();
});

/** Tickets in the order of the line, each with the early end of its range. */
const line =
  (...lowMins: (number | null)[]) =>
  (): readonly TicketEstimate[] =>
    lowMins.map((lowMin, i) => ({
      stageId: stageId(i + 1),
      visitId: visitId(i + 1),
      ahead: i,
      range: lowMin === null ? null : { lowMin, highMin: lowMin + 10 },
    }));
const due = (estimates: () => readonly TicketEstimate[]) =>
  approaching(desk.live, estimates).map((s) => s.id);

describe('[M4] [Q-07] whose turn approaches', () => {
  beforeEach(() => {
    for (let n = 1; n <= 4; n++) addTicket(desk.live, n, n === 1 ? null : `+4179123450${n}`);
  });

  it('is who stands at the location’s place or before it, and opted in', () => {
    expect(due(line(20, 25, 30, 35))).toEqual([stageId(2)]);
  });

  it('or whose range begins within the location’s minutes', () => {
    expect(due(line(1, 2, 5, 6))).toEqual([stageId(2), stageId(3)]);
  });

  it('goes by place alone where no range can be said', () => {
    expect(due(line(null, null, null, null))).toEqual([stageId(2)]);
  });

  it('follows the location’s settings', () => {
    const location = desk.live.rows.locations.get(LOCATION);
    if (location !== undefined) desk.live.rows.locations.set(LOCATION, { ...location, approachingPlace: 4 });
    expect(due(line(20, 25, 30, 35))).toEqual([stageId(2), stageId(3), stageId(4)]);
  });

  it('is nobody who has been told, and somebody whose message was cancelled', () => {
    desk.prepare(2, 'approaching');
    expect(due(line(1, 1, 20, 20))).toEqual([]);
    setStage(desk.live, 2, 'called', COUNTERS[0]);
    desk.claim(2, 'approaching');
    setStage(desk.live, 2, 'waiting', null);
    expect(due(line(1, 1, 20, 20))).toEqual([stageId(2)]);
  });

  it('does not estimate at all where nobody who waits opted in', () => {
    for (let n = 2; n <= 4; n++) setStage(desk.live, n, 'serving', COUNTERS[0]);
    const estimate = () => {
      throw new Error('asked for estimates');
    };
    expect(approaching(desk.live, estimate)).toEqual([]);
  });
});

describe('the outbox page', () => {
  it('shows the newest first', () => {
    for (const [n, at] of [
      [1, NOW],
      [2, '2026-05-20T08:00:02.000Z'],
      [3, '2026-05-20T08:00:01.000Z'],
    ] as const) {
      addTicket(desk.live, n, `+4179123450${n}`);
      desk.now = at;
      desk.prepare(n, 'approaching');
    }
    expect(outbox(desk.live).map((m) => m.stageId)).toEqual([stageId(2), stageId(3), stageId(1)]);
  });

  it('shows staff neither the number nor the customer’s page, and nobody else anything', () => {
    addTicket(desk.live, 1);
    desk.prepare(1, 'approaching');
    const [message] = outbox(desk.live);
    if (message === undefined) throw new Error('no message');
    const shown = messagingTables.messages.mask('staff', message);
    expect(shown?.toE164).toBe('+4179•••••67');
    expect(shown?.body).not.toContain('AbCdEfGhIjKlMnOpQrStUv');
    expect(shown?.body).toContain('https://schalter.example.ch/t#…');
    for (const audience of ['display', 'kiosk', 'customer'] as const) {
      expect(messagingTables.messages.mask(audience, message)).toBeNull();
    }
    expect(maskPhone('+41791234567')).toBe('+4179•••••67');
  });
});

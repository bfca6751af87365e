import { describe, expect, it } from 'vitest';
import { wallCalls } from './select.ts';
import {
  DISPLAYS,
  KIOSK,
  MANAGER,
  SERVICES,
  SYSTEM,
  person,
  station,
  type Station,
} from './station.testing.ts';

const CONTACT = { phone: '079 123 45 67', consentWording: 'kiosk-sms-1', consentLanguage: 'de' };
const PHONE = { phone: { ok: true, e164: '+41791234567', country: 'CH' } } as const;
/** 03:00 in Zürich: the next business day. */
const NIGHT = '2026-05-21T01:00:00.000Z';
const DAY = '2026-05-20';

/** Four tickets: one served, one waiting, one held, one being served; a call with a receipt; a request for help. */
function afternoon(endOfDay: 'close' | 'keep'): Station {
  const s = station({ location: { endOfDay } });
  const done = s.serve(SERVICES.A, 0);
  s.do('queue.complete', { stageId: done.stageId, outcome: null }, person(1));
  const { stageId } = s.serve(SERVICES.A, 0);
  s.do('queue.hold', { stageId, reason: '', owner: 'any', resumeInMin: 5 }, person(1));
  s.serve(SERVICES.A, 1);
  s.issue(SERVICES.C, KIOSK, { contact: CONTACT }, PHONE);
  const [call] = s.live.rows.calls.values();
  s.do('queue.reportCall', { callId: call?.id, shownAt: s.now, sound: 'chime' }, DISPLAYS[0]);
  const help = s.do<{ helpRequestId: string }>('queue.requestHelp', {}, KIOSK);
  s.do('queue.resolveHelp', help, person(1));
  s.now = NIGHT;
  return s;
}
const left = (s: Station) =>
  (
    ['visits', 'stages', 'calls', 'callReceipts', 'numberSeries', 'visitContacts', 'helpRequests'] as const
  ).map((table) => s.live.rows[table].size);

describe('closing the day', () => {
  it('[Q-16] [Q39] close: what is open is closed, and everything of the day leaves', () => {
    const s = afternoon('close');
    expect(s.do('queue.closeDay', { businessDay: DAY }, MANAGER)).toEqual({ closed: 3, kept: 0 });
    expect(left(s)).toEqual([0, 0, 0, 0, 0, 0, 0]);
    const closed = s.changes.filter((c) => c.table === 'stages' && c.row.status === 'closed');
    expect(closed).toHaveLength(3);
    for (const { row } of closed)
      expect(row).toMatchObject({ endedAt: NIGHT, archivedAt: NIGHT, undo: null });
    expect(s.issue(SERVICES.A, MANAGER).number).toBe(1);
    s.callNext(0);
  });

  it('[Q-16] [Q39] keep: open tickets stay with their numbers and are called the next day', () => {
    const s = afternoon('keep');
    expect(s.do('queue.closeDay', { businessDay: DAY }, SYSTEM)).toEqual({ closed: 0, kept: 3 });
    expect([...s.live.rows.stages.values()].map((stage) => stage.status)).toEqual([
      'held',
      'serving',
      'waiting',
    ]);
    expect(s.live.rows.visits.size).toBe(3);
    expect(s.issue(SERVICES.C, MANAGER).number).toBe(1);
    const first = s.callNext(0);
    expect(s.visit(first.visitId)).toMatchObject({ series: 'C', number: 1, businessDay: DAY });
    s.do('queue.start', { stageId: first.stageId }, person(1));
    s.do('queue.complete', { stageId: first.stageId, outcome: null }, person(1));
    s.pass(24 * 60);
    s.do('queue.closeDay', { businessDay: '2026-05-21' }, SYSTEM);
    expect(s.live.rows.visits.has(first.visitId)).toBe(false);
  });

  it('[Q39] keep: somebody who is on the way to a counter stays on the wall', () => {
    const s = station({ location: { endOfDay: 'keep' } });
    s.issue();
    const { callId } = s.callNext(0);
    s.now = NIGHT;
    s.do('queue.closeDay', { businessDay: DAY }, SYSTEM);
    expect(wallCalls(s.live, [], 5).map((c) => c.id)).toEqual([callId]);
  });

  it('[Q39] phone numbers of ended visits are erased, in the rows that are archived too', () => {
    const s = afternoon('close');
    s.do('queue.closeDay', { businessDay: DAY }, SYSTEM);
    expect(s.changes.some((c) => c.table === 'visitContacts')).toBe(true);
    expect(JSON.stringify(s.changes)).not.toContain('41791234567');
  });

  it('[Q39] an open request for help stays', () => {
    const s = afternoon('close');
    s.do('queue.requestHelp', {}, KIOSK);
    s.do('queue.closeDay', { businessDay: DAY }, SYSTEM);
    expect(s.live.rows.helpRequests.size).toBe(1);
  });

  it('[Q39] a day that is not over is not closed, in the zone of the location', () => {
    const s = afternoon('close');
    s.now = '2026-05-21T00:59:59.000Z';
    expect(s.run('queue.closeDay', { businessDay: DAY }, MANAGER)).toEqual({
      ok: false,
      code: 'dayNotOver',
      details: { businessDay: DAY },
    });
    expect(s.run('queue.closeDay', { businessDay: '2027-01-01' }, SYSTEM)).toMatchObject({
      code: 'dayNotOver',
    });
    s.now = NIGHT;
    s.do('queue.closeDay', { businessDay: DAY }, SYSTEM);
  });

  it('[Q39] closed twice, the second finds nothing; what is of the new day stays', () => {
    const s = afternoon('close');
    const today = s.issue(SERVICES.A, MANAGER);
    s.do('queue.closeDay', { businessDay: DAY }, SYSTEM);
    expect(s.do('queue.closeDay', { businessDay: DAY }, SYSTEM)).toEqual({ closed: 0, kept: 0 });
    expect(s.stage(today.stageId).status).toBe('waiting');
    expect(s.issue(SERVICES.A, MANAGER).number).toBe(2);
  });
});

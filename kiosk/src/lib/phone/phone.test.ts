import { describe, expect, it } from 'vitest';
import { createWords } from '@schalter/shared/i18n/words.ts';
import { estimateWaits } from '@schalter/shared/queue/estimate.ts';
import { serviceState } from '@schalter/shared/queue/select.ts';
import {
  COUNTERS,
  LOCATION,
  SERVICES,
  customer,
  person,
  station,
  type Station,
} from '@schalter/shared/queue/station.testing.ts';
import { announce, NOT_YET, QUIET_MS } from './announce.ts';
import { offersOf, type JoinPlace } from './offers.ts';
import { phoneMessages } from './texts.ts';
import { ticketPage, type OwnTicket } from './ticket-view.ts';

/** One customer of service A behind two others, and the page. */
function ticket() {
  const s = station();
  const first = s.issue(SERVICES.A);
  s.issue(SERVICES.A);
  const mine = s.issue(SERVICES.A);
  const location = s.live.rows.locations.get(LOCATION);
  const own: OwnTicket = {
    visitId: mine.visitId,
    locationId: LOCATION,
    location: location as never,
    series: mine.series,
    number: mine.number,
    language: 'de',
    reservationReference: null,
    smsOptIn: true,
    pushOptIn: false,
    endedAt: null,
    mayPass: 2,
  };
  const page = (rated = false) => {
    const estimates = {
      streamId: LOCATION,
      kind: 'estimates',
      at: s.now,
      ...estimateWaits(s.live, s.now),
    } as const;
    return ticketPage(s.live, own, { estimates, now: s.now, rated });
  };
  const me = customer(mine.visitId);
  const clerk = person(1);
  const callMe = () => s.do('queue.call', { stageId: mine.stageId, counterId: COUNTERS[0] }, clerk);
  return { s, first, mine, own, page, me, clerk, callMe };
}
const kindOf = (found: ReturnType<ReturnType<typeof ticket>['page']>) => found?.place.kind;

describe('the ticket’s page', () => {
  it('[Q-15] [PH2] says the number, how many are before, how long, and what may pass', () => {
    const { page } = ticket();
    expect(page()).toMatchObject({ letter: 'A', digits: '003' });
    expect(page()?.place).toMatchObject({ kind: 'waiting', ahead: 2, passed: 3, mayPass: 2, canDelay: true });
  });
  it('[Q-15] [PH2] follows the queue: one fewer before once somebody is called', () => {
    const { s, page, first, clerk } = ticket();
    s.do('queue.call', { stageId: first.stageId, counterId: COUNTERS[0] }, clerk);
    expect(page()?.place).toMatchObject({ ahead: 1, passed: 4 });
  });
  it('[Q-15] [PH4] five more minutes: the new range is known before, and holds afterwards', () => {
    const { s, page, me } = ticket();
    const before = page()?.place;
    const promised = before?.kind === 'waiting' ? before.delayed : null;
    expect(promised?.lowMin).toBeGreaterThanOrEqual(5);
    s.do('queue.delay', {}, me);
    const after = page()?.place;
    expect(after).toMatchObject({ kind: 'waiting', notBefore: '2026-05-20T08:05:00.000Z' });
    expect(after?.kind === 'waiting' ? after.range?.lowMin : null).toBeGreaterThanOrEqual(5);
  });
  it('[Q-15] [PH4] three times at most', () => {
    const { s, page, me } = ticket();
    for (let n = 0; n < 3; n++) s.do('queue.delay', {}, me);
    expect(page()?.place).toMatchObject({ canDelay: false });
  });
  it('[Q-15] [PH3] called: which counter, and each repeated call anew', () => {
    const { s, page, me, mine, clerk, callMe } = ticket();
    callMe();
    expect(page()?.place).toMatchObject({ kind: 'called', counter: '1', coming: false, callNo: 1 });
    s.do('queue.confirmComing', {}, me);
    expect(page()?.place).toMatchObject({ coming: true });
    s.do('queue.recall', { stageId: mine.stageId }, clerk);
    expect(page()?.place).toMatchObject({ callNo: 2 });
  });
  it('[Q-15] [PH5] every end has its own words', () => {
    const left = ticket();
    left.s.do('queue.leave', {}, left.me);
    expect(kindOf(left.page())).toBe('left');

    const cancelled = ticket();
    cancelled.s.do('queue.cancel', { stageId: cancelled.mine.stageId, reason: '' }, cancelled.clerk);
    expect(kindOf(cancelled.page())).toBe('cancelled');

    const served = ticket();
    served.callMe();
    served.s.do('queue.start', { stageId: served.mine.stageId }, served.clerk);
    expect(served.page()?.place).toEqual({ kind: 'serving', counter: '1' });
    served.s.do('queue.complete', { stageId: served.mine.stageId, outcome: null }, served.clerk);
    expect(served.page(false)?.place).toEqual({ kind: 'done', rated: false });
    expect(served.page(true)?.place).toEqual({ kind: 'done', rated: true });

    const missed = ticket();
    missed.callMe();
    missed.s.pass(3);
    missed.s.do('queue.markNoShow', { stageId: missed.mine.stageId }, missed.clerk);
    expect(kindOf(missed.page())).toBe('noShow');
  });
  it('[Q-15] put aside, and handed over to another service, it goes on', () => {
    const { s, page, mine, clerk, callMe } = ticket();
    callMe();
    s.do('queue.start', { stageId: mine.stageId }, clerk);
    const hold = { stageId: mine.stageId, reason: '', owner: 'any', resumeInMin: null };
    s.do('queue.hold', hold, clerk);
    expect(kindOf(page())).toBe('held');
    s.do('queue.resume', { stageId: mine.stageId }, clerk);
    const transfer = {
      stageId: mine.stageId,
      serviceId: SERVICES.C,
      counterId: null,
      personId: null,
      note: null,
    };
    s.do('queue.transfer', transfer, clerk);
    expect(page()).toMatchObject({
      digits: '003',
      serviceName: { de: 'Service C' },
      place: { kind: 'waiting' },
    });
  });
  it('a ticket that the rows do not hold is not there', () => {
    const { s, own } = ticket();
    expect(
      ticketPage(s.live, { ...own, visitId: 'x' }, { estimates: null, now: s.now, rated: false }),
    ).toBeNull();
  });
});

describe('what is read out', () => {
  it('[Q-15] [PH6] a new place at most every 30 seconds', () => {
    const first = announce(NOT_YET, 'three', 0);
    expect(first.text).toBe('three');
    expect(announce(first, 'two', QUIET_MS - 1)).toBe(first);
    expect(announce(first, 'two', QUIET_MS).text).toBe('two');
    expect(announce(first, 'three', QUIET_MS * 2)).toBe(first);
  });
});

describe('the services to join by phone', () => {
  const t = createWords(phoneMessages, 'de');
  const offers = (s: Station) => {
    const services = [...s.live.rows.services.values()].map((service) => ({
      ...service,
      state: serviceState(s.live, service, s.now),
      ahead: 1,
      range: { lowMin: 3, highMin: 6 },
    }));
    return offersOf(t, { timeZone: 'Europe/Zurich', services } as unknown as JoinPlace, s.now);
  };
  it('[KI-10] say how long, or why not and until when', () => {
    expect(offers(station())[0]).toMatchObject({ colour: 1, wait: '3–6 min', detail: '1 Person vor Ihnen' });
    expect(offers(station({ now: '2026-05-20T19:00:00.000Z' }))[0]).toMatchObject({
      colour: null,
      wait: 'geschlossen',
      detail: 'wieder am Donnerstag ab 06:00 Uhr',
    });
  });
  it('[KI-10] full is full', () => {
    const s = station({ services: { A: { maxWaiting: 1 } } });
    s.issue(SERVICES.A);
    expect(offers(s)[0]).toMatchObject({ colour: null, wait: 'voll, bitte später' });
  });
});

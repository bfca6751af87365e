import { describe, expect, it } from 'vitest';
import { createWords } from '@schalter/shared/i18n/words.ts';
import { estimateWaits } from '@schalter/shared/queue/estimate.ts';
import {
  LOCATION,
  SERVICES,
  deviceSettings,
  person,
  station,
  type Station,
} from '@schalter/shared/queue/station.testing.ts';
import { tilesOf, withoutBooking } from './offers.ts';
import { kioskMessages } from './texts.ts';
import { houseOpensText, opensText } from './tiles.ts';

const signal = (s: Station) =>
  ({ streamId: LOCATION, kind: 'estimates', at: s.now, ...estimateWaits(s.live, s.now) }) as const;
const tiles = (s: Station, serviceIds: string[] = []) =>
  tilesOf(s.live, deviceSettings(serviceIds), signal(s), s.now);
const stateOf = (s: Station, letter: string) => tiles(s).find((tile) => tile.letter === letter)?.state;

describe('the tiles of the first screen', () => {
  it('[KI-01] every service in its order, or those that this kiosk offers', () => {
    const s = station();
    expect(tiles(s).map(({ letter }) => letter)).toEqual(['A', 'B', 'C', 'D']);
    expect(tiles(s, [SERVICES.C]).map(({ letter }) => letter)).toEqual(['C']);
  });
  it('[KI-01] [KS10] the wait is the one that the ticket then says', () => {
    const s = station();
    for (let n = 0; n < 5; n++) s.issue(SERVICES.A);
    const tile = stateOf(s, 'D');
    const { ahead, range } = s.issue(SERVICES.D);
    expect(tile).toEqual({ kind: 'open', ahead, range });
    expect(ahead).toBe(5);
  });
  it('[KI-10] [KS10] closed says when it opens', () => {
    const s = station({ now: '2026-05-20T19:00:00.000Z' });
    expect(stateOf(s, 'A')).toEqual({ kind: 'closed', opensAt: '2026-05-21T04:00:00.000Z' });
  });
  it('[KI-10] [KS10] full says so', () => {
    const s = station({ services: { A: { maxWaiting: 1 } } });
    s.issue(SERVICES.A);
    expect(stateOf(s, 'A')).toEqual({ kind: 'full' });
  });
  it('[KI-10] a turn after closing time says when that is', () => {
    const s = station({ now: '2026-05-20T17:50:00.000Z', signedOn: 1 });
    for (let n = 0; n < 2; n++) s.issue(SERVICES.A, person(1));
    expect(stateOf(s, 'A')).toEqual({ kind: 'lastCall', closesAt: '2026-05-20T18:00:00.000Z' });
  });
  it('[KI-04] [KS10] a booking has its place, however many wait; without its number nobody passes', () => {
    const s = station({ services: { B: { kind: 'appointment', maxWaiting: 1 } } });
    const settings = deviceSettings();
    expect(withoutBooking(s.live, settings, s.now)).toBe(SERVICES.B);
    s.issue(SERVICES.B);
    expect(stateOf(s, 'B')).toMatchObject({ kind: 'open' });
    expect(withoutBooking(s.live, settings, s.now)).toBeNull();
  });
});

describe('when it opens', () => {
  const when = { now: '2026-05-20T08:00:00.000Z', timeZone: 'Europe/Zurich' };
  const t = createWords(kioskMessages, 'de');
  it('[KI-10] today by the hour, this week by the day, later by the date', () => {
    expect(opensText(t, '2026-05-20T11:00:00.000Z', when)).toBe('wieder ab 13:00 Uhr');
    expect(opensText(t, '2026-05-25T06:00:00.000Z', when)).toBe('wieder am Montag ab 08:00 Uhr');
    expect(opensText(t, '2026-06-08T06:00:00.000Z', when)).toBe('wieder am 8. Juni ab 08:00 Uhr');
    expect(houseOpensText(t, '2026-05-21T05:30:00.000Z', when)).toBe(
      'Am Donnerstag ab 07:30 Uhr sind wir wieder für Sie da.',
    );
  });
  it('says nothing where nobody knows', () => expect(opensText(t, null, when)).toBeNull());
});

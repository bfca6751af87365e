import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Hours } from './time-schemas.ts';
import { HOUR, MINUTE, addMs, businessDay, instantOf, isTimeZone, localTime, openState } from './time.ts';

const ZURICH = 'Europe/Zurich';
const none = { 1: [], 2: [], 3: [], 4: [], 5: [], 6: [], 7: [] };
const hours = (over: Partial<Hours['week']>, exceptions: Hours['exceptions'] = []): Hours =>
  Hours.parse({ week: { ...none, ...over }, exceptions });

describe('business day', () => {
  it('[K5] before dayStart it is still the day before', () => {
    expect(businessDay('2026-05-20T00:59:59.999Z', ZURICH, '03:00')).toBe('2026-05-19');
    expect(businessDay('2026-05-20T01:00:00.000Z', ZURICH, '03:00')).toBe('2026-05-20');
  });

  it('[K5] in the night of 23 hours the day begins at 03:00, one real hour after 01:59', () => {
    expect(localTime('2026-03-29T00:59:00.000Z', ZURICH).minutes).toBe(119);
    expect(businessDay('2026-03-29T00:59:59.999Z', ZURICH, '03:00')).toBe('2026-03-28');
    expect(businessDay('2026-03-29T01:00:00.000Z', ZURICH, '03:00')).toBe('2026-03-29');
  });

  it('[K5] in the night of 25 hours the day begins once, although 02:30 comes twice', () => {
    expect(businessDay('2026-10-25T01:59:59.999Z', ZURICH, '03:00')).toBe('2026-10-24');
    expect(businessDay('2026-10-25T02:00:00.000Z', ZURICH, '03:00')).toBe('2026-10-25');
    // 02:45 summer time, 02:00 winter time, 02:30 winter time: the day begins at the last.
    expect(businessDay('2026-10-25T00:45:00.000Z', ZURICH, '02:30')).toBe('2026-10-24');
    expect(businessDay('2026-10-25T01:00:00.000Z', ZURICH, '02:30')).toBe('2026-10-24');
    expect(businessDay('2026-10-25T01:30:00.000Z', ZURICH, '02:30')).toBe('2026-10-25');
  });

  it('[K5] never goes back as time goes on, in any zone, whatever the day start', () => {
    const zones = fc.constantFrom(ZURICH, 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kathmandu', 'UTC');
    const start = fc.integer({ min: 0, max: 11 }).map((half) => {
      const hour = String(Math.floor(half / 2)).padStart(2, '0');
      return `${hour}:${half % 2 === 0 ? '00' : '30'}`;
    });
    const instants = fc.constantFrom(
      '2026-03-28T12:00:00.000Z',
      '2026-10-24T12:00:00.000Z',
      '2026-04-04T06:00:00.000Z',
    );
    fc.assert(
      fc.property(zones, start, instants, (zone, dayStart, from) => {
        let last = '';
        for (let quarter = 0; quarter < 36 * 4; quarter++) {
          const day = businessDay(addMs(from, quarter * 15 * MINUTE), zone, dayStart);
          expect(day >= last).toBe(true);
          last = day;
        }
      }),
      { numRuns: 60 },
    );
  });

  it('[K5] zones that do not exist are known as such', () => {
    expect(isTimeZone(ZURICH)).toBe(true);
    expect(isTimeZone('Europe/Zuerich')).toBe(false);
    expect(isTimeZone('')).toBe(false);
  });
});

describe('opening hours', () => {
  const twice = [
    { from: '08:00', to: '12:00' },
    { from: '13:30', to: '18:00' },
  ];

  it('[LO-02] [K6] several intervals a day: open until noon, closed over lunch, open again', () => {
    const wednesday = hours({ 3: twice });
    expect(openState(wednesday, '2026-05-20T06:00:00.000Z', ZURICH)).toEqual({
      open: true,
      closesAt: '2026-05-20T10:00:00.000Z',
    });
    expect(openState(wednesday, '2026-05-20T10:00:00.000Z', ZURICH)).toEqual({
      open: false,
      opensAt: '2026-05-20T11:30:00.000Z',
    });
    expect(openState(wednesday, '2026-05-20T16:00:00.000Z', ZURICH)).toEqual({
      open: false,
      opensAt: '2026-05-27T06:00:00.000Z',
    });
  });

  it('[LO-02] [K6] an exception replaces the weekday: a holiday is closed, a short day is short', () => {
    const open = [{ from: '08:00', to: '18:00' }];
    const may = hours({ 4: open, 5: open }, [
      { day: '2026-05-14', intervals: [], name: 'Auffahrt' },
      { day: '2026-05-15', intervals: [{ from: '08:00', to: '12:00' }], name: 'Brücke' },
    ]);
    expect(openState(may, '2026-05-14T08:00:00.000Z', ZURICH)).toEqual({
      open: false,
      opensAt: '2026-05-15T06:00:00.000Z',
    });
    expect(openState(may, '2026-05-15T08:00:00.000Z', ZURICH)).toEqual({
      open: true,
      closesAt: '2026-05-15T10:00:00.000Z',
    });
  });

  it('[LO-02] [K6] hours are local: 08:00 is 06:00 UTC in summer, 07:00 in winter, also on the days of change', () => {
    const open = [{ from: '08:00', to: '18:00' }];
    const everyDay = hours({ 1: open, 2: open, 3: open, 4: open, 5: open, 6: open, 7: open });
    const opensAt = (at: string) => {
      const state = openState(everyDay, at, ZURICH);
      return state.open ? null : state.opensAt;
    };
    expect(opensAt('2026-03-28T20:00:00.000Z')).toBe('2026-03-29T06:00:00.000Z');
    expect(opensAt('2026-10-24T20:00:00.000Z')).toBe('2026-10-25T07:00:00.000Z');
    expect(opensAt('2026-10-25T20:00:00.000Z')).toBe('2026-10-26T07:00:00.000Z');
  });

  it('[LO-02] [K6] around the clock: midnight is no closing time', () => {
    const always = [{ from: '00:00', to: '24:00' }];
    const state = openState(
      hours({ 1: always, 2: always, 3: always, 4: always, 5: always, 6: always, 7: always }),
      '2026-05-20T21:59:00.000Z',
      ZURICH,
    );
    expect(state.open && state.closesAt > '2026-05-26').toBe(true);
    const late = [{ from: '18:00', to: '24:00' }];
    const early = [{ from: '00:00', to: '02:00' }];
    expect(openState(hours({ 5: late, 6: early }), '2026-05-22T20:00:00.000Z', ZURICH)).toEqual({
      open: true,
      closesAt: '2026-05-23T00:00:00.000Z',
    });
  });

  it('[K6] closed for good, or for longer than 60 days, says no time', () => {
    expect(openState(hours({}), '2026-05-20T08:00:00.000Z', ZURICH)).toEqual({ open: false, opensAt: null });
  });

  it('[K6] an interval that the clock change swallows is none; one across it is an hour shorter', () => {
    const sunday = hours({ 7: [{ from: '02:00', to: '03:00' }] });
    expect(openState(sunday, '2026-03-29T01:15:00.000Z', ZURICH)).toMatchObject({ open: false });
    const night = hours({ 7: [{ from: '01:00', to: '04:00' }] });
    const from = instantOf('2026-03-29', '01:00', ZURICH);
    expect(openState(night, from, ZURICH)).toEqual({ open: true, closesAt: addMs(from, 2 * HOUR) });
  });
});

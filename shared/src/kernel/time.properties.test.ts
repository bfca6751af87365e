// Every zone of Europe, every day from 2024 to 2032. What the platform's own calendar says is the judge.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  HOUR,
  MINUTE,
  addDays,
  addMs,
  businessDay,
  instant,
  instantOf,
  localTime,
  ms,
  openState,
  type Hours,
} from './time.ts';

const ZONES = Intl.supportedValuesOf('timeZone').filter((zone) => zone.startsWith('Europe/'));
const FROM = ms('2024-01-01T00:00:00.000Z');
const UNTIL = ms('2033-01-01T00:00:00.000Z');
const zone = fc.constantFrom(...ZONES);
const moment = fc.integer({ min: FROM / 1_000, max: UNTIL / 1_000 - 1 }).map((s) => instant(s * 1_000));
const day = fc
  .integer({ min: 0, max: (UNTIL - FROM) / (24 * HOUR) - 1 })
  .map((days) => addDays('2024-01-01', days));
const timeOf = (minutes: number): string =>
  `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;
const dayStart = fc.integer({ min: 0, max: 23 }).map((quarter) => timeOf(quarter * 15));

const formats = new Map<string, Intl.DateTimeFormat>();

/** Every change of a clock in these years, found by the platform's calendar: an hour around each. */
const changes = ZONES.flatMap((of) => {
  const found: { zone: string; at: string }[] = [];
  for (let at = FROM; at < UNTIL; at += 7 * 24 * HOUR) {
    if (offsetOf(at, of) === offsetOf(at + 7 * 24 * HOUR, of)) continue;
    let [low, high] = [at, at + 7 * 24 * HOUR];
    while (high - low > MINUTE) {
      const middle = low + Math.floor((high - low) / 2 / MINUTE) * MINUTE;
      if (offsetOf(middle, of) === offsetOf(low, of)) low = middle;
      else high = middle;
    }
    found.push({ zone: of, at: instant(high) });
  }
  return found;
});
function offsetOf(at: number, of: string): number {
  const local = wallClock(instant(at), of);
  return Date.parse(`${local.day}T${local.time}:00Z`) - Math.floor(at / MINUTE) * MINUTE;
}
/** As the platform's calendar formats it: another implementation than the one that is tested. */
function wallClock(at: string, of: string): { day: string; time: string } {
  const format =
    formats.get(of) ??
    new Intl.DateTimeFormat('sv-SE', { timeZone: of, dateStyle: 'short', timeStyle: 'short' });
  formats.set(of, format);
  const [date = '', time = ''] = format.format(new Date(at)).split(' ');
  return { day: date, time };
}

describe('business days', () => {
  it('[K5] of all zones of Europe follow each other without a gap or an overlap, each 23 to 25 hours long', () => {
    expect(ZONES.length).toBeGreaterThan(30);
    fc.assert(
      fc.property(zone, day, dayStart, (of, date, start) => {
        const [begins, ends] = [instantOf(date, start, of), instantOf(addDays(date, 1), start, of)];
        expect(businessDay(begins, of, start)).toBe(date);
        expect(businessDay(addMs(ends, -1), of, start)).toBe(date);
        expect(businessDay(ends, of, start)).toBe(addDays(date, 1));
        const hours = (ms(ends) - ms(begins)) / HOUR;
        expect(hours).toBeGreaterThanOrEqual(23);
        expect(hours).toBeLessThanOrEqual(25);
      }),
      { numRuns: 2_000 },
    );
  });

  it('[K5] never go back around any change of a clock', () => {
    expect(changes.length).toBeGreaterThan(400);
    fc.assert(
      fc.property(fc.constantFrom(...changes), dayStart, (change, start) => {
        let last = '';
        for (let minutes = -180; minutes <= 180; minutes += 5) {
          const today = businessDay(addMs(change.at, minutes * MINUTE), change.zone, start);
          expect(today >= last).toBe(true);
          last = today;
        }
      }),
      { numRuns: 500 },
    );
  });

  it('[K5] the local time is that of the platform’s own calendar', () => {
    const anywhere = fc.oneof(
      fc.record({ zone, at: moment }),
      fc
        .constantFrom(...changes)
        .chain((change) =>
          fc
            .integer({ min: -120, max: 120 })
            .map((m) => ({ zone: change.zone, at: addMs(change.at, m * MINUTE) })),
        ),
    );
    fc.assert(
      fc.property(anywhere, ({ zone: of, at }) => {
        const local = localTime(at, of);
        expect({ day: local.day, time: timeOf(local.minutes) }).toEqual(wallClock(at, of));
        expect(local.weekday).toBe(((new Date(`${local.day}T12:00:00Z`).getUTCDay() + 6) % 7) + 1);
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('opening hours', () => {
  /** Intervals that begin and end outside the hours in which clocks change. */
  const intervals = fc
    .uniqueArray(fc.integer({ min: 5 * 4, max: 23 * 4 }), { minLength: 2, maxLength: 4 })
    .filter((quarters) => quarters.length % 2 === 0)
    .map((quarters) => {
      const sorted = [...quarters].sort((a, b) => a - b).map((quarter) => timeOf(quarter * 15));
      return Array.from({ length: sorted.length / 2 }, (_, i) => ({
        from: sorted[2 * i] ?? '',
        to: sorted[2 * i + 1] ?? '',
      }));
    });
  const hours = fc
    .array(fc.oneof(intervals, fc.constant([])), { minLength: 7, maxLength: 7 })
    .map((week): Hours => ({
      week: Object.fromEntries(week.map((list, i) => [String(i + 1), list])) as Hours['week'],
      exceptions: [],
    }));

  it('[LO-02] [K6] are open exactly when the wall clock is inside an interval of its weekday, in every zone and year', () => {
    fc.assert(
      fc.property(zone, moment, hours, (of, at, house) => {
        const { day: today, time } = wallClock(at, of);
        const weekday = ((new Date(`${today}T12:00:00Z`).getUTCDay() + 6) % 7) + 1;
        const list = house.week[String(weekday) as '1'] ?? [];
        expect(openState(house, at, of).open).toBe(list.some(({ from, to }) => from <= time && time < to));
      }),
      { numRuns: 2_000 },
    );
  });

  it('[LO-02] [K6] what is said of the next change is true: the state holds until then, and is another after it', () => {
    fc.assert(
      fc.property(zone, moment, hours, (of, at, house) => {
        const state = openState(house, at, of);
        const next = state.open ? state.closesAt : state.opensAt;
        if (next === null) return;
        expect(next > at).toBe(true);
        expect(openState(house, addMs(next, -1), of).open).toBe(state.open);
        expect(openState(house, next, of).open).toBe(!state.open);
      }),
      { numRuns: 2_000 },
    );
  });
});

// No zod here (its schemas are in time-schemas.ts): the wall and the kiosk load this file.
import { TZDateMini } from '@date-fns/tz';
import type { Hours } from './time-schemas.ts';

export type { Hours } from './time-schemas.ts';

/** An instant: ISO 8601, UTC, milliseconds ("2026-05-20T08:31:00.000Z"); compares as text. */
export type Instant = string;

export const ms = (at: Instant): number => Date.parse(at);
export const instant = (epochMs: number): Instant => new Date(epochMs).toISOString();
export const addMs = (at: Instant, by: number): Instant => instant(ms(at) + by);
export const msBetween = (from: Instant, to: Instant): number => ms(to) - ms(from);
export const SECOND = 1_000;
export const MINUTE = 60_000;
export const HOUR = 3_600_000;

const pad = (n: number): string => String(n).padStart(2, '0');

/** True where the zone is one of the IANA database this runtime knows. */
export function isTimeZone(zone: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone.length > 0;
  } catch {
    return false;
  }
}

/** The wall clock of a zone at an instant. Weekday 1 is Monday, 7 Sunday. */
export function localTime(at: Instant, zone: string): { day: string; minutes: number; weekday: number } {
  const local = new TZDateMini(ms(at), zone);
  return {
    day: `${local.getFullYear()}-${pad(local.getMonth() + 1)}-${pad(local.getDate())}`,
    minutes: local.getHours() * 60 + local.getMinutes(),
    weekday: local.getDay() === 0 ? 7 : local.getDay(),
  };
}

/** The day `days` later (or earlier) on the calendar; no zone is involved. */
export function addDays(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * 24 * HOUR).toISOString().slice(0, 10);
}

/** The instant of a local time on a local day; in the hour that a clock change skips, the instant after it. */
export function instantOf(day: string, time: string, zone: string): Instant {
  const [year, month, date] = day.split('-').map(Number) as [number, number, number];
  return instant(
    new TZDateMini(year, month - 1, date, Number(time.slice(0, 2)), Number(time.slice(3, 5)), zone).getTime(),
  );
}

/**
 * The business day: the local date, but before `dayStart` still the day before. By the instant at which the day
 * starts, not by the wall clock: in the night of 25 hours an hour comes twice, but a day begins once.
 */
export function businessDay(at: Instant, zone: string, dayStart: string): string {
  const key = `${zone} ${dayStart}`;
  let found = lastDays.get(key);
  if (found === undefined || at < found.from || at >= found.until) {
    const { day: date } = localTime(at, zone);
    const day = at < instantOf(date, dayStart, zone) ? addDays(date, -1) : date;
    found = { day, from: instantOf(day, dayStart, zone), until: instantOf(addDays(day, 1), dayStart, zone) };
    lastDays.set(key, found);
  }
  return found.day;
}

/** The day found last, by zone and start: every command asks for it, and the calendar takes 20 µs to answer. */
const lastDays = new Map<string, { readonly day: string; readonly from: Instant; readonly until: Instant }>();

interface Span {
  readonly opensAt: Instant;
  readonly closesAt: Instant;
  /** Ends at midnight: the next day may go on from there. */
  readonly toMidnight: boolean;
}

/** The intervals of a day as instants, in order. Where a clock change leaves nothing of one, it is none. */
function spansOf(hours: Hours, day: string, weekday: number, zone: string): Span[] {
  const intervals =
    hours.exceptions.find((e) => e.day === day)?.intervals ?? hours.week[String(weekday) as '1'] ?? [];
  return intervals
    .map(({ from, to }) => ({
      opensAt: instantOf(day, from, zone),
      closesAt: instantOf(day, to, zone),
      toMidnight: to === '24:00',
    }))
    .filter((span) => span.opensAt < span.closesAt)
    .sort((a, b) => (a.opensAt < b.opensAt ? -1 : 1));
}

/** How far ahead the next opening is looked for: holidays never close a house for longer. */
const SEARCH_DAYS = 60;
/** A house that is open around the clock closes "in a week": far beyond any turn in a queue. */
const OPEN_DAYS = 7;

export type OpenState =
  | { readonly open: true; readonly closesAt: Instant }
  | { readonly open: false; readonly opensAt: Instant | null };

/** Whether hours are open at an instant, until when, or when they open next (null: not within 60 days). */
export function openState(hours: Hours, at: Instant, zone: string): OpenState {
  const today = localTime(at, zone);
  let open: Span | null = null;
  for (let ahead = 0; ahead <= SEARCH_DAYS; ahead++) {
    const weekday = ((today.weekday - 1 + ahead) % 7) + 1;
    for (const span of spansOf(hours, addDays(today.day, ahead), weekday, zone)) {
      if (open === null) {
        if (at < span.opensAt) return { open: false, opensAt: span.opensAt };
        if (at < span.closesAt) open = span;
      } else if (span.opensAt <= open.closesAt) {
        // The next interval begins where this one ends, and nobody leaves in between.
        if (span.closesAt > open.closesAt) open = span;
      } else {
        return { open: true, closesAt: open.closesAt };
      }
    }
    // Looking at the next day costs as much as at this one, so only where it could go on (measured: 55 or 15 µs).
    if (open !== null && (!open.toMidnight || ahead >= OPEN_DAYS)) break;
  }
  return open === null ? { open: false, opensAt: null } : { open: true, closesAt: open.closesAt };
}

import type { Hours } from '@schalter/shared/kernel/time.ts';

export const WEEKDAYS = ['1', '2', '3', '4', '5', '6', '7'] as const;
export type Weekday = (typeof WEEKDAYS)[number];
export interface Interval {
  readonly from: string;
  readonly to: string;
}

/** As many as a day may have; the schema says the same. */
export const INTERVALS_MAX = 4;
const WORKING_DAY: readonly Interval[] = [{ from: '08:00', to: '18:00' }];

/** "8" → "08:00", "830" → "08:30", "8.5" stays as typed: what can't be a time is left for the schema to refuse. */
export function readTime(typed: string, end: boolean): string {
  const text = typed.trim();
  const match = /^(\d{1,2})(?:[:.h ]?([0-5]\d))?$/.exec(text);
  if (match === null) return text;
  const [, hours = '', minutes = '00'] = match;
  const said = `${hours.padStart(2, '0')}:${minutes}`;
  // Until midnight: the end of this day, not the start of it.
  return end && said === '00:00' ? '24:00' : said;
}

export const allWeek = (intervals: readonly Interval[]): Hours['week'] =>
  Object.fromEntries(WEEKDAYS.map((day) => [day, intervals.map((i) => ({ ...i }))])) as Hours['week'];

export const usualHours = (): Hours => ({
  week: { ...allWeek(WORKING_DAY), '6': [], '7': [] },
  exceptions: [],
});

/** One more interval, an hour after the last one of the day. */
export function added(intervals: readonly Interval[]): Interval[] {
  const last = intervals.at(-1);
  if (last === undefined) return WORKING_DAY.map((i) => ({ ...i }));
  const hour = Math.min(23, Number(last.to.slice(0, 2)) + 1);
  return [...intervals, { from: `${String(hour).padStart(2, '0')}:00`, to: '24:00' }];
}

export const replaced = (intervals: readonly Interval[], at: number, next: Interval | null): Interval[] =>
  intervals.flatMap((interval, i) => (i === at ? (next === null ? [] : [next]) : [interval]));

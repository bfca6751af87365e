import type { Hours } from '../kernel/time.ts';

/** True where no two intervals of a day overlap and no day is an exception twice. */
export function hoursValid(hours: Hours): boolean {
  const days = hours.exceptions.map((e) => e.day);
  if (new Set(days).size < days.length) return false;
  const lists = [...Object.values(hours.week), ...hours.exceptions.map((e) => e.intervals)];
  return lists.every((intervals) => {
    const sorted = [...intervals].sort((a, b) => (a.from < b.from ? -1 : 1));
    return sorted.every((interval, i) => i === 0 || (sorted[i - 1]?.to ?? '') <= interval.from);
  });
}

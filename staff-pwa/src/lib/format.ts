import { msBetween } from '@schalter/shared/kernel/time.ts';

const pad = (n: number): string => String(n).padStart(2, '0');

/** "03:12", "1:03:12" from an hour on; never less than zero, whatever a clock says. */
export function stopwatch(from: string, now: string, pauseS = 0): string {
  const seconds = Math.max(0, Math.floor(msBetween(from, now) / 1_000) - pauseS);
  const hours = Math.floor(seconds / 3_600);
  const minutes = Math.floor(seconds / 60) % 60;
  const rest = `${pad(minutes)}:${pad(seconds % 60)}`;
  return hours === 0 ? rest : `${hours}:${rest}`;
}

/** Whole minutes between two instants, at least 0. */
export const minutesBetween = (from: string, to: string): number =>
  Math.max(0, Math.floor(msBetween(from, to) / 60_000));

/** Whole seconds until an instant, rounded up: 0 only when it is over. */
export const secondsUntil = (until: string, now: string): number =>
  Math.max(0, Math.ceil(msBetween(now, until) / 1_000));

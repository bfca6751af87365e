import { z } from 'zod';

/** An instant: ISO 8601, UTC, milliseconds ("2026-05-20T08:31:00.000Z"); compares as text. */
export const Instant = z.iso.datetime();
export type Instant = z.output<typeof Instant>;

/** A local time of day, "08:30". */
export const TimeOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/);
/** A local calendar day, "2026-05-20". */
export const Day = z.iso.date();

/** Where an interval ends: midnight is "24:00", so that a house may be open around the clock. */
const EndOfInterval = z.union([TimeOfDay, z.literal('24:00')]);
const Interval = z.strictObject({ from: TimeOfDay, to: EndOfInterval }).refine((i) => i.from < i.to);
/** Opening hours: several intervals a weekday ("1" Monday to "7" Sunday), and days that differ. */
export const Hours = z.strictObject({
  week: z.record(z.enum(['1', '2', '3', '4', '5', '6', '7']), z.array(Interval).max(4)),
  exceptions: z
    .array(z.strictObject({ day: Day, intervals: z.array(Interval).max(4), name: z.string().max(60) }))
    .max(200),
});
export type Hours = z.output<typeof Hours>;

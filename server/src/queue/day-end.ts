import { createHash } from 'node:crypto';
import { businessDay } from '@schalter/shared/kernel/time.ts';
import type { Engine } from '../engine/execute.ts';
import type { Clock } from '../ports/clock.ts';
import { submit } from '../transport/caller.ts';

/** A server that was down at midnight ends the day within this after it is back. */
const CHECK_MS = 30_000;

/** A command id that follows from what it is for: sent twice, by two servers, it takes effect once. */
export function idFor(...cause: readonly string[]): string {
  const hex = createHash('sha256').update(cause.join('/')).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** Ends the business days that are over, in every location, oldest first. */
export function startDayEnd(parts: {
  readonly engine: Engine;
  readonly clock: Clock;
  readonly locationIds: () => Promise<readonly string[]>;
  readonly onError: (error: unknown) => void;
}): { stop(): void; check(): Promise<void> } {
  const check = async () => {
    for (const streamId of await parts.locationIds()) await closeOverDays(parts, streamId);
  };
  const timer = setInterval(() => {
    check().catch(parts.onError);
  }, CHECK_MS);
  return {
    check,
    stop: () => {
      clearInterval(timer);
    },
  };
}

async function closeOverDays(parts: { engine: Engine; clock: Clock }, streamId: string): Promise<void> {
  const over = await parts.engine.read(streamId, ({ live }) => {
    const location = live.rows.locations.get(streamId);
    if (location === undefined) return [];
    const today = businessDay(parts.clock.now(), location.timeZone, location.dayStart);
    const days = [...live.rows.visits.values(), ...live.rows.numberSeries.values()].map(
      (row) => row.businessDay,
    );
    return [...new Set(days)].filter((day) => day < today).sort();
  });
  for (const day of over ?? []) {
    await submit(parts, {
      streamId,
      type: 'queue.closeDay',
      input: { businessDay: day },
      actor: { kind: 'system' },
      // A day that was kept open is closed again each day, until nothing of it is left.
      commandId: idFor('closeDay', streamId, day, parts.clock.now().slice(0, 10)),
    });
  }
}

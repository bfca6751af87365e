import { createHash } from 'node:crypto';
import { businessDay } from '@schalter/shared/kernel/time.ts';
import type { CommandType } from '@schalter/shared/registry.ts';
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

/** One location's; the simulation asks here too. */
export async function closeOverDays(
  parts: { engine: Engine; clock: Clock },
  streamId: string,
): Promise<void> {
  const now = parts.clock.now();
  const over = await parts.engine.read(streamId, ({ live }) => {
    const location = live.rows.locations.get(streamId);
    if (location === undefined) return { days: [], forgotten: [] };
    const dayOf = (at: string) => businessDay(at, location.timeZone, location.dayStart);
    const today = dayOf(now);
    const { visits, numberSeries, numberBlocks } = live.rows;
    const days = [...visits.values(), ...numberSeries.values(), ...numberBlocks.values()].map(
      (row) => row.businessDay,
    );
    return {
      days: [...new Set(days)].filter((day) => day < today).sort(),
      forgotten: [...live.rows.presences.values()].filter((presence) => dayOf(presence.since) < today),
    };
  });
  const send = (type: CommandType, input: unknown, ...cause: string[]) =>
    submit(parts, {
      streamId,
      type,
      input,
      actor: { kind: 'system' },
      commandId: idFor(type, streamId, ...cause),
    });
  for (const day of over?.days ?? []) {
    // A day that was kept open is closed again each day, until nothing of it is left.
    await send('queue.closeDay', { businessDay: day }, day, now.slice(0, 10));
  }
  // Whoever forgot to sign off last night does not count as an open counter this morning.
  for (const { counterId, since } of over?.forgotten ?? []) {
    await send('directory.signOff', { counterId }, counterId, since, now.slice(0, 10));
  }
}

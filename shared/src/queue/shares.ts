// No zod in this file: the wall and the kiosk load it.
import { openCounterIds } from '../directory/away.ts';
import type { Instant } from '../kernel/time.ts';
import type { QueueLive, Stage } from './rows.ts';

/**
 * Q64: so long after the last word of the server a counter calls by voice. The server notices a lost connection within
 * ten seconds (sockets.ts), waits five for its return (away.ts), and has five left to write it down.
 */
export const ALOUD_AFTER_MS = 20_000;

/** Q62: the counter to which a customer is dealt: by the number alone, so that both sides of a cut deal the same. */
export function dealtTo(live: QueueLive, stage: Stage, counterIds: readonly string[]): string | null {
  const number = live.rows.visits.get(stage.visitId)?.number ?? 0;
  const serving = counterIds.filter((id) => {
    const counter = live.rows.counters.get(id);
    return counter?.active === true && counter.serviceIds.includes(stage.serviceId);
  });
  return serving[number % serving.length] ?? null;
}

/** Q63: for whose share a customer is kept now; null where everybody may call. */
export function keptForAway(live: QueueLive, stage: Stage, now: Instant): string | null {
  for (const { counterId, away } of live.rows.presences.values()) {
    // Rows that an older version has stored on a device know nothing of it.
    if (away == null || away.until <= now || stage.arrivedAt > away.since) continue;
    if (dealtTo(live, stage, away.counterIds) === counterId) return counterId;
  }
  return null;
}

/** Q64: the counter whose share a customer is, as a counter sees it that is without the server. */
export const shareOf = (live: QueueLive, stage: Stage, counterId: string): string | null =>
  dealtTo(live, stage, live.rows.presences.get(counterId)?.away?.counterIds ?? openCounterIds(live));

import type { Logger } from 'pino';
import { businessDay } from '@schalter/shared/kernel/time.ts';
import type { Engine } from '../engine/execute.ts';
import type { Clock } from '../ports/clock.ts';
import { submit } from '../transport/caller.ts';
import type { HeldData } from './queries.ts';

/** A server that was down at the hour looks again after this. */
const CHECK_MS = 3_600_000;
/** People in one command, as shared/src/privacy/commands.ts allows. */
const PORTION = 200;

export interface Retaining {
  readonly engine: Engine;
  readonly clock: Clock;
  readonly held: HeldData;
  readonly locationIds: () => Promise<readonly string[]>;
  /** Names and notes are kept this many days after the business day. */
  readonly keepDays: number;
  readonly log: Pick<Logger, 'info'>;
  readonly onError: (error: unknown) => void;
}

/**
 * Takes names, notes and what leads to somebody out of tickets and bookings that are older than anybody needs them. What
 * is done already is not found again, so it may run as often as it likes, on as many servers.
 */
export function startRetention(parts: Retaining): { check(): Promise<number>; stop(): void } {
  let stopped = false;
  const check = async (): Promise<number> => {
    let all = 0;
    for (const streamId of await parts.locationIds()) {
      if (stopped) break;
      const count = await ofLocation(parts, streamId);
      if (count > 0)
        parts.log.info({ streamId, count }, 'retention: people were taken out of old tickets and bookings');
      all += count;
    }
    return all;
  };
  const timer = setInterval(() => {
    check().catch(parts.onError);
  }, CHECK_MS);
  return {
    check,
    stop: () => {
      stopped = true;
      clearInterval(timer);
    },
  };
}

async function ofLocation(parts: Retaining, streamId: string): Promise<number> {
  const place = await parts.engine.read(streamId, ({ head, live }) => {
    const location = live.rows.locations.get(streamId);
    return location === undefined ? null : { organisationId: head.organisationId, location };
  });
  if (place === null) return 0;
  const { location, organisationId } = place;
  const today = businessDay(parts.clock.now(), location.timeZone, location.dayStart);
  const last = dayBefore(today, parts.keepDays + 1);
  let count = 0;
  for (;;) {
    const over = await parts.held.overdue({ organisationId, streamId }, last, PORTION);
    if (over.visitIds.length + over.reservationIds.length === 0) return count;
    const answer = await submit(parts, {
      streamId,
      type: 'privacy.erase',
      input: { ...over, personIds: [], why: 'retention' },
      actor: { kind: 'system' },
    });
    // It is tried again in an hour; without this, at once and for ever.
    if (!answer.ok) return count;
    count += over.visitIds.length + over.reservationIds.length;
  }
}

const DAY_MS = 86_400_000;
const dayBefore = (day: string, days: number): string =>
  new Date(Date.parse(day) - days * DAY_MS).toISOString().slice(0, 10);

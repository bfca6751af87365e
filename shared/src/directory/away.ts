// No zod in this file: the wall and the kiosk load it.
import { MINUTE } from '../kernel/time.ts';
import type { DirectoryLive } from './rows.ts';

/** DR10: longer than most cuts, short enough for customers whose clerk has gone home. */
export const SHARE_MS = 15 * MINUTE;

/** The counters that call now, in the order in which the line is dealt among them. */
export const openCounterIds = (live: DirectoryLive): readonly string[] =>
  [...live.rows.presences.values()]
    .filter(
      ({ counterId, state }) => state === 'available' && live.rows.counters.get(counterId)?.active === true,
    )
    .map(({ counterId }) => counterId)
    .sort();

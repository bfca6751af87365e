// No zod in this file: the wall and the kiosk load it.
import { MINUTE, ms } from '../kernel/time.ts';
import { meanMinutes, restMin } from './durations.ts';
import { isAtCounter } from './moves.ts';
import { competingServices, reservedCounter } from './order.ts';
import type { QueueLive, Stage } from './rows.ts';

/** A set of open counters that can take the same customers. */
export interface Pool {
  readonly counters: readonly string[];
  /** Services whose waiting customers are "before you". */
  readonly competing: ReadonlySet<string>;
  /** Minutes until those at the counters are expected to be done, added up. */
  readonly restMin: number;
  readonly idle: number;
}

/** What the estimator knows of a moment: how long a service takes, which counters are open and how busy. */
export interface Model {
  meanMin(serviceId: string): number;
  /** The counters for somebody who waits for a service, or for one counter alone. */
  pool(serviceId: string, reserved: string | null): Pool;
  poolOfStage(stage: Stage): Pool;
}

/** Open counters (somebody is there and not on a break), with the minutes until each is free. */
function openCounters(
  live: QueueLive,
  now: string,
  meanMin: (serviceId: string) => number,
): Map<string, number> {
  const open = new Map<string, number>();
  for (const presence of live.rows.presences.values()) {
    const counter = live.rows.counters.get(presence.counterId);
    if (presence.state === 'available' && counter?.active === true) open.set(counter.id, 0);
  }
  for (const stage of live.rows.stages.values()) {
    if (stage.counterId === null || !isAtCounter(stage) || !open.has(stage.counterId)) continue;
    const elapsedMin = (ms(now) - ms(stage.calledAt ?? stage.startedAt ?? now)) / MINUTE;
    open.set(stage.counterId, restMin(meanMin(stage.serviceId), Math.max(0, elapsedMin)));
  }
  return open;
}

export function modelOf(live: QueueLive, now: string): Model {
  const means = meanMinutes(live);
  const meanMin = (serviceId: string): number => means.get(serviceId) ?? 0;
  const open = openCounters(live, now, meanMin);
  const serves = (counterId: string): readonly string[] =>
    live.rows.counters.get(counterId)?.serviceIds ?? [];
  const pools = new Map<string, Pool>();

  const pool = (serviceId: string, reserved: string | null): Pool => {
    const only = reserved !== null && open.has(reserved) ? reserved : null;
    const key = `${serviceId} ${only ?? ''}`;
    const known = pools.get(key);
    if (known !== undefined) return known;
    const counters = only === null ? [...open.keys()].filter((id) => serves(id).includes(serviceId)) : [only];
    const rests = counters.map((id) => open.get(id) ?? 0);
    const made: Pool = {
      counters,
      // Without an open counter, those that any counter of the service would serve.
      competing:
        counters.length === 0
          ? competingServices(live, serviceId)
          : new Set([serviceId, ...counters.flatMap(serves)]),
      restMin: rests.reduce((sum, rest) => sum + rest, 0),
      idle: rests.filter((rest) => rest === 0).length,
    };
    pools.set(key, made);
    return made;
  };
  return { meanMin, pool, poolOfStage: (stage) => pool(stage.serviceId, reservedCounter(live, stage)) };
}

/** The part of what waits for `counters` that lands on `pool`: shared counters are shared in proportion. */
export function shareOf(counters: readonly string[], pool: Pool): number {
  if (counters === pool.counters) return counters.length === 0 ? 0 : 1;
  let shared = 0;
  for (const id of counters) if (pool.counters.includes(id)) shared++;
  return shared === 0 ? 0 : shared / counters.length;
}

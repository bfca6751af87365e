// What goes wrong, one thing after the other, by a seeded chance.
import { setTimeout as delay } from 'node:timers/promises';
import type { ServerProcess } from '../support/server-process.ts';
import type { ChaosHouse } from './house.ts';
import type { Line, Proxy } from './proxy.ts';

/** Between two faults. */
const PAUSE_MS = [250, 1_250] as const;
/** A server is frozen this long: beyond the ten seconds after which its database lets it go. */
const FROZEN_MS = [500, 13_000] as const;
const SILENT_MS = [1_000, 9_000] as const;
const SLOW_MS = [1_000, 5_000] as const;
/** Servers take some seconds to start, and need it for that: without any peace nobody would be there to be killed. */
const DATABASE_LIVES_MS = [1_000, 6_000] as const;
const DISK_FULL_MS = [500, 4_000] as const;
/** A server's clock is wrong by as much after a restart, in either direction. */
const CLOCK_WRONG_MS = 300_000;

export interface Faults {
  /** How often each has happened, for the report; one that found nothing to do has not happened. */
  readonly counts: Readonly<Record<string, number>>;
  /** No new faults; resolves when everything has been healed and every server runs. */
  stop(): Promise<void>;
}

/** null: not now. */
type Fault = (house: ChaosHouse, random: () => number) => Promise<void> | null;

const between = ([low, high]: readonly [number, number], random: () => number): number =>
  low + random() * (high - low);
const some = (proxy: Proxy, random: () => number): Line[] => proxy.lines.filter(() => random() < 0.4);
const anyOf = <T>(list: readonly T[], random: () => number): T => {
  const one = list[Math.floor(random() * list.length)];
  if (one === undefined) throw new Error('nothing to choose from');
  return one;
};

/** For a while the lines have this weather; those that come later have none. */
const weather =
  (
    proxyOf: (house: ChaosHouse) => Proxy,
    now: (random: () => number) => Parameters<Line['weather']>[0],
    ms: readonly [number, number],
  ): Fault =>
  (house, random) => {
    const lines = some(proxyOf(house), random);
    if (lines.length === 0) return null;
    const what = now(random);
    for (const line of lines) line.weather(what);
    return delay(between(ms, random)).then(() => {
      for (const line of lines) line.weather({});
    });
  };
const cut =
  (proxyOf: (house: ChaosHouse) => Proxy): Fault =>
  (house, random) => {
    const lines = some(proxyOf(house), random);
    for (const line of lines) line.cut();
    return lines.length === 0 ? null : Promise.resolve();
  };

/** A server that another fault has in hand is left to it. */
const onServer =
  (act: (house: ChaosHouse, server: ServerProcess, random: () => number) => Promise<void>): Fault =>
  (house, random) => {
    const free = house.servers.filter((server) => server.runs && !house.inHand.has(server));
    if (free.length === 0) return null;
    const server = anyOf(free, random);
    house.inHand.add(server);
    return act(house, server, random).finally(() => house.inHand.delete(server));
  };

/** One PostgreSQL: nothing else is done to it before it is up again, and has been so for a while. */
const ailing = new WeakSet<ChaosHouse>();
const onPostgres =
  (act: (house: ChaosHouse, random: () => number) => Promise<void>, can = (_: ChaosHouse) => true): Fault =>
  (house, random) => {
    if (ailing.has(house) || !can(house)) return null;
    ailing.add(house);
    return act(house, random).finally(() => {
      setTimeout(() => ailing.delete(house), between(DATABASE_LIVES_MS, random));
    });
  };

const FAULTS: Readonly<Record<string, Fault>> = {
  'devices cut off': cut((h) => h.front),
  'devices half open': weather(
    (h) => h.front,
    () => ({ silent: true }),
    SILENT_MS,
  ),
  'devices slow': weather(
    (h) => h.front,
    (random) => ({ delayMs: 50 + random() * 450 }),
    SLOW_MS,
  ),
  'devices on a thin line': weather(
    (h) => h.front,
    () => ({ rate: 4_000 }),
    SLOW_MS,
  ),
  'database cut off': cut((h) => h.back),
  'database half open': weather(
    (h) => h.back,
    () => ({ silent: true }),
    SLOW_MS,
  ),
  'server killed': onServer((house, server) => house.killServer(server)),
  'server killed, its clock wrong': onServer((house, server, random) => {
    const start = new Date(Date.now() + (random() - 0.5) * 2 * CLOCK_WRONG_MS).toISOString();
    return house.killServer(server, { CLOCK_START: start });
  }),
  'server frozen': onServer(async (_house, server, random) => {
    server.freeze(true);
    await delay(between(FROZEN_MS, random));
    server.freeze(false);
  }),
  'PostgreSQL killed': onPostgres((house) => house.killPostgres()),
  'process of PostgreSQL killed': onPostgres((house, random) => house.killBackend(random)),
  'disk full': onPostgres(
    (house, random) => house.fillDisk(between(DISK_FULL_MS, random)),
    (house) => house.canFillDisk,
  ),
};
/** Kills are what loses things: half of all faults. A full disk comes often enough to be there in a short run. */
const weightOf = (name: string): number => (/killed/.test(name) ? 3 : name === 'disk full' ? 2 : 1);
const WEIGHTED = Object.keys(FAULTS).flatMap((name) => Array<string>(weightOf(name)).fill(name));

/** A process ended by SIGKILL, one round each. */
export const killsIn = (counts: Readonly<Record<string, number>>): number =>
  Object.entries(counts).reduce((sum, [name, count]) => sum + (name.includes('killed') ? count : 0), 0);

export function unleash(
  house: ChaosHouse,
  random: () => number,
  { only, say }: { readonly only?: string; readonly say: (line: string) => void },
): Faults {
  const counts: Record<string, number> = {};
  const running = new Set<Promise<void>>();
  let stopped = false;
  const loop = (async () => {
    while (!stopped) {
      const name = only ?? anyOf(WEIGHTED, random);
      const fault = FAULTS[name]?.(house, random) ?? null;
      if (fault !== null) {
        counts[name] = (counts[name] ?? 0) + 1;
        say(name);
        const one = fault.finally(() => running.delete(one));
        running.add(one);
      }
      await delay(between(PAUSE_MS, random));
    }
  })();
  return {
    counts,
    async stop() {
      stopped = true;
      await loop;
      await Promise.all(running);
      house.front.heal();
      house.back.heal();
    },
  };
}

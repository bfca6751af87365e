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
/** A server's clock is wrong by as much after a restart, in either direction. */
const CLOCK_WRONG_MS = 300_000;

export interface Faults {
  /** How often each has happened, for the report. */
  readonly counts: Readonly<Record<string, number>>;
  /** No new faults; resolves when everything has been healed and every server runs. */
  stop(): Promise<void>;
}

type Fault = (house: ChaosHouse, random: () => number) => Promise<void>;

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
  async (house, random) => {
    const lines = some(proxyOf(house), random);
    const what = now(random);
    for (const line of lines) line.weather(what);
    await delay(between(ms, random));
    for (const line of lines) line.weather({});
  };

/** A server that another fault has in hand is left to it. */
const busy = new Set<ServerProcess>();
const onServer =
  (act: (house: ChaosHouse, server: ServerProcess, random: () => number) => Promise<void>): Fault =>
  async (house, random) => {
    const server = anyOf(house.servers, random);
    if (busy.has(server) || !server.runs) return;
    busy.add(server);
    await act(house, server, random).finally(() => busy.delete(server));
  };

const FAULTS: Readonly<Record<string, Fault>> = {
  'devices cut off': async ({ front }, random) => {
    for (const line of some(front, random)) line.cut();
    await Promise.resolve();
  },
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
  'database cut off': async ({ back }, random) => {
    for (const line of some(back, random)) line.cut();
    await Promise.resolve();
  },
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
  'PostgreSQL killed': (house) => house.killPostgres(),
};
/** Kills are what loses things: half of all faults. */
const WEIGHTED = Object.keys(FAULTS).flatMap((name) => Array<string>(/killed/.test(name) ? 3 : 1).fill(name));

export function unleash(house: ChaosHouse, random: () => number, say: (line: string) => void): Faults {
  const counts: Record<string, number> = {};
  const running = new Set<Promise<void>>();
  let stopped = false;
  let killing = false;
  const loop = (async () => {
    while (!stopped) {
      const name = anyOf(WEIGHTED, random);
      // One PostgreSQL: it is up again before it is killed again.
      const isDatabase = name === 'PostgreSQL killed';
      if (!(isDatabase && killing)) {
        if (isDatabase) killing = true;
        counts[name] = (counts[name] ?? 0) + 1;
        say(name);
        const fault = FAULTS[name];
        const one = (fault?.(house, random) ?? Promise.resolve()).finally(() => {
          running.delete(one);
          if (isDatabase) killing = false;
        });
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

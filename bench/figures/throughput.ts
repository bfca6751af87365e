import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { App } from '@schalter/server/src/app.ts';
import { startChild, type Child } from '../lib/child.ts';
import type { LoopResult } from '../lib/closed-loop.ts';
import { openLocations, serve, type Load } from '../lib/counters.ts';
import { startDatabase } from '../lib/database.ts';
import { fixed, type Figure, type Measurement } from '../lib/figure.ts';
import { startPgFloor } from '../lib/pg-floor.ts';
import { startProduct } from '../lib/product.ts';
import { interleave, median, type Interleaved } from '../lib/stats.ts';

interface Case extends Load {
  readonly name: string;
  readonly target: number;
}
const CASES: readonly Case[] = [
  { name: 'one location, 64 callers', callers: 64, locations: 1, target: 2 },
  { name: '20 locations, 64 callers', callers: 64, locations: 20, target: 1 },
  { name: 'one location, one caller', callers: 1, locations: 1, target: 0.5 },
];
const ROUNDS = 5;
/** A round at one location is about a busy day's commands there, and long enough for checkpoints to show. */
const ROUND_MS = 2_000;
/** With another process that hears of everything. */
const LISTENED_TARGET = 0.9;
/** What it still has to catch up with must not weigh on the round without it. */
const CAUGHT_UP_MS_MAX = 10_000;
const POLL_MS = 20;

export const throughput: Measurement = {
  key: 'throughput',
  takesS: 150,
  async measure({ say }) {
    const database = await startDatabase();
    const app = await startProduct(database.url);
    const other = startChild(fileURLToPath(new URL('../lib/listening-server.ts', import.meta.url)));
    try {
      await other.ask('start', database.url);
      const warm = { callers: 64, locations: 1 };
      await serve(app, await openLocations(app, warm), warm.callers, ROUND_MS);
      // A database that has never counted its rows guesses its plans; after a minute autovacuum would do this.
      await database.analyze();
      const entry = await database.journalEntry();
      const figures: Figure[] = [];
      for (const one of CASES) {
        say(one.name);
        figures.push(await againstFloor(app, database.url, one, entry, say));
        figures.push(await againstItself(app, other, one, say));
      }
      return figures;
    } finally {
      await other.stop();
      await app.stop();
      await database.stop();
    }
  },
};

async function againstFloor(
  app: App,
  databaseUrl: string,
  one: Case,
  entry: string,
  say: (line: string) => void,
): Promise<Figure> {
  const results = { ours: [] as LoopResult[], floor: [] as LoopResult[] };
  const floor = await startPgFloor(databaseUrl, one.callers, entry);
  try {
    const compared = await interleave(
      ROUNDS,
      async () => noted(results.ours, await round(app, one), 'execute', say),
      async () => noted(results.floor, await floor.measure(ROUND_MS), 'floor', say),
    );
    return {
      name: `commands per second, ${one.name}, by the floor`,
      ...judged(compared, one.target, 1),
      details: [
        `execute ${described(compared.ours, results.ours)}: issue, call next, start, complete in turn`,
        `floor ${described(compared.floor, results.floor)}: one prepared insert of ${entry.length} bytes with ` +
          'returning each, what a journal entry weighs; fsync on',
        `ratios of the rounds: ${compared.ratios.map((r) => fixed(r, 2)).join(', ')}`,
      ],
    };
  } finally {
    await floor.stop();
  }
}

async function againstItself(
  app: App,
  other: Child,
  one: Case,
  say: (line: string) => void,
): Promise<Figure> {
  const results = { listened: [] as LoopResult[], alone: [] as LoopResult[] };
  const compared = await interleave(
    ROUNDS,
    async () => noted(results.listened, await round(app, one, other), 'listened to', say),
    async () => noted(results.alone, await round(app, one), 'alone', say),
  );
  return {
    name: `the same, ${one.name}, with a second process listening, by itself alone`,
    ...judged(compared, LISTENED_TARGET, 2),
    details: [
      `with it ${described(compared.ours, results.listened)}; alone ${described(compared.floor, results.alone)}`,
      `ratios of the rounds: ${compared.ratios.map((r) => fixed(r, 2)).join(', ')}`,
    ],
  };
}

async function round(app: App, one: Case, other?: Child): Promise<LoopResult> {
  const stations = await openLocations(app, one);
  const streamIds = stations.map(({ streamId }) => streamId);
  await other?.ask('hold', streamIds);
  const result = await serve(app, stations, one.callers, ROUND_MS);
  if (other !== undefined) await caughtUp(app, other, streamIds);
  return result;
}

async function caughtUp(app: App, other: Child, streamIds: readonly string[]): Promise<void> {
  const until = performance.now() + CAUGHT_UP_MS_MAX;
  const own = new Map(app.parts.engine.held.map(({ streamId, seq }) => [streamId, seq]));
  for (;;) {
    const heard = await other.ask<readonly { streamId: string; seq: number }[]>('heard');
    const missing = streamIds.filter(
      (id) => (heard.find(({ streamId }) => streamId === id)?.seq ?? 0) < (own.get(id) ?? 0),
    );
    if (missing.length === 0) return;
    if (performance.now() > until)
      throw new Error(`the second process has not heard of ${missing.length} streams`);
    await sleep(POLL_MS);
  }
}

function noted(list: LoopResult[], result: LoopResult, who: string, say: (line: string) => void): number {
  list.push(result);
  say(`  ${who} ${fixed(result.perSecond, 0)}/s`);
  return result.perSecond;
}

const judged = ({ ratio }: Interleaved, target: number, digits: number) => ({
  value: `${fixed(ratio, 2)} ×`,
  target: `≥ ${fixed(target, digits)} ×`,
  ok: ratio >= target,
});

const described = (perSecond: readonly number[], of: readonly LoopResult[]): string => {
  const latency = (key: 'p50' | 'p99') => fixed(median(of.map(({ latencyMs }) => latencyMs[key])));
  return `${fixed(median(perSecond), 0)}/s (p50 ${latency('p50')} ms, p99 ${latency('p99')} ms)`;
};

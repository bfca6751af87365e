// npm run simulate: worlds of seeds, on every core; a seed that breaks a promise is printed with what it broke.
//   npm run simulate                       10,000 seeds
//   npm run simulate -- --seeds 100000     more of them
//   npm run simulate -- --from 5000        others
//   npm run simulate -- --seed 1553        one, again
import { spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { simulate, type Outcome } from './simulate.ts';

const SEEDS = 10_000;
/** Seeds that a worker takes at once: long enough that its start does not count. */
const SHARE = 500;
/** Broken seeds that are printed; more of them say nothing new. */
const MOST_SHOWN = 20;

const { values } = parseArgs({
  options: {
    seed: { type: 'string' },
    seeds: { type: 'string', default: String(SEEDS) },
    from: { type: 'string', default: '1' },
    workers: { type: 'string', default: String(availableParallelism()) },
    /** For the workers: one line of JSON per seed. */
    json: { type: 'boolean', default: false },
  },
});

const totals = { seeds: 0, entries: 0, commands: 0, events: 0, virtualMs: 0, papers: 0 };
const failed: Outcome[] = [];

function count(outcome: Outcome): void {
  totals.seeds += 1;
  totals.entries += outcome.entries;
  totals.commands += outcome.commands;
  totals.events += outcome.events;
  totals.virtualMs += outcome.virtualMs;
  totals.papers += outcome.papers;
  if (outcome.broken.length === 0) return;
  failed.push(outcome);
  if (failed.length <= MOST_SHOWN) show(outcome);
}

function show({ seed, broken }: Outcome): void {
  console.log(`seed ${seed}: npm run simulate -- --seed ${seed}`);
  for (const sentence of broken) console.log(`  ${sentence}`);
}

/** Counted by the parent, in a process of its own. */
async function runShare(from: number, seeds: number): Promise<void> {
  const own = process.argv[1] ?? '';
  const args = ['--import', 'tsx', own, '--json', '--from', String(from), '--seeds', String(seeds)];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  for await (const line of createInterface({ input: child.stdout })) count(JSON.parse(line) as Outcome);
  const code = await ended;
  if (code !== 0) throw new Error(`the worker of seeds ${from} to ${from + seeds - 1} ended with ${code}`);
}

async function runAll(from: number, seeds: number, workers: number): Promise<void> {
  let next = from;
  const worker = async (): Promise<void> => {
    for (; next < from + seeds;) {
      const begin = next;
      next += SHARE;
      await runShare(begin, Math.min(SHARE, from + seeds - begin));
    }
  };
  await Promise.all(Array.from({ length: workers }, worker));
}

async function main(): Promise<void> {
  const begin = performance.now();
  const from = Number(values.seed ?? values.from);
  const seeds = values.seed === undefined ? Number(values.seeds) : 1;
  if (values.json) {
    for (let seed = from; seed < from + seeds; seed++) console.log(JSON.stringify(await simulate(seed)));
    return;
  }
  if (seeds === 1) count(await simulate(from));
  else await runAll(from, seeds, Number(values.workers));
  const seconds = (performance.now() - begin) / 1_000;
  const each = (total: number): string => (total / totals.seeds).toFixed(0);
  console.log(
    `${totals.seeds} seeds in ${seconds.toFixed(1)} s, ${failed.length} broken. On average a seed is ` +
      `${each(totals.virtualMs / 1_000)} s of virtual time, ${each(totals.commands)} commands, ` +
      `${each(totals.papers)} papers, ` +
      `${each(totals.entries)} journal entries and ${each(totals.events)} events.`,
  );
  if (failed.length > 0) process.exitCode = 1;
}

await main();

// npm run chaos -- --minutes N or --kills N: two servers on one PostgreSQL, everything that can fail fails, and is checked.
import { parseArgs } from 'node:util';
import { runChaos, type ChaosReport } from './chaos.ts';

const { values } = parseArgs({
  options: {
    /** With --kills: at most so long. */
    minutes: { type: 'string' },
    kills: { type: 'string' },
    screens: { type: 'string', default: '20' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    verbose: { type: 'boolean', default: false },
  },
});

const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`;
const list = (counts: Readonly<Record<string, number>>): string =>
  Object.entries(counts)
    .sort(([a], [b]) => a.localeCompare(b))
    .map(([name, count]) => `  ${String(count).padStart(7)}  ${name}`)
    .join('\n');

function print(report: ChaosReport): void {
  const { problems, looked, failedMs, faults, kills, commands, undecided, convergedAfterMs } = report;
  const killed = Object.entries(faults).filter(([name]) => name.includes('killed'));
  const others = Object.entries(faults).filter(([name]) => !name.includes('killed'));
  console.log(
    `faults for ${seconds(failedMs)}; all devices current ${seconds(convergedAfterMs)} after the last`,
  );
  console.log(`${kills} processes killed\n${list(Object.fromEntries(killed))}`);
  console.log(`other faults\n${list(Object.fromEntries(others))}`);
  if (report.canFillDisk) console.log(`  PostgreSQL ended by a full disk ${report.postgresEnded} times`);
  else console.log('  no full disk: this machine lets us mount none');
  console.log(`commands\n${list(commands)}`);
  if (commands.unknown > 0) console.log(`of those unknown\n${list(undecided)}`);
  console.log(`looked at\n${list(looked)}`);
  for (const problem of problems) console.log(`BROKEN  ${problem}`);
  console.log(
    problems.length === 0 ? 'nothing lost, nothing twice, nothing out of order' : `${problems.length} broken`,
  );
}

async function main(): Promise<number> {
  const seed = Number(values.seed);
  const kills = values.kills === undefined ? undefined : Number(values.kills);
  const minutes = Number(values.minutes ?? (kills === undefined ? '1' : 'Infinity'));
  const end = kills === undefined ? `${minutes} min` : `until ${kills} are killed`;
  console.log(`seed ${seed}, ${end}, ${values.screens} screens`);
  const report = await runChaos({
    durationMs: minutes * 60_000,
    screens: Number(values.screens),
    seed,
    ...(kills === undefined ? {} : { kills }),
    ...(values.verbose ? { say: (line: string) => console.log(`  ${line}`) } : {}),
  });
  print(report);
  return report.problems.length === 0 ? 0 : 1;
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);

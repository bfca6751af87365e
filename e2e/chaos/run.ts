// npm run chaos -- --minutes N: two servers on one PostgreSQL, everything that can fail fails, and is checked.
import { parseArgs } from 'node:util';
import { runChaos } from './chaos.ts';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '1' },
    screens: { type: 'string', default: '20' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    verbose: { type: 'boolean', default: false },
  },
});

async function main(): Promise<number> {
  const seed = Number(values.seed);
  console.log(`seed ${seed}, ${values.minutes} min, ${values.screens} screens`);
  const { problems, faults, commands, entries, convergedAfterMs } = await runChaos({
    durationMs: Number(values.minutes) * 60_000,
    screens: Number(values.screens),
    seed,
    ...(values.verbose ? { say: (line: string) => console.log(`  ${line}`) } : {}),
  });
  for (const [name, count] of Object.entries(faults)) console.log(`${String(count).padStart(5)}  ${name}`);
  console.log(
    `${commands.sent} commands sent, ${commands.accepted} accepted, ${commands.refused} refused; ` +
      `${entries} entries in the journal; all devices current after ${(convergedAfterMs / 1_000).toFixed(1)} s`,
  );
  for (const problem of problems) console.log(`BROKEN  ${problem}`);
  console.log(
    problems.length === 0 ? 'nothing lost, nothing twice, nothing out of order' : `${problems.length} broken`,
  );
  return problems.length === 0 ? 0 : 1;
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);

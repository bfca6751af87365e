import { expect, it } from 'vitest';
import { runChaos } from './chaos.ts';

const RUN_MS = 60_000;
/** Starting, healing and checking come on top; a busy machine starts a server in ten seconds. */
const AROUND_MS = 240_000;
const killsIn = (faults: Readonly<Record<string, number>>): number =>
  Object.entries(faults).reduce((sum, [name, count]) => sum + (name.includes('killed') ? count : 0), 0);

it(
  '[RT-05] [RT-08] a minute in which servers, database and network fail: nothing lost, nothing twice, one order everywhere',
  { timeout: RUN_MS + AROUND_MS },
  async () => {
    const { problems, faults, commands } = await runChaos({ durationMs: RUN_MS, screens: 20, seed: 20 });
    expect(problems).toEqual([]);
    expect(killsIn(faults)).toBeGreaterThanOrEqual(20);
    expect(commands.accepted).toBeGreaterThan(20);
  },
);

it('the check finds a database that acknowledges what it then forgets', { timeout: AROUND_MS }, async () => {
  const { problems } = await runChaos({
    durationMs: 15_000,
    screens: 2,
    seed: 1,
    forgetful: true,
    convergedMsMax: 5_000,
  });
  expect(problems.filter((problem) => problem.includes('is lost'))).not.toEqual([]);
});

import { expect, it } from 'vitest';
import { runChaos } from './chaos.ts';

const KILLS = 20;
/** All of the database, each some seconds after the one before, while commands are accepted. */
const KILLS_FORGOTTEN = 5;
/** About a minute where nothing else runs; a busy machine starts a server in ten seconds. */
const RUN_MS_MAX = 240_000;
/** Starting, healing and checking come on top. */
const AROUND_MS = 240_000;

it(
  '[RT-05] [RT-08] 20 kill rounds, while database, disk and network fail too: nothing lost, nothing twice, one order everywhere',
  { timeout: RUN_MS_MAX + AROUND_MS },
  async () => {
    const report = await runChaos({ durationMs: RUN_MS_MAX, kills: KILLS, screens: 20, seed: 20 });
    expect(report.problems).toEqual([]);
    expect(report.kills).toBeGreaterThanOrEqual(KILLS);
    expect(report.commands.accepted).toBeGreaterThan(KILLS);
  },
);

it(
  'the check finds a database that acknowledges what it then forgets',
  { timeout: RUN_MS_MAX + AROUND_MS },
  async () => {
    const { problems } = await runChaos({
      durationMs: RUN_MS_MAX,
      kills: KILLS_FORGOTTEN,
      screens: 2,
      seed: 1,
      forgetful: true,
      only: 'PostgreSQL killed',
      convergedMsMax: 5_000,
    });
    expect(problems.filter((problem) => problem.includes('is lost'))).not.toEqual([]);
  },
);

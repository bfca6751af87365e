import { World, type Sabotage } from './world.ts';

export interface Outcome {
  readonly seed: number;
  readonly broken: readonly string[];
  readonly entries: number;
  readonly commands: number;
  readonly events: number;
  readonly virtualMs: number;
  /** Numbers in somebody's hand. */
  readonly papers: number;
}

/** One seed, from the first fault to the last agreement. The same seed is the same world, step by step. */
export async function simulate(seed: number, sabotage?: Sabotage): Promise<Outcome> {
  const world = await World.open(seed, sabotage);
  await world.safetyPhase();
  if (world.broken.length === 0) await world.livenessPhase();
  const { truth, time, commands, broken } = world;
  return {
    seed,
    broken: [...new Set(broken)],
    entries: truth.seq,
    commands,
    events: time.events,
    virtualMs: time.now - Date.parse(world.plan.startsAt),
    papers: world.papers.count,
  };
}

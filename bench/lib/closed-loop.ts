import { summarise, type Summary } from './stats.ts';

export interface LoopResult {
  readonly perSecond: number;
  readonly latencyMs: Summary;
}

/**
 * `callers` at once, each doing one thing after another, for this long. Only what ended in time counts, and the
 * time is that of the last end, so that a slow finish is not given away.
 */
export async function closedLoop(
  callers: number,
  durationMs: number,
  once: (caller: number, n: number) => Promise<void>,
): Promise<LoopResult> {
  const latencies: number[] = [];
  const begun = performance.now();
  const until = begun + durationMs;
  await Promise.all(
    Array.from({ length: callers }, async (_, caller) => {
      for (let n = 0; performance.now() < until; n += 1) {
        const sent = performance.now();
        await once(caller, n);
        latencies.push(performance.now() - sent);
      }
    }),
  );
  const tookS = (performance.now() - begun) / 1_000;
  return { perSecond: latencies.length / tookS, latencyMs: summarise(latencies) };
}

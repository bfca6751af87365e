/** The value below which `share` of the sorted samples lie (nearest rank): always one that was measured. */
export function percentile(samples: readonly number[], share: number): number {
  if (samples.length === 0) return Number.NaN;
  const sorted = [...samples].sort((a, b) => a - b);
  const rank = Math.max(1, Math.ceil(share * sorted.length));
  return sorted[rank - 1] ?? Number.NaN;
}

export const mean = (samples: readonly number[]): number =>
  samples.length === 0 ? Number.NaN : samples.reduce((sum, x) => sum + x, 0) / samples.length;

/** With an even number of samples the mean of the middle two. */
export function median(samples: readonly number[]): number {
  const sorted = [...samples].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  if (sorted.length === 0) return Number.NaN;
  if (sorted.length % 2 === 1) return sorted[middle] ?? Number.NaN;
  return mean([sorted[middle - 1] ?? Number.NaN, sorted[middle] ?? Number.NaN]);
}

export interface Summary {
  readonly n: number;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly max: number;
}

export const summarise = (samples: readonly number[]): Summary => ({
  n: samples.length,
  p50: percentile(samples, 0.5),
  p95: percentile(samples, 0.95),
  p99: percentile(samples, 0.99),
  max: samples.length === 0 ? Number.NaN : Math.max(...samples),
});

export interface Interleaved {
  readonly ours: readonly number[];
  readonly floor: readonly number[];
  /** Of each round, ours by floor: the machine's mood is the same for both. */
  readonly ratios: readonly number[];
  readonly ratio: number;
}

/**
 * Measures two things in turns and compares them round by round: a shared machine moves an absolute figure by up
 * to 40 %, the ratio within a round by about 10 %. The order changes each round, so that neither always runs on
 * the warmer machine; the first round warms both up and is not counted.
 */
export async function interleave(
  rounds: number,
  ours: (round: number) => Promise<number>,
  floor: (round: number) => Promise<number>,
): Promise<Interleaved> {
  const measured: { ours: number; floor: number }[] = [];
  for (let round = 0; round <= rounds; round += 1) {
    const first = round % 2 === 0 ? await ours(round) : await floor(round);
    const second = round % 2 === 0 ? await floor(round) : await ours(round);
    const pair = round % 2 === 0 ? { ours: first, floor: second } : { ours: second, floor: first };
    if (round > 0) measured.push(pair);
  }
  const ratios = measured.map((pair) => pair.ours / pair.floor);
  return {
    ours: measured.map((pair) => pair.ours),
    floor: measured.map((pair) => pair.floor),
    ratios,
    ratio: median(ratios),
  };
}

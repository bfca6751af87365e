export type Chance = () => number;

/** A small generator of good quality (mulberry32), so that a seed gives the same everywhere. */
export function chanceOf(seed: number): Chance {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

export const exponential = (chance: Chance, mean: number): number => -Math.log(1 - chance()) * mean;

/** `spread` is the coefficient of variation: standard deviation by mean. */
export function lognormal(chance: Chance, mean: number, spread: number): number {
  const sigma = Math.sqrt(Math.log(1 + spread ** 2));
  const normal = Math.sqrt(-2 * Math.log(1 - chance())) * Math.cos(2 * Math.PI * chance());
  return mean * Math.exp(sigma * normal - sigma ** 2 / 2);
}

/** One of them, as often as its weight says. */
export function pick<T>(chance: Chance, choices: readonly (readonly [T, number])[]): T {
  const last = choices.at(-1);
  if (last === undefined) throw new Error('nothing to pick from');
  let rest = chance() * choices.reduce((sum, [, weight]) => sum + weight, 0);
  return (choices.find(([, weight]) => (rest -= weight) < 0) ?? last)[0];
}

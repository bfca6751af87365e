import { describe, expect, it } from 'vitest';
import { interleave, mean, median, percentile, summarise } from './stats.ts';

const hundred = Array.from({ length: 100 }, (_, i) => 100 - i);

describe('percentiles', () => {
  it('are values that were measured, by nearest rank, in any order', () => {
    expect(percentile(hundred, 0.5)).toBe(50);
    expect(percentile(hundred, 0.95)).toBe(95);
    expect(percentile(hundred, 0.99)).toBe(99);
    expect(percentile([7], 0.99)).toBe(7);
    expect(percentile([1, 2], 0)).toBe(1);
  });

  it('are nothing where nothing was measured', () => {
    expect(percentile([], 0.5)).toBeNaN();
    expect(summarise([])).toMatchObject({ n: 0, max: Number.NaN });
  });

  it('leave the samples as they were', () => {
    const samples = [3, 1, 2];
    summarise(samples);
    expect(samples).toEqual([3, 1, 2]);
  });
});

describe('mean and median', () => {
  it('median takes the middle, or the mean of the middle two', () => {
    expect(median([9, 1, 5])).toBe(5);
    expect(median([1, 9, 3, 5])).toBe(4);
    expect(mean([1, 2, 6])).toBe(3);
  });
});

describe('interleaved rounds', () => {
  it('change the order, do not count the first round, and compare round by round', async () => {
    const order: string[] = [];
    const result = await interleave(
      3,
      (round) => {
        order.push(`ours ${round}`);
        return Promise.resolve([999, 20, 30, 80][round] ?? 0);
      },
      (round) => {
        order.push(`floor ${round}`);
        return Promise.resolve([1, 10, 10, 20][round] ?? 0);
      },
    );
    expect(order.slice(0, 4)).toEqual(['ours 0', 'floor 0', 'floor 1', 'ours 1']);
    expect(result.ratios).toEqual([2, 3, 4]);
    expect(result.ratio).toBe(3);
    expect(result.ours).toEqual([20, 30, 80]);
  });
});

import { describe, expect, it } from 'vitest';
import { chanceOf } from '../lib/chance.ts';
import { handling, morning } from './script.ts';

describe('a morning at the demo station', () => {
  const visitors = morning(chanceOf(3), 240);

  it('is the same for the same seed', () => {
    expect(morning(chanceOf(3), 240)).toEqual(visitors);
  });

  it('brings everybody: every service, language, way in and temper', () => {
    for (const key of ['serviceKind', 'language', 'comes', 'temper'] as const) {
      const expected = { serviceKind: 4, language: 4, comes: 3, temper: 4 }[key];
      expect(new Set(visitors.map((visitor) => visitor[key])).size, key).toBe(expected);
    }
  });

  it('comes in order, and in waves', () => {
    const times = visitors.map(({ atMin }) => atMin);
    expect(times).toEqual([...times].sort((a, b) => a - b));
    const landed = times.filter((t) => t % 25 < 6).length / 6;
    const between = times.filter((t) => t % 25 >= 6).length / 19;
    expect(landed).toBeGreaterThan(1.5 * between);
  });

  it('lets a service take about as long as its setting says', () => {
    const chance = chanceOf(1);
    const minutes = Array.from({ length: 2_000 }, () => handling(chance, 7).serviceMin);
    expect(minutes.reduce((sum, m) => sum + m, 0) / minutes.length).toBeCloseTo(7, 0);
    expect(Math.min(...minutes)).toBeGreaterThanOrEqual(0.5);
  });
});

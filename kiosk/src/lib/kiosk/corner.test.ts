import { describe, expect, it } from 'vitest';
import { Corner } from './corner.ts';

const press = (corner: Corner, at: readonly number[]): boolean =>
  at.map((ms) => corner.press(ms)).includes(true);

describe('the corner to the set-up', () => {
  it('[KS18] opens at five quick presses', () => {
    expect(press(new Corner(0), [100, 400, 700, 1_000])).toBe(false);
    expect(press(new Corner(0), [100, 400, 700, 1_000, 1_300])).toBe(true);
  });
  it('[KS18] does not open at slow ones', () => {
    expect(press(new Corner(0), [0, 2_000, 4_000, 6_000, 8_000, 10_000])).toBe(false);
  });
  it('[KS18] stays shut once the device has stood for ten minutes', () => {
    const later = 10 * 60_000;
    expect(
      press(
        new Corner(0),
        [0, 1, 2, 3, 4].map((n) => later + n * 200),
      ),
    ).toBe(false);
  });
});

import { describe, expect, it } from 'vitest';
import { feed, NO_BURST } from './scanner.ts';

/** Types keys with a gap; answers what was scanned, and how many keys were swallowed. */
function type(keys: readonly string[], gapMs: number) {
  let burst = NO_BURST;
  let scanned = null as string | null;
  let swallowed = 0;
  keys.forEach((key, i) => {
    const fed = feed(burst, key, 1_000 + i * gapMs);
    burst = fed.burst;
    scanned = fed.scanned ?? scanned;
    swallowed += Number(fed.swallow);
  });
  return { scanned, swallowed };
}
const CODE = [...'ZRH-20958;Rossi'];

describe('a code reader', () => {
  it('[KI-04] [KS8] types fast and ends with Enter', () => {
    expect(type([...CODE, 'Enter'], 8)).toEqual({ scanned: 'ZRH-20958;Rossi', swallowed: CODE.length });
  });
  it('[KI-04] [KS8] capital letters come with a Shift of their own', () => {
    expect(type(['Shift', 'Z', 'Shift', 'R', 'H', '-', '1', '2', 'Enter'], 8).scanned).toBe('ZRH-12');
  });
  it('[KS8] some end with Tab', () => {
    expect(type([...CODE, 'Tab'], 8).scanned).toBe('ZRH-20958;Rossi');
  });
  it('[KS8] is not a person who types, however well', () => {
    expect(type([...CODE, 'Enter'], 60)).toEqual({ scanned: null, swallowed: 0 });
  });
  it('is not two keys rolled over each other', () => {
    expect(type(['a', 'b', 'Enter'], 8).scanned).toBeNull();
  });
  it('is not a key that is stuck', () => {
    expect(type([...Array.from({ length: 400 }, () => 'x'), 'Enter'], 8).scanned?.length ?? 0).toBeLessThan(
      201,
    );
  });
  it('starts anew after a pause', () => {
    let { burst } = feed(NO_BURST, 'x', 0);
    for (const [i, key] of CODE.entries()) ({ burst } = feed(burst, key, 5_000 + i * 8));
    expect(feed(burst, 'Enter', 5_000 + CODE.length * 8).scanned).toBe('ZRH-20958;Rossi');
  });
});

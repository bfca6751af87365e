import { describe, expect, it } from 'vitest';
import { addressKey, clientAddress } from './limits.ts';
import { isOwnOrigin } from './origin.ts';
import { slide, type Window } from './sliding-window.ts';

describe('[O6] whom a limit counts', () => {
  it.each([
    ['203.0.113.7', '203.0.113.7'],
    ['::ffff:203.0.113.7', '203.0.113.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:db8:1:2:ffff:ffff:ffff:ffff', '2001:db8:1:2::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['unknown', 'unknown'],
  ])('%s', (address, key) => {
    expect(addressKey(address)).toBe(key);
  });

  it('is who the outermost trusted proxy has seen, and nobody’s own word', () => {
    const forwarded = '6.6.6.6, 203.0.113.7, 10.0.0.2';
    expect(clientAddress('10.0.0.1', forwarded, 0)).toBe('10.0.0.1');
    expect(clientAddress('10.0.0.1', forwarded, 1)).toBe('10.0.0.2');
    expect(clientAddress('10.0.0.1', forwarded, 2)).toBe('203.0.113.7');
    expect(clientAddress('10.0.0.1', undefined, 2)).toBe('10.0.0.1');
  });
});

describe('[RL-04] whose page it is', () => {
  const hosts = ['10.0.0.5:4000', 'warten.example.ch'];
  it.each([
    [undefined, true],
    ['https://warten.example.ch', true],
    ['http://10.0.0.5:4000', true],
    ['https://evil.example', false],
    ['https://warten.example.ch.evil.example', false],
    ['null', false],
    ['', false],
    ['file://', false],
  ])('%s', (origin, own) => {
    expect(isOwnOrigin(origin, hosts)).toBe(own);
  });
});

describe('[RL-01] [O21] so many, counted backwards from every moment', () => {
  const limit = { points: 5, duration: 900 };
  const S = 1_000;
  const tries = (...seconds: number[]) => {
    let window: Window | undefined;
    return seconds.map((second) => {
      const next = slide(window, second * S, limit);
      window = next.window;
      return Math.ceil(next.waitMs / S);
    });
  };

  it('who waits for the border of a window has not twice the points', () => {
    expect(tries(895, 896, 897, 898, 899, 901, 902)).toEqual([0, 0, 0, 0, 0, 179, 178]);
  });

  it('the wait that is told is enough, and one that is refused does not make it longer', () => {
    const [, , , , , wait = 0] = tries(0, 1, 2, 3, 4, 5);
    expect(wait).toBeGreaterThan(0);
    expect(tries(0, 1, 2, 3, 4, 5, 6, 7, 5 + wait).at(-1)).toBe(0);
  });

  it('what is long over counts for nothing', () => {
    expect(tries(0, 1, 2, 3, 4, 1_801)).toEqual([0, 0, 0, 0, 0, 0]);
  });

  it('whoever goes on steadily gets its points and no more', () => {
    const asked = tries(...Array.from({ length: 3_600 }, (_, i) => i));
    const taken = asked.flatMap((wait, i) => (wait === 0 ? [i] : []));
    for (const from of taken) {
      const inSpan = taken.filter((at) => at >= from && at < from + limit.duration).length;
      // The sliding part is an estimate: one too many at most.
      expect(inSpan).toBeLessThanOrEqual(limit.points + 1);
    }
    expect(taken.length).toBeGreaterThanOrEqual((3_600 / limit.duration) * limit.points - limit.points);
  });
});

import { beforeEach, describe, expect, test } from 'vitest';
import { KeptMarker, lostBefore } from './kept.ts';

const AT = '2026-05-20T08:31:00.000Z';
const stored = new Map<string, string>();

beforeEach(() => {
  stored.clear();
  globalThis.localStorage = {
    getItem: (key: string) => stored.get(key) ?? null,
    setItem: (key: string, value: string) => void stored.set(key, value),
    removeItem: (key: string) => void stored.delete(key),
  } as Storage;
});

describe('[Y36] [REG 60939] a database that the browser threw away', () => {
  test('is noticed at the next start, with what was unsent then', () => {
    new KeptMarker().note(3, AT);
    expect(lostBefore(true)).toEqual({ unsent: 3, at: AT });
  });

  test('is none where it is still there, or never was', () => {
    expect(lostBefore(true)).toBeNull();
    new KeptMarker().note(3, AT);
    expect(lostBefore(false)).toBeNull();
  });

  test('the mark follows what waits, and the time', () => {
    const marker = new KeptMarker();
    marker.note(1, AT);
    marker.note(1, '2026-05-20T08:31:30.000Z');
    expect(lostBefore(true)).toEqual({ unsent: 1, at: AT });
    marker.note(0, '2026-05-20T08:31:31.000Z');
    expect(lostBefore(true)).toEqual({ unsent: 0, at: '2026-05-20T08:31:31.000Z' });
    marker.note(0, '2026-05-20T08:33:00.000Z');
    expect(lostBefore(true)?.at).toBe('2026-05-20T08:33:00.000Z');
  });

  test('what is not ours is no mark', () => {
    stored.set('schalter.staff.kept', 'nonsense');
    expect(lostBefore(true)).toBeNull();
  });
});

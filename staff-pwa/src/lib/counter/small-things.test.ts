import { describe, expect, test } from 'vitest';
import { minutesBetween, secondsUntil, stopwatch } from '../format.ts';
import { draftOf, dropDraft, keepDraft, merged, takeDrafts } from './note-draft.ts';
import { DOUBLE_TAP_MS, oneAtATime } from './one-at-a-time.ts';
import { keyOf, SHORTCUTS, shortcutOf, type KeyPress } from './shortcuts.ts';

const press = (key: string, more: Partial<KeyPress> = {}): KeyPress => ({
  key,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  repeat: false,
  defaultPrevented: false,
  busyElsewhere: false,
  ...more,
});

describe('[ST-04] one key each', () => {
  test.each([
    ['N', 'callNext'],
    ['n', 'callNext'],
    ['r', 'recall'],
    ['s', 'start'],
    ['c', 'complete'],
    ['h', 'hold'],
    ['t', 'transfer'],
    ['x', 'markNoShow'],
    ['/', 'search'],
    ['?', 'help'],
  ])('%s is %s', (key, shortcut) => {
    expect(shortcutOf(press(key))).toBe(shortcut);
  });

  test('no key does anything while somebody types, holds it down, or means the browser', () => {
    for (const more of [
      { busyElsewhere: true },
      { repeat: true },
      { ctrlKey: true },
      { metaKey: true },
      { altKey: true },
      { defaultPrevented: true },
    ]) {
      expect(shortcutOf(press('n', more))).toBeNull();
    }
    expect(shortcutOf(press('Enter'))).toBeNull();
    expect(shortcutOf(press('constructor'))).toBeNull();
  });

  test('each key does one thing, and each button knows its key', () => {
    expect(new Set(Object.values(SHORTCUTS)).size).toBe(Object.keys(SHORTCUTS).length);
    expect(keyOf('callNext')).toBe('N');
    expect(keyOf('search')).toBe('/');
  });
});

describe('[ST-04] a double tap is one action', () => {
  test('the second half of a double tap does nothing, a later tap does', async () => {
    let now = 0;
    const guard = oneAtATime(() => now);
    const done: string[] = [];
    const run = (name: string) => guard(name, 'tap', async () => void done.push(name));
    await run('callNext');
    now += DOUBLE_TAP_MS - 1;
    await run('start');
    now += DOUBLE_TAP_MS;
    await run('start');
    expect(done).toEqual(['callNext', 'start']);
  });

  test('an action that is under way is not begun again, by whatever means', async () => {
    let finish = (): void => undefined;
    const guard = oneAtATime(() => 0);
    let runs = 0;
    const first = guard('callNext', 'key', () => {
      runs += 1;
      return new Promise<void>((resolve) => (finish = resolve));
    });
    await guard('callNext', 'key', async () => void (runs += 1));
    expect(runs).toBe(1);
    finish();
    await first;
    await guard('callNext', 'key', async () => void (runs += 1));
    expect(runs).toBe(2);
  });

  test('one that failed may be tried again', async () => {
    const guard = oneAtATime(() => 0);
    await expect(guard('a', 'key', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    let ran = false;
    await guard('a', 'key', async () => void (ran = true));
    expect(ran).toBe(true);
  });
});

describe('[ST-03] what was typed is never lost', () => {
  const storage = () => {
    const kept = new Map<string, string>();
    return {
      get length() {
        return kept.size;
      },
      key: (index: number) => [...kept.keys()][index] ?? null,
      getItem: (key: string) => kept.get(key) ?? null,
      setItem: (key: string, value: string) => void kept.set(key, value),
      removeItem: (key: string) => void kept.delete(key),
    };
  };

  test('a draft survives until it is dropped, one customer’s is not another’s', () => {
    const kept = storage();
    keepDraft(kept, 'v1', { name: 'Anna', note: 'Kindersitz "gross"\n2×' });
    expect(draftOf(kept, 'v1')).toEqual({ name: 'Anna', note: 'Kindersitz "gross"\n2×' });
    expect(draftOf(kept, 'v2')).toBeNull();
    dropDraft(kept, 'v1');
    expect(draftOf(kept, 'v1')).toBeNull();
  });

  test('[PD17] whoever signs out in the middle of a sentence leaves it in nobody’s sight', () => {
    const kept = storage();
    kept.setItem('schalter.staff.theme', 'dark');
    keepDraft(kept, 'v1', { name: 'Anna', note: '' });
    keepDraft(kept, 'v2', { name: '', note: 'Kindersitz' });
    expect(takeDrafts(kept)).toEqual([
      { visitId: 'v1', name: 'Anna', note: '' },
      { visitId: 'v2', name: '', note: 'Kindersitz' },
    ]);
    expect(takeDrafts(kept)).toEqual([]);
    expect(kept.getItem('schalter.staff.theme')).toBe('dark');
  });

  test('damaged or forbidden storage takes nothing down', () => {
    const damaged = { ...storage(), getItem: () => '{"name":1}' };
    expect(draftOf(damaged, 'v1')).toBeNull();
    expect(draftOf({ ...damaged, getItem: () => '{' }, 'v1')).toBeNull();
    const full = {
      ...damaged,
      setItem: () => {
        throw new Error('QuotaExceededError');
      },
      removeItem: () => {
        throw new Error('SecurityError');
      },
    };
    expect(() => keepDraft(full, 'v1', { name: '', note: 'x' })).not.toThrow();
    expect(() => dropDraft(full, 'v1')).not.toThrow();
  });

  test('a change from elsewhere replaces only what nobody is typing', () => {
    expect(merged('alt', 'alt', 'neu')).toBe('neu');
    expect(merged('alt und me', 'alt', 'neu')).toBe('alt und me');
    // The space after a word stays while the sentence goes on, though the server has tidied it away.
    expect(merged('wartet ', 'wartet ', 'wartet')).toBe('wartet ');
  });
});

describe('times on the card', () => {
  const at = '2026-05-20T08:00:00.000Z';
  test('a stopwatch counts up and never below zero', () => {
    expect(stopwatch(at, '2026-05-20T08:03:12.900Z')).toBe('03:12');
    expect(stopwatch(at, '2026-05-20T09:03:12.000Z')).toBe('1:03:12');
    expect(stopwatch(at, '2026-05-20T07:59:00.000Z')).toBe('00:00');
    expect(stopwatch(at, '2026-05-20T08:03:12.000Z', 60)).toBe('02:12');
  });
  test('seconds until, minutes between', () => {
    expect(secondsUntil('2026-05-20T08:00:07.001Z', at)).toBe(8);
    expect(secondsUntil(at, '2026-05-20T08:00:01.000Z')).toBe(0);
    expect(minutesBetween(at, '2026-05-20T08:09:59.000Z')).toBe(9);
  });
});

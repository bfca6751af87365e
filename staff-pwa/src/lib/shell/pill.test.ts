import { describe, expect, test } from 'vitest';
import { pillOf, type PillInput } from './pill.ts';

const NOW = '2026-05-20T08:31:00.000Z';
const live: PillInput = {
  status: 'live',
  since: null,
  pendingCount: 0,
  refusals: 0,
  storageWorks: true,
  hasNetwork: true,
  now: NOW,
};
const at = (secondsAgo: number): string => new Date(Date.parse(NOW) - secondsAgo * 1000).toISOString();

describe('[ST-08] what the pill says', () => {
  test('live, and how much is still on its way', () => {
    expect(pillOf(live)).toEqual({ kind: 'live', waiting: 0 });
    expect(pillOf({ ...live, pendingCount: 2 })).toEqual({ kind: 'live', waiting: 2 });
  });

  test('a cut of a moment alarms nobody, a longer one says since when', () => {
    const cut = { ...live, status: 'connecting', since: at(2) } as const;
    expect(pillOf(cut)).toEqual({ kind: 'catchingUp', waiting: 0 });
    expect(pillOf({ ...cut, since: at(4) })).toEqual({ kind: 'notLive', since: at(4), waiting: 0 });
    expect(pillOf({ ...cut, since: at(60), hasNetwork: false, pendingCount: 3 })).toEqual({
      kind: 'offline',
      since: at(60),
      waiting: 3,
    });
    expect(pillOf({ ...cut, status: 'catchingUp', since: at(60) })).toEqual({
      kind: 'catchingUp',
      waiting: 0,
    });
  });

  test('silence on an open line is not live at once', () => {
    expect(pillOf({ ...live, status: 'notLive', since: at(1) })).toEqual({
      kind: 'notLive',
      since: at(1),
      waiting: 0,
    });
  });

  test('what somebody must act on comes first', () => {
    expect(pillOf({ ...live, refusals: 1, storageWorks: false })).toEqual({
      kind: 'refusedActions',
      count: 1,
    });
    expect(pillOf({ ...live, storageWorks: false })).toEqual({ kind: 'notKept' });
    expect(pillOf({ ...live, status: 'refused', refusals: 1 })).toEqual({ kind: 'signedOut' });
  });
});

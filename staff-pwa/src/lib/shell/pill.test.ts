import { describe, expect, test } from 'vitest';
import { pillOf, type PillInput } from './pill.ts';

const NOW = '2026-05-20T08:31:00.000Z';
const live: PillInput = {
  status: 'live',
  since: null,
  halfOpenSince: null,
  pending: { count: 0, oldestAt: null },
  refusals: 0,
  storage: 'works',
  hasNetwork: true,
  now: NOW,
};
const at = (secondsAgo: number): string => new Date(Date.parse(NOW) - secondsAgo * 1000).toISOString();

describe('[ST-08] what the pill says', () => {
  test('live, and how much is still on its way', () => {
    expect(pillOf(live)).toEqual({ kind: 'live', waiting: 0 });
    const pending = { count: 2, oldestAt: at(20) };
    expect(pillOf({ ...live, pending })).toEqual({ kind: 'live', waiting: 2 });
  });

  test('a cut of a moment alarms nobody, a longer one says since when', () => {
    const cut = { ...live, status: 'connecting', since: at(2) } as const;
    expect(pillOf(cut)).toEqual({ kind: 'catchingUp', waiting: 0 });
    expect(pillOf({ ...cut, since: at(4) })).toEqual({ kind: 'notLive', since: at(4), waiting: 0 });
    expect(
      pillOf({ ...cut, since: at(60), hasNetwork: false, pending: { count: 3, oldestAt: at(59) } }),
    ).toEqual({
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
    expect(pillOf({ ...live, refusals: 1, storage: 'full' })).toEqual({
      kind: 'refusedActions',
      count: 1,
    });
    expect(pillOf({ ...live, storage: 'fails' })).toEqual({ kind: 'notKept' });
    expect(pillOf({ ...live, storage: 'full' })).toEqual({ kind: 'full' });
    expect(pillOf({ ...live, status: 'refused', refusals: 1 })).toEqual({ kind: 'signedOut' });
  });

  test('[Y39] [REG 179505] answers that do not come are no live line, whatever the browser says of the network', () => {
    const pending = { count: 3, oldestAt: at(150) };
    const silent = { ...live, halfOpenSince: at(140), pending };
    const said = { kind: 'halfOpen', since: at(140), waiting: 3, waitingMin: 2 };
    expect(pillOf(silent)).toEqual(said);
    expect(pillOf({ ...silent, status: 'notLive', since: at(140) })).toEqual(said);
    expect(pillOf({ ...silent, hasNetwork: false })).toEqual(said);
    // A network that the browser believes in makes nothing live, and one that it does not see nothing offline.
    const cut = { ...live, status: 'connecting', since: at(60), hasNetwork: true } as const;
    expect(pillOf(cut)).toMatchObject({ kind: 'notLive' });
    expect(pillOf({ ...live, hasNetwork: false })).toMatchObject({ kind: 'live' });
  });

  test('[Y39] [REG 179505] what waits is said with the age of the oldest', () => {
    const pending = { count: 2, oldestAt: at(12 * 60 + 30) };
    const cut = { ...live, status: 'notLive', since: at(800), hasNetwork: false, pending } as const;
    expect(pillOf(cut)).toEqual({ kind: 'offline', since: at(800), waiting: 2, waitingMin: 12 });
    expect(pillOf({ ...live, pending })).toEqual({ kind: 'live', waiting: 2, waitingMin: 12 });
  });
});

import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { browserClock } from '../browser-clock.ts';
import type { DeviceApi, PairingState, Reply } from './api.ts';
import { startPairing, type PairingView } from './pairing.ts';

const EXPIRES = '2026-05-20T08:10:00.000Z';
const refused = (code: string, retryAfterS: number | null = null) =>
  ({ ok: false, code, retryAfterS }) as const;
const waiting = { ok: true, value: { state: 'waiting' } } as const;
const approved = { ok: true, value: { state: 'approved', deviceId: 'd', locationId: 'l' } } as const;

/** A server that gives these answers in turn, and the last one from then on. */
function pair(
  requests: readonly (string | ReturnType<typeof refused>)[],
  polls: readonly Reply<PairingState>[],
) {
  const views: PairingView[] = [];
  const onPaired = vi.fn();
  let [requested, polled] = [0, 0];
  const api: Pick<DeviceApi, 'requestPairing' | 'collectPairing'> = {
    requestPairing: async () => {
      const next = requests[Math.min(requested++, requests.length - 1)] ?? '';
      if (typeof next !== 'string') return next;
      return { ok: true, value: { pairingId: `p-${next}`, code: next, secret: 's', expiresAt: EXPIRES } };
    },
    collectPairing: async () => polls[Math.min(polled++, polls.length - 1)] ?? waiting,
  };
  const stop = startPairing({
    api: api,
    clock: browserClock,
    show: (view) => views.push(view),
    onPaired,
  });
  return { views, onPaired, stop, codes: () => views.flatMap((v) => (v.state === 'code' ? [v.code] : [])) };
}

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

it('[RT-06] [D20] shows a code until it is approved, then says which display it is', async () => {
  const { views, onPaired } = pair(['ABC-123'], [waiting, waiting, approved]);
  await vi.advanceTimersByTimeAsync(4_000);
  expect(onPaired).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(2_000);
  expect(onPaired).toHaveBeenCalledExactlyOnceWith({ deviceId: 'd', locationId: 'l' });
  expect(views).toEqual([{ state: 'starting' }, { state: 'code', code: 'ABC-123', expiresAt: EXPIRES }]);
});

it('[RT-06] [D20] a code that ran out is replaced', async () => {
  const { codes, onPaired } = pair(['ONE', 'TWO'], [waiting, refused('pairingCodeExpired'), approved]);
  await vi.advanceTimersByTimeAsync(4_000);
  expect(codes()).toEqual(['ONE', 'TWO']);
  await vi.advanceTimersByTimeAsync(2_000);
  expect(onPaired).toHaveBeenCalledTimes(1);
});

it('[D20] a cut leaves the code on the screen, and a server that is away is asked again', async () => {
  const { views, codes, onPaired } = pair(
    [refused('unreachable'), 'ONE'],
    [refused('unreachable'), approved],
  );
  await vi.advanceTimersByTimeAsync(0);
  expect(views.at(-1)).toEqual({ state: 'unreachable' });
  await vi.advanceTimersByTimeAsync(9_000);
  expect(codes()).toEqual(['ONE']);
  expect(onPaired).toHaveBeenCalledTimes(1);
});

it('[D20] waits as long as the server asks it to, and stops when it is told', async () => {
  const { views, codes, stop } = pair(
    [refused('rateLimited', 30), 'ONE', 'TWO'],
    [refused('pairingCodeExpired')],
  );
  await vi.advanceTimersByTimeAsync(29_000);
  expect(codes()).toEqual([]);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(codes()).toEqual(['ONE']);
  stop();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(views).toHaveLength(3);
});

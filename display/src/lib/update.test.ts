import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { keepUpToDate, type Register } from './update.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

function started(isIdle: () => boolean) {
  const take = vi.fn(async () => undefined);
  const check = vi.fn(async () => undefined);
  let needRefresh: () => void = () => expect.fail('not registered');
  const register: Register = (options) => {
    needRefresh = () => options.onNeedRefresh?.();
    options.onRegisteredSW?.('/display/sw.js', { update: check } as unknown as ServiceWorkerRegistration);
    return take;
  };
  const stop = keepUpToDate(register, isIdle);
  return { take, check, stop, needRefresh: () => needRefresh() };
}

it('[DI-06] [D22] a new version waits until nobody would miss the wall', async () => {
  let idle = false;
  const { take, needRefresh } = started(() => idle);
  await vi.advanceTimersByTimeAsync(60_000);
  needRefresh();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(take).not.toHaveBeenCalled();
  idle = true;
  await vi.advanceTimersByTimeAsync(5_000);
  expect(take).toHaveBeenCalledExactlyOnceWith(true);
});

it('[DI-06] [D22] looks for one all day, and survives a check without a network', async () => {
  const { check, stop } = started(() => true);
  check.mockRejectedValueOnce(new Error('no network'));
  await vi.advanceTimersByTimeAsync(60 * 60_000);
  expect(check).toHaveBeenCalledTimes(4);
  stop();
  await vi.advanceTimersByTimeAsync(60 * 60_000);
  expect(check).toHaveBeenCalledTimes(4);
});

import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { keepUpToDate, type Register, type UpdateOptions } from './keep-up-to-date.ts';

const MINUTE_MS = 60_000;

beforeEach(() => vi.useFakeTimers());
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

/** A page of version "a"; `takeOver` is what the browser says when another worker has it. */
function started(isQuiet: () => boolean, others: Partial<UpdateOptions> = {}, hasWorkers = true) {
  const take = vi.fn(async () => undefined);
  const check = vi.fn(async () => undefined as unknown as ServiceWorkerRegistration);
  const reload = vi.fn();
  let needRefresh: () => void = () => expect.fail('not registered');
  const register: Register = (options) => {
    needRefresh = () => options.onNeedRefresh();
    options.onRegisteredSW('/display/sw.js', { update: check });
    return take;
  };
  const workers = new EventTarget() as ServiceWorkerContainer;
  const updates = keepUpToDate(
    { register, isQuiet, version: 'a', versionUrl: '/display/_app/version.json', ...others },
    { workers: hasWorkers ? workers : undefined, reload },
  );
  const takeOver = () => workers.dispatchEvent(new Event('controllerchange'));
  return { take, check, reload, updates, takeOver, needRefresh: () => needRefresh() };
}

it('[DI-06] [D22] [UP10] a new version waits until nobody would miss the screen', async () => {
  let quiet = false;
  const onWaiting = vi.fn();
  const { take, needRefresh } = started(() => quiet, { onWaiting });
  await vi.advanceTimersByTimeAsync(MINUTE_MS);
  needRefresh();
  await vi.advanceTimersByTimeAsync(MINUTE_MS);
  expect(onWaiting).toHaveBeenCalledOnce();
  expect(take).not.toHaveBeenCalled();
  quiet = true;
  await vi.advanceTimersByTimeAsync(5_000);
  expect(take).toHaveBeenCalledOnce();
});

it('[DI-06] [D22] [UP9] looks for one all day, and survives a look without a network', async () => {
  const { check, updates } = started(() => true);
  check.mockRejectedValueOnce(new Error('no network'));
  await vi.advanceTimersByTimeAsync(60 * MINUTE_MS);
  expect(check).toHaveBeenCalledTimes(4);
  updates.stop();
  await vi.advanceTimersByTimeAsync(60 * MINUTE_MS);
  expect(check).toHaveBeenCalledTimes(4);
});

it('[UP9] a server that came back is asked once within a minute, however often the line breaks', async () => {
  const { check, updates } = started(() => true);
  for (const status of [undefined, 'connecting', 'catchingUp', 'notLive'] as const) updates.lineIs(status);
  await vi.advanceTimersByTimeAsync(MINUTE_MS);
  expect(check).not.toHaveBeenCalled();
  for (let n = 0; n < 5; n++) updates.lineIs('live');
  await vi.advanceTimersByTimeAsync(MINUTE_MS);
  expect(check).toHaveBeenCalledOnce();
  updates.lineIs('refused');
  updates.stop();
  await vi.advanceTimersByTimeAsync(MINUTE_MS);
  expect(check).toHaveBeenCalledOnce();
});

it('[UP10] somebody who presses takes what waits, and else loads the page anew', async () => {
  const { take, reload, updates, needRefresh } = started(() => false);
  await updates.take();
  expect([take.mock.calls.length, reload.mock.calls.length]).toEqual([0, 1]);
  needRefresh();
  await updates.take();
  expect([take.mock.calls.length, reload.mock.calls.length]).toEqual([1, 1]);
});

it('[UP10] [UP11] the page is loaded anew when the worker that was asked for has it, never for its first worker', async () => {
  const { take, reload, takeOver, needRefresh } = started(() => true);
  takeOver();
  needRefresh();
  await vi.advanceTimersByTimeAsync(5_000);
  expect([take.mock.calls.length, reload.mock.calls.length]).toEqual([1, 0]);
  takeOver();
  expect(reload).toHaveBeenCalledOnce();
});

it('[UP13] a window for which another one has taken the version is loaded anew in its own quiet moment', async () => {
  let quiet = false;
  const { take, reload, takeOver, needRefresh } = started(() => quiet);
  needRefresh();
  takeOver();
  await vi.advanceTimersByTimeAsync(MINUTE_MS);
  expect(reload).not.toHaveBeenCalled();
  quiet = true;
  await vi.advanceTimersByTimeAsync(5_000);
  expect([take.mock.calls.length, reload.mock.calls.length]).toEqual([0, 1]);
});

it('[UP9] [UP10] a page without a service worker asks which version the server has, and loads it in a quiet moment', async () => {
  let quiet = false;
  let told: unknown = { version: 'a' };
  const fetched = vi.fn(() => Promise.resolve(Response.json(told)));
  vi.stubGlobal('fetch', fetched);
  const { check, reload } = started(() => quiet, {}, false);
  await vi.advanceTimersByTimeAsync(20 * MINUTE_MS);
  told = { version: 'b' };
  fetched.mockRejectedValueOnce(new TypeError('no network'));
  await vi.advanceTimersByTimeAsync(30 * MINUTE_MS);
  expect(reload).not.toHaveBeenCalled();
  quiet = true;
  await vi.advanceTimersByTimeAsync(5_000);
  expect(reload).toHaveBeenCalled();
  expect(check).not.toHaveBeenCalled();
  expect(fetched).toHaveBeenCalledWith('/display/_app/version.json', { cache: 'no-store' });
});

it('[UP9] what is no answer about versions says nothing', async () => {
  vi.stubGlobal('fetch', () => Promise.resolve(new Response('gone', { status: 404 })));
  const { reload } = started(() => true, {}, false);
  await vi.advanceTimersByTimeAsync(20 * MINUTE_MS);
  expect(reload).not.toHaveBeenCalled();
});

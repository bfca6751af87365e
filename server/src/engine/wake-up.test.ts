import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { startWakeUp } from './wake-up.ts';

const STREAM = '01a1fc00-0000-7000-8000-000000000001';
const sql = {
  notify: () => Promise.resolve(undefined as never),
  listen: () => Promise.resolve({ unlisten: () => Promise.resolve() } as never),
};

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

it('[Y30] a process whose database does not answer knows after six seconds that it may be behind', async () => {
  let away = false;
  const woken: number[] = [];
  const engine = {
    held: [{ streamId: STREAM, seq: 4 }],
    onEntries: () => () => undefined,
    wake: (_id: string, seq: number) => void woken.push(seq),
  };
  const store = {
    heads: () =>
      away
        ? Promise.reject(new Error('away'))
        : Promise.resolve([
            { id: STREAM, kind: 'location' as const, organisationId: STREAM, locationId: STREAM, seq: 7 },
          ]),
  };
  const wakeUp = await startWakeUp(sql as never, engine, store, 'here');
  await vi.advanceTimersByTimeAsync(20_000);
  expect(wakeUp.isCurrent()).toBe(true);
  expect(woken).toContain(7);
  away = true;
  await vi.advanceTimersByTimeAsync(4_000);
  expect(wakeUp.isCurrent()).toBe(true);
  await vi.advanceTimersByTimeAsync(4_000);
  expect(wakeUp.isCurrent()).toBe(false);
  away = false;
  await vi.advanceTimersByTimeAsync(2_000);
  expect(wakeUp.isCurrent()).toBe(true);
  await wakeUp.stop();
});

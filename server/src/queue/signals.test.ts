import { randomUUID } from 'node:crypto';
import { expect, it, vi } from 'vitest';
import { Engine } from '../engine/execute.ts';
import { MemoryStore } from '../engine/memory-store.ts';
import { FanOut } from '../transport/fan-out.ts';
import { ArrivalCodes } from './arrival.ts';
import { startSignals } from './signals.ts';

it('[O5] a house that comes back at once is one signal of who is connected', async () => {
  vi.useFakeTimers();
  const clock = { now: () => '2026-05-20T08:00:00.000Z' };
  const fanOut = new FanOut();
  const sent: string[] = [];
  fanOut.signal = ({ kind }) => void sent.push(kind);
  Object.defineProperty(fanOut, 'streamIds', { value: [randomUUID()] });
  const signals = startSignals({
    engine: new Engine({
      store: new MemoryStore(),
      clock,
      react: () => [],
      load: () => Promise.resolve({}),
    }),
    clock,
    fanOut,
    arrivalCodes: new ArrivalCodes('secret'),
    connectedDevices: () => [],
    onError: () => undefined,
  });
  for (let i = 0; i < 1_000; i++) signals.presence();
  await vi.advanceTimersByTimeAsync(1_000);
  signals.presence();
  await vi.advanceTimersByTimeAsync(1_000);
  signals.stop();
  vi.useRealTimers();
  expect(sent).toEqual(['devices', 'devices']);
});

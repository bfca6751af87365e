import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Engine } from '../engine/execute.ts';
import { MemoryStore } from '../engine/memory-store.ts';
import { FanOut } from '../transport/fan-out.ts';
import { ArrivalCodes } from './arrival.ts';
import { startSignals } from './signals.ts';

const started = (isCurrent: () => boolean) => {
  const clock = { now: () => '2026-05-20T08:00:00.000Z' };
  const fanOut = new FanOut();
  const sent: string[] = [];
  fanOut.signal = ({ kind }) => void sent.push(kind);
  const streamId = randomUUID();
  Object.defineProperty(fanOut, 'streamIds', { value: [streamId] });
  const store = new MemoryStore();
  const opened = store.openStream({
    ...{ id: streamId, kind: 'organisation', organisationId: streamId, locationId: null },
  });
  const signals = startSignals({
    engine: new Engine({ store, clock, react: () => [], load: () => Promise.resolve({}) }),
    clock,
    fanOut,
    arrivalCodes: new ArrivalCodes('secret'),
    connectedDevices: () => [],
    isCurrent,
    onError: () => undefined,
  });
  return { signals, sent, opened };
};

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

it('[O5] a house that comes back at once is one signal of who is connected', async () => {
  const { signals, sent } = started(() => true);
  for (let i = 0; i < 1_000; i++) signals.presence();
  await vi.advanceTimersByTimeAsync(1_000);
  signals.presence();
  await vi.advanceTimersByTimeAsync(1_000);
  signals.stop();
  expect(sent).toEqual(['devices', 'devices']);
});

it('[Y30] without its database a process sends no heartbeat, which would say that what screens show is so', async () => {
  let current = true;
  const { signals, sent, opened } = started(() => current);
  await opened;
  await vi.advanceTimersByTimeAsync(11_000);
  expect(sent.filter((kind) => kind === 'heartbeat')).toHaveLength(2);
  current = false;
  await vi.advanceTimersByTimeAsync(30_000);
  expect(sent.filter((kind) => kind === 'heartbeat')).toHaveLength(2);
  signals.stop();
});

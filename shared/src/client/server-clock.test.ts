import { expect, it } from 'vitest';
import { ServerClock } from './server-clock.ts';

const HOUR = 3_600_000;

it('[Y15] [RT-07] takes the least delayed heartbeat for the truth', () => {
  const clock = new ServerClock(0);
  [180, 20, 90, 400].forEach((delay, i) => clock.observe(i * 5_000, HOUR + i * 5_000 + delay));
  expect(clock.offsetMs).toBe(-HOUR - 20);
});

it('[Y15] follows a clock that drifts, within eight heartbeats', () => {
  const clock = new ServerClock(0);
  for (let i = 0; i < 20; i++) clock.observe(i * 5_000, i * 5_000 + i * 10);
  expect(clock.offsetMs).toBe(-120);
});

it('[Y15] [RT-07] follows a device clock that somebody sets, at the next heartbeat', () => {
  const clock = new ServerClock(0);
  clock.observe(5_000, 5_000);
  clock.observe(10_000, 10_000 + HOUR);
  expect(clock.offsetMs).toBe(-HOUR);
  clock.observe(15_000, 15_000);
  expect(clock.offsetMs).toBe(0);
});

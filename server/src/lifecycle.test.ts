import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Lifecycle } from './lifecycle.ts';

let now: number;
let exits: number[];
let errors: string[];
let ended: string[];
let life: Lifecycle;
beforeEach(() => {
  vi.useFakeTimers();
  [now, exits, errors, ended] = [0, [], [], []];
  life = new Lifecycle({
    exit: (code) => exits.push(code),
    onError: (_error, what) => errors.push(what),
    now: () => now,
  });
});
afterEach(() => {
  vi.useRealTimers();
});

const part = (name: string, ms = 0) =>
  life.started(async () => {
    if (ms > 0) await new Promise((resolve) => setTimeout(resolve, ms));
    ended.push(name);
  });

describe('[O2] the end', () => {
  it('comes in the reverse order of the start, once, with the code of the first who asked', async () => {
    part('database', 100);
    part('app', 2_000);
    life.signal('SIGTERM');
    life.signal('SIGTERM');
    void life.stop(1);
    await vi.advanceTimersByTimeAsync(1_000);
    life.signal('SIGTERM');
    expect([ended, exits]).toEqual([[], []]);
    await vi.advanceTimersByTimeAsync(2_000);
    expect([ended, exits]).toEqual([['app', 'database'], [0]]);
  });

  it('takes along what is still starting, and goes on after what fails', async () => {
    part('database');
    life.started(async () => {
      part('app');
      await Promise.reject(new Error('the port is taken'));
    });
    await life.stop(0);
    expect(ended).toEqual(['app', 'database']);
    expect(errors).toEqual(['stop']);
    expect(exits).toEqual([0]);
  });

  it('comes within ten seconds, whatever hangs', async () => {
    part('database');
    part('hung', 60_000);
    life.signal('SIGTERM');
    await vi.advanceTimersByTimeAsync(9_999);
    expect(exits).toEqual([0]);
  });

  it('comes at once for somebody who presses Ctrl-C again, not for the same one passed on twice', async () => {
    part('app', 5_000);
    life.signal('SIGINT');
    now = 20;
    life.signal('SIGINT');
    expect(exits).toEqual([]);
    now = 2_000;
    life.signal('SIGINT');
    expect(exits).toEqual([130]);
    await vi.advanceTimersByTimeAsync(10_000);
  });

  it('follows an error that nobody caught, which is told; further ones change nothing', async () => {
    part('app', 100);
    life.crashed(new TypeError("Cannot read properties of null (reading 'write')"));
    life.crashed(new Error('another'));
    await vi.advanceTimersByTimeAsync(200);
    expect(errors).toEqual(['nobody caught this', 'while stopping']);
    expect([ended, exits]).toEqual([['app'], [1]]);
  });
});

import type { Engine } from '../engine/execute.ts';
import type { Clock } from '../ports/clock.ts';
import type { Job } from '../jobs/job.ts';
import { approachingJobs } from './react.ts';

/** A turn also approaches while nothing happens: somebody is served longer than expected, and time passes. */
const WATCH_EVERY_MS = 10_000;

/** Looks at every location from time to time, for turns that approach by the clock alone. */
export function startApproachingWatch(parts: {
  readonly engine: Engine;
  readonly clock: Clock;
  readonly publicUrl: () => string;
  readonly locationIds: () => Promise<readonly string[]>;
  readonly onError: (error: unknown) => void;
}): { check(): Promise<void>; stop(): void } {
  const { engine, clock } = parts;
  const check = async (): Promise<void> => {
    for (const streamId of await parts.locationIds()) {
      const look = (): Promise<readonly Job[] | null> =>
        engine.read(streamId, ({ live }) => approachingJobs(live, clock.now(), parts.publicUrl));
      for (const job of (await look()) ?? []) {
        if (job.queue !== 'command') continue;
        const { commandId, type, input } = job.data;
        const envelope = { commandId, streamId, type, input, occurredAt: clock.now() };
        await engine.execute({ envelope, actor: { kind: 'system' } });
      }
    }
  };
  let running: Promise<void> | null = null;
  const timer = setInterval(() => {
    // A slow round is not overtaken by the next.
    running ??= check()
      .catch(parts.onError)
      .finally(() => (running = null));
  }, WATCH_EVERY_MS);
  return { check, stop: () => clearInterval(timer) };
}

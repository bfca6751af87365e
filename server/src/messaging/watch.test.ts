import { expect, it } from 'vitest';
import { LOCATION } from '@schalter/shared/messaging/messages.testing.ts';
import { MessagingSimulation } from './simulation.testing.ts';
import { startApproachingWatch } from './watch.ts';

it('[M4] a turn that approaches while nothing happens is noticed, once', async () => {
  const simulation = new MessagingSimulation();
  await simulation.open(0);
  // Written without a fact, as if time alone had brought the ticket this far.
  await simulation.add(1, 'waiting');
  const errors: unknown[] = [];
  const watch = startApproachingWatch({
    engine: simulation.engine,
    clock: { now: () => simulation.now },
    publicUrl: () => 'https://schalter.example.ch',
    locationIds: () => Promise.resolve([LOCATION]),
    onError: (error) => errors.push(error),
  });
  try {
    await watch.check();
    await watch.check();
    expect(await simulation.messages()).toMatchObject([{ template: 'approaching', status: 'queued' }]);
    expect(errors).toEqual([]);
  } finally {
    watch.stop();
  }
});

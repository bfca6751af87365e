import { describe, expect, it } from 'vitest';
import { MINUTE, ms, SECOND } from '@schalter/shared/kernel/time.ts';
import { LOCATION, NOW } from '@schalter/shared/messaging/messages.testing.ts';
import { MessagingSimulation, type CarrierFault } from './simulation.testing.ts';

/** The faults in turn, then none. */
const inTurn = (...faults: (CarrierFault | null)[]) => {
  let n = 0;
  return () => faults[n++] ?? null;
};
const sentAfterMs = (simulation: MessagingSimulation): number =>
  ms(simulation.carrier.accepted[0]?.at ?? '') - ms(NOW);

describe('one message', () => {
  it('[M24] is sent at once, once, also where its job runs five times at once', async () => {
    const simulation = new MessagingSimulation();
    await simulation.open(1);
    await simulation.run(10 * MINUTE, 5);
    expect(simulation.carrier.sends).toBe(1);
    expect(sentAfterMs(simulation)).toBe(0);
    expect(await simulation.messages()).toMatchObject([
      { status: 'sent', attempts: 1, providerId: 'SM000000' },
    ]);
  });

  it('[M14] that the carrier took before the line broke is found, and not sent again', async () => {
    const simulation = new MessagingSimulation(inTurn('acceptThenDrop'));
    await simulation.open(1);
    await simulation.run(10 * MINUTE);
    expect(simulation.carrier.sends).toBe(1);
    expect(await simulation.messages()).toMatchObject([
      { status: 'sent', attempts: 1, providerId: 'SM000000' },
    ]);
  });

  it('[M14] that the carrier never got is sent after it said so, within 30 s', async () => {
    const simulation = new MessagingSimulation(inTurn('drop'));
    await simulation.open(1);
    await simulation.run(10 * MINUTE);
    expect(simulation.carrier.sends).toBe(2);
    expect(simulation.carrier.accepted).toHaveLength(1);
    expect(sentAfterMs(simulation)).toBeLessThanOrEqual(30 * SECOND);
  });

  it('[M14] that the carrier took seconds after the time-out is not sent twice', async () => {
    const simulation = new MessagingSimulation(inTurn('acceptLate'));
    await simulation.open(1);
    await simulation.run(10 * MINUTE);
    expect(simulation.carrier.accepted).toHaveLength(1);
    expect(await simulation.messages()).toMatchObject([{ status: 'sent', attempts: 1 }]);
  });

  it('[M14] stays unknown where the carrier never says whether it has it', async () => {
    const simulation = new MessagingSimulation(inTurn('drop'), () => true);
    await simulation.open(1);
    await simulation.run(60 * MINUTE);
    expect(simulation.carrier.sends).toBe(1);
    expect(await simulation.messages()).toMatchObject([{ status: 'unknown', errorCode: 'http500' }]);
  });

  it.each(['killBefore', 'killAfter'] as const)(
    '[M24] whose worker is killed (%s sending) is sent exactly once, within 30 s',
    async (fault) => {
      const simulation = new MessagingSimulation(inTurn(fault));
      await simulation.open(1);
      await simulation.run(10 * MINUTE);
      expect(simulation.carrier.accepted).toHaveLength(1);
      expect(sentAfterMs(simulation)).toBeLessThanOrEqual(30 * SECOND);
      expect(await simulation.messages()).toMatchObject([{ status: 'sent', providerId: 'SM000000' }]);
    },
  );

  it('[M17] that was refused for now is tried again; one refused for good is not', async () => {
    const later = new MessagingSimulation(inTurn('rateLimit', 'rateLimit'));
    await later.open(1);
    await later.run(10 * MINUTE);
    expect(await later.messages()).toMatchObject([{ status: 'sent', attempts: 3 }]);
    const never = new MessagingSimulation(inTurn('reject'));
    await never.open(1);
    await never.run(10 * MINUTE);
    expect(never.carrier.sends).toBe(1);
    expect(await never.messages()).toMatchObject([{ status: 'failed', errorCode: '21614' }]);
  });

  it('[M12] that nobody needs any more is not sent, and one that expired while the carrier was away neither', async () => {
    const served = new MessagingSimulation(inTurn('rateLimit'));
    await served.open(1);
    await served.run(SECOND);
    await served.move(1, 'serving');
    await served.run(10 * MINUTE);
    expect(served.carrier.accepted).toEqual([]);
    expect(await served.messages()).toMatchObject([{ status: 'cancelled' }]);
    const away = new MessagingSimulation(() => 'rateLimit');
    await away.open(1);
    await away.run(60 * MINUTE);
    expect(away.carrier.accepted).toEqual([]);
    expect(['expired', 'failed']).toContain((await away.messages())[0]?.status);
  });
});

describe('a report that does not come', () => {
  it('[M23] is asked for once, ten minutes after the sending', async () => {
    const simulation = new MessagingSimulation();
    await simulation.open(1);
    simulation.carrier.reports.set('SM000000', 'delivered');
    await simulation.run(9 * MINUTE);
    expect(simulation.carrier.asked).toBe(0);
    expect(await simulation.messages()).toMatchObject([{ status: 'sent' }]);
    await simulation.run(60 * MINUTE);
    expect(simulation.carrier.asked).toBe(1);
    expect(await simulation.messages()).toMatchObject([{ status: 'delivered' }]);
  });

  it('[M23] is given up where the carrier does not know either', async () => {
    const simulation = new MessagingSimulation();
    await simulation.open(1);
    await simulation.run(60 * MINUTE);
    expect(simulation.carrier.asked).toBe(1);
    expect(await simulation.messages()).toMatchObject([{ status: 'sent' }]);
  });
});

describe('two processes', () => {
  it('[M24] one that has not heard of a message yet sends it all the same', async () => {
    const simulation = new MessagingSimulation();
    await simulation.open(0);
    // It has read the station before the call, and no wake-up reaches it.
    const other = simulation.newEngine();
    await other.read(LOCATION, () => null);
    await simulation.call(1);
    await simulation.run(MINUTE, 1, other);
    expect(simulation.carrier.accepted).toHaveLength(1);
  });
});

/** Another each time, and in the name, so that a run that failed can be had again. */
const SEED = Number(process.env['SEED'] ?? Date.now() % 1_000_000);

describe(`ten thousand messages through a carrier that loses answers (seed ${SEED})`, () => {
  const ROUNDS = 50;
  const TICKETS = 200;
  const FAULTS: readonly CarrierFault[] = [
    'drop',
    'acceptThenDrop',
    'rateLimit',
    'killBefore',
    'killAfter',
    'acceptLate',
  ];

  it(
    '[M13] [M16] [Q-07] none is accepted twice, and each ends sent or visibly unsent',
    { timeout: 120_000 },
    async () => {
      const chance = mulberry32(SEED);
      let accepted = 0;
      let faults = 0;
      for (let round = 0; round < ROUNDS; round++) {
        const fault = (): CarrierFault | null => {
          if (chance() > 0.4) return null;
          faults += 1;
          return FAULTS[Math.floor(chance() * FAULTS.length)] ?? null;
        };
        const simulation = new MessagingSimulation(fault, () => chance() < 0.2);
        await simulation.open(TICKETS);
        await simulation.run(2 * SECOND, 2);
        for (let n = 1; n <= TICKETS; n++) if (chance() < 0.1) await simulation.move(n, 'serving');
        await simulation.run(30 * MINUTE, 2);
        const perMessage = new Map<string, number>();
        for (const { messageId } of simulation.carrier.accepted) {
          perMessage.set(messageId, (perMessage.get(messageId) ?? 0) + 1);
        }
        expect(Math.max(...perMessage.values()), `seed ${SEED}, round ${round}`).toBe(1);
        const messages = await simulation.messages();
        expect(messages).toHaveLength(TICKETS);
        for (const message of messages) {
          // What the carrier has is known as sent, what it has not is known as not sent.
          const told = message.status === 'sent' || message.status === 'unknown';
          if (perMessage.has(message.id)) expect(told, `${message.id} ${message.status}`).toBe(true);
          else expect(['cancelled', 'expired', 'failed', 'unknown']).toContain(message.status);
          expect(['queued', 'sending']).not.toContain(message.status);
        }
        accepted += perMessage.size;
      }
      expect(accepted).toBeGreaterThan(ROUNDS * TICKETS * 0.9);
      expect(faults).toBeGreaterThan(3_000);
    },
  );
});

/** A small generator of chance that a seed repeats. */
function mulberry32(seed: number): () => number {
  let a = seed;
  return () => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

import { describe, expect, it } from 'vitest';
import type { Answer, CommandEnvelope } from '@schalter/shared/kernel/command.ts';
import { businessDay } from '@schalter/shared/kernel/time.ts';
import { bookingCommands } from '@schalter/shared/booking/commands.ts';
import { directoryCommands } from '@schalter/shared/directory/commands.ts';
import { platformCommands } from '@schalter/shared/platform/commands.ts';
import { seedDemo } from './demo.ts';
import { demoReservations, RESERVATIONS_A_DAY } from './reservations.ts';
import { DEMO_DAY_START, DEMO_TIME_ZONE, people, services } from './station.ts';

const specs: Readonly<Record<string, { input: { safeParse(input: unknown): unknown } }>> = {
  ...platformCommands,
  ...directoryCommands,
  ...bookingCommands,
};
const accepted: Answer = { ok: true, seq: 1, result: null };

async function seeded(now: string, answer: (envelope: CommandEnvelope) => Answer = () => accepted) {
  const envelopes: CommandEnvelope[] = [];
  const credentials: string[] = [];
  await seedDemo({
    now: () => now,
    execute({ envelope }) {
      envelopes.push(envelope);
      return Promise.resolve(answer(envelope));
    },
    ensureCredentials(personId) {
      credentials.push(personId);
      return Promise.resolve();
    },
  });
  return { envelopes, credentials };
}

describe('the demo station', () => {
  it('is made of commands that the contracts accept', async () => {
    const { envelopes, credentials } = await seeded('2026-05-20T08:30:00.000Z');
    for (const { type, input } of envelopes)
      expect(specs[type]?.input.safeParse(input), type).toMatchObject({ success: true });
    expect(envelopes.filter((e) => e.type === 'directory.setService')).toHaveLength(4);
    expect(envelopes.filter((e) => e.type === 'directory.setCounter')).toHaveLength(3);
    expect(credentials).toEqual(people.map(({ personId }) => personId));
  });

  it('sends the same commands with the same ids again, so that a second start changes nothing', async () => {
    const first = await seeded('2026-05-20T08:30:00.000Z');
    const second = await seeded('2026-05-20T16:45:00.000Z');
    const withoutTime = ({ commandId, type, input }: CommandEnvelope) => ({ commandId, type, input });
    expect(second.envelopes.map(withoutTime)).toEqual(first.envelopes.map(withoutTime));
    expect(new Set(first.envelopes.map((e) => e.commandId)).size).toBe(first.envelopes.length);
  });

  it('accepts that an older version of itself is there, and nothing else', async () => {
    await expect(
      seeded('2026-05-20T08:30:00.000Z', () => ({ ok: false, code: 'commandIdReused' })),
    ).resolves.toBeDefined();
    await expect(
      seeded('2026-05-20T08:30:00.000Z', () => ({ ok: false, code: 'letterTaken' })),
    ).rejects.toThrow('letterTaken');
  });

  it('says everything in four languages', () => {
    for (const { service } of services) {
      expect(new Set(Object.values(service.name)).size, service.letter).toBeGreaterThan(1);
      expect(Object.values(service.hint).every((text) => text.length > 0)).toBe(true);
    }
  });
});

describe('the reservations of the demo', () => {
  const days = ['2026-05-20', '2026-03-29', '2026-10-25', '1999-02-01'];

  it('belong to the business day that they are asked for, through both clock changes', () => {
    for (const day of days) {
      for (const { input } of demoReservations(day)) {
        expect(businessDay(input.bookedAt, DEMO_TIME_ZONE, DEMO_DAY_START), `${day} ${input.bookedAt}`).toBe(
          day,
        );
      }
    }
  });

  it('have one reference, one id and one name each, and no reference twice on following days', () => {
    const all = ['2026-05-20', '2026-05-21', '2026-05-22'].flatMap(demoReservations);
    expect(all).toHaveLength(3 * RESERVATIONS_A_DAY);
    for (const key of [
      (r: (typeof all)[number]) => r.input.reference,
      (r: (typeof all)[number]) => r.input.reservationId,
    ]) {
      expect(new Set(all.map(key)).size).toBe(all.length);
    }
    expect(new Set(demoReservations('2026-05-20').map((r) => r.input.lastName)).size).toBe(
      RESERVATIONS_A_DAY,
    );
  });

  it('start with ZRH-20931', () => {
    expect(demoReservations('2026-01-01')[0]?.input.reference).toBe('ZRH-20931');
  });
});

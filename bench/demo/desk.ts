import { v7 as uuid } from 'uuid';
import { demoReservations } from '@schalter/drizzle/seed/reservations.ts';
import { addMs, MINUTE } from '@schalter/shared/kernel/time.ts';
import type { Proof } from '../lib/api.ts';
import type { Hall } from './hall.ts';

/** People come a little before or after their time. */
const AROUND_MIN = 10;
const TRIES = 3;

/** The reservation desk: the station's own list has one booking every half hour, a lively morning has more. */
export function reservationDesk(hall: Hall, manager: Proof, now: () => string) {
  const guests = demoReservations(now().slice(0, 10)).map(({ input }) => input);
  return async (): Promise<{ reference: string; lastName: string } | null> => {
    const service = hall.services.find(({ kind }) => kind === 'appointment');
    const guest = guests[Math.floor(hall.chance() * guests.length)];
    if (service === undefined || guest === undefined) return null;
    const { lastName, firstName, subject } = guest;
    for (let attempt = 0; attempt < TRIES; attempt += 1) {
      const reference = `ZRH-${Math.floor(200_000 + hall.chance() * 800_000)}`;
      const bookedAt = addMs(
        now(),
        Math.round(hall.serverMinutes((hall.chance() * 2 - 1) * AROUND_MIN) * MINUTE),
      );
      const input = {
        reservationId: uuid(),
        reference,
        lastName,
        firstName,
        serviceId: service.id,
        bookedAt,
        subject,
      };
      const answer = await hall.command(manager, 'booking.recordReservation', input, ['codeTaken']);
      if (answer.ok) return { reference, lastName };
    }
    return null;
  };
}

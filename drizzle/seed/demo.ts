import type { Answer, CommandEnvelope } from '@schalter/shared/kernel/command.ts';
import { businessDay } from '@schalter/shared/kernel/time.ts';
import { seedId } from './ids.ts';
import { demoReservations } from './reservations.ts';
import {
  counters,
  DEMO_DAY_START,
  DEMO_LOCATION_ID,
  DEMO_ORGANISATION_ID,
  DEMO_TIME_ZONE,
  location,
  organisation,
  people,
  services,
} from './station.ts';

export interface SeedPorts {
  /** The write path, with the system as the actor; the organisation owns the streams that are opened. */
  execute(request: { envelope: CommandEnvelope; organisationId: string }): Promise<Answer>;
  /** Sets them where the person has none yet: a PIN that somebody changed stays as it is. */
  ensureCredentials(personId: string, credentials: { password: string; pin: string }): Promise<void>;
  /** The server's clock, ISO 8601. */
  now(): string;
}

/**
 * Writes the demo station through the write path, as everything is written. May be called at every start:
 * what is there stays as it is (somebody may have changed it), only the day's reservations are added.
 */
export async function seedDemo(ports: SeedPorts): Promise<void> {
  let n = 0;
  const submit = async (
    streamId: string,
    type: string,
    input: unknown,
    commandId = seedId('command', n++),
  ) => {
    const envelope = { commandId, streamId, type, input, occurredAt: ports.now() };
    const answer = await ports.execute({ envelope, organisationId: DEMO_ORGANISATION_ID });
    // The same id with another input: an older version of the demo is already here.
    if (answer.ok || answer.code === 'commandIdReused') return;
    throw new Error(`the demo could not be written: ${type} was refused, ${answer.code}`);
  };

  await submit(DEMO_ORGANISATION_ID, 'platform.createOrganisation', organisation);
  await submit(DEMO_LOCATION_ID, 'platform.openLocation', location);
  for (const service of services) await submit(DEMO_LOCATION_ID, 'directory.setService', service);
  for (const counter of counters) await submit(DEMO_LOCATION_ID, 'directory.setCounter', counter);
  for (const { personId, name, email, role, language, password, pin } of people) {
    const locationIds = role === 'admin' ? [] : [DEMO_LOCATION_ID];
    await submit(DEMO_ORGANISATION_ID, 'platform.setPerson', {
      personId,
      name,
      email,
      role,
      locationIds,
      language,
      active: true,
    });
    await ports.ensureCredentials(personId, { password, pin });
  }
  await seedReservations(ports);
}

/** Today's reservations; on a later day of the same demo that day's are added. */
export async function seedReservations(ports: Pick<SeedPorts, 'execute' | 'now'>): Promise<void> {
  const today = businessDay(ports.now(), DEMO_TIME_ZONE, DEMO_DAY_START);
  const envelopes = demoReservations(today).map(({ commandId, input }) => ({
    commandId,
    streamId: DEMO_LOCATION_ID,
    type: 'booking.recordReservation',
    input,
    occurredAt: ports.now(),
  }));
  for (const answer of await Promise.all(
    envelopes.map((envelope) => ports.execute({ envelope, organisationId: DEMO_ORGANISATION_ID })),
  )) {
    if (!answer.ok && answer.code !== 'commandIdReused') {
      throw new Error(`the demo's reservations could not be written: ${answer.code}`);
    }
  }
}

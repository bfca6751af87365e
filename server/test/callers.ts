import { randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import type { DeviceKind } from '@schalter/shared/kernel/actor.ts';
import type { CommandType } from '@schalter/shared/registry.ts';
import { newToken } from '../src/platform/secrets.ts';
import type { Caller } from './access-table.ts';
import type { Proof } from './api.ts';
import { DEVICE_SETTINGS, sampleInputs, type Named } from './samples.ts';
import { signedIn, type TestHouse } from './house.ts';

/** What is there, for the inputs of the commands; people, tickets and devices are made up. */
export const named = (house: TestHouse): Named => ({
  locationId: house.locationId,
  serviceId: house.serviceIds[1] ?? '',
  counterId: house.counterIds[0] ?? '',
  personId: randomUUID(),
  stageId: randomUUID(),
  visitId: randomUUID(),
  deviceId: randomUUID(),
});

/** One of each kind of caller, with what it proves itself by. */
export interface Callers {
  /** null: it has nothing. A customer is a new one each time. */
  proofOf(caller: Caller): Promise<Proof | null>;
}

export async function openCallers(house: TestHouse): Promise<Callers> {
  const elsewhere = [house.otherLocationId];
  const revoked = await device(house, 'kiosk');
  await house.command(house.locationId, 'platform.revokeDevice', { deviceId: revoked.deviceId });
  const proofs: Readonly<Record<Exclude<Caller, 'customer'>, Proof | null>> = {
    nobody: null,
    kiosk: await device(house, 'kiosk'),
    display: await device(house, 'display'),
    station: await device(house, 'station'),
    revokedKiosk: revoked,
    clerk: await signedIn(house, 'clerk'),
    clerkElsewhere: await signedIn(house, 'clerk', elsewhere),
    expired: await signedIn(house, 'manager', [house.locationId], house.app.parts.clock.now()),
    denied: await denied(house),
    technician: await signedIn(house, 'technician'),
    dispatcher: await signedIn(house, 'dispatcher'),
    accountant: await signedIn(house, 'accountant'),
    manager: await signedIn(house, 'manager'),
    managerElsewhere: await signedIn(house, 'manager', elsewhere),
    admin: await signedIn(house, 'admin'),
    adminOfAnother: await adminOfAnother(house),
  };
  let lastStageId: string | null = null;
  /** Of a new ticket, so that none has left before the others are tried; one at a time, for the queue fills. */
  const customer = async (): Promise<Proof> => {
    const { locationId } = house;
    if (lastStageId !== null)
      await house.command(locationId, 'queue.cancel', { stageId: lastStageId, reason: 'Test' });
    const ticket = newToken();
    const input = { ...sampleInputs['queue.issueTicket'](named(house)), linkToken: ticket };
    const issued = await house.command(locationId, 'queue.issueTicket', input);
    if (!issued.ok) throw new Error(issued.code);
    lastStageId = (issued.result as { stageId: string }).stageId;
    return { ticket };
  };
  return {
    proofOf: (caller) => (caller === 'customer' ? customer() : Promise.resolve(proofs[caller])),
  };
}

async function device(house: TestHouse, kind: DeviceKind): Promise<{ device: string; deviceId: string }> {
  const deviceId = randomUUID();
  const { organisationId, locationId } = house;
  await house.command(locationId, 'platform.registerDevice', {
    deviceId,
    kind,
    name: kind,
    settings: DEVICE_SETTINGS,
  });
  const { credentials, clock } = house.app.parts;
  const row = { organisationId, locationId, deviceId };
  return { device: await credentials.issueDeviceToken(row, clock.now()), deviceId };
}

async function denied(house: TestHouse): Promise<Proof> {
  const { personId, session } = await signedIn(house, 'clerk');
  const sample = sampleInputs['platform.setGrant']({ ...named(house), personId });
  const made = await house.command(house.organisationId, 'platform.setGrant', { ...sample, effect: 'deny' });
  expect(made.ok).toBe(true);
  return { session };
}

async function adminOfAnother(house: TestHouse): Promise<Proof> {
  const [organisationId, personId] = [randomUUID(), randomUUID()];
  const { engine, clock, sessions } = house.app.parts;
  const send = (type: CommandType, input: unknown) =>
    engine.execute({
      envelope: { commandId: randomUUID(), streamId: organisationId, type, input, occurredAt: clock.now() },
      actor: { kind: 'system' },
      organisationId,
    });
  await send('platform.createOrganisation', { name: 'Nachbar', language: 'de', currency: 'CHF' });
  const person = sampleInputs['platform.setPerson']({ ...named(house), personId });
  const made = await send('platform.setPerson', { ...person, role: 'admin', locationIds: [] });
  expect(made.ok).toBe(true);
  const who = { organisationId, personId, deviceId: null };
  return { session: (await sessions.open(who, clock.now())).access };
}

// The server in this process, on a database of its own, with two locations and a few people.
import { randomUUID } from 'node:crypto';
import { pino, type Logger } from 'pino';
import { io, type Socket } from 'socket.io-client';
import type { Answer } from '@schalter/shared/kernel/command.ts';
import type { DownEvents, Hello, HelloAnswer, UpEvents } from '@schalter/shared/kernel/protocol.ts';
import type { PersonRole } from '@schalter/shared/platform/roles.ts';
import type { ProofAction } from '@schalter/shared/platform/proof.ts';
import {
  location as demoLocation,
  services as demoServices,
  counters as demoCounters,
} from '@schalter/drizzle/seed/station.ts';
import { systemClock } from '../src/adapters/clock.ts';
import { outboxEmail } from '../src/adapters/outbox-email.ts';
import { webPushBy } from '../src/adapters/web-push.ts';
import { outboxSms } from '../src/adapters/outbox-sms.ts';
import { startApp, type App } from '../src/app.ts';
import { readConfig } from '../src/config.ts';
import { hashPassword } from '../src/platform/secrets.ts';
import type { Clock } from '../src/ports/clock.ts';
import type { Email } from '../src/ports/email.ts';
import type { PushCarrier } from '../src/ports/push.ts';
import type { Sms } from '../src/ports/sms.ts';
import { createTestDatabase } from './database.ts';

export const PASSWORD = 'Sieben-Zimt-Turm';
export const PIN = '294716';

/** Of no house: so that no test leaves a key in the folder that it is run in. */
const FIELD_KEYS = `1:${Buffer.alloc(32, 7).toString('base64')}`;

export interface TestHouse {
  readonly app: App;
  readonly url: string;
  readonly databaseUrl: string;
  readonly organisationId: string;
  readonly locationId: string;
  readonly otherLocationId: string;
  readonly serviceIds: readonly string[];
  readonly counterIds: readonly string[];
  readonly people: Readonly<Record<'admin' | 'manager' | 'clerk' | 'otherClerk', string>>;
  command(streamId: string, type: string, input: unknown): Promise<Answer>;
  close(): Promise<void>;
}

export interface ServerOptions {
  readonly environment?: Readonly<Record<string, string>>;
  readonly clock?: Clock;
  readonly log?: Logger;
  readonly sms?: Sms;
  readonly email?: Email;
  readonly push?: PushCarrier;
}

/** One server process in miniature; several on one database are as many processes. */
export const startServer = (
  databaseUrl: string,
  {
    environment = {},
    clock = systemClock,
    log = pino({ level: 'silent' }),
    sms = outboxSms(),
    email = outboxEmail(),
    push = webPushBy({ contact: null, services: [] }),
  }: ServerOptions = {},
): Promise<App> =>
  startApp({
    config: readConfig(
      { PORT: '0', HOST: '127.0.0.1', DATABASE_URL: databaseUrl, DEMO: '0', FIELD_KEYS, ...environment },
      process.cwd(),
    ),
    databaseUrl,
    clock,
    sms,
    email,
    push,
    log,
    links: [],
    signIns: [],
  });

export async function openTestHouse(options: ServerOptions = {}): Promise<TestHouse> {
  const { clock = systemClock } = options;
  const database = await createTestDatabase();
  const app = await startServer(database.url, options);
  const [organisationId, locationId, otherLocationId] = [randomUUID(), randomUUID(), randomUUID()];
  const command = (streamId: string, type: string, input: unknown): Promise<Answer> =>
    app.parts.engine.execute({
      envelope: { commandId: randomUUID(), streamId, type, input, occurredAt: clock.now() },
      actor: { kind: 'system' },
      organisationId,
    });
  const must = async (streamId: string, type: string, input: unknown): Promise<void> => {
    const answer = await command(streamId, type, input);
    if (!answer.ok) throw new Error(`${type}: ${answer.code}`);
  };
  await must(organisationId, 'platform.createOrganisation', {
    name: 'Haus',
    language: 'de',
    currency: 'CHF',
  });
  const serviceIds = demoServices.map(() => randomUUID());
  const counterIds = demoCounters.map(() => randomUUID());
  for (const [id, code] of [
    [locationId, 'zrh'],
    [otherLocationId, 'gva'],
  ] as const) {
    await must(id, 'platform.openLocation', { ...demoLocation, code });
  }
  for (const [i, { service }] of demoServices.entries()) {
    await must(locationId, 'directory.setService', { serviceId: serviceIds[i], service });
  }
  for (const [i, { counter }] of demoCounters.entries()) {
    await must(locationId, 'directory.setCounter', {
      counterId: counterIds[i],
      counter: { ...counter, serviceIds },
    });
  }
  const people = {
    admin: randomUUID(),
    manager: randomUUID(),
    clerk: randomUUID(),
    otherClerk: randomUUID(),
  };
  const hash = await hashPassword(PASSWORD);
  const pin = await hashPassword(PIN);
  for (const [key, personId] of Object.entries(people)) {
    const role = key === 'otherClerk' ? 'clerk' : key;
    const locationIds = key === 'admin' ? [] : [key === 'otherClerk' ? otherLocationId : locationId];
    const row = {
      personId,
      name: key,
      email: `${key.toLowerCase()}@haus.example`,
      role,
      locationIds,
      language: 'de',
      active: true,
    };
    await must(organisationId, 'platform.setPerson', row);
    await app.parts.credentials.setCredentials(organisationId, personId, {
      passwordHash: hash,
      pinHash: pin,
    });
  }
  return {
    app,
    url: `http://127.0.0.1:${app.port}`,
    databaseUrl: database.url,
    organisationId,
    locationId,
    otherLocationId,
    serviceIds,
    counterIds,
    people,
    command,
    async close() {
      await app.stop();
      await database.drop();
    },
  };
}

export type TestSocket = Socket<DownEvents, UpEvents>;

/** A socket of a person (session token), a device or a customer (`auth`). */
export function openSocket(url: string, auth: Record<string, string>): TestSocket {
  return io(url, { transports: ['websocket'], auth, reconnection: false, forceNew: true });
}

export const hello = (
  socket: TestSocket,
  message: Partial<Hello> & { streamId: string },
): Promise<HelloAnswer> =>
  socket.timeout(5_000).emitWithAck('hello', { audience: 'manager', lastSeq: 0, protocol: 1, ...message });

/** Somebody new in the house, signed in: the token of a session. */
export async function signedIn(
  { app, command, organisationId, locationId }: TestHouse,
  role: PersonRole | 'admin',
  locationIds: readonly string[] = [locationId],
  roleExpiresAt: string | null = null,
): Promise<{ readonly personId: string; readonly session: string }> {
  const personId = randomUUID();
  const answer = await command(organisationId, 'platform.setPerson', {
    personId,
    name: `${role} ${personId.slice(0, 4)}`,
    email: `${personId}@haus.example`,
    role,
    locationIds: role === 'admin' ? [] : locationIds,
    roleExpiresAt,
    language: 'de',
    active: true,
  });
  if (!answer.ok) throw new Error(answer.code);
  const { clock, sessions } = app.parts;
  const { access } = await sessions.open({ organisationId, personId, deviceId: null }, clock.now());
  return { personId, session: access };
}

/** The session proves that it is the person: what `of` is may be done once within a minute. */
export async function proved(
  { app }: Pick<TestHouse, 'app'>,
  token: string,
  action: ProofAction,
  target = '',
): Promise<void> {
  const { clock, proofs, sessions } = app.parts;
  const session = await sessions.byAccess(token, clock.now());
  if (session === null) throw new Error('nobody is signed in with this token');
  const { organisationId, id: sessionId } = session;
  await proofs.give({ organisationId, sessionId, action, target }, clock.now());
}

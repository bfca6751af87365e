// A server with its real database, jobs and HTTP, Twilio's emulator beside it, and a small station of its own.
import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { pino } from 'pino';
import { v7 as uuid } from 'uuid';
import { counters, location, organisation, services } from '@schalter/drizzle/seed/station.ts';
import { outboxEmail } from '@schalter/server/src/adapters/outbox-email.ts';
import { webPushBy } from '@schalter/server/src/adapters/web-push.ts';
import { systemClock } from '@schalter/server/src/adapters/clock.ts';
import { twilioSms } from '@schalter/server/src/adapters/twilio-sms.ts';
import { startApp, type App } from '@schalter/server/src/app.ts';
import { readConfig } from '@schalter/server/src/config.ts';
import type { Sms } from '@schalter/server/src/ports/sms.ts';
import type { Actor } from '@schalter/shared/kernel/actor.ts';
import type { Answer } from '@schalter/shared/kernel/command.ts';
import type { Language } from '@schalter/shared/kernel/text.ts';
import { rightsAs } from '@schalter/shared/platform/access.ts';
import type { Message } from '@schalter/shared/messaging/rows.ts';
import type { CommandType } from '@schalter/shared/registry.ts';
import type { TwilioEmulator } from '../support/twilio-emulator.ts';

/** Short, so that a silent carrier does not hold up a test; in production it is 8 s. */
const CARRIER_TIMEOUT_MS = 1_000;
const SYSTEM: Actor = { kind: 'system' };

export const through = (emulator: TwilioEmulator): Sms =>
  twilioSms({
    accountSid: emulator.accountSid,
    authToken: emulator.authToken,
    sender: '+41790000000',
    apiBaseUrl: emulator.url,
    timeoutMs: CARRIER_TIMEOUT_MS,
  });

export const startServer = (databaseUrl: string, sms: Sms): Promise<App> =>
  startApp({
    config: readConfig(
      { PORT: '0', HOST: '127.0.0.1', DATABASE_URL: databaseUrl, LOG_LEVEL: 'silent' },
      process.cwd(),
    ),
    databaseUrl,
    clock: systemClock,
    sms,
    email: outboxEmail(),
    push: webPushBy({ contact: null, services: [] }),
    log: pino({ level: 'silent' }),
    links: [],
    signIns: [],
  });

export interface Ticket {
  readonly visitId: string;
  readonly stageId: string;
  readonly number: number;
}

/** One location of an organisation of its own; its clerk works at counters 1 and 3. */
export class Station {
  readonly locationId = uuid();
  readonly organisationId: string;
  readonly counterIds = counters.map(() => uuid());
  readonly serviceIds = services.map(() => uuid());
  readonly #app: App;
  readonly #isFirst: boolean;
  readonly #clerk: Actor;
  #phones = 0;

  /** A further location of an organisation that is there, or the first of a new one. */
  constructor(app: App, organisationId?: string) {
    this.#app = app;
    this.#isFirst = organisationId === undefined;
    this.organisationId = organisationId ?? uuid();
    this.#clerk = {
      kind: 'person',
      personId: uuid(),
      organisationId: this.organisationId,
      name: 'Lea Kunz',
      rights: rightsAs('manager', [this.locationId]),
      deviceId: null,
    };
  }

  async open(): Promise<this> {
    // Far from midnight, whenever the tests run: nobody is turned away because the day ends.
    const timeZone = new Date().getUTCHours() % 20 >= 2 ? 'UTC' : 'Asia/Tokyo';
    if (this.#isFirst)
      await this.run('platform.createOrganisation', organisation, SYSTEM, this.organisationId);
    await this.run('platform.openLocation', {
      ...location,
      code: `s${randomBytes(6).toString('hex')}`,
      timeZone,
      dayStart: '00:00',
      smsCountries: ['CH', 'LI'],
      approachingPlace: 2,
      approachingMin: 1,
      smsPerDay: 1_000,
      smsPerMonth: 15_000,
    });
    const idOf = (old: string): string =>
      this.serviceIds[services.findIndex((s) => s.serviceId === old)] ?? '';
    for (const { serviceId, service } of services)
      await this.run('directory.setService', { serviceId: idOf(serviceId), service });
    for (const [i, { counter }] of counters.entries()) {
      const input = {
        counterId: this.counterIds[i],
        counter: { ...counter, serviceIds: counter.serviceIds.map(idOf) },
      };
      await this.run('directory.setCounter', input);
    }
    await this.run('directory.signOn', { counterId: this.counterIds[0], takeOver: false }, this.#clerk);
    return this;
  }

  async run(type: CommandType, input: unknown, actor = SYSTEM, streamId = this.locationId): Promise<unknown> {
    const answer = await this.tryTo(type, input, actor, streamId);
    if (!answer.ok) throw new Error(`${type}: ${answer.code} ${JSON.stringify(answer.details ?? {})}`);
    return answer.result;
  }

  tryTo(type: CommandType, input: unknown, actor = SYSTEM, streamId = this.locationId): Promise<Answer> {
    const envelope = { commandId: uuid(), streamId, type, input, occurredAt: systemClock.now() };
    return this.#app.parts.engine.execute({ envelope, actor, organisationId: this.organisationId });
  }

  /** A number that nobody else has in this run. */
  phone(): string {
    return `+4179${String(2_000_000 + ++this.#phones + (Number.parseInt(this.locationId.slice(-5), 16) % 900_000) * 7)}`;
  }

  /** Takes a number for "rent a vehicle". */
  async issue(phone: string | null, language: Language = 'de'): Promise<Ticket> {
    const contact = phone === null ? null : { phone, consentWording: 'kiosk-1', consentLanguage: language };
    const linkToken = randomBytes(16).toString('base64url');
    const input = { serviceId: this.serviceIds[1], language, linkToken, contact, name: null, note: null };
    return (await this.run('queue.issueTicket', input)) as Ticket;
  }

  /** What the clerk at counter 1 does. */
  async does(
    type: CommandType,
    input: Record<string, unknown> = {},
  ): Promise<{ stageId: string; visitId: string }> {
    const needsCounter = type === 'queue.callNext' || type === 'queue.call';
    const full = needsCounter ? { counterId: this.counterIds[0], ...input } : input;
    return (await this.run(type, full, this.#clerk)) as { stageId: string; visitId: string };
  }

  customer = ({ visitId }: Ticket): Actor => ({
    kind: 'customer',
    visitId,
    organisationId: this.organisationId,
    locationId: this.locationId,
  });

  async messages(): Promise<readonly Message[]> {
    const read = this.#app.parts.engine.read(this.locationId, ({ live }) => [...live.rows.messages.values()]);
    return (await read) ?? [];
  }

  async stage(stageId: string) {
    return this.#app.parts.engine.read(this.locationId, ({ live }) => live.rows.stages.get(stageId));
  }
}

/** Waits until it is so; says what it last saw where it never is. */
export async function until<T>(
  what: string,
  look: () => Promise<T> | T,
  isSo: (seen: T) => boolean,
  msMax = 10_000,
): Promise<T> {
  const end = Date.now() + msMax;
  for (;;) {
    const seen = await look();
    if (isSo(seen)) return seen;
    if (Date.now() > end)
      throw new Error(`${what}: not within ${msMax} ms; last seen ${JSON.stringify(seen)}`);
    await delay(50);
  }
}

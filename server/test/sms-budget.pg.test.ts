// Two processes that both want to send: together they send what the location may, and not one message more.
import { randomBytes, randomUUID } from 'node:crypto';
import postgres from 'postgres';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { location as demoLocation } from '@schalter/drizzle/seed/station.ts';
import { outboxSms } from '../src/adapters/outbox-sms.ts';
import type { App } from '../src/app.ts';
import type { Sms } from '../src/ports/sms.ts';
import { openTestHouse, startServer, type TestHouse } from './house.ts';

const BUDGET = 7;
const TICKETS = 20;

const sent: string[] = [];
const carrier: Sms = {
  ...outboxSms(),
  kind: 'twilio',
  send: ({ to, messageId }) => {
    sent.push(to);
    return Promise.resolve({ outcome: 'accepted', providerId: `SM${messageId}` });
  },
  findSent: () => Promise.resolve({ outcome: 'absent' }),
  statusOf: () => Promise.resolve(null),
};

let house: TestHouse;
let second: App;
let sql: postgres.Sql;
beforeAll(async () => {
  house = await openTestHouse({ sms: carrier });
  second = await startServer(house.databaseUrl, { sms: carrier });
  sql = postgres(house.databaseUrl, { max: 1, onnotice: () => undefined });
});
afterAll(async () => {
  await sql.end();
  await second.stop();
  await house.close();
});

it('[M26] spends a budget of seven on seven messages, whichever of two processes writes them', async () => {
  const settings = {
    ...demoLocation,
    code: 'zrh',
    smsPerDay: BUDGET,
    approachingPlace: TICKETS,
    approachingMin: 60,
  };
  expect(await house.command(house.locationId, 'platform.setLocation', settings)).toMatchObject({ ok: true });
  const execute = (app: App, type: string, input: unknown) =>
    app.parts.engine.execute({
      envelope: {
        commandId: randomUUID(),
        streamId: house.locationId,
        type,
        input,
        occurredAt: app.parts.clock.now(),
      },
      actor: { kind: 'system' },
      organisationId: house.organisationId,
    });
  const stageIds = await Promise.all(
    Array.from({ length: TICKETS }, async (_, n) => {
      const answer = await execute(n % 2 === 0 ? house.app : second, 'queue.issueTicket', {
        serviceId: house.serviceIds[1],
        language: 'de',
        linkToken: randomBytes(16).toString('base64url'),
        contact: { phone: `+41791110${String(100 + n)}`, consentWording: 'v1', consentLanguage: 'de' },
        name: null,
        note: null,
      });
      expect(answer).toMatchObject({ ok: true });
      return (answer as unknown as { result: { stageId: string } }).result.stageId;
    }),
  );
  const wanted = { template: 'approaching', link: 'https://a.example/t#AAAAAAAAAAAAAAAAAAAAAA' };
  await Promise.all(
    stageIds.flatMap((stageId) =>
      [house.app, second].map((app) => execute(app, 'messaging.prepare', { ...wanted, stageId })),
    ),
  );
  const counted = () => sql`select count(*)::int as n from messages
    where location_id = ${house.locationId} and status not in ('cancelled', 'expired', 'not_sent')`;
  await expect.poll(() => sent.length, { timeout: 30_000 }).toBe(BUDGET);
  expect(await counted()).toEqual([{ n: BUDGET }]);
  expect(new Set(sent).size).toBe(BUDGET);
  // Tried again by whoever looks at the queue: it stays at that.
  await Promise.all(stageIds.map((stageId) => execute(second, 'messaging.prepare', { ...wanted, stageId })));
  expect(await counted()).toEqual([{ n: BUDGET }]);
  expect(sent).toHaveLength(BUDGET);
});

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import postgres from 'postgres';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { DEMO_LOCATION_ID, services } from '@schalter/drizzle/seed/station.ts';
import { createTestDatabase, type TestDatabase } from '@schalter/server/test/database.ts';
import { demoDevice, newLinkToken } from '../support/api.ts';
import { ServerProcess } from '../support/server-process.ts';
import { startTwilioEmulator, type TwilioEmulator } from '../support/twilio-emulator.ts';
import { until } from './messaging-station.ts';

/** Of the ports that are this suite's; no other test listens there. */
const PORT = 4138;
const URL = `http://localhost:${PORT}`;

let database: TestDatabase;
let emulator: TwilioEmulator;
let dataDir: string;
let server: ServerProcess;

beforeAll(async () => {
  database = await createTestDatabase();
  emulator = await startTwilioEmulator();
  dataDir = mkdtempSync(join(tmpdir(), 'schalter-kill-'));
  server = new ServerProcess({
    port: PORT,
    databaseUrl: database.url,
    environment: {
      PUBLIC_URL: URL,
      DATA_DIR: dataDir,
      DEMO: '1',
      TWILIO_ACCOUNT_SID: emulator.accountSid,
      TWILIO_AUTH_TOKEN: emulator.authToken,
      TWILIO_FROM: '+41790000000',
      TWILIO_BASE_URL: emulator.url,
    },
  });
  await server.start();
});
afterAll(async () => {
  await server.end('SIGKILL');
  await emulator.close();
  await database.drop();
  rmSync(dataDir, { recursive: true, force: true });
});

it(
  '[M24] [Q-07] a server killed while messages are under way is followed by one that sends each exactly once, within 30 s',
  { timeout: 90_000 },
  async () => {
    const taken = '+41791230001';
    const lost = '+41791230002';
    // One message reaches the carrier before the kill, the other does not; the server hears of neither.
    emulator.fault({ kind: 'acceptThenHang', ms: 60_000, to: taken });
    emulator.fault({ kind: 'hang', ms: 60_000, to: lost });
    emulator.plan([]);
    const kiosk = await demoDevice(URL, 'kiosk');
    for (const phone of [taken, lost]) {
      const answer = await kiosk.command(DEMO_LOCATION_ID, 'queue.issueTicket', {
        serviceId: services[1]?.serviceId,
        language: 'de',
        linkToken: newLinkToken(),
        contact: { phone, consentWording: 'kiosk-1', consentLanguage: 'de' },
        name: null,
        note: null,
      });
      expect(answer, server.output).toMatchObject({ ok: true });
    }
    await until(
      'both are under way',
      () => emulator.attempts.length,
      (n) => n === 2,
      15_000,
    );
    await server.end('SIGKILL');
    await server.start();
    const startedAt = Date.now();

    const sql = postgres(database.url, { max: 1 });
    try {
      const statuses = () => sql<{ to: string; status: string; sid: string }[]>`
      select to_e164 as to, status, provider_id as sid from messages order by to_e164`;
      const rows = await until(
        'both are sent',
        statuses,
        (seen) => seen.length === 2 && seen.every((m) => m.status === 'sent'),
        40_000,
      );
      const lastAt = emulator.attempts.findLast((a) => a.to === lost)?.at ?? Infinity;
      expect(lastAt - startedAt).toBeLessThan(30_000);
      const triesFor = (phone: string) => emulator.attempts.filter((a) => a.to === phone).map((a) => a.taken);
      expect(triesFor(taken)).toEqual([true]);
      expect(triesFor(lost)).toEqual([false, true]);
      const sidOf = (phone: string) => emulator.sent.find((m) => m.to === phone)?.sid;
      expect(rows.map((m) => m.sid)).toEqual([sidOf(taken), sidOf(lost)]);
    } finally {
      await sql.end();
    }
  },
);

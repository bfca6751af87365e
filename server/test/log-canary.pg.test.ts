// Everything that could give somebody away goes through the server, and through every kind of failure, with a log
// that is heard; then the log is searched for it.
import { randomBytes, randomUUID } from 'node:crypto';
import { Writable } from 'node:stream';
import postgres from 'postgres';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createLog } from '../src/log.ts';
import { Api, cookiesOf } from './api.ts';
import { hello, openSocket, openTestHouse, PIN, signedIn, type TestHouse } from './house.ts';

const PHONE = '+41791112233';
const NAME = 'Zuzana Kanarienvogel';
const PASSWORD = 'Kanarienvogel-Passwort';
const EMAIL = 'kanarienvogel@haus.example';

const lines: string[] = [];
const log = createLog(
  'trace',
  new Writable({
    write(chunk, _encoding, done) {
      lines.push(String(chunk));
      done();
    },
  }),
);

let house: TestHouse;
let api: Api;
let sql: postgres.Sql;
beforeAll(async () => {
  house = await openTestHouse({ log });
  api = new Api(house.url);
  sql = postgres(house.databaseUrl, { max: 1, onnotice: () => undefined });
});
afterAll(async () => {
  await sql.end();
  await house.close();
});

const newLink = () => randomBytes(16).toString('base64url');
const issue = (linkToken: string) =>
  house.command(house.locationId, 'queue.issueTicket', {
    serviceId: house.serviceIds[1],
    language: 'de',
    linkToken,
    contact: { phone: PHONE, consentWording: 'v1', consentLanguage: 'de' },
    name: NAME,
    note: null,
  });

it('[O1] [ID-03] holds no number, name, link, token, password or PIN, whatever fails', async () => {
  const links = [newLink(), newLink(), newLink()] as const;
  expect(await issue(links[0])).toMatchObject({ ok: true });
  const { session } = await signedIn(house, 'clerk');
  const deviceToken = await house.app.parts.credentials.issueDeviceToken(
    { organisationId: house.organisationId, locationId: house.locationId, deviceId: randomUUID() },
    new Date().toISOString(),
  );
  const login = () => api.post('/api/v1/auth/login', { email: EMAIL, password: PASSWORD });
  const everything = async () => {
    const pairing = await api.post<{ secret: string; code: string }>('/api/v1/pairings', { kind: 'kiosk' });
    const socket = openSocket(house.url, { ticket: links[0] });
    await hello(socket, { streamId: house.locationId, audience: 'customer' }).catch(() => null);
    socket.disconnect();
    await api.get('/api/v1/ticket', { ticket: links[0] });
    await api.get('/api/v1/auth/profile', { session });
    await api.get('/api/v1/device', { device: deviceToken });
    await api.get('/api/v1/join/kanarienvogel');
    const loggedIn = await login();
    await api.post('/api/v1/auth/pin', { personId: house.people.clerk, pin: PIN }, { session });
    const { secret, code } = pairing.body;
    return [...(pairing.status === 201 ? [secret, code] : []), cookiesOf(loggedIn.headers).split('=')[1]];
  };

  const secrets: (string | undefined)[] = await everything();
  // A row that a check refuses: the database quotes it whole.
  await sql`alter table visit_contacts add constraint canary check (phone_e164 = '') not valid`;
  expect(await issue(links[1])).toMatchObject({ ok: false });
  await sql`alter table visit_contacts drop constraint canary`;
  // A key that is there already: the database quotes the link.
  expect(await issue(links[0])).toMatchObject({ ok: false });
  // Tables that are away: drizzle quotes the parameters.
  const tables = ['visits', 'sessions', 'device_tokens', 'people', 'locations', 'pairings', 'messages'];
  for (const table of tables) await sql`alter table ${sql(table)} rename to ${sql(`${table}_away`)}`;
  secrets.push(...(await everything()));
  await issue(links[2]);
  for (const table of tables) await sql`alter table ${sql(`${table}_away`)} rename to ${sql(table)}`;
  secrets.push(...(await everything()));

  const text = lines.join('');
  // The failures have been told.
  for (const code of ['23514', '42P01', 'Failed query']) expect(text).toContain(code);
  const given = [PHONE, PHONE.slice(3), NAME, PASSWORD, PIN, EMAIL, session, deviceToken, ...links];
  for (const secret of [...given, ...secrets]) {
    // Not the whole log in a message of the test's.
    if (secret !== undefined && secret !== '') expect(text.includes(secret), secret).toBe(false);
  }
});

// Names, numbers and links that occur nowhere else go through a morning of the station, while everybody listens; then
// each one's traffic is searched for them. The tables below say who may see what. docs/spec/personal-data.md, PD19.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newToken } from '../src/platform/secrets.ts';
import { Api, type Proof } from './api.ts';
import { hello, openSocket, openTestHouse, signedIn, type TestHouse, type TestSocket } from './house.ts';
import { DEVICE_SETTINGS } from './samples.ts';

const LINK = newToken();
/** What is planted, and as what. */
const PLANTED = {
  name: 'Xaverine Quendolin',
  note: 'Zwiebackdose hinten links',
  phone: '+41791937465',
  link: LINK,
  bookedName: 'Wyttenbachgraben',
  bookedFirstName: 'Hildeburga',
  // Kinds of data that have no field of their own yet stand in the words of a booking.
  licence: 'FA-7731-XQ-0099',
  birthDate: '1931-02-03',
  bookedEmail: 'hildeburga@quendolin.example',
  reference: 'QXZ-77431',
  clerkName: 'Serafin Knoblauchgasser',
  clerkEmail: 'knoblauchgasser@haus.example',
} as const;
type Planted = keyof typeof PLANTED;

const NOTHING: readonly Planted[] = [];
const DESK = [
  ...(['name', 'note', 'reference', 'bookedName', 'bookedFirstName'] as const),
  ...(['licence', 'birthDate', 'bookedEmail', 'clerkName'] as const),
];
/** Who hears what of a location's stream. Numbers are masked for everybody, links are the customer's. */
const HEARS = {
  display: NOTHING,
  kiosk: NOTHING,
  customer: NOTHING,
  otherCustomer: NOTHING,
  clerk: DESK,
  // Of the organisation's stream: who works here, with the address to sign in with.
  manager: [...DESK, 'clerkEmail'],
  clerkElsewhere: NOTHING,
  adminOfAnother: NOTHING,
  nobody: NOTHING,
} as const;
type Who = keyof typeof HEARS;
/** Who is answered what over HTTP, by every address that reads. A customer's page says what the customer said. */
const ANSWERED: Readonly<Record<Who, readonly Planted[]>> = {
  display: NOTHING,
  kiosk: NOTHING,
  // Everything that is held on the own ticket (GD-01), by its own link.
  customer: ['name', 'note', 'phone', 'link'],
  otherCustomer: NOTHING,
  // Oneself. A search among tickets answers numbers and times.
  clerk: ['clerkName', 'clerkEmail'],
  // The audit: who did what, about which booking. What is held on a customer asks for a fresh proof.
  manager: ['clerkName', 'reference'],
  clerkElsewhere: NOTHING,
  adminOfAnother: NOTHING,
  nobody: NOTHING,
};
const WHO = Object.keys(HEARS) as Who[];

let house: TestHouse;
let another: string;
let api: Api;
const proofs = new Map<Who, Proof | null>();
const sockets: TestSocket[] = [];
const heard = new Map<Who, string>();
const answered = new Map<Who, string>();
const refused: string[] = [];

const must = async (type: string, input: unknown): Promise<Record<string, string>> => {
  const answer = await house.command(house.locationId, type, input);
  if (!answer.ok) throw new Error(`${type}: ${answer.code}`);
  return answer.result as Record<string, string>;
};
const issue = (linkToken: string, over: object = {}) =>
  must('queue.issueTicket', {
    ...{ serviceId: house.serviceIds[1], language: 'de', linkToken, contact: null, name: null, note: null },
    ...over,
  });

async function adminOfAnother(): Promise<string> {
  const { engine, clock, sessions } = house.app.parts;
  const [organisationId, personId] = [randomUUID(), randomUUID()];
  for (const [type, input] of [
    ['platform.createOrganisation', { name: 'Anderes Haus', language: 'de', currency: 'CHF' }],
    [
      'platform.setPerson',
      {
        ...{ personId, name: 'Anna', email: 'anna@anderswo.example', role: 'admin', locationIds: [] },
        ...{ language: 'de', active: true, roleExpiresAt: null },
      },
    ],
  ] as const) {
    const occurredAt = clock.now();
    const envelope = { commandId: randomUUID(), streamId: organisationId, type, input, occurredAt };
    expect(await engine.execute({ envelope, actor: { kind: 'system' }, organisationId })).toMatchObject({
      ok: true,
    });
  }
  return (await sessions.open({ organisationId, personId, deviceId: null }, clock.now())).access;
}

/** Everything that one caller's connection brings, from the first frame on. */
async function listen(who: Who, auth: Record<string, string>): Promise<void> {
  const socket = openSocket(house.url, auth);
  sockets.push(socket);
  heard.set(who, '');
  socket.onAny((...frame: unknown[]) => heard.set(who, (heard.get(who) ?? '') + JSON.stringify(frame)));
  for (const streamId of [house.locationId, house.organisationId]) {
    const answer = await hello(socket, { streamId }).catch(() => null);
    heard.set(who, (heard.get(who) ?? '') + JSON.stringify(answer));
  }
}

/** A morning: taken, called, written about, served; a booking that comes, one that does not. */
async function morning(): Promise<string> {
  const contact = { phone: PLANTED.phone, consentWording: 'v1', consentLanguage: 'de' };
  const { visitId = '', stageId = '' } = await issue(LINK, { contact, name: PLANTED.name });
  await must('queue.setNote', { visitId, name: PLANTED.name, note: PLANTED.note });
  await must('booking.recordReservation', {
    reservationId: randomUUID(),
    reference: PLANTED.reference,
    lastName: PLANTED.bookedName,
    firstName: PLANTED.bookedFirstName,
    serviceId: house.serviceIds[0],
    bookedAt: new Date(Date.now() + 600_000).toISOString(),
    subject: `${PLANTED.licence} ${PLANTED.birthDate} ${PLANTED.bookedEmail}`,
  });
  const arrived = { reference: PLANTED.reference, lastName: PLANTED.bookedName };
  await must('booking.checkIn', { ...arrived, language: 'de', linkToken: newToken(), contact: null });
  const counterId = house.counterIds[0];
  await must('queue.call', { stageId, counterId });
  await must('queue.recall', { stageId });
  // Refused, in every way that quotes what was sent.
  for (const [type, input] of [
    ['queue.issueTicket', { linkToken: LINK, name: PLANTED.name, contact }],
    ['queue.setNote', { visitId: randomUUID(), name: PLANTED.name, note: PLANTED.note }],
    ['booking.checkIn', { ...arrived, language: 'de', linkToken: newToken(), contact: null }],
    ['queue.setNote', { visitId, name: PLANTED.name, note: PLANTED.note, phone: PLANTED.phone }],
  ] as const) {
    for (const proof of [proofs.get('clerk'), proofs.get('kiosk'), null]) {
      const reply = await api.command(house.locationId, type, input, proof ?? null);
      if (reply.status !== 200) refused.push(JSON.stringify(reply.body));
    }
  }
  await must('queue.start', { stageId });
  return visitId;
}

async function readEverything(who: Who, visitId: string): Promise<void> {
  const proof = proofs.get(who) ?? null;
  const at = `/api/v1/locations/${house.locationId}`;
  const paths = [
    ...['/api/v1/auth/profile', '/api/v1/auth/sessions', '/api/v1/device', '/api/v1/organisation'],
    ...['/api/v1/locations', '/api/v1/join/zrh', '/api/v1/ticket', '/api/v1/ticket/personal-data'],
    ...[`${at}/tickets`, `${at}/tickets?q=${encodeURIComponent(PLANTED.name)}`, `${at}/devices`],
    ...[`${at}/audit`, `${at}/audit/5`, `${at}/audit/export`, `${at}/tickets/${visitId}/personal-data`],
    ...['/api/v1/organisation/audit', '/api/v1/openapi.json', '/api/v1/nowhere'],
    `/api/v1/people/${house.people.clerk}/sessions`,
  ];
  let all = '';
  for (const path of paths) {
    const response = await fetch(house.url + path, { headers: headersOf(proof) });
    const text = await response.text();
    all += `${path} ${response.status} ${[...response.headers].join()} ${text}\n`;
    if (response.status >= 400) refused.push(text);
  }
  answered.set(who, all);
}
const headersOf = (proof: Proof | null): Record<string, string> => {
  if (proof === null) return {};
  if ('ticket' in proof) return { authorization: `Ticket ${proof.ticket}` };
  if ('cookie' in proof) return { cookie: proof.cookie };
  return { authorization: `Bearer ${'session' in proof ? proof.session : proof.device}` };
};

const foundIn = (text: string): Planted[] =>
  (Object.keys(PLANTED) as Planted[]).filter((what) => text.includes(PLANTED[what]));

beforeAll(async () => {
  house = await openTestHouse();
  api = new Api(house.url);
  another = await adminOfAnother();
  const person = { personId: house.people.clerk, name: PLANTED.clerkName, email: PLANTED.clerkEmail };
  const rest = { role: 'clerk', locationIds: [house.locationId], language: 'de', active: true };
  const set = await house.command(house.organisationId, 'platform.setPerson', {
    ...{ ...person, ...rest },
    roleExpiresAt: null,
  });
  expect(set).toMatchObject({ ok: true });
  const { organisationId, locationId } = house;
  for (const kind of ['display', 'kiosk'] as const) {
    const deviceId = randomUUID();
    await must('platform.registerDevice', { deviceId, kind, name: kind, settings: DEVICE_SETTINGS });
    const device = { organisationId, locationId, deviceId };
    const token = await house.app.parts.credentials.issueDeviceToken(device, house.app.parts.clock.now());
    proofs.set(kind, { device: token });
    await listen(kind, { token, as: 'device' });
  }
  const otherLink = newToken();
  await issue(otherLink);
  proofs.set('customer', { ticket: LINK }).set('otherCustomer', { ticket: otherLink }).set('nobody', null);
  await listen('otherCustomer', { ticket: otherLink });
  await listen('nobody', {});
  const { sessions, clock } = house.app.parts;
  const clerk = await sessions.open(
    { organisationId, personId: house.people.clerk, deviceId: null },
    clock.now(),
  );
  const elsewhere = await signedIn(house, 'clerk', [house.otherLocationId]);
  const manager = await signedIn(house, 'manager');
  for (const [who, session] of [
    ['clerk', clerk.access],
    ['manager', manager.session],
    ['clerkElsewhere', elsewhere.session],
    ['adminOfAnother', another],
  ] as const) {
    proofs.set(who, { session });
    await listen(who, { token: session });
  }
  const signOn = await api.command(
    house.locationId,
    'directory.signOn',
    { counterId: house.counterIds[0], takeOver: false },
    proofs.get('clerk') ?? null,
  );
  expect(signOn.body).toMatchObject({ ok: true });
  const visitId = await morning();
  await listen('customer', { ticket: LINK });
  // What is still to come over the lines: messages that are claimed and settled, estimates.
  await new Promise((resolve) => setTimeout(resolve, 2_000));
  for (const who of WHO) await readEverything(who, visitId);
});
afterAll(async () => {
  for (const socket of sockets) socket.disconnect();
  await house.close();
});

describe('[PD19] of what was planted', () => {
  it.each(WHO)('%s hears no more than the table says', (who) => {
    expect(heard.get(who)?.length).toBeGreaterThan(10);
    expect(foundIn(heard.get(who) ?? '').sort()).toEqual([...HEARS[who]].sort());
  });

  it.each(WHO)('%s is answered no more than the table says', (who) => {
    expect(foundIn(answered.get(who) ?? '').sort()).toEqual([...ANSWERED[who]].sort());
  });

  it('a refusal says nothing, whatever was sent and whoever sent it', () => {
    expect(refused.length).toBeGreaterThan(20);
    expect(refused.flatMap(foundIn)).toEqual([]);
  });
});

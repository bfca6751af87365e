// Who may do what, twice: the product's own tables against this one, over real HTTP and real sockets.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { location, services } from '@schalter/drizzle/seed/station.ts';
import type { DeviceKind } from '@schalter/shared/kernel/actor.ts';
import type { Audience } from '@schalter/shared/kernel/audience.ts';
import { specOf, type CommandType } from '@schalter/shared/registry.ts';
import { newToken } from '../src/platform/secrets.ts';
import { Api, described, type Proof, type Reply, type Told } from './api.ts';
import { hello, openSocket, openTestHouse, signedIn, type TestHouse } from './house.ts';

const CALLERS = [
  'nobody',
  'kiosk',
  'display',
  'station',
  'revokedKiosk',
  'customer',
  'clerk',
  'clerkElsewhere',
  'manager',
  'managerElsewhere',
  'admin',
  'adminOfAnother',
] as const;
type Caller = (typeof CALLERS)[number];

const STAFF: readonly Caller[] = ['clerk', 'manager', 'admin'];
const MANAGERS: readonly Caller[] = ['manager', 'admin'];
const DEVICES: readonly Caller[] = ['kiosk', 'display', 'station'];
const CUSTOMER: readonly Caller[] = ['customer'];
const SERVER_ALONE: readonly Caller[] = [];

let house: TestHouse;
let api: Api;
let proofs: Record<Caller, Proof | null>;
const ids = { service: '', counter: '', person: '' };

const settings = {
  serviceIds: [],
  languages: ['de'],
  takeoverMs: 8_000,
  speech: true,
  paperMm: 80,
  media: 'none',
  mediaText: { de: '', fr: '', it: '', en: '' },
};

async function device(kind: DeviceKind): Promise<{ device: string; deviceId: string }> {
  const deviceId = randomUUID();
  const { organisationId, locationId } = house;
  await house.command(locationId, 'platform.registerDevice', { deviceId, kind, name: kind, settings });
  const { credentials, clock } = house.app.parts;
  const row = { organisationId, locationId, deviceId };
  return { device: await credentials.issueDeviceToken(row, clock.now()), deviceId };
}

let lastStageId: string | null = null;
/** A customer of a new ticket, so that none has left before the others are tried; one at a time, for the queue fills. */
async function customer(): Promise<Proof> {
  const { locationId } = house;
  if (lastStageId !== null)
    await house.command(locationId, 'queue.cancel', { stageId: lastStageId, reason: 'Test' });
  const ticket = newToken();
  const input = { ...TICKET, serviceId: ids.service, linkToken: ticket };
  const issued = await house.command(locationId, 'queue.issueTicket', input);
  if (!issued.ok) throw new Error(issued.code);
  lastStageId = (issued.result as { stageId: string }).stageId;
  return { ticket };
}

async function adminOfAnother(): Promise<Proof> {
  const [organisationId, personId] = [randomUUID(), randomUUID()];
  const { engine, clock, credentials } = house.app.parts;
  const send = (type: CommandType, input: unknown) =>
    engine.execute({
      envelope: { commandId: randomUUID(), streamId: organisationId, type, input, occurredAt: clock.now() },
      actor: { kind: 'system' },
      organisationId,
    });
  await send('platform.createOrganisation', { name: 'Nachbar', language: 'de', currency: 'CHF' });
  const made = await send('platform.setPerson', {
    ...PERSON,
    personId,
    role: 'admin',
    email: 'n@nachbar.example',
  });
  expect(made.ok).toBe(true);
  return {
    session: await credentials.openSession({ organisationId, personId, deviceId: null }, clock.now()),
  };
}

const TICKET = { language: 'de', contact: null, name: null, note: null } as const;
const PERSON = {
  name: 'Neu',
  email: 'neu@haus.example',
  role: 'clerk',
  locationIds: [],
  language: 'de',
  active: true,
};

beforeAll(async () => {
  house = await openTestHouse();
  api = new Api(house.url);
  ids.service = house.serviceIds[1] ?? '';
  ids.counter = house.counterIds[0] ?? '';
  ids.person = house.people.clerk;
  const elsewhere = [house.otherLocationId];
  const revoked = await device('kiosk');
  await house.command(house.locationId, 'platform.revokeDevice', { deviceId: revoked.deviceId });
  proofs = {
    nobody: null,
    kiosk: await device('kiosk'),
    display: await device('display'),
    station: await device('station'),
    revokedKiosk: revoked,
    customer: null,
    clerk: await signedIn(house, 'clerk'),
    clerkElsewhere: await signedIn(house, 'clerk', elsewhere),
    manager: await signedIn(house, 'manager'),
    managerElsewhere: await signedIn(house, 'manager', elsewhere),
    admin: await signedIn(house, 'admin'),
    adminOfAnother: await adminOfAnother(),
  };
});
afterAll(() => house.close());

const proofOf = (caller: Caller): Promise<Proof | null> =>
  caller === 'customer' ? customer() : Promise.resolve(proofs[caller]);

interface Tried {
  readonly who: readonly Caller[];
  /** Good in form; what it names is there only where a form alone would not do. */
  readonly input: () => object;
}
const none = () => ({});
const stage = () => ({ stageId: randomUUID() });
const visit = () => ({ visitId: randomUUID() });
const message = () => ({ messageId: randomUUID() });
const counter = () => ({ counterId: ids.counter });

/** A command that is not here does not compile. */
const COMMANDS: Readonly<Record<CommandType, Tried>> = {
  'platform.createOrganisation': {
    who: SERVER_ALONE,
    input: () => ({ name: 'Haus', language: 'de', currency: 'CHF' }),
  },
  'platform.openLocation': { who: ['admin'], input: () => ({ ...location, code: 'bsl' }) },
  'platform.setLocation': { who: MANAGERS, input: () => ({ ...location, code: 'zrh' }) },
  'platform.setPerson': {
    who: MANAGERS,
    input: () => ({
      ...PERSON,
      personId: randomUUID(),
      locationIds: [house.locationId],
      email: `${randomUUID()}@haus.example`,
    }),
  },
  'platform.registerDevice': {
    who: MANAGERS,
    input: () => ({ deviceId: randomUUID(), kind: 'display', name: 'Anzeige', settings }),
  },
  'platform.setDevice': {
    who: MANAGERS,
    input: () => ({ deviceId: randomUUID(), name: 'Anzeige', settings }),
  },
  'platform.revokeDevice': { who: MANAGERS, input: () => ({ deviceId: randomUUID() }) },
  'platform.reportHealth': {
    who: [...DEVICES, ...STAFF],
    input: () => ({ printer: null, sound: null, version: '1' }),
  },
  'directory.setService': {
    who: MANAGERS,
    input: () => ({ serviceId: randomUUID(), service: { ...services[0]?.service, letter: 'X' } }),
  },
  'directory.archiveService': { who: MANAGERS, input: () => ({ serviceId: randomUUID() }) },
  'directory.setCounter': {
    who: MANAGERS,
    input: () => ({
      counterId: randomUUID(),
      counter: { name: '99', position: 9, serviceIds: [], active: true },
    }),
  },
  'directory.archiveCounter': { who: MANAGERS, input: () => ({ counterId: randomUUID() }) },
  'directory.signOn': { who: STAFF, input: () => ({ ...counter(), takeOver: true }) },
  'directory.signOff': { who: STAFF, input: counter },
  'directory.setBreak': { who: STAFF, input: () => ({ ...counter(), onBreak: true }) },
  'queue.issueTicket': {
    who: ['kiosk', ...STAFF],
    input: () => ({ ...TICKET, serviceId: ids.service, linkToken: newToken() }),
  },
  'queue.joinByPhone': {
    who: ['nobody'],
    input: () => ({
      serviceId: ids.service,
      language: 'de',
      linkToken: newToken(),
      contact: null,
      arrivalCode: null,
    }),
  },
  'queue.confirmArrival': { who: CUSTOMER, input: () => ({ arrivalCode: '000000' }) },
  'queue.leave': { who: CUSTOMER, input: none },
  'queue.delay': { who: CUSTOMER, input: none },
  'queue.confirmComing': { who: CUSTOMER, input: none },
  'queue.withdrawContact': { who: CUSTOMER, input: none },
  'queue.rate': { who: CUSTOMER, input: () => ({ rating: 5 }) },
  'queue.markArrived': { who: STAFF, input: visit },
  'queue.callNext': { who: STAFF, input: counter },
  'queue.call': { who: STAFF, input: () => ({ ...stage(), ...counter() }) },
  'queue.recall': { who: STAFF, input: stage },
  'queue.start': { who: STAFF, input: stage },
  'queue.complete': { who: STAFF, input: () => ({ ...stage(), outcome: null }) },
  'queue.hold': {
    who: STAFF,
    input: () => ({ ...stage(), reason: 'Papiere', owner: 'clerk', resumeInMin: null }),
  },
  'queue.resume': { who: STAFF, input: stage },
  'queue.requeue': { who: STAFF, input: () => ({ ...stage(), position: { at: 'last' } }) },
  'queue.transfer': {
    who: STAFF,
    input: () => ({ ...stage(), serviceId: ids.service, counterId: null, personId: null, note: null }),
  },
  'queue.markNoShow': { who: STAFF, input: stage },
  'queue.cancel': { who: STAFF, input: () => ({ ...stage(), reason: 'Irrtum' }) },
  'queue.reopen': { who: STAFF, input: stage },
  'queue.undo': { who: STAFF, input: () => ({ ...stage(), version: 1 }) },
  'queue.serveWithoutTicket': {
    who: STAFF,
    input: () => ({
      ...counter(),
      serviceId: ids.service,
      language: 'de',
      linkToken: newToken(),
      name: null,
      note: null,
    }),
  },
  'queue.setNote': { who: STAFF, input: () => ({ ...visit(), name: null, note: null }) },
  'queue.reportCall': {
    who: ['display'],
    input: () => ({ callId: randomUUID(), shownAt: new Date().toISOString(), sound: 'chime' }),
  },
  'queue.requestHelp': { who: ['kiosk'], input: none },
  'queue.resolveHelp': { who: STAFF, input: () => ({ helpRequestId: randomUUID() }) },
  'queue.closeDay': { who: MANAGERS, input: () => ({ businessDay: '2030-01-01' }) },
  'booking.recordReservation': {
    who: MANAGERS,
    input: () => ({
      reservationId: randomUUID(),
      reference: 'ZRH-1234',
      lastName: 'Muster',
      firstName: '',
      serviceId: ids.service,
      bookedAt: new Date().toISOString(),
      subject: '',
    }),
  },
  'booking.checkIn': {
    who: ['kiosk', ...STAFF],
    input: () => ({
      reference: 'ZRH-0000',
      lastName: 'X',
      language: 'de',
      linkToken: newToken(),
      contact: null,
    }),
  },
  'messaging.prepare': {
    who: SERVER_ALONE,
    input: () => ({ ...stage(), template: 'called', link: 'https://x.example' }),
  },
  'messaging.claim': { who: SERVER_ALONE, input: () => ({ ...message(), leaseMs: 15_000 }) },
  'messaging.recordOutcome': {
    who: SERVER_ALONE,
    input: () => ({
      ...message(),
      attempt: 1,
      outcome: 'accepted',
      providerId: null,
      errorCode: null,
      retryAfterMs: null,
    }),
  },
  'messaging.recordStatus': {
    who: SERVER_ALONE,
    input: () => ({ ...message(), providerId: 'SM1', status: 'sent', errorCode: null }),
  },
  'messaging.forget': { who: SERVER_ALONE, input: visit },
  'messaging.closeDay': { who: SERVER_ALONE, input: () => ({ businessDay: '2030-01-01' }) },
};

/** `anyone` proves by what is sent that it may: a password, a code, a secret, a signature. */
const ROUTES: Readonly<Record<string, readonly Caller[] | 'anyone'>> = {
  'POST /auth/login': 'anyone',
  'POST /auth/logout': 'anyone',
  'POST /auth/pin': ['station'],
  'PUT /auth/pin': [...STAFF, 'clerkElsewhere', 'managerElsewhere', 'adminOfAnother'],
  'GET /auth/profile': [...STAFF, 'clerkElsewhere', 'managerElsewhere', 'adminOfAnother'],
  'PUT /people/:personId/credentials': [...MANAGERS, 'adminOfAnother'],
  'POST /pairings': 'anyone',
  'GET /pairings/:pairingId': 'anyone',
  'POST /pairings/claim': [...MANAGERS, 'managerElsewhere', 'adminOfAnother'],
  'POST /pairings/:pairingId/approve': [...MANAGERS, 'managerElsewhere', 'adminOfAnother'],
  'GET /device': DEVICES,
  'GET /join/:code': 'anyone',
  'GET /locations': [...STAFF, 'clerkElsewhere', 'managerElsewhere', 'adminOfAnother'],
  'GET /locations/:locationId/tickets': [...STAFF, 'adminOfAnother'],
  'GET /locations/:locationId/audit': [...MANAGERS, 'adminOfAnother'],
  'GET /locations/:locationId/audit/:seq': [...MANAGERS, 'adminOfAnother'],
  'GET /organisation/audit': [...MANAGERS, 'managerElsewhere', 'adminOfAnother'],
  'GET /organisation/audit/:seq': [...MANAGERS, 'managerElsewhere', 'adminOfAnother'],
  'GET /organisation': [...STAFF, 'clerkElsewhere', 'managerElsewhere', 'adminOfAnother'],
  'GET /ticket': CUSTOMER,
  'POST /setup': 'anyone',
};

const REFUSALS = ['notPermitted', 'notSignedIn', 'deviceRevoked'];
/** What a link that is none is told, and what somebody who tries many of them is. */
const REFUSALS_OF_LINKS = ['visitUnknown', 'rateLimited'];

describe('[AC1] the tables know everything that can be asked', () => {
  it('[PM-08] every route that is declared, and no other', () => {
    const declared = house.app.routes.map(({ method, path }) => `${method.toUpperCase()} ${path}`);
    expect(declared.sort()).toEqual(Object.keys(ROUTES).sort());
  });

  it('every route that serves nobody in particular says how it knows who may', () => {
    const open = house.app.routes.filter(({ access }) => access === 'anyone').map(({ path }) => path);
    expect(open.sort()).toEqual([
      '/auth/login',
      '/auth/logout',
      '/join/:code',
      '/pairings',
      '/pairings/:pairingId',
      '/setup',
    ]);
  });

  it('[PM-08] has no hole: callers by commands, and callers by routes that serve somebody', () => {
    const guarded = Object.values(ROUTES).filter((who) => who !== 'anyone');
    expect(CALLERS.length * (Object.keys(COMMANDS).length + guarded.length)).toBeGreaterThanOrEqual(700);
  });
});

describe('[AC3] [PM-08] commands', () => {
  it.each(Object.keys(COMMANDS) as CommandType[])('%s', async (type) => {
    const { who, input } = COMMANDS[type];
    expect(specOf(type)?.input.safeParse(input()).error).toBeUndefined();
    const streamOf = (caller: Caller): string => {
      if (type === 'platform.openLocation' && caller !== 'adminOfAnother') return randomUUID();
      return specOf(type)?.stream === 'organisation' ? house.organisationId : house.locationId;
    };
    const told: Record<string, string> = {};
    for (const caller of CALLERS) {
      const { body } = await api.command(streamOf(caller), type, input(), await proofOf(caller));
      told[caller] = body.code ?? 'done';
    }
    expect(Object.values(told).filter((code) => ['unknownCommand', 'internal'].includes(code))).toEqual([]);
    const mayNot = CALLERS.filter((caller) => REFUSALS.includes(told[caller] ?? ''));
    expect(mayNot, JSON.stringify(told)).toEqual(CALLERS.filter((caller) => !who.includes(caller)));
  });
});

describe('[AC3] [PM-08] routes', () => {
  it.each(
    Object.entries(ROUTES).flatMap(([route, who]) => (who === 'anyone' ? [] : [[route, who] as const])),
  )('%s', async (route, who) => {
    const [method = '', path = ''] = route.split(' ');
    const url = `/api/v1${path
      .replace(':locationId', house.locationId)
      .replace(':personId', ids.person)
      .replace(':pairingId', randomUUID())
      .replace(':seq', '1')}`;
    const told: Record<string, string> = {};
    for (const caller of CALLERS) {
      const as = await proofOf(caller);
      const reply: Reply<Told> =
        method === 'GET'
          ? await api.get(url, as)
          : await api.send(method as 'POST' | 'PUT', url, { body: {}, as });
      told[caller] = reply.status < 300 ? 'done' : (reply.body.code ?? '');
    }
    const refused = path === '/ticket' ? REFUSALS_OF_LINKS : REFUSALS;
    const mayNot = CALLERS.filter((caller) => refused.includes(told[caller] ?? ''));
    expect(mayNot, JSON.stringify(told)).toEqual(CALLERS.filter((caller) => !who.includes(caller)));
  });

  it('[AC2] who may not is told so, whatever else was wrong with what was sent', async () => {
    const clerk = await proofOf('clerk');
    const reply = await api.send('POST', '/api/v1/pairings/claim', { body: { no: 'such field' }, as: clerk });
    expect(reply.body.code).toBe('notPermitted');
  });

  it('[AC3] an admin of another organisation finds nothing of this one', async () => {
    await customer();
    const path = `/api/v1/locations/${house.locationId}/tickets`;
    const mine = await api.get<{ items: unknown[] }>(path, await proofOf('admin'));
    expect(mine.body.items.length).toBeGreaterThan(0);
    const theirs = await api.get<{ items: unknown[] }>(path, await proofOf('adminOfAnother'));
    expect(theirs.body.items).toEqual([]);
    const own = await api.get<{ items: unknown[] }>('/api/v1/locations', await proofOf('adminOfAnother'));
    expect(own.body.items).toEqual([]);
    const credentials = `/api/v1/people/${house.people.clerk}/credentials`;
    expect((await api.put(credentials, { pin: '918273' }, await proofOf('adminOfAnother'))).body.code).toBe(
      'personUnknown',
    );
  });
});

describe('[AC4] [RT-02] streams', () => {
  /** What each hears at most of the location and of the organisation; everybody asks for what a manager hears. */
  const HEARS: Readonly<Record<Caller, readonly [Audience | null, Audience | null]>> = {
    nobody: [null, null],
    kiosk: ['kiosk', null],
    display: ['display', null],
    station: [null, null],
    revokedKiosk: [null, null],
    customer: ['customer', null],
    clerk: ['staff', null],
    clerkElsewhere: [null, null],
    manager: ['manager', 'manager'],
    managerElsewhere: [null, 'manager'],
    admin: ['manager', 'manager'],
    adminOfAnother: [null, null],
  };

  it.each(CALLERS)('%s', async (caller) => {
    const proof = await proofOf(caller);
    const auth: Record<string, string> = {};
    if (proof !== null && 'session' in proof) auth['token'] = proof.session;
    if (proof !== null && 'device' in proof) Object.assign(auth, { token: proof.device, as: 'device' });
    if (proof !== null && 'ticket' in proof) auth['ticket'] = proof.ticket;
    const socket = openSocket(house.url, auth);
    try {
      const [ofLocation, ofOrganisation] = [house.locationId, house.organisationId].map((streamId) =>
        hello(socket, { streamId, audience: 'manager' }),
      );
      const heard = [await ofLocation, await ofOrganisation].map((answer) =>
        answer?.ok === true ? answer.audience : null,
      );
      expect(heard).toEqual(HEARS[caller]);
    } finally {
      socket.disconnect();
    }
  });
});

it('[AC1] the description has the same routes', () => {
  const paths = described.map(
    ({ method, path }) => `${method} ${path.replace('/api/v1', '').replaceAll(/\{(\w+)\}/g, ':$1')}`,
  );
  const OTHERS = ['POST /commands', 'POST /demo/devices'];
  expect(paths.filter((path) => !OTHERS.includes(path)).sort()).toEqual(Object.keys(ROUTES).sort());
});

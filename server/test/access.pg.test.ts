// Who may do what, twice: the product's own tables against this one, over real HTTP and real sockets.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DeviceKind } from '@schalter/shared/kernel/actor.ts';
import type { Audience } from '@schalter/shared/kernel/audience.ts';
import { PROOF_ACTIONS, type Elevation, type ProofAction } from '@schalter/shared/platform/proof.ts';
import { commands, specOf, type CommandType } from '@schalter/shared/registry.ts';
import { newToken } from '../src/platform/secrets.ts';
import { Api, described, type Proof, type Reply, type Told } from './api.ts';
import { DEVICE_SETTINGS, sampleInputs, type Named } from './samples.ts';
import { hello, openSocket, openTestHouse, proved, signedIn, type TestHouse } from './house.ts';

const CALLERS = [
  'nobody',
  'kiosk',
  'display',
  'station',
  'revokedKiosk',
  'customer',
  'clerk',
  'clerkElsewhere',
  /** Was a manager until a moment ago. */
  'expired',
  /** A clerk who is denied to give out numbers. */
  'denied',
  'technician',
  'dispatcher',
  'accountant',
  'manager',
  'managerElsewhere',
  'admin',
  'adminOfAnother',
] as const;
type Caller = (typeof CALLERS)[number];

/** Whoever serves at a counter here. */
const STAFF: readonly Caller[] = ['clerk', 'denied', 'manager', 'admin'];
/** Whoever handles the numbers of the queue. */
const DESK: readonly Caller[] = [...STAFF, 'dispatcher'];
/** Whoever carries a tablet here. */
const CREW: readonly Caller[] = [...DESK, 'technician'];
const READERS: readonly Caller[] = ['manager', 'admin', 'accountant'];
/** Whoever has signed in, may they do anything or not. */
const ANYBODY: readonly Caller[] = [
  ...CREW,
  'accountant',
  'expired',
  'clerkElsewhere',
  'managerElsewhere',
  'adminOfAnother',
];
const MANAGERS: readonly Caller[] = ['manager', 'admin'];
const DEVICES: readonly Caller[] = ['kiosk', 'display', 'station'];
const CUSTOMER: readonly Caller[] = ['customer'];
const SERVER_ALONE: readonly Caller[] = [];

let house: TestHouse;
let api: Api;
let proofs: Record<Caller, Proof | null>;
/** What is there, for the inputs of the commands; tickets and devices are made up. */
const named = (): Named => ({
  locationId: house.locationId,
  serviceId: house.serviceIds[1] ?? '',
  counterId: house.counterIds[0] ?? '',
  personId: randomUUID(),
  stageId: randomUUID(),
  visitId: randomUUID(),
  deviceId: randomUUID(),
});

async function device(kind: DeviceKind): Promise<{ device: string; deviceId: string }> {
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

async function denied(): Promise<Proof> {
  const { personId, session } = await signedIn(house, 'clerk');
  const sample = sampleInputs['platform.setGrant']({ ...named(), personId });
  const made = await house.command(house.organisationId, 'platform.setGrant', { ...sample, effect: 'deny' });
  expect(made.ok).toBe(true);
  return { session };
}

let lastStageId: string | null = null;
/** A customer of a new ticket, so that none has left before the others are tried; one at a time, for the queue fills. */
async function customer(): Promise<Proof> {
  const { locationId } = house;
  if (lastStageId !== null)
    await house.command(locationId, 'queue.cancel', { stageId: lastStageId, reason: 'Test' });
  const ticket = newToken();
  const input = { ...sampleInputs['queue.issueTicket'](named()), linkToken: ticket };
  const issued = await house.command(locationId, 'queue.issueTicket', input);
  if (!issued.ok) throw new Error(issued.code);
  lastStageId = (issued.result as { stageId: string }).stageId;
  return { ticket };
}

async function adminOfAnother(): Promise<Proof> {
  const [organisationId, personId] = [randomUUID(), randomUUID()];
  const { engine, clock, sessions } = house.app.parts;
  const send = (type: CommandType, input: unknown) =>
    engine.execute({
      envelope: { commandId: randomUUID(), streamId: organisationId, type, input, occurredAt: clock.now() },
      actor: { kind: 'system' },
      organisationId,
    });
  await send('platform.createOrganisation', { name: 'Nachbar', language: 'de', currency: 'CHF' });
  const person = sampleInputs['platform.setPerson']({ ...named(), personId });
  const made = await send('platform.setPerson', { ...person, role: 'admin', locationIds: [] });
  expect(made.ok).toBe(true);
  const who = { organisationId, personId, deviceId: null };
  return { session: (await sessions.open(who, clock.now())).access };
}

beforeAll(async () => {
  house = await openTestHouse();
  api = new Api(house.url);
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
    expired: await signedIn(house, 'manager', [house.locationId], house.app.parts.clock.now()),
    denied: await denied(),
    technician: await signedIn(house, 'technician'),
    dispatcher: await signedIn(house, 'dispatcher'),
    accountant: await signedIn(house, 'accountant'),
    manager: await signedIn(house, 'manager'),
    managerElsewhere: await signedIn(house, 'manager', elsewhere),
    admin: await signedIn(house, 'admin'),
    adminOfAnother: await adminOfAnother(),
  };
});
afterAll(() => house.close());

const proofOf = (caller: Caller): Promise<Proof | null> =>
  caller === 'customer' ? customer() : Promise.resolve(proofs[caller]);

/** A command that is not here does not compile. */
const COMMANDS: Readonly<Record<CommandType, readonly Caller[]>> = {
  'platform.createOrganisation': SERVER_ALONE,
  'platform.setAuditPolicy': ['admin'],
  'platform.setSignInPolicy': ['admin'],
  'platform.recordSecurityEvent': SERVER_ALONE,
  'platform.openLocation': ['admin'],
  'platform.setLocation': MANAGERS,
  'platform.setPerson': MANAGERS,
  'platform.setOwnProfile': [...CREW, 'accountant', 'clerkElsewhere', 'managerElsewhere'],
  // In the organisation's stream: the rule looks at the locations.
  'platform.setAssignment': MANAGERS,
  'platform.setGrant': MANAGERS,
  'platform.setRole': ['admin'],
  'platform.archiveRole': ['admin'],
  'platform.registerDevice': MANAGERS,
  'platform.setDevice': MANAGERS,
  'platform.revokeDevice': MANAGERS,
  'platform.reportHealth': [...DEVICES, ...CREW],
  'directory.setService': MANAGERS,
  'directory.archiveService': MANAGERS,
  'directory.setCounter': MANAGERS,
  'directory.archiveCounter': MANAGERS,
  'directory.signOn': STAFF,
  'directory.signOff': STAFF,
  'directory.setBreak': STAFF,
  'directory.setAway': SERVER_ALONE,
  'directory.releaseShare': STAFF,
  'queue.issueTicket': ['kiosk', 'clerk', 'dispatcher', 'manager', 'admin'],
  'queue.joinByPhone': ['nobody'],
  'queue.confirmArrival': CUSTOMER,
  'queue.leave': CUSTOMER,
  'queue.delay': CUSTOMER,
  'queue.confirmComing': CUSTOMER,
  'queue.withdrawContact': CUSTOMER,
  'queue.allowPush': CUSTOMER,
  'queue.rate': CUSTOMER,
  'queue.markArrived': DESK,
  'queue.callNext': STAFF,
  'queue.call': STAFF,
  'queue.recall': STAFF,
  'queue.start': STAFF,
  'queue.complete': STAFF,
  'queue.hold': STAFF,
  'queue.resume': STAFF,
  'queue.requeue': STAFF,
  'queue.transfer': STAFF,
  'queue.markNoShow': STAFF,
  'queue.cancel': DESK,
  'queue.reopen': DESK,
  'queue.undo': STAFF,
  'queue.acknowledgeDoubleCall': STAFF,
  'queue.serveWithoutTicket': STAFF,
  'queue.setNote': DESK,
  'queue.reportCall': ['display'],
  'queue.leaseNumbers': ['kiosk'],
  'queue.recordTicket': ['kiosk'],
  'queue.requestHelp': ['kiosk'],
  'queue.resolveHelp': DESK,
  'queue.closeDay': MANAGERS,
  'booking.recordReservation': ['dispatcher', ...MANAGERS],
  'booking.checkIn': ['kiosk', ...DESK],
  'messaging.prepare': SERVER_ALONE,
  'messaging.claim': SERVER_ALONE,
  'messaging.recordOutcome': SERVER_ALONE,
  'messaging.recordStatus': SERVER_ALONE,
  'messaging.forget': SERVER_ALONE,
  'messaging.closeDay': SERVER_ALONE,
  'privacy.erase': MANAGERS,
  'privacy.erasePerson': ['admin'],
};

/** `anyone` proves by what is sent that it may: a password, a code, a secret, a signature. */
const ROUTES: Readonly<Record<string, readonly Caller[] | 'anyone'>> = {
  'POST /auth/login': 'anyone',
  'POST /auth/logout': 'anyone',
  'POST /auth/pin': ['station'],
  'PUT /auth/pin': ANYBODY,
  'GET /auth/profile': ANYBODY,
  'PUT /auth/profile': ANYBODY,
  'POST /auth/change-password': ANYBODY,
  'POST /auth/refresh': 'anyone',
  'POST /auth/proofs': ANYBODY,
  'POST /auth/proofs/options': ANYBODY,
  'GET /auth/passkeys': ANYBODY,
  'POST /auth/passkeys/options': ANYBODY,
  'POST /auth/passkeys': ANYBODY,
  'DELETE /auth/passkeys/:passkeyId': ANYBODY,
  'POST /auth/passkeys/sign-in/options': 'anyone',
  'POST /auth/passkeys/sign-in': 'anyone',
  'POST /auth/second-factor/verify': 'anyone',
  'GET /auth/second-factor': ANYBODY,
  'POST /auth/second-factor': ANYBODY,
  'POST /auth/second-factor/confirm': ANYBODY,
  'POST /auth/second-factor/recovery-codes': ANYBODY,
  'DELETE /auth/second-factor': ANYBODY,
  'GET /people/:personId/second-factor': [...MANAGERS, 'adminOfAnother'],
  'DELETE /people/:personId/second-factor': [...MANAGERS, 'adminOfAnother'],
  'POST /auth/forgot-password': 'anyone',
  'POST /auth/link': 'anyone',
  'POST /auth/reset-password': 'anyone',
  'GET /auth/sessions': ANYBODY,
  'DELETE /auth/sessions/:sessionId': ANYBODY,
  'GET /people/:personId/sessions': [...MANAGERS, 'adminOfAnother'],
  'DELETE /people/:personId/sessions': [...MANAGERS, 'adminOfAnother'],
  'PUT /people/:personId/credentials': [...MANAGERS, 'adminOfAnother'],
  'GET /people/:personId/invitation': [...MANAGERS, 'adminOfAnother'],
  'POST /people/:personId/invitation': [...MANAGERS, 'adminOfAnother'],
  'DELETE /people/:personId/invitation': [...MANAGERS, 'adminOfAnother'],
  'GET /people/:personId/unsent-mail': ['admin', 'adminOfAnother'],
  'GET /organisation/mails': [...MANAGERS, 'managerElsewhere', 'adminOfAnother'],
  'POST /pairings': 'anyone',
  'GET /pairings/:pairingId': 'anyone',
  'POST /pairings/claim': [...MANAGERS, 'managerElsewhere', 'adminOfAnother'],
  'POST /pairings/:pairingId/approve': [...MANAGERS, 'managerElsewhere', 'adminOfAnother'],
  'GET /device': DEVICES,
  'GET /locations/:locationId/devices': [...MANAGERS, 'adminOfAnother'],
  'GET /join/:code': 'anyone',
  'GET /locations': ANYBODY,
  'GET /locations/:locationId/tickets': [...DESK, 'adminOfAnother'],
  'GET /locations/:locationId/audit': [...READERS, 'adminOfAnother'],
  'GET /locations/:locationId/audit/:seq': [...READERS, 'adminOfAnother'],
  'GET /locations/:locationId/audit/export': [...READERS, 'adminOfAnother'],
  'GET /locations/:locationId/audit/integrity': [...READERS, 'adminOfAnother'],
  'GET /organisation/audit/export': [...READERS, 'managerElsewhere', 'adminOfAnother'],
  'GET /organisation/audit/integrity': [...READERS, 'managerElsewhere', 'adminOfAnother'],
  'GET /organisation/audit': [...READERS, 'managerElsewhere', 'adminOfAnother'],
  'GET /organisation/audit/:seq': [...READERS, 'managerElsewhere', 'adminOfAnother'],
  'GET /organisation': ANYBODY,
  'GET /ticket': CUSTOMER,
  'GET /ticket/personal-data': CUSTOMER,
  'PUT /ticket/push': CUSTOMER,
  'DELETE /ticket/push': CUSTOMER,
  'GET /push': 'anyone',
  'PUT /auth/push': ANYBODY,
  'POST /auth/push/here': ANYBODY,
  'DELETE /auth/push': ANYBODY,
  'GET /locations/:locationId/tickets/:visitId/personal-data': [...MANAGERS, 'adminOfAnother'],
  'POST /setup': 'anyone',
};

/** What asks everybody who may for a fresh proof. */
const PROVED: Readonly<Record<string, ProofAction>> = {
  'PUT /people/:personId/credentials': 'credentials.set',
  'POST /auth/passkeys/options': 'passkey.add',
  'DELETE /auth/passkeys/:passkeyId': 'passkey.remove',
  'POST /auth/second-factor': 'secondFactor.set',
  'POST /auth/second-factor/recovery-codes': 'secondFactor.set',
  'DELETE /auth/second-factor': 'secondFactor.remove',
  'DELETE /people/:personId/second-factor': 'secondFactor.reset',
  'POST /people/:personId/invitation': 'person.invite',
  'GET /people/:personId/unsent-mail': 'mail.read',
  'GET /locations/:locationId/tickets/:visitId/personal-data': 'person.export',
  'GET /locations/:locationId/audit/export': 'audit.export',
  'GET /organisation/audit/export': 'audit.export',
  'platform.setSignInPolicy': 'platform.setSignInPolicy',
  'platform.setPerson': 'platform.setPerson',
  'platform.setAssignment': 'platform.setAssignment',
  'platform.setGrant': 'platform.setGrant',
  'platform.setRole': 'platform.setRole',
  'platform.archiveRole': 'platform.archiveRole',
  'privacy.erase': 'privacy.erase',
  'privacy.erasePerson': 'privacy.erasePerson',
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
      '/auth/forgot-password',
      '/auth/link',
      '/auth/login',
      '/auth/logout',
      '/auth/passkeys/sign-in',
      '/auth/passkeys/sign-in/options',
      '/auth/refresh',
      '/auth/reset-password',
      '/auth/second-factor/verify',
      '/join/:code',
      '/pairings',
      '/pairings/:pairingId',
      // A public key.
      '/push',
      '/setup',
    ]);
  });

  it('[SI20] what asks for a fresh proof, and nothing else does', () => {
    const asking = [
      ...house.app.routes.flatMap(({ method, path, proof }) =>
        proof === null ? [] : [[`${method.toUpperCase()} ${path}`, proof.action]],
      ),
      ...Object.keys(commands).flatMap((type) => (specOf(type)?.proof === undefined ? [] : [[type, type]])),
    ];
    const known = Object.values(PROVED);
    expect(Object.fromEntries(asking)).toEqual(PROVED);
    expect([...new Set(known)].sort()).toEqual([...PROOF_ACTIONS].sort());
  });

  const guarded = Object.values(ROUTES).filter((who) => who !== 'anyone').length;
  const asked = Object.keys(COMMANDS).length + guarded + 2;
  const size = CALLERS.length * asked;

  it(`[PM-08] has no hole: ${CALLERS.length} kinds of caller by ${asked} commands, routes and streams are ${size} answers`, () => {
    expect(size).toBeGreaterThanOrEqual(1_100);
  });
});

/** What is sent; somebody who is there is given something. */
const inputOf = (type: CommandType): object => {
  const isGiven = type === 'platform.setAssignment' || type === 'platform.setGrant';
  return sampleInputs[type](isGiven ? { ...named(), personId: house.people.clerk } : named());
};

/** Whoever is asked for a fresh proof gives it, and is told what comes of it. */
async function proving(
  as: Proof | null,
  asked: Set<string>,
  caller: Caller,
  send: () => Promise<Reply<Told>>,
): Promise<Reply<Told>> {
  const reply = await send();
  if (reply.body?.code !== 'proofRequired' || as === null || !('session' in as)) return reply;
  asked.add(caller);
  const { action, target } = reply.body.details as unknown as Elevation;
  await proved(house, as.session, action, target);
  return send();
}

/** [SI20] Whoever may is asked for a proof where one is needed, and nobody is for anything else. */
function asksWho(asked: ReadonlySet<string>, who: readonly Caller[], what: string): void {
  const expected = PROVED[what] === undefined ? [] : CALLERS.filter((caller) => who.includes(caller));
  expect(expected.filter((caller) => !asked.has(caller))).toEqual([]);
  if (expected.length === 0) expect([...asked]).toEqual([]);
}

describe('[AC3] [PM-08] commands', () => {
  it.each(Object.keys(COMMANDS) as CommandType[])('%s', async (type) => {
    const who = COMMANDS[type];
    expect(specOf(type)?.input.safeParse(inputOf(type)).error).toBeUndefined();
    const streamOf = (caller: Caller): string => {
      if (type === 'platform.openLocation' && caller !== 'adminOfAnother') return randomUUID();
      return specOf(type)?.stream === 'organisation' ? house.organisationId : house.locationId;
    };
    const told: Record<string, string> = {};
    const asked = new Set<string>();
    for (const caller of CALLERS) {
      const [streamId, input, as] = [streamOf(caller), inputOf(type), await proofOf(caller)];
      const { body } = await proving(as, asked, caller, () => api.command(streamId, type, input, as));
      told[caller] = body.code ?? 'done';
    }
    expect(Object.values(told).filter((code) => ['unknownCommand', 'internal'].includes(code))).toEqual([]);
    asksWho(asked, who, type);
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
      .replace(':personId', house.people.clerk)
      .replace(':pairingId', randomUUID())
      .replace(':sessionId', randomUUID())
      .replace(':passkeyId', randomUUID())
      .replace(':seq', '1')}`;
    const asked = new Set<string>();
    const told: Record<string, string> = {};
    for (const caller of CALLERS) {
      const as = await proofOf(caller);
      const reply = await proving(as, asked, caller, () =>
        method === 'GET'
          ? api.get(url, as)
          : api.send(method as 'POST' | 'PUT' | 'DELETE', url, { body: {}, as }),
      );
      told[caller] = reply.status < 300 ? 'done' : (reply.body.code ?? '');
    }
    asksWho(asked, who, route);
    const refused = path.startsWith('/ticket') ? REFUSALS_OF_LINKS : REFUSALS;
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
    const another = await proofOf('adminOfAnother');
    if (another === null || !('session' in another)) throw new Error('an admin has a session');
    await proved(house, another.session, 'credentials.set', house.people.clerk);
    expect((await api.put(credentials, { pin: '918273' }, another)).body.code).toBe('personUnknown');
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
    expired: [null, null],
    denied: ['staff', null],
    technician: ['staff', null],
    dispatcher: ['staff', null],
    accountant: ['staff', null],
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

describe('[AC15] [PM-02] [REG S29] a role that is taken away', () => {
  it('counts at once, for commands, for the profile and for a line that is open', async () => {
    const { personId, session } = await signedIn(house, 'clerk');
    const may = async (): Promise<boolean> => {
      const { body } = await api.get<{ rights: readonly { permission: string }[] }>('/api/v1/auth/profile', {
        session,
      });
      return body.rights.some(({ permission }) => permission === 'ticket.manage');
    };
    const cancel = async (): Promise<string | undefined> =>
      (
        await api.command(house.locationId, 'queue.cancel', sampleInputs['queue.cancel'](named()), {
          session,
        })
      ).body.code;
    const socket = openSocket(house.url, { token: session });
    try {
      expect(await hello(socket, { streamId: house.locationId })).toMatchObject({ audience: 'staff' });
      expect([await may(), await cancel()]).toEqual([true, 'stageUnknown']);
      const cut = new Promise<number>((resolve) => {
        const from = Date.now();
        socket.once('disconnect', () => resolve(Date.now() - from));
      });
      const person = sampleInputs['platform.setPerson']({ ...named(), personId });
      await house.command(house.organisationId, 'platform.setPerson', { ...person, role: 'technician' });
      expect([await may(), await cancel()]).toEqual([false, 'notPermitted']);
      expect(await cut).toBeLessThan(5_000);
    } finally {
      socket.disconnect();
    }
  });

  it('[AC10] and one that ends does so in its second, without anybody saying so', async () => {
    const { clock } = house.app.parts;
    const until = new Date(Date.parse(clock.now()) + 1_500).toISOString();
    const { session } = await signedIn(house, 'clerk', [house.locationId], until);
    const { identities } = house.app.parts;
    const rights = async (): Promise<number> => {
      const proof = { session, device: null, ticket: null, bearer: null };
      const { actor } = await identities.recent(proof, 'person', 60_000, false);
      return actor.kind === 'person' ? actor.rights.length : -1;
    };
    expect(await rights()).toBeGreaterThan(3);
    await expect.poll(rights, { timeout: 5_000, interval: 100 }).toBe(0);
    expect(clock.now() >= until).toBe(true);
  });
});

it('[AC1] the description has the same routes', () => {
  const paths = described.map(
    ({ method, path }) => `${method} ${path.replace('/api/v1', '').replaceAll(/\{(\w+)\}/g, ':$1')}`,
  );
  const OTHERS = ['POST /commands', 'POST /demo/devices'];
  expect(paths.filter((path) => !OTHERS.includes(path)).sort()).toEqual(Object.keys(ROUTES).sort());
});

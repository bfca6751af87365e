// Who may do what, twice: the product's own tables against the one of access-table.ts, over real HTTP and real sockets.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PROOF_ACTIONS, type Elevation } from '@schalter/shared/platform/proof.ts';
import { commands, specOf, type CommandType } from '@schalter/shared/registry.ts';
import { CALLERS, COMMANDS, HEARS, PROVED, ROUTES, type Caller } from './access-table.ts';
import { Api, described, type Proof, type Reply, type Told } from './api.ts';
import { named, openCallers, type Callers } from './callers.ts';
import { sampleInputs } from './samples.ts';
import { hello, openSocket, openTestHouse, proved, signedIn, type TestHouse } from './house.ts';

let house: TestHouse;
let api: Api;
let callers: Callers;

beforeAll(async () => {
  house = await openTestHouse();
  api = new Api(house.url);
  callers = await openCallers(house);
});
afterAll(() => house.close());

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
  return sampleInputs[type](isGiven ? { ...named(house), personId: house.people.clerk } : named(house));
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
      const [streamId, input, as] = [streamOf(caller), inputOf(type), await callers.proofOf(caller)];
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
      const as = await callers.proofOf(caller);
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
    const clerk = await callers.proofOf('clerk');
    const reply = await api.send('POST', '/api/v1/pairings/claim', { body: { no: 'such field' }, as: clerk });
    expect(reply.body.code).toBe('notPermitted');
  });

  it('[AC3] an admin of another organisation finds nothing of this one', async () => {
    await callers.proofOf('customer');
    const path = `/api/v1/locations/${house.locationId}/tickets`;
    const mine = await api.get<{ items: unknown[] }>(path, await callers.proofOf('admin'));
    expect(mine.body.items.length).toBeGreaterThan(0);
    const theirs = await api.get<{ items: unknown[] }>(path, await callers.proofOf('adminOfAnother'));
    expect(theirs.body.items).toEqual([]);
    const own = await api.get<{ items: unknown[] }>(
      '/api/v1/locations',
      await callers.proofOf('adminOfAnother'),
    );
    expect(own.body.items).toEqual([]);
    const credentials = `/api/v1/people/${house.people.clerk}/credentials`;
    const another = await callers.proofOf('adminOfAnother');
    if (another === null || !('session' in another)) throw new Error('an admin has a session');
    await proved(house, another.session, 'credentials.set', house.people.clerk);
    expect((await api.put(credentials, { pin: '918273' }, another)).body.code).toBe('personUnknown');
  });
});

describe('[AC4] [RT-02] streams', () => {
  it.each(CALLERS)('%s', async (caller) => {
    const proof = await callers.proofOf(caller);
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
        await api.command(house.locationId, 'queue.cancel', sampleInputs['queue.cancel'](named(house)), {
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
      const person = sampleInputs['platform.setPerson']({ ...named(house), personId });
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

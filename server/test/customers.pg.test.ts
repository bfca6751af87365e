// What a customer may do from the own phone, over HTTP: with the link of the ticket, or with nothing at all.
import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Signal } from '@schalter/shared/kernel/protocol.ts';
import { MINUTE } from '@schalter/shared/kernel/time.ts';
import { Api, type Proof } from './api.ts';
import { movableClock } from './clock.ts';
import { hello, openSocket, openTestHouse, type TestHouse, type TestSocket } from './house.ts';
import { DEVICE_SETTINGS } from './samples.ts';

const clock = movableClock();
let house: TestHouse;
let api: Api;
const sockets: TestSocket[] = [];
beforeAll(async () => {
  house = await openTestHouse({ clock });
  api = new Api(house.url);
});
afterAll(async () => {
  sockets.forEach((socket) => socket.disconnect());
  await house.close();
});

const linkToken = () => randomBytes(16).toString('base64url');
/** Joins of nobody in particular: eight from one address in ten minutes, so each test sends as few as it can. */
let joins = 0;
const command = (type: string, input: unknown, as: Proof | null, streamId = house.locationId) => {
  if (as === null && type === 'queue.joinByPhone') joins += 1;
  return api.command(streamId, type, input, as, clock.now());
};
const visitOf = (visitId: unknown) =>
  house.app.parts.engine.read(house.locationId, ({ live }) => live.rows.visits.get(String(visitId)));
const statusOf = (visitId: unknown) =>
  house.app.parts.engine.read(
    house.locationId,
    ({ live }) => [...live.rows.stages.values()].find((s) => s.visitId === visitId)?.status,
  );

async function ticket() {
  const link = linkToken();
  const answer = await house.command(house.locationId, 'queue.issueTicket', {
    serviceId: house.serviceIds[1],
    language: 'de',
    linkToken: link,
    contact: null,
    name: null,
    note: null,
  });
  expect(answer).toMatchObject({ ok: true });
  const { visitId, stageId } = (answer.ok ? answer.result : {}) as { visitId: string; stageId: string };
  return { as: { ticket: link }, visitId, stageId };
}
const join = (arrivalCode: string | null, link = linkToken(), locationId = house.locationId) =>
  command(
    'queue.joinByPhone',
    { serviceId: house.serviceIds[1], language: 'de', linkToken: link, contact: null, arrivalCode },
    null,
    locationId,
  );

describe('[Q-15] [Q37] a customer acts on the own ticket', () => {
  it('and on no other: no command names one', async () => {
    const [mine, yours] = [await ticket(), await ticket()];
    expect((await command('queue.delay', {}, mine.as)).status).toBe(200);
    expect((await command('queue.leave', {}, mine.as)).status).toBe(200);
    expect(await statusOf(mine.visitId)).toBe('left');
    expect(await statusOf(yours.visitId)).toBe('waiting');
    const smuggled = await command('queue.leave', { visitId: yours.visitId }, mine.as);
    expect(smuggled).toMatchObject({ status: 400, body: { code: 'invalidInput' } });
    expect(await statusOf(yours.visitId)).toBe('waiting');
  });

  it('and gives no command of staff, nor one elsewhere', async () => {
    const { as, stageId, visitId } = await ticket();
    for (const [type, input] of [
      ['queue.callNext', { counterId: house.counterIds[0] }],
      ['queue.cancel', { stageId, reason: '' }],
      ['queue.setNote', { visitId, name: 'x', note: null }],
      ['queue.markArrived', { visitId }],
    ] as const) {
      expect(await command(type, input, as), type).toMatchObject({ status: 403 });
    }
    expect((await command('queue.leave', {}, as, house.otherLocationId)).status).toBe(403);
    expect(await statusOf(visitId)).toBe('waiting');
  });

  it('with the right link alone: no link, no command', async () => {
    expect((await command('queue.leave', {}, null)).status).toBe(401);
    expect((await command('queue.leave', {}, { ticket: linkToken() })).status).toBe(401);
  });

  it('[Q48] rates it only once it was served', async () => {
    const { as, stageId } = await ticket();
    expect(await command('queue.rate', { rating: 5 }, as)).toMatchObject({ status: 409 });
    const on = { stageId, counterId: house.counterIds[0] };
    for (const [type, input] of [
      ['queue.call', on],
      ['queue.start', { stageId }],
      ['queue.complete', { stageId, outcome: null }],
    ] as const) {
      expect(await house.command(house.locationId, type, input), type).toMatchObject({ ok: true });
    }
    expect((await command('queue.rate', { rating: 5 }, as)).status).toBe(200);
  });
});

/** The code that the wall of a location shows now, as the wall itself gets it. */
async function codeOnTheWall(locationId = house.locationId): Promise<string> {
  const deviceId = randomUUID();
  const input = { deviceId, kind: 'display', name: 'Wand', settings: DEVICE_SETTINGS };
  expect(await house.command(locationId, 'platform.registerDevice', input)).toMatchObject({ ok: true });
  const of = { organisationId: house.organisationId, locationId, deviceId };
  const token = await house.app.parts.credentials.issueDeviceToken(of, clock.now());
  const socket = openSocket(house.url, { token, as: 'device' });
  sockets.push(socket);
  const code = new Promise<string>((resolve) => {
    socket.on('signal', (signal: Signal) => {
      if (signal.kind === 'arrivalCode') resolve(signal.code);
    });
  });
  expect(await hello(socket, { streamId: locationId, audience: 'display' })).toMatchObject({ ok: true });
  return code;
}

describe('[Q17] [Q18] the code on the wall', () => {
  it('makes who joined from afar somebody on site; a wrong one, an old one and another wall’s do not', async () => {
    const link = linkToken();
    const joined = await join(null, link);
    expect(joined.status).toBe(200);
    const visitId = joined.body.result?.['visitId'];
    expect(await visitOf(visitId)).toMatchObject({ presence: 'remote', source: 'phone' });
    const confirm = (arrivalCode: string) =>
      command('queue.confirmArrival', { arrivalCode }, { ticket: link });
    const wrong = { status: 409, body: { code: 'arrivalCodeWrong' } };
    const [here, there] = [await codeOnTheWall(), await codeOnTheWall(house.otherLocationId)];
    expect(await confirm('CCCCCC')).toMatchObject(wrong);
    expect(await confirm(there)).toMatchObject(wrong);
    // The code changes every two minutes; somebody was typing when it did.
    clock.advance(4 * MINUTE);
    expect(await confirm(here)).toMatchObject(wrong);
    const fresh = await codeOnTheWall();
    expect(fresh).not.toBe(here);
    clock.advance(2 * MINUTE);
    expect((await confirm(fresh.toLowerCase())).status).toBe(200);
    expect(await visitOf(visitId)).toMatchObject({ presence: 'on_site' });
  });

  it('joins on site at once, and is told to walls and kiosks alone', async () => {
    const joined = await join(await codeOnTheWall());
    expect(await visitOf(joined.body.result?.['visitId'])).toMatchObject({ presence: 'on_site' });
    expect(await join('CCCCCC')).toMatchObject({ status: 409, body: { code: 'arrivalCodeWrong' } });
    const { as } = await ticket();
    const socket = openSocket(house.url, { ticket: as.ticket });
    sockets.push(socket);
    const kinds: string[] = [];
    socket.on('signal', ({ kind }: Signal) => kinds.push(kind));
    const asked = await hello(socket, { streamId: house.locationId, audience: 'manager' });
    expect(asked).toMatchObject({ ok: true, audience: 'customer' });
    await expect.poll(() => kinds).toContain('heartbeat');
    expect(kinds).not.toContain('arrivalCode');
    expect(kinds).not.toContain('devices');
  });
});

it('[Q-15] [Q17] joining by phone is the location’s choice, and not a script’s: the ninth has to wait', async () => {
  const other = new Api(house.url);
  const location = await house.app.parts.engine.read(house.locationId, ({ live }) => {
    const {
      id: _id,
      organisationId: _o,
      locationId: _l,
      archivedAt: _a,
      smsMonth: _m,
      smsMonthSent: _s,
      ...input
    } = live.rows.locations.get(house.locationId) ?? ({} as never);
    return input;
  });
  const allow = (joinByPhone: boolean) =>
    house.command(house.locationId, 'platform.setLocation', { ...location, joinByPhone });
  expect(await allow(false)).toMatchObject({ ok: true });
  expect(await join(null)).toMatchObject({ status: 403, body: { code: 'phoneJoinOff' } });
  expect((await other.get<{ joinByPhone: boolean }>('/api/v1/join/zrh')).body.joinByPhone).toBe(false);
  expect(await allow(true)).toMatchObject({ ok: true });
  let last = await join(null);
  while (last.status === 200) last = await join(null);
  expect(last).toMatchObject({ status: 429, body: { code: 'rateLimited' } });
  expect(joins).toBe(9);
  expect(Number(last.headers.get('retry-after'))).toBeGreaterThan(0);
  // Those who have a ticket are not held up by it.
  const { as } = await ticket();
  expect((await command('queue.delay', {}, as)).status).toBe(200);
});

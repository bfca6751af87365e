// What a sender may and may not bring about by the envelope of a command: its id, its time, and who sends it.
import { randomBytes, randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import { location as demoLocation, services as demoServices } from '@schalter/drizzle/seed/station.ts';
import type { Actor } from '@schalter/shared/kernel/actor.ts';
import { addMs, MINUTE } from '@schalter/shared/kernel/time.ts';
import { rightsAs } from '@schalter/shared/platform/access.ts';
import { Engine } from './execute.ts';
import { MemoryStore } from './memory-store.ts';

// A Wednesday morning: the demo's station is open.
const START = '2026-05-20T08:00:00.000Z';
const system: Actor = { kind: 'system' };
const [organisationId, locationId, serviceId] = [randomUUID(), randomUUID(), randomUUID()];
const station: Actor = {
  kind: 'device',
  deviceId: randomUUID(),
  deviceKind: 'station',
  organisationId,
  locationId,
};
const clerk: Actor = {
  kind: 'person',
  personId: randomUUID(),
  organisationId,
  name: 'Clerk',
  rights: rightsAs('clerk', [locationId]),
  deviceId: station.deviceId,
};

let now = START;
let store: MemoryStore;
let engine: Engine;
const react = { broken: '' };

const envelope = (type: string, input: unknown, over: { commandId?: string; occurredAt?: string } = {}) => ({
  commandId: randomUUID() as string,
  streamId: locationId,
  type,
  input,
  occurredAt: now,
  ...over,
});
const send = (command: ReturnType<typeof envelope>, actor: Actor = system) =>
  engine.execute({ envelope: command, actor, organisationId });
const ticket = () => ({
  serviceId,
  language: 'de',
  linkToken: randomBytes(16).toString('base64url'),
  contact: null,
  name: null,
  note: null,
});
const visitsOf = () => engine.read(locationId, ({ live }) => [...live.rows.visits.values()]);

beforeEach(async () => {
  now = START;
  react.broken = '';
  store = new MemoryStore();
  engine = new Engine({
    store,
    clock: { now: () => now },
    react: (_fact, _live, { commandId }) => {
      if (commandId === react.broken) throw new Error('a mistake of ours');
      return [];
    },
    load: () => Promise.resolve({}),
  });
  const service = { ...demoServices[1]?.service, maxWaiting: null };
  for (const command of [
    envelope('platform.openLocation', { ...demoLocation, code: 'zrh' }),
    envelope('directory.setService', { serviceId, service }),
  ]) {
    expect(await send(command)).toMatchObject({ ok: true });
  }
});

describe('who', () => {
  it('[E22] [Y21] who is not signed in is refused without a trace: the same command counts after the sign-in', async () => {
    const command = envelope('queue.issueTicket', ticket());
    expect(await send(command, { kind: 'anonymous' })).toEqual({ ok: false, code: 'notSignedIn' });
    // The tablet is paired, but nobody stands behind it: what waits on it is not lost.
    expect(await send(command, station)).toEqual({ ok: false, code: 'notSignedIn' });
    expect(await send(command, { ...clerk, rights: rightsAs('clerk', []) })).toEqual({
      ok: false,
      code: 'notPermitted',
    });
    expect(await send(command, clerk)).toMatchObject({ ok: true });
  });
});

it('[RT-02] [E14] a device acts at its own location alone, in its own organisation', async () => {
  const kiosk = { ...station, deviceKind: 'kiosk' } as const;
  for (const stranger of [
    { ...kiosk, locationId: randomUUID() },
    { ...kiosk, organisationId: randomUUID() },
  ]) {
    const answer = await send(envelope('queue.issueTicket', ticket()), stranger);
    expect(answer).toEqual({ ok: false, code: 'notPermitted' });
  }
  expect(await send(envelope('queue.issueTicket', ticket()), kiosk)).toMatchObject({ ok: true });
});

it('[E14] who may not opens no stream, not even an empty one', async () => {
  const elsewhere = randomUUID();
  const command = { ...envelope('platform.openLocation', demoLocation), streamId: elsewhere };
  expect(await send(command, clerk)).toMatchObject({ ok: false, code: 'notPermitted' });
  expect(await store.head(elsewhere)).toBeNull();
});

describe('when', () => {
  const signOnLate = (occurredAt: string) =>
    send(envelope('queue.requestHelp', {}, { occurredAt }), { ...station, deviceKind: 'kiosk' });

  it('[E13] a time is an instant, whatever offset it is written with', async () => {
    now = '2026-05-20T08:10:00.000Z';
    // Ten minutes ago, though its text is "later" than now.
    expect(await signOnLate('2026-05-20T10:00:00.000+02:00')).toMatchObject({ code: 'commandExpired' });
    // In the future, though its text is "earlier": it counts as now.
    expect(await signOnLate('2026-05-20T07:00:00.000-05:00')).toMatchObject({ ok: true });
    const last = (await store.journalAfter(locationId, 0, 100)).at(-1);
    expect(last?.occurredAt).toBe(now);
    expect(await signOnLate(addMs(now, -30_000))).toMatchObject({ ok: true });
    expect(await signOnLate(addMs(now, -10 * MINUTE))).toMatchObject({ code: 'commandExpired' });
  });
});

describe('what id', () => {
  /** A command id from which the same ids of rows follow as from another one. */
  const twinOf = (commandId: string) => `${commandId.slice(0, 14)}1${commandId.slice(15)}`;

  it('[E23] nobody takes over a ticket by choosing a command id that leads to its row', async () => {
    const victim = envelope('queue.issueTicket', ticket());
    const issued = await send(victim);
    const before = await visitsOf();
    const thief = envelope('queue.issueTicket', ticket(), { commandId: twinOf(victim.commandId) });
    expect(await send(thief)).toEqual({ ok: false, code: 'commandIdReused' });
    expect(await visitsOf()).toEqual(before);
    expect(issued).toMatchObject({ ok: true });
    // In one batch with its victim as well.
    const next = envelope('queue.issueTicket', ticket());
    const twin = envelope('queue.issueTicket', ticket(), { commandId: twinOf(next.commandId) });
    const answers = await Promise.all([send(next), send(twin)]);
    expect(answers.map((answer) => (answer.ok ? 'ok' : answer.code))).toEqual(['ok', 'commandIdReused']);
  });

  it('[E23] nor one of yesterday, that is no longer in the live set', async () => {
    const victim = envelope('queue.issueTicket', ticket());
    await send(victim);
    now = addMs(START, 24 * 60 * MINUTE);
    expect(await send(envelope('queue.closeDay', { businessDay: '2026-05-20' }))).toMatchObject({ ok: true });
    expect(await visitsOf()).toEqual([]);
    const thief = envelope('queue.issueTicket', ticket(), { commandId: twinOf(victim.commandId) });
    const honest = envelope('queue.issueTicket', ticket());
    const answers = await Promise.all([send(thief), send(honest)]);
    expect(answers.map((answer) => (answer.ok ? 'ok' : answer.code))).toEqual(['commandIdReused', 'ok']);
  });
});

describe('a mistake of ours', () => {
  it('[E10] in one command is its own sender’s misfortune, said as such, and takes nobody along', async () => {
    const errors: string[] = [];
    engine.onError = (_error, type) => errors.push(type);
    const commands = Array.from({ length: 3 }, () => envelope('queue.issueTicket', ticket()));
    react.broken = commands[1]?.commandId ?? '';
    const answers = await Promise.all(commands.map((command) => send(command)));
    expect(answers.map((answer) => (answer.ok ? 'ok' : answer.code))).toEqual(['ok', 'internal', 'ok']);
    expect((await visitsOf())?.map(({ number }) => number).sort()).toEqual([1, 2]);
    expect(errors).toEqual(['queue.issueTicket']);
  });
});

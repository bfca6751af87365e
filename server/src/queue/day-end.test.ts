import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { seedDemo } from '@schalter/drizzle/seed/demo.ts';
import {
  counters,
  DEMO_LOCATION_ID,
  DEMO_ORGANISATION_ID,
  people,
  services,
} from '@schalter/drizzle/seed/station.ts';
import type { Actor } from '@schalter/shared/kernel/actor.ts';
import { addMs, HOUR } from '@schalter/shared/kernel/time.ts';
import { rightsAs } from '@schalter/shared/platform/access.ts';
import { Engine } from '../engine/execute.ts';
import { MemoryStore } from '../engine/memory-store.ts';
import { startDayEnd } from './day-end.ts';

/** The evening of the clock change: the night has 25 hours. */
const EVENING = '2026-10-24T16:00:00.000Z';

let now = EVENING;
let store: MemoryStore;
const clock = { now: () => now };
const newEngine = () => new Engine({ store, clock, react: () => [], load: () => Promise.resolve({}) });
const newDayEnd = (engine: Engine) =>
  startDayEnd({
    engine,
    clock,
    locationIds: () => Promise.resolve([DEMO_LOCATION_ID]),
    onError: (e) => {
      throw e;
    },
  });
const stops: (() => void)[] = [];

beforeEach(async () => {
  now = EVENING;
  store = new MemoryStore();
  const engine = newEngine();
  const execute = (request: { envelope: object; organisationId: string }) =>
    engine.execute({ ...request, actor: { kind: 'system' } });
  await seedDemo({ now: clock.now, execute, ensureCredentials: () => Promise.resolve() });
});
afterEach(() => {
  stops.splice(0).forEach((stop) => {
    stop();
  });
});

const submit = (engine: Engine, type: string, input: unknown, actor: Actor = { kind: 'system' }) =>
  engine.execute({
    envelope: { commandId: randomUUID(), streamId: DEMO_LOCATION_ID, type, input, occurredAt: now },
    actor,
  });
const issue = (engine: Engine) =>
  submit(engine, 'queue.issueTicket', {
    serviceId: services[1]?.serviceId,
    language: 'de',
    linkToken: randomUUID().replaceAll('-', ''),
    contact: null,
    name: null,
    note: null,
  });
const entriesOf = async (type: string) =>
  (await store.journalAfter(DEMO_LOCATION_ID, 0, 10_000)).filter((entry) => entry.type === type);

it('[Q-16] the day ends once, also with two servers that were down at midnight', async () => {
  const engine = newEngine();
  expect(await issue(engine)).toMatchObject({ ok: true });
  now = addMs(EVENING, 14 * HOUR);
  const engines = [newEngine(), newEngine()];
  const ends = engines.map(newDayEnd);
  stops.push(...ends.map((end) => end.stop));
  await Promise.all(ends.map((end) => end.check()));
  await Promise.all(ends.map((end) => end.check()));
  expect(await entriesOf('queue.closeDay')).toHaveLength(1);
  expect(await engines[0]?.read(DEMO_LOCATION_ID, ({ live }) => live.rows.visits.size)).toBe(0);
  expect(await issue(newEngine())).toMatchObject({ ok: true, result: { number: 1 } });
});

it('[Q-16] whoever forgot to sign off is no open counter in the morning; today’s people stay', async () => {
  const engine = newEngine();
  const [first, second] = people.filter((p) => p.role === 'clerk');
  const clerk = (person = first): Actor => ({
    kind: 'person',
    personId: person?.personId ?? '',
    organisationId: DEMO_ORGANISATION_ID,
    name: person?.name ?? '',
    rights: rightsAs('clerk', [DEMO_LOCATION_ID]),
    deviceId: null,
  });
  const signOn = (n: number, actor: Actor) =>
    submit(engine, 'directory.signOn', { counterId: counters[n]?.counterId, takeOver: false }, actor);
  expect(await signOn(0, clerk(first))).toMatchObject({ ok: true });
  now = addMs(EVENING, 14 * HOUR);
  expect(await signOn(1, clerk(second))).toMatchObject({ ok: true });
  const end = newDayEnd(engine);
  stops.push(end.stop);
  await end.check();
  const there = await engine.read(DEMO_LOCATION_ID, ({ live }) =>
    [...live.rows.presences.values()].map((p) => p.counterId),
  );
  expect(there).toEqual([counters[1]?.counterId]);
});

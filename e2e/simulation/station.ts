import { MemoryStore } from '@schalter/server/src/engine/memory-store.ts';
import { Engine } from '@schalter/server/src/engine/execute.ts';
import type { JournalEntry } from '@schalter/server/src/engine/store.ts';
import type { Actor } from '@schalter/shared/kernel/actor.ts';
import { rightsAs } from '@schalter/shared/platform/access.ts';
import type { CommandType } from '@schalter/shared/registry.ts';

/** Wednesday, 10:00 in Zürich. */
export const START = '2026-05-20T08:00:00.000Z';
const uuid = (kind: string, n: number): string =>
  `01900000-0000-7000-8${kind}-${n.toString(16).padStart(12, '0')}`;
export const ORGANISATION = uuid('0a0', 1);
export const LOCATION = uuid('0b0', 1);
export const SERVICES = [uuid('0c0', 1), uuid('0c0', 2)] as const;
export const COUNTERS = [uuid('0d0', 1), uuid('0d0', 2), uuid('0d0', 3)] as const;
export const KIOSK_IDS = [uuid('0f0', 1), uuid('0f0', 4)] as const;
export const DISPLAY_IDS = [uuid('0f0', 2), uuid('0f0', 3)] as const;
export const TIME_ZONE = 'Europe/Zurich';
export const DAY_START = '03:00';
export const STREAM = {
  id: LOCATION,
  kind: 'location',
  organisationId: ORGANISATION,
  locationId: LOCATION,
} as const;

export const SYSTEM: Actor = { kind: 'system' };
export const clerk = (n: number): Actor & { kind: 'person' } => ({
  kind: 'person',
  personId: uuid('0e0', n),
  organisationId: ORGANISATION,
  name: `Person ${n}`,
  rights: rightsAs('clerk', [LOCATION]),
  deviceId: null,
});
export const device = (deviceId: string, deviceKind: 'kiosk' | 'display'): Actor => ({
  kind: 'device',
  deviceId,
  deviceKind,
  organisationId: ORGANISATION,
  locationId: LOCATION,
});
export const customer = (visitId: string): Actor => ({
  kind: 'customer',
  visitId,
  organisationId: ORGANISATION,
  locationId: LOCATION,
});

const said = (text: string) => ({ de: text, fr: text, it: text, en: text });
/** A world of hours may last into the night. */
const day = [{ from: '00:00', to: '24:00' }];
const location = {
  code: 'zrh',
  name: 'Zürich Flughafen',
  kind: 'airport',
  address: '',
  phone: '',
  timeZone: TIME_ZONE,
  hours: { week: { 1: day, 2: day, 3: day, 4: day, 5: day, 6: day, 7: day }, exceptions: [] },
  dayStart: DAY_START,
  endOfDay: 'close',
  languages: ['de', 'en'],
  waitingArea: said(''),
  houseMessage: said(''),
  joinByPhone: true,
  smsCountries: ['CH'],
  approachingPlace: 1,
  approachingMin: 1,
  smsPerDay: 1_000,
  smsPerMonth: 15_000,
  noShowAfterCalls: 1,
  noShowAfterS: 10,
  isPickup: true,
  isReturn: true,
  capacity: null,
  latitude: null,
  longitude: null,
};
const service = (letter: string) => ({
  kind: 'walk_in',
  letter,
  colour: 1,
  name: said(letter),
  hint: said(''),
  position: 1,
  active: true,
  serviceMin: 6,
  maxWaiting: null,
  hours: null,
  earlyMin: 15,
  lateMin: 10,
  creditMin: 0,
  selfService: true,
});
const settings = {
  serviceIds: [],
  languages: ['de'],
  takeoverMs: 8_000,
  speech: true,
  paperMm: 80,
  media: 'none',
  mediaText: said(''),
};

type Setup = readonly [CommandType, unknown, Actor];
const SETUP: readonly Setup[] = [
  ['platform.openLocation', location, SYSTEM],
  ...SERVICES.map((serviceId, i): Setup => {
    return ['directory.setService', { serviceId, service: service('AB'[i] ?? 'A') }, SYSTEM];
  }),
  ...COUNTERS.map((counterId, i): Setup => {
    const counter = { name: String(i + 1), position: i, serviceIds: [...SERVICES], active: true };
    return ['directory.setCounter', { counterId, counter }, SYSTEM];
  }),
  ...KIOSK_IDS.map((deviceId, i): Setup => {
    return ['platform.registerDevice', { deviceId, kind: 'kiosk', name: `Eingang ${i}`, settings }, SYSTEM];
  }),
  ...DISPLAY_IDS.map((deviceId, i): Setup => {
    return ['platform.registerDevice', { deviceId, kind: 'display', name: `Wand ${i}`, settings }, SYSTEM];
  }),
  ...COUNTERS.map((counterId, i): Setup => {
    return ['directory.signOn', { counterId, takeOver: false }, clerk(i + 1)];
  }),
];

/** The journal of a small station before the day begins: made by the engine once, and copied to every world. */
async function setUpJournal(): Promise<readonly JournalEntry[]> {
  const store = new MemoryStore();
  const engine = new Engine({
    store,
    clock: { now: () => START },
    react: () => [],
    load: () => Promise.resolve({}),
  });
  for (const [i, [type, input, actor]] of SETUP.entries()) {
    const envelope = {
      commandId: uuid('000', (i + 1) * 16),
      streamId: LOCATION,
      type,
      input,
      occurredAt: START,
    };
    const answer = await engine.execute({ envelope, actor, organisationId: ORGANISATION });
    if (!answer.ok) throw new Error(`${type}: ${answer.code}`);
  }
  return store.journalAfter(LOCATION, 0, SETUP.length);
}

let journal: Promise<readonly JournalEntry[]> | undefined;

/** A database with the station in it. */
export async function openDatabase(): Promise<MemoryStore> {
  const entries = await (journal ??= setUpJournal());
  const store = new MemoryStore();
  await store.openStream(STREAM);
  await store.transact(LOCATION, [], (tx) => {
    const rows = entries.flatMap(({ seq, changes }) =>
      changes.map((change) => ({ ...change, writtenBy: null, entrySeq: seq, how: 'upsert' as const })),
    );
    return tx.write({ seq: entries.length, at: START, rows, entries, refusals: [], jobs: [] });
  });
  return store;
}

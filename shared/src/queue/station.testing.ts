import { expect } from 'vitest';
import { bookingInvariants } from '../booking/invariants.ts';
import { directoryInvariants } from '../directory/invariants.ts';
import type { Actor } from '../kernel/actor.ts';
import { contextIds, type Context, type Decision, type FactBase, type Given } from '../kernel/command.ts';
import { apply, emptyLive, type Change } from '../kernel/live.ts';
import { addMs, MINUTE } from '../kernel/time.ts';
import { rightsAs } from '../platform/access.ts';
import { platformInvariants } from '../platform/invariants.ts';
import type { PersonRole } from '../platform/roles.ts';
import type { Location } from '../platform/rows.ts';
import {
  TABLE_NAMES,
  ruleOf,
  specOf,
  type AllLive,
  type AllTables,
  type CommandType,
  type Fact,
} from '../registry.ts';
import type { Service } from '../directory/rows.ts';
import { queueInvariants } from './invariants.ts';
import type { Stage, Visit } from './rows.ts';

/** Ids of the test station; the last digits say what they are. */
const uuid = (kind: string, n: number): string =>
  `01900000-0000-7000-8${kind}-${n.toString(16).padStart(12, '0')}`;
export const ORGANISATION = uuid('0a0', 1);
export const LOCATION = uuid('0b0', 1);
/** Walk-in A, appointment B, return C, inquiry D. */
export const SERVICES = { A: uuid('0c0', 1), B: uuid('0c0', 2), C: uuid('0c0', 3), D: uuid('0c0', 4) };
export const COUNTERS = [uuid('0d0', 1), uuid('0d0', 2), uuid('0d0', 3)] as const;
export const PEOPLE = [uuid('0e0', 1), uuid('0e0', 2), uuid('0e0', 3)] as const;
export const KIOSK_ID = uuid('0f0', 1);
export const DISPLAY_IDS = [uuid('0f0', 2), uuid('0f0', 3)] as const;
export const reservationId = (n: number): string => uuid('010', n);

/** Wednesday, 10:00 in Zürich. */
export const MORNING = '2026-05-20T08:00:00.000Z';

export const person = (n: number, role: PersonRole = 'clerk'): Actor => ({
  kind: 'person',
  personId: uuid('0e0', n),
  organisationId: ORGANISATION,
  name: `Person ${n}`,
  rights: rightsAs(role, role === 'owner' ? 'all' : [LOCATION]),
  deviceId: null,
});
export const MANAGER = person(9, 'manager');
export const ADMIN = person(8, 'owner');
export const SYSTEM: Actor = { kind: 'system' };
export const ANYBODY: Actor = { kind: 'anonymous' };
const device = (deviceId: string, deviceKind: 'kiosk' | 'display'): Actor => ({
  kind: 'device',
  deviceId,
  deviceKind,
  organisationId: ORGANISATION,
  locationId: LOCATION,
});
export const KIOSK = device(KIOSK_ID, 'kiosk');
export const DISPLAYS = [device(DISPLAY_IDS[0], 'display'), device(DISPLAY_IDS[1], 'display')] as const;
export const customer = (visitId: string): Actor => ({
  kind: 'customer',
  visitId,
  organisationId: ORGANISATION,
  locationId: LOCATION,
});

const said = (text: string) => ({ de: text, fr: text, it: text, en: text });
const day = [{ from: '06:00', to: '20:00' }];
export const HOURS = { week: { 1: day, 2: day, 3: day, 4: day, 5: day, 6: day, 7: day }, exceptions: [] };

export const locationInput = (over: Partial<Location> = {}) => ({
  code: 'zrh',
  name: 'Zürich Flughafen',
  kind: 'airport' as const,
  address: '',
  phone: '',
  timeZone: 'Europe/Zurich',
  hours: HOURS,
  dayStart: '03:00',
  endOfDay: 'close' as const,
  languages: ['de' as const, 'fr' as const, 'it' as const, 'en' as const],
  waitingArea: said('beim Fenster'),
  houseMessage: said(''),
  joinByPhone: true,
  smsCountries: ['CH'],
  approachingPlace: 2,
  approachingMin: 5,
  smsPerDay: 1_000,
  smsPerMonth: 15_000,
  noShowAfterCalls: 3,
  noShowAfterS: 120,
  isPickup: true,
  isReturn: true,
  capacity: null,
  latitude: null,
  longitude: null,
  ...over,
});

export const serviceInput = (letter: string, over: Partial<Service> = {}) => ({
  kind: 'walk_in' as const,
  letter,
  colour: 1,
  name: said(`Service ${letter}`),
  hint: said(''),
  position: letter.charCodeAt(0),
  active: true,
  serviceMin: 6,
  maxWaiting: null,
  hours: null,
  earlyMin: 15,
  lateMin: 10,
  creditMin: 0,
  selfService: true,
  ...over,
});

export const deviceSettings = (serviceIds: string[] = []) => ({
  serviceIds,
  languages: ['de' as const],
  takeoverMs: 8_000,
  speech: true,
  paperMm: 80 as const,
  media: 'none' as const,
  mediaText: said(''),
});

export interface Issued {
  readonly visitId: string;
  readonly stageId: string;
  readonly serviceId: string;
  readonly series: string;
  readonly number: number;
  readonly ahead: number;
  readonly range: { readonly lowMin: number; readonly highMin: number } | null;
}
export interface Called {
  readonly stageId: string;
  readonly visitId: string;
  readonly callId: string;
}

type Given1 = Partial<Given> & { readonly occurredAt?: string };

/** One location in memory: commands go through their schemas, the registry's rules and `apply`, as everywhere. */
export class Station {
  readonly live: AllLive = emptyLive<AllTables>(TABLE_NAMES);
  now: string;
  facts: Fact[] = [];
  /** Invariants are looked at after each command; off where thousands of commands are only measured. */
  checked = true;
  changes: readonly Change<AllTables>[] = [];
  private commands = 0;
  private tokens = 0;

  constructor(now: string = MORNING) {
    this.now = now;
  }

  pass(minutes: number): void {
    this.now = addMs(this.now, minutes * MINUTE);
  }

  /** Decides and applies; a refusal comes back as it is. */
  run(
    type: CommandType,
    input: unknown,
    actor: Actor = SYSTEM,
    given: Given1 = {},
  ): Decision<AllTables, FactBase> {
    // 16 apart, so that the ids derived from two commands never meet.
    const commandId = `01900000-0000-7000-9000-${(++this.commands * 16).toString(16).padStart(12, '0')}`;
    const { occurredAt = this.now, ...rest } = given;
    const ctx: Context = {
      now: this.now,
      occurredAt,
      streamId: specOf(type)?.stream === 'organisation' ? ORGANISATION : LOCATION,
      organisationId: ORGANISATION,
      commandId,
      actor,
      given: rest,
      id: contextIds(commandId),
    };
    const rule = ruleOf(type) ?? expect.fail(`${type} has no rule`);
    const decision = rule(this.live, specOf(type)?.input.parse(input), ctx);
    if (decision.ok) {
      apply(this.live, decision.changes);
      this.changes = decision.changes;
      this.facts.push(...(decision.facts as Fact[]));
      if (this.checked) expect(this.violations(), `after ${type}`).toEqual([]);
    }
    return decision;
  }

  /** The same, where the test needs it to be accepted; gives the result. */
  do<Result = unknown>(type: CommandType, input: unknown, actor: Actor = SYSTEM, given: Given1 = {}): Result {
    const decision = this.run(type, input, actor, given);
    if (!decision.ok) return expect.fail(`${type}: ${decision.code} ${JSON.stringify(decision.details)}`);
    return decision.result as Result;
  }

  violations(): readonly string[] {
    return [
      ...platformInvariants(this.live),
      ...directoryInvariants(this.live),
      ...queueInvariants(this.live),
      ...bookingInvariants(this.live),
    ];
  }

  token = (): string => `token-${String(++this.tokens).padStart(20, '0')}`;

  issue(serviceId: string = SERVICES.A, actor: Actor = KIOSK, over: object = {}, given: Given1 = {}): Issued {
    return this.do<Issued>('queue.issueTicket', this.ticket(serviceId, over), actor, given);
  }
  ticket(serviceId: string = SERVICES.A, over: object = {}) {
    return {
      serviceId,
      language: 'de',
      linkToken: this.token(),
      contact: null,
      name: null,
      note: null,
      ...over,
    };
  }
  callNext(counter = 0, actor: Actor = person(counter + 1)): Called {
    return this.do<Called>('queue.callNext', { counterId: COUNTERS[counter] }, actor);
  }
  signOn(counter = 0, n = counter + 1): void {
    this.do('directory.signOn', { counterId: COUNTERS[counter], takeOver: false }, person(n));
  }
  /** Issues, calls and starts one customer of a service at a counter. */
  serve(serviceId: string = SERVICES.A, counter = 0): Issued {
    const issued = this.issue(serviceId);
    this.do('queue.call', { stageId: issued.stageId, counterId: COUNTERS[counter] }, person(counter + 1));
    this.do('queue.start', { stageId: issued.stageId }, person(counter + 1));
    return issued;
  }
  stage(stageId: string): Stage {
    return this.live.rows.stages.get(stageId) ?? expect.fail('no such stage');
  }
  visit(visitId: string): Visit {
    return this.live.rows.visits.get(visitId) ?? expect.fail('no such visit');
  }
}

export interface StationWish {
  readonly now?: string;
  readonly location?: Partial<Location>;
  readonly services?: Partial<Record<keyof typeof SERVICES, Partial<Service>>>;
  /** The letters that each counter serves; by default all serve all. */
  readonly counters?: readonly string[];
  /** How many of the counters have somebody signed on; by default all. */
  readonly signedOn?: number;
}

/** A station with four services, three counters, three clerks, a kiosk and two displays. */
export function station(wish: StationWish = {}): Station {
  const s = new Station(wish.now);
  s.do('platform.openLocation', locationInput(wish.location), ADMIN);
  for (const letter of ['A', 'B', 'C', 'D'] as const) {
    const service = serviceInput(letter, wish.services?.[letter]);
    s.do('directory.setService', { serviceId: SERVICES[letter], service }, MANAGER);
  }
  COUNTERS.forEach((counterId, i) => {
    const letters = [...(wish.counters?.[i] ?? 'ABCD')] as (keyof typeof SERVICES)[];
    const serviceIds = letters.map((letter) => SERVICES[letter]);
    const counter = { name: String(i + 1), position: i, serviceIds, active: true };
    s.do('directory.setCounter', { counterId, counter }, MANAGER);
  });
  for (let i = 0; i < (wish.signedOn ?? COUNTERS.length); i++) s.signOn(i);
  const register = (deviceId: string, kind: 'kiosk' | 'display', name: string) =>
    s.do('platform.registerDevice', { deviceId, kind, name, settings: deviceSettings() }, MANAGER);
  register(KIOSK_ID, 'kiosk', 'Eingang');
  register(DISPLAY_IDS[0], 'display', 'Halle');
  register(DISPLAY_IDS[1], 'display', 'Tür');
  s.facts = [];
  return s;
}

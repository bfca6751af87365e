import { contextIds, type Context, type Given } from '../kernel/command.ts';
import { apply, emptyLive } from '../kernel/live.ts';
import type { Counter } from '../directory/rows.ts';
import type { Location } from '../platform/rows.ts';
import type { Stage, StageStatus, Visit, VisitContact } from '../queue/rows.ts';
import type { MessagingCommands } from './commands.ts';
import { decideMessaging, type ClaimResult } from './decide.ts';
import type { MessagingDecision } from './facts.ts';
import type { Message, MessagingLive, MessagingTables } from './rows.ts';

/** A small station for the tests of messages: one location, two counters, tickets as they are asked for. */
export const ORGANISATION = '01900000-0000-7000-8000-0000000000a0';
export const LOCATION = '01900000-0000-7000-8000-0000000000b0';
export const NOW = '2026-05-20T08:00:00.000Z';
export const PHONE = '+41791234567';
export const LINK = 'https://schalter.example.ch/t#AbCdEfGhIjKlMnOpQrStUv';
const DEVICE = '01900000-0000-7000-8000-0000000000d1';
export const COUNTERS = [
  '01900000-0000-7000-8000-0000000000c3',
  '01900000-0000-7000-8000-0000000000c5',
] as const;

const base = { organisationId: ORGANISATION, locationId: LOCATION, archivedAt: null };
const uuid = (kind: string, n: number): string =>
  `01900000-0000-7000-${kind}000-${n.toString(16).padStart(12, '0')}`;
export const visitId = (n: number): string => uuid('8', n);
export const stageId = (n: number): string => uuid('9', n);

export function station(): MessagingLive {
  const live = emptyLive<MessagingTables>([
    'organisations',
    'people',
    'locations',
    'devices',
    'services',
    'counters',
    'presences',
    'numberSeries',
    'visits',
    'visitContacts',
    'stages',
    'calls',
    'callReceipts',
    'helpRequests',
    'numberBlocks',
    'messages',
  ]);
  live.rows.locations.set(LOCATION, location());
  COUNTERS.forEach((id, i) => {
    const counter: Counter = {
      ...base,
      id,
      name: i === 0 ? '3' : '5',
      position: i,
      serviceIds: [],
      active: true,
    };
    live.rows.counters.set(id, counter);
  });
  return live;
}

const everywhere = (text: string) => ({ de: text, fr: text, it: text, en: text });
const location = (): Location => ({
  ...base,
  id: LOCATION,
  code: 'zrh',
  name: 'Zürich Flughafen',
  kind: 'airport',
  address: '',
  phone: '',
  timeZone: 'Europe/Zurich',
  hours: { week: { 1: [], 2: [], 3: [], 4: [], 5: [], 6: [], 7: [] }, exceptions: [] },
  dayStart: '04:00',
  endOfDay: 'close',
  languages: ['de', 'fr', 'it', 'en'],
  waitingArea: everywhere(''),
  houseMessage: everywhere(''),
  joinByPhone: true,
  smsCountries: ['CH', 'LI'],
  approachingPlace: 2,
  approachingMin: 5,
  smsPerDay: 1_000,
  smsPerMonth: 15_000,
  smsMonth: null,
  smsMonthSent: 0,
  noShowAfterCalls: 2,
  noShowAfterS: 120,
  isPickup: true,
  isReturn: true,
  capacity: null,
  latitude: null,
  longitude: null,
});

/** A ticket that waits; opted in unless `phone` is null. */
export function addTicket(live: MessagingLive, n: number, phone: string | null = PHONE): Stage {
  const visit: Visit = {
    ...base,
    id: visitId(n),
    businessDay: '2026-05-20',
    series: 'B',
    number: n,
    language: 'de',
    source: 'kiosk',
    presence: 'on_site',
    linkToken: 'AbCdEfGhIjKlMnOpQrStUv',
    name: null,
    note: null,
    reservationId: null,
    reservationReference: null,
    smsOptIn: phone !== null,
    pushOptIn: false,
    delays: 0,
    arrivedAt: NOW,
    endedAt: null,
    rating: null,
    comingAt: null,
  };
  live.rows.visits.set(visit.id, visit);
  if (phone !== null) {
    const contact: VisitContact = {
      ...base,
      id: uuid('a', n),
      visitId: visit.id,
      phoneE164: phone,
      consentAt: NOW,
      consentLanguage: 'de',
      consentWording: 'kiosk-1',
      consentSource: 'kiosk',
      deviceId: DEVICE,
    };
    live.rows.visitContacts.set(contact.id, contact);
  }
  return setStage(live, n, 'waiting', null);
}

/** Moves a ticket, as the queue would. */
export function setStage(
  live: MessagingLive,
  n: number,
  status: StageStatus,
  counterId: string | null,
  calledAt: string | null = counterId === null ? null : NOW,
): Stage {
  const stage: Stage = {
    ...base,
    id: stageId(n),
    visitId: visitId(n),
    serviceId: uuid('b', 1),
    businessDay: '2026-05-20',
    arrivedAt: NOW,
    bookedAt: null,
    creditMin: 0,
    quotedLowMin: null,
    quotedHighMin: null,
    expectedMin: 5,
    fromStageId: null,
    version: 1,
    alsoCalled: null,
    undo: null,
    status,
    effectiveAt: NOW,
    notBefore: null,
    forCounterId: null,
    forPersonId: null,
    counterId,
    personId: null,
    callNo: counterId === null ? 0 : 1,
    calledAt,
    startedAt: null,
    endedAt: null,
    heldAt: null,
    holdReason: null,
    holdOwner: null,
    resumeAt: null,
    heldS: 0,
    endReason: null,
  };
  live.rows.stages.set(stage.id, stage);
  return stage;
}

type Input<K extends keyof MessagingCommands> = Parameters<(typeof decideMessaging)[K]>[1];

/** Decides and applies, with fresh command ids; `at` and `given` where they matter. */
export class Desk {
  readonly live: MessagingLive;
  now = NOW;
  given: Given = {};
  #commands = 0;

  constructor(live: MessagingLive = station()) {
    this.live = live;
  }

  run<K extends keyof MessagingCommands>(type: K, input: Input<K>): MessagingDecision {
    const commandId = `01900000-0000-7000-8000-${(++this.#commands * 0x10000).toString(16).padStart(12, '0')}`;
    const ctx: Context = {
      now: this.now,
      occurredAt: this.now,
      streamId: LOCATION,
      organisationId: ORGANISATION,
      commandId,
      actor: { kind: 'system' },
      given: this.given,
      id: contextIds(commandId),
    };
    const decision = decideMessaging[type](this.live, input, ctx) as MessagingDecision;
    if (decision.ok) apply(this.live, decision.changes);
    return decision;
  }

  prepare(n: number, template: Message['template']): MessagingDecision {
    return this.run('messaging.prepare', { stageId: stageId(n), template, link: LINK });
  }

  /** The message of a ticket and template; it must be there. */
  message(n: number, template: Message['template'] = 'called'): Message | undefined {
    return [...this.live.rows.messages.values()].find(
      (m) => m.stageId === stageId(n) && m.template === template,
    );
  }

  claim(n: number, template: Message['template'] = 'called'): ClaimResult | string {
    const decision = this.run('messaging.claim', {
      messageId: this.message(n, template)?.id ?? '',
      leaseMs: 12_000,
    });
    return decision.ok ? (decision.result as ClaimResult) : decision.code;
  }

  outcome(n: number, over: Partial<Input<'messaging.recordOutcome'>>): MessagingDecision {
    const message = this.message(n);
    return this.run('messaging.recordOutcome', {
      messageId: message?.id ?? '',
      attempt: message?.attempts ?? 1,
      outcome: 'accepted',
      providerId: null,
      errorCode: null,
      retryAfterMs: null,
      ...over,
    });
  }

  report(
    n: number,
    status: Input<'messaging.recordStatus'>['status'],
    providerId = 'SM1',
    errorCode: string | null = null,
  ) {
    return this.run('messaging.recordStatus', {
      messageId: this.message(n)?.id ?? '',
      providerId,
      status,
      errorCode,
    });
  }
}

import type { Service } from '../directory/rows.ts';
import { deviceOf } from '../kernel/actor.ts';
import type { Context } from '../kernel/command.ts';
import type { Change } from '../kernel/live.ts';
import { reject, type Rejection } from '../kernel/rejections.ts';
import type { Language } from '../kernel/text.ts';
import { MINUTE, addMs, businessDay, instant, ms, type Instant } from '../kernel/time.ts';
import type { Location } from '../platform/rows.ts';
import type { ContactInput } from './inputs.ts';
import { estimateJoin, type Forecast } from './estimate.ts';
import type { QueueFact } from './facts.ts';
import { blocksOn, skipBlocks } from './blocks.ts';
import { openingOf } from './opening.ts';
import { joinEffectiveAt, waitingCount } from './order.ts';
import type { NumberSeries, QueueLive, QueueTables, Stage, Visit, VisitContact } from './rows.ts';

/** Which ids of a command belong to what; a later command of the same kind finds the same rows. */
const IDS = { visit: 0, stage: 1, contact: 2, series: 3 } as const;

export interface Booking {
  readonly reservationId: string;
  readonly reference: string;
  readonly bookedAt: Instant;
}

export interface VisitWish {
  readonly serviceId: string;
  readonly language: Language;
  readonly linkToken: string;
  readonly contact: ContactInput | null;
  readonly name: string | null;
  readonly note: string | null;
  readonly source: Visit['source'];
  readonly presence: Visit['presence'];
  readonly booking: Booking | null;
  /** Served at once, without waiting: the counter, and who serves. */
  readonly servedBy: { readonly counterId: string; readonly personId: string | null } | null;
  /** Given already, by a kiosk without the server: when, and the number on the paper; null where that is taken. */
  readonly recorded?: { readonly at: Instant; readonly number: number | null };
}

export type Opened =
  | {
      readonly ok: true;
      readonly changes: readonly Change<QueueTables>[];
      readonly visit: Visit;
      readonly stage: Stage;
      readonly fact: Extract<QueueFact, { type: 'queue.ticketIssued' }>;
      /** What the sender gets, see docs/api.md. */
      readonly result: unknown;
    }
  | Rejection;

/** Q12: staff may give a number at any hour; machines and phones while the service is open. */
const isBoundByHours = (ctx: Context): boolean => ctx.actor.kind !== 'person' && ctx.actor.kind !== 'system';

type Until = { readonly ok: true; readonly closesAt: Instant | null } | Rejection;

/** Until when numbers are given; null where no hours bind. */
function openUntil(location: Location, service: Service, wish: VisitWish, ctx: Context): Until {
  // Q60: it has been given, whether that was open or not.
  if (wish.recorded !== undefined) return { ok: true, closesAt: null };
  if (!service.active) return reject('serviceClosed', { opensAt: null });
  if (!isBoundByHours(ctx)) return { ok: true, closesAt: null };
  if (!service.selfService && wish.booking === null) return reject('serviceClosed', { opensAt: null });
  const opening = openingOf(location, service, ctx.now);
  return opening.open
    ? { ok: true, closesAt: opening.closesAt }
    : reject(opening.code, { opensAt: opening.opensAt });
}

/** Q13, Q14: no number for a queue that is full, nor for a turn after closing time. Bookings have their place. */
function roomProblem(
  live: QueueLive,
  service: Service,
  { range }: Forecast,
  closesAt: Instant | null,
  ctx: Context,
): Rejection | null {
  if (service.maxWaiting !== null && waitingCount(live, service.id) >= service.maxWaiting) {
    return reject('queueFull', { maxWaiting: service.maxWaiting });
  }
  if (closesAt === null || range === null || addMs(ctx.now, range.highMin * MINUTE) <= closesAt) return null;
  return reject('closesBeforeTurn', { closesAt });
}

/** Q10: the next number of location, business day and series, without a gap but for what is leased (Q57). */
function nextNumber(live: QueueLive, service: Service, day: string, ctx: Context): NumberSeries {
  const next = (last: number): number => skipBlocks(blocksOn(live, day), last + 1);
  for (const series of live.rows.numberSeries.values()) {
    if (series.businessDay === day && series.series === service.letter) {
      return { ...series, lastNumber: next(series.lastNumber) };
    }
  }
  const id = ctx.id(IDS.series);
  return { ...owned(ctx), id, businessDay: day, series: service.letter, lastNumber: next(0) };
}

const owned = (ctx: Context) => ({
  organisationId: ctx.organisationId,
  locationId: ctx.streamId,
  archivedAt: null,
});

/** Q15: the number is stored with what was agreed to, in which words, where and when. */
function contactRow(contact: ContactInput, e164: string, wish: VisitWish, ctx: Context): VisitContact {
  return {
    ...owned(ctx),
    id: ctx.id(IDS.contact),
    visitId: ctx.id(IDS.visit),
    phoneE164: e164,
    consentAt: ctx.now,
    consentLanguage: contact.consentLanguage,
    consentWording: contact.consentWording,
    consentSource: wish.source,
    deviceId: deviceOf(ctx.actor),
  };
}

type Contact = { readonly ok: true; readonly row: VisitContact | null } | Rejection;

function contactOf(wish: VisitWish, ctx: Context): Contact {
  if (wish.contact === null) return { ok: true, row: null };
  const { phone } = ctx.given;
  if (phone === undefined) return reject('phoneInvalid');
  if (!phone.ok) return reject(phone.code);
  return { ok: true, row: contactRow(wish.contact, phone.e164, wish, ctx) };
}

function visitRow(
  numbered: Pick<Visit, 'businessDay' | 'series' | 'number'>,
  wish: VisitWish,
  arrivedAt: Instant,
  smsOptIn: boolean,
  ctx: Context,
): Visit {
  return {
    ...owned(ctx),
    id: ctx.id(IDS.visit),
    ...numbered,
    language: wish.language,
    source: wish.source,
    presence: wish.presence,
    linkToken: wish.linkToken,
    name: wish.name === '' ? null : wish.name,
    note: wish.note === '' ? null : wish.note,
    reservationId: wish.booking?.reservationId ?? null,
    reservationReference: wish.booking?.reference ?? null,
    smsOptIn,
    pushOptIn: false,
    delays: 0,
    arrivedAt,
    endedAt: null,
    rating: null,
    comingAt: null,
  };
}

/** A stage as it begins; a transfer begins one too. */
export function newStage(
  service: Service,
  visit: Visit,
  forecast: Forecast,
  given: Pick<Stage, 'id' | 'effectiveAt' | 'arrivedAt' | 'bookedAt' | 'businessDay'> & Partial<Stage>,
): Stage {
  return {
    organisationId: visit.organisationId,
    locationId: visit.locationId,
    archivedAt: null,
    visitId: visit.id,
    serviceId: service.id,
    status: 'waiting',
    notBefore: null,
    forCounterId: null,
    forPersonId: null,
    counterId: null,
    personId: null,
    callNo: 0,
    calledAt: null,
    startedAt: null,
    endedAt: null,
    heldAt: null,
    holdReason: null,
    holdOwner: null,
    resumeAt: null,
    heldS: 0,
    endReason: null,
    creditMin: service.creditMin,
    quotedLowMin: forecast.range?.lowMin ?? null,
    quotedHighMin: forecast.range?.highMin ?? null,
    expectedMin: service.serviceMin,
    fromStageId: null,
    version: 1,
    alsoCalled: null,
    undo: null,
    ...given,
  };
}

/** Somebody served without a number came when the clerk says so, who may have been offline; nobody comes later. */
const arrivalOf = (wish: VisitWish, ctx: Context): Instant =>
  wish.recorded?.at ??
  (wish.servedBy === null ? ctx.now : instant(Math.min(ms(ctx.occurredAt), ms(ctx.now))));

/** Who was served at once, or got the number from a kiosk that knew nothing, was promised nothing. */
const UNPROMISED: Forecast = { ahead: 0, range: null };

/**
 * Opens a visit: number, stage, contact. Every way to get a number comes through here: kiosk, phone, staff,
 * check-in, and serving without a ticket.
 */
export function openVisit(live: QueueLive, wish: VisitWish, ctx: Context): Opened {
  const location = live.rows.locations.get(ctx.streamId);
  if (location === undefined) return reject('unknownLocation');
  const service = live.rows.services.get(wish.serviceId);
  if (service === undefined) return reject('serviceUnknown');
  const until = openUntil(location, service, wish, ctx);
  if (!until.ok) return until;

  const bookedAt = wish.booking?.bookedAt ?? null;
  const arrivedAt = arrivalOf(wish, ctx);
  const effectiveAt = joinEffectiveAt(service, arrivedAt, bookedAt);
  const joining = { serviceId: service.id, effectiveAt, counterId: null, bookedAt };
  const isPromised = wish.servedBy === null && wish.recorded === undefined;
  const forecast = isPromised ? estimateJoin(live, ctx.now, joining) : UNPROMISED;
  if (wish.booking === null && isPromised) {
    const room = roomProblem(live, service, forecast, until.closesAt, ctx);
    if (room !== null) return room;
  }
  const contact = contactOf(wish, ctx);
  if (!contact.ok) return contact;

  const day = businessDay(wish.recorded?.at ?? ctx.now, location.timeZone, location.dayStart);
  const leased = wish.recorded?.number ?? null;
  const series = leased === null ? nextNumber(live, service, day, ctx) : null;
  const number = leased ?? series?.lastNumber ?? 0;
  const numbered = { businessDay: day, series: service.letter, number };
  const visit = visitRow(numbered, wish, arrivedAt, contact.row !== null, ctx);
  const given = { id: ctx.id(IDS.stage), effectiveAt, arrivedAt, bookedAt, businessDay: day };
  const serving =
    wish.servedBy === null ? {} : { ...wish.servedBy, status: 'serving' as const, startedAt: arrivedAt };
  const stage = newStage(service, visit, forecast, { ...given, ...serving });
  const changes: Change<QueueTables>[] = series === null ? [] : [{ table: 'numberSeries', row: series }];
  changes.push({ table: 'visits', row: visit });
  if (contact.row !== null) changes.push({ table: 'visitContacts', row: contact.row });
  changes.push({ table: 'stages', row: stage });
  const ids = { stageId: stage.id, visitId: visit.id, serviceId: service.id };
  const said = { series: visit.series, number: visit.number };
  return {
    ok: true,
    changes,
    visit,
    stage,
    fact: { type: 'queue.ticketIssued', ...ids, ...said },
    result: { ...ids, ...said, ahead: forecast.ahead, range: forecast.range },
  };
}

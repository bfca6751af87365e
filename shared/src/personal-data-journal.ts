import type { z } from 'zod';
import type { Author } from './kernel/actor.ts';
import type { AnyChange } from './kernel/live.ts';
import { BY_STAFF, PSEUDONYM, ROWS, erasedRow, type Entry, type Retention } from './personal-data.ts';
import type { AllTables, CommandType, Fact, commands } from './registry.ts';

/*
 * What the journal says of people, by path: rows as personal-data.ts says, the inputs of commands, facts, and who acted.
 * A command or a field of one that is missing here does not compile.
 */

type InputOf<C extends CommandType> = z.output<(typeof commands)[C]['input']>;
type Inputs = { readonly [C in CommandType]: { readonly [F in keyof InputOf<C>]-?: Entry } };
type KeyOf<T> = T extends unknown ? keyof T : never;
type Facts = { readonly [F in Exclude<KeyOf<Fact>, 'type'>]: Entry };
type Actors = { readonly [F in KeyOf<Author>]: Entry };

const { visits, visitContacts, messages, reservations, people } = ROWS;
const { id: _i, organisationId: _o, locationId: _l, archivedAt: _a, ...LOCATION } = ROWS.locations;

const CONTACT = visitContacts.phoneE164;
const LINK = visits.linkToken;
const REASON = ROWS.stages.holdReason;
const STAGE = { stageId: PSEUDONYM, version: 'none' } as const;
const AT_COUNTER = { counterId: 'none' } as const;
const DEVICE = { deviceId: 'none', name: 'none', settings: 'none' } as const;
const TICKET = { serviceId: 'none', language: visits.language, linkToken: LINK, contact: CONTACT } as const;

const GIVEN = {
  personId: BY_STAFF,
  locationIds: people.locationIds,
  everywhere: people.everywhere,
  expiresAt: people.roleExpiresAt,
  active: people.active,
} as const;

export const INPUTS = {
  'platform.createOrganisation': { name: 'none', language: 'none', currency: 'none' },
  'platform.setAuditPolicy': { recordReads: 'none' },
  'platform.setSignInPolicy': { secondFactorRequired: 'none' },
  'platform.recordSecurityEvent': {
    ...{ event: BY_STAFF, personId: BY_STAFF, byPersonId: BY_STAFF },
    ...{ deviceId: 'none', locationId: 'none', what: 'none', seq: 'none', count: 'none' },
  },
  'platform.openLocation': LOCATION,
  'platform.setLocation': LOCATION,
  'platform.setPerson': {
    personId: BY_STAFF,
    name: people.name,
    email: people.email,
    role: people.role,
    locationIds: people.locationIds,
    everywhere: people.everywhere,
    roleExpiresAt: people.roleExpiresAt,
    language: people.language,
    active: people.active,
  },
  'platform.setOwnProfile': { name: people.name, language: people.language },
  'platform.setAssignment': { ...GIVEN, assignmentId: 'none', role: people.role },
  'platform.setGrant': { ...GIVEN, grantId: 'none', effect: people.role, grant: people.role },
  'platform.setRole': { roleId: 'none', name: 'none', parents: 'none', grants: 'none' },
  'platform.archiveRole': { roleId: 'none' },
  'platform.registerDevice': { ...DEVICE, kind: 'none' },
  'platform.setDevice': DEVICE,
  'platform.revokeDevice': { deviceId: 'none' },
  'platform.reportHealth': {
    ...{ printer: 'none', sound: 'none', version: 'none' },
    ...{ screen: 'none', wakeLock: 'none', storageKept: 'none' },
  },
  'directory.setService': { serviceId: 'none', service: 'none' },
  'directory.archiveService': { serviceId: 'none' },
  'directory.setCounter': { counterId: 'none', counter: 'none' },
  'directory.archiveCounter': AT_COUNTER,
  'directory.signOn': { ...AT_COUNTER, takeOver: 'none' },
  'directory.signOff': AT_COUNTER,
  'directory.setBreak': { ...AT_COUNTER, onBreak: BY_STAFF },
  'directory.setAway': { ...AT_COUNTER, personId: BY_STAFF, away: BY_STAFF },
  'directory.releaseShare': AT_COUNTER,
  'queue.issueTicket': { ...TICKET, name: visits.name, note: visits.note },
  'queue.joinByPhone': { ...TICKET, arrivalCode: 'none' },
  'queue.confirmArrival': { arrivalCode: 'none' },
  'queue.markArrived': { visitId: PSEUDONYM },
  'queue.callNext': { ...AT_COUNTER, shown: PSEUDONYM },
  'queue.call': { stageId: PSEUDONYM, counterId: 'none', aloud: 'none' },
  'queue.acknowledgeDoubleCall': { stageId: PSEUDONYM, counterId: 'none', aloudCounterId: 'none' },
  'queue.recall': STAGE,
  'queue.start': STAGE,
  'queue.complete': { ...STAGE, outcome: REASON },
  'queue.hold': { ...STAGE, reason: REASON, owner: 'none', resumeInMin: 'none' },
  'queue.resume': STAGE,
  'queue.requeue': { ...STAGE, position: 'none' },
  'queue.transfer': {
    ...STAGE,
    serviceId: 'none',
    counterId: 'none',
    personId: BY_STAFF,
    note: visits.note,
  },
  'queue.markNoShow': STAGE,
  'queue.cancel': { ...STAGE, reason: REASON },
  'queue.reopen': STAGE,
  'queue.undo': STAGE,
  'queue.serveWithoutTicket': {
    ...AT_COUNTER,
    serviceId: 'none',
    language: visits.language,
    linkToken: LINK,
    name: visits.name,
    note: visits.note,
  },
  'queue.setNote': { visitId: PSEUDONYM, name: visits.name, note: visits.note },
  'queue.leave': {},
  'queue.delay': {},
  'queue.confirmComing': {},
  'queue.withdrawContact': {},
  'queue.allowPush': { allowed: visits.pushOptIn },
  'queue.rate': { rating: visits.rating },
  'queue.reportCall': { callId: 'none', shownAt: 'none', sound: 'none' },
  'queue.leaseNumbers': { businessDay: 'none' },
  'queue.recordTicket': {
    blockId: 'none',
    number: visits.number,
    serviceId: 'none',
    language: visits.language,
    linkToken: LINK,
  },
  'queue.requestHelp': {},
  'queue.resolveHelp': { helpRequestId: 'none' },
  'queue.closeDay': { businessDay: 'none' },
  'messaging.prepare': { stageId: PSEUDONYM, template: 'none', link: LINK },
  'messaging.claim': { messageId: 'none', leaseMs: 'none' },
  'messaging.recordOutcome': {
    messageId: 'none',
    attempt: 'none',
    outcome: 'none',
    providerId: messages.providerId,
    errorCode: 'none',
    retryAfterMs: 'none',
  },
  'messaging.recordStatus': {
    messageId: 'none',
    providerId: messages.providerId,
    status: 'none',
    errorCode: 'none',
  },
  'messaging.forget': { visitId: PSEUDONYM },
  'messaging.closeDay': { businessDay: 'none' },
  'booking.recordReservation': {
    reservationId: PSEUDONYM,
    reference: reservations.reference,
    lastName: reservations.lastName,
    firstName: reservations.firstName,
    serviceId: 'none',
    bookedAt: reservations.bookedAt,
    subject: reservations.subject,
  },
  'booking.checkIn': {
    reference: visits.reservationReference,
    lastName: reservations.lastName,
    language: visits.language,
    linkToken: LINK,
    contact: CONTACT,
  },
  'privacy.erase': {
    visitIds: PSEUDONYM,
    reservationIds: PSEUDONYM,
    personIds: BY_STAFF,
    why: 'none',
  },
  'privacy.erasePerson': { personId: BY_STAFF },
} as const satisfies Inputs;

/** Facts say what happened in ids and figures. */
export const FACTS = {
  visitId: PSEUDONYM,
  visitIds: PSEUDONYM,
  reservationIds: PSEUDONYM,
  personIds: BY_STAFF,
  byPersonId: BY_STAFF,
  what: 'none',
  recordReads: 'none',
  secondFactorRequired: 'none',
  locationId: 'none',
  seq: 'none',
  count: 'none',
  stageId: PSEUDONYM,
  toStageId: PSEUDONYM,
  reservationId: PSEUDONYM,
  personId: BY_STAFF,
  roleId: 'none',
  assignmentId: 'none',
  grantId: 'none',
  active: people.active,
  series: visits.series,
  number: visits.number,
  rating: visits.rating,
  callNo: 'none',
  serviceId: 'none',
  toServiceId: 'none',
  counterId: 'none',
  callId: 'none',
  deviceId: 'none',
  helpRequestId: 'none',
  messageId: 'none',
  kind: 'none',
  status: 'none',
  was: 'none',
  action: 'none',
  attempt: 'none',
  delayMs: 'none',
  until: 'none',
  resumeAt: 'none',
  businessDay: 'none',
  closed: 'none',
  kept: 'none',
  archived: 'none',
  blockId: 'none',
  first: 'none',
  last: 'none',
  given: 'none',
  unused: 'none',
  printed: visits.number,
  allowed: visits.pushOptIn,
} as const satisfies Facts;

export const ACTOR = {
  kind: 'none',
  organisationId: 'none',
  locationId: 'none',
  deviceKind: 'none',
  deviceId: 'none',
  visitId: PSEUDONYM,
  personId: BY_STAFF,
} as const satisfies Actors;

export interface Said {
  readonly type: string;
  readonly input: unknown;
  readonly changes: readonly AnyChange[];
}

/** Of whom an entry shall say no more: the rows that are about them, and who works at a counter by their id. */
export interface Erased {
  readonly rowIds: ReadonlySet<string>;
  readonly personIds: ReadonlySet<string>;
  readonly retentions: readonly Retention[];
}

/** An entry without what it says of the erased; each part is null where it says nothing of them. */
export function redacted({ type, input, changes }: Said, { rowIds, personIds, retentions }: Erased) {
  // A presence has the id of its counter: whose it is, it says itself.
  const isAbout = ({ table, row }: AnyChange): boolean =>
    table === 'presences'
      ? personIds.has(String((row as AnyChange['row'] & { readonly personId?: unknown }).personId))
      : rowIds.has(row.id);
  if (!changes.some(isAbout)) return { input: null, changes: null };
  const entries = (INPUTS as Readonly<Record<string, Readonly<Record<string, Entry>>>>)[type] ?? {};
  const fields = Object.entries((input ?? {}) as Readonly<Record<string, unknown>>).map(([field, value]) => {
    const says = entries[field] ?? 'none';
    const goes = says !== 'none' && !('kept' in says.erased) && retentions.includes(says.retention);
    return [field, goes ? null : value] as const;
  });
  const after = changes.map((change) =>
    isAbout(change) ? { ...change, row: erasedAny(change, retentions) } : change,
  );
  return { input: differing(input, Object.fromEntries(fields)), changes: differing(changes, after) };
}

const erasedAny = ({ table, row }: AnyChange, retentions: readonly Retention[]) =>
  table in ROWS ? erasedRow(table as keyof AllTables, row as AllTables[keyof AllTables], retentions) : row;

/** The second where it says something else than the first. */
const differing = (before: unknown, after: unknown): unknown =>
  JSON.stringify(before) === JSON.stringify(after) ? null : after;

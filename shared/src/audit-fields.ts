import type { z } from 'zod';
import type { Presence } from './directory/rows.ts';
import type { DeviceHealth, DeviceSettings } from './platform/rows.ts';
import type { Stage } from './queue/rows.ts';
import type { AllTables } from './registry.ts';

/**
 * What the audit shows of a field: all of it; a phone number's last three digits; text that somebody typed, without the
 * phone numbers and links in it; or nothing, because it is the machine's own or a secret.
 */
type Shown = 'plain' | 'phone' | 'text' | 'hidden';
type Fields = { readonly [T in keyof AllTables]: { readonly [F in keyof AllTables[T]]: Shown } };

const base = { id: 'hidden', organisationId: 'hidden', archivedAt: 'plain' } as const;
const ofPerson = {
  ...base,
  personId: 'plain',
  locationIds: 'plain',
  everywhere: 'plain',
  assignedBy: 'hidden',
  assignedAt: 'hidden',
  expiresAt: 'plain',
  active: 'hidden',
} as const;
const here = { ...base, locationId: 'hidden' } as const;

/** Every field of every table: a new one does not compile before somebody has said whether it is shown. */
const FIELDS = {
  organisations: {
    ...base,
    name: 'plain',
    language: 'plain',
    currency: 'plain',
    recordReads: 'plain',
    secondFactorRequired: 'plain',
  },
  people: {
    ...base,
    name: 'plain',
    email: 'plain',
    role: 'plain',
    locationIds: 'plain',
    everywhere: 'plain',
    roleExpiresAt: 'plain',
    // Who changed it when is the entry itself.
    roleAssignedBy: 'hidden',
    roleAssignedAt: 'hidden',
    language: 'plain',
    active: 'plain',
  },
  roles: { ...base, name: 'plain', parents: 'plain', grants: 'plain' },
  roleAssignments: { ...ofPerson, role: 'plain' },
  personGrants: {
    ...ofPerson,
    effect: 'plain',
    permission: 'plain',
    scope: 'plain',
    condition: 'hidden',
  },
  locations: {
    ...here,
    code: 'plain',
    name: 'plain',
    kind: 'plain',
    address: 'plain',
    // The house's own number, which stands on its door.
    phone: 'plain',
    timeZone: 'plain',
    hours: 'plain',
    dayStart: 'plain',
    endOfDay: 'plain',
    languages: 'plain',
    waitingArea: 'plain',
    houseMessage: 'plain',
    joinByPhone: 'plain',
    smsCountries: 'plain',
    smsPerDay: 'plain',
    smsPerMonth: 'plain',
    smsMonth: 'hidden',
    smsMonthSent: 'hidden',
    approachingPlace: 'plain',
    approachingMin: 'plain',
    noShowAfterCalls: 'plain',
    noShowAfterS: 'plain',
    isPickup: 'plain',
    isReturn: 'plain',
    capacity: 'plain',
    latitude: 'plain',
    longitude: 'plain',
  },
  devices: {
    ...here,
    kind: 'plain',
    name: 'plain',
    settings: 'plain',
    health: 'plain',
    pairedAt: 'plain',
    revokedAt: 'plain',
  },
  services: {
    ...here,
    kind: 'plain',
    letter: 'plain',
    colour: 'plain',
    name: 'plain',
    hint: 'plain',
    position: 'plain',
    active: 'plain',
    serviceMin: 'plain',
    maxWaiting: 'plain',
    hours: 'plain',
    earlyMin: 'plain',
    lateMin: 'plain',
    creditMin: 'plain',
    selfService: 'plain',
  },
  counters: { ...here, name: 'plain', position: 'plain', serviceIds: 'plain', active: 'plain' },
  presences: {
    ...here,
    counterId: 'plain',
    personId: 'plain',
    personName: 'hidden',
    state: 'plain',
    since: 'plain',
    away: 'plain',
  },
  numberSeries: { ...here, businessDay: 'hidden', series: 'hidden', lastNumber: 'hidden' },
  visits: {
    ...here,
    businessDay: 'hidden',
    series: 'hidden',
    number: 'hidden',
    language: 'plain',
    source: 'plain',
    presence: 'plain',
    linkToken: 'hidden',
    name: 'text',
    note: 'text',
    reservationId: 'hidden',
    reservationReference: 'plain',
    smsOptIn: 'plain',
    pushOptIn: 'plain',
    delays: 'plain',
    arrivedAt: 'plain',
    endedAt: 'plain',
    rating: 'plain',
    comingAt: 'plain',
  },
  visitContacts: {
    ...here,
    visitId: 'hidden',
    phoneE164: 'phone',
    consentAt: 'plain',
    consentLanguage: 'plain',
    consentWording: 'plain',
    consentSource: 'plain',
    deviceId: 'hidden',
  },
  stages: {
    ...here,
    status: 'plain',
    effectiveAt: 'hidden',
    notBefore: 'plain',
    forCounterId: 'plain',
    forPersonId: 'plain',
    counterId: 'plain',
    personId: 'plain',
    callNo: 'plain',
    calledAt: 'plain',
    startedAt: 'plain',
    endedAt: 'plain',
    heldAt: 'plain',
    holdReason: 'text',
    holdOwner: 'plain',
    resumeAt: 'plain',
    heldS: 'hidden',
    endReason: 'text',
    visitId: 'hidden',
    serviceId: 'plain',
    businessDay: 'hidden',
    arrivedAt: 'hidden',
    bookedAt: 'plain',
    creditMin: 'hidden',
    quotedLowMin: 'hidden',
    quotedHighMin: 'hidden',
    expectedMin: 'hidden',
    fromStageId: 'hidden',
    version: 'hidden',
    alsoCalled: 'plain',
    undo: 'hidden',
  },
  calls: {
    ...here,
    businessDay: 'hidden',
    order: 'hidden',
    visitId: 'hidden',
    stageId: 'hidden',
    callNo: 'plain',
    series: 'hidden',
    number: 'hidden',
    serviceId: 'hidden',
    counterId: 'plain',
    counterName: 'hidden',
    language: 'hidden',
    calledAt: 'plain',
    withdrawnAt: 'plain',
  },
  callReceipts: {
    ...here,
    callId: 'hidden',
    deviceId: 'plain',
    order: 'hidden',
    shownAt: 'plain',
    sound: 'plain',
  },
  numberBlocks: {
    ...here,
    businessDay: 'plain',
    deviceId: 'plain',
    first: 'plain',
    last: 'plain',
    given: 'plain',
    leasedAt: 'plain',
  },
  helpRequests: {
    ...here,
    deviceId: 'plain',
    requestedAt: 'plain',
    resolvedAt: 'plain',
    resolvedBy: 'plain',
  },
  messages: {
    ...here,
    businessDay: 'hidden',
    visitId: 'hidden',
    stageId: 'hidden',
    template: 'plain',
    dedupeKey: 'hidden',
    channel: 'plain',
    toE164: 'phone',
    language: 'plain',
    body: 'text',
    segments: 'hidden',
    status: 'plain',
    attempts: 'plain',
    claimedUntil: 'hidden',
    queuedAt: 'plain',
    sentAt: 'plain',
    deliveredAt: 'plain',
    expiresAt: 'hidden',
    providerId: 'hidden',
    errorCode: 'plain',
  },
  reservations: {
    ...here,
    reference: 'plain',
    lastName: 'text',
    firstName: 'text',
    serviceId: 'plain',
    businessDay: 'hidden',
    bookedAt: 'plain',
    status: 'plain',
    subject: 'text',
    visitId: 'hidden',
  },
} as const satisfies Fields;

type ShownOf<T> = { [F in keyof T]: T[F] extends 'hidden' ? never : F }[keyof T];
/** Everything that a change may be about; the parts of a device, a lost line and opening hours have names of their own. */
export type AuditField =
  | Exclude<
      { [T in keyof typeof FIELDS]: ShownOf<(typeof FIELDS)[T]> }[keyof typeof FIELDS],
      'settings' | 'health' | 'away' | 'alsoCalled'
    >
  | Exclude<keyof DeviceSettings, 'serviceIds' | 'languages'>
  | keyof NonNullable<z.output<typeof DeviceHealth>>
  // With its own time since when, beside the presence's.
  | `away.${keyof NonNullable<Presence['away']>}`
  | `alsoCalled.${keyof ReturnType<typeof doubleCalls>}`
  | 'exceptions';
/** A table that something is shown of. */
export type AuditTable = Exclude<keyof AllTables, 'numberSeries'>;

/** Whoever called a customer whom another counter had called already, and each counter that has been told of it. */
const doubleCalls = (calls: NonNullable<Stage['alsoCalled']>) => ({
  by: calls.map(({ counterId }) => counterId),
  at: calls.map(({ at }) => at),
  knownTo: calls.flatMap(({ knownTo }) => knownTo),
});

type Row = Readonly<Record<string, unknown>>;
export interface FieldChange {
  /** "status", "settings.speech", "name.fr", "hours.week.1". */
  readonly field: string;
  readonly before: unknown;
  readonly after: unknown;
}

/** The fields that differ, in the order of the table, masked; of a row that is new, all that are not empty. */
export function changedFields(table: string, before: Row | null, after: Row): FieldChange[] {
  const fields = (FIELDS as Readonly<Record<string, Readonly<Record<string, Shown>>>>)[table] ?? {};
  return Object.entries(fields).flatMap(([name, shown]) => {
    if (shown === 'hidden') return [];
    const was = leavesOf(name, readable(name, before?.[name]));
    const is = leavesOf(name, readable(name, after[name]));
    return [...new Set([...was.keys(), ...is.keys()])]
      .map((field) => ({ field, before: was.get(field) ?? null, after: is.get(field) ?? null }))
      .filter((change) => !isSame(change.before, change.after))
      .map(({ field, before: from, after: to }) => ({
        field,
        before: masked(from, shown),
        after: masked(to, shown),
      }));
  });
}

const readable = (field: string, value: unknown): unknown =>
  field === 'alsoCalled' && value != null ? doubleCalls(value as NonNullable<Stage['alsoCalled']>) : value;

/** The parts of an object each by its own path, so that one changed switch is one changed field; a list is one value. */
function leavesOf(path: string, value: unknown): ReadonlyMap<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return new Map([[path, value]]);
  return new Map(Object.entries(value).flatMap(([key, part]) => [...leavesOf(`${path}.${key}`, part)]));
}

/** Nothing, an empty text and an empty list are the same to whoever reads. */
const isSame = (a: unknown, b: unknown): boolean => {
  const [one, other] = [a, b].map((value) =>
    value === null || value === undefined || value === '' || (Array.isArray(value) && value.length === 0)
      ? null
      : JSON.stringify(value),
  );
  return one === other;
};

function masked(value: unknown, shown: Shown): unknown {
  if (typeof value !== 'string' || shown === 'plain') return value;
  return shown === 'phone' ? maskNumber(value) : maskText(value);
}

const HIDDEN = '•••';
/** Enough to recognise, too little to call. */
const LAST_DIGITS = 3;
const maskNumber = (phone: string): string => `${HIDDEN} ${phone.replace(/\D/g, '').slice(-LAST_DIGITS)}`;

/** Seven digits or more, however they are grouped. */
const PHONE_LIKE = /\+?\d(?:[\s()/.’'-]{0,2}\d){6,}/g;
const LINK = /(\/t#)[A-Za-z0-9_-]+/g;
/** What somebody typed, without the phone numbers and the customers' links in it. */
export const maskText = (text: string): string => text.replace(LINK, '$1…').replace(PHONE_LIKE, maskNumber);

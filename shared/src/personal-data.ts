import type { AllTables } from './registry.ts';

/*
 * What is held on people, field by field: what it is, what for, how long, and what stands there once the person is
 * erased. A field that is missing here does not compile; export, erasure and retention go by it. The tables that are no
 * rows are in drizzle/personal-data.ts, what the journal says in personal-data-journal.ts.
 */

export const KINDS = {
  none: 'nothing about a person',
  pseudonym: 'an id that leads to a person as long as a name stands elsewhere',
  name: 'a name',
  contact: 'a telephone number or an address',
  text: 'what somebody typed about a person',
  message: 'the words of a message',
  link: 'opens the customer’s own page',
  consent: 'what was agreed to, when and where',
  conduct: 'when somebody came, waited, served or answered, and how it was',
  employment: 'what somebody may do, and where',
  security: 'proves who somebody is; a hash where it need not be read again',
  origin: 'where on the network a request came from',
} as const;
export type Kind = keyof typeof KINDS;

export const RETENTION = {
  day: 'until the business day ends',
  link: 'it opens nothing once the business day has ended; the dead text stays until it is erased',
  days: 'as many days as the installation keeps names (`KEEP_NAMES_DAYS`, 7), after the business day',
  statistics: 'as long as the ticket’s figures, which say nothing about whom without a name',
  employment: 'as long as the person works here, then until they are erased',
  session: 'two days after it ended',
  pairing: 'two days after the code expired',
  mails: 'thirty days; its text two days longer than its link is good',
  jobs: 'until it is done, then a day',
  audit: 'with the journal: ids alone, once the person is erased',
  installation: 'as long as the installation',
} as const;
export type Retention = keyof typeof RETENTION;

/** What an entry says of a field; `Value` is what may stand in it. */
export interface Personal<Value = unknown> {
  readonly kind: Exclude<Kind, 'none'>;
  readonly of: 'customer' | 'staff';
  readonly purpose: string;
  readonly retention: Retention;
  /** What stands there afterwards, which may follow from the row's id; or why it stays. */
  readonly erased:
    { readonly to: Value } | { readonly from: (id: string) => Value } | { readonly kept: string };
}
export type Entry<Value = unknown> = 'none' | Personal<Value>;
type Rows = {
  readonly [T in keyof AllTables]: { readonly [F in keyof AllTables[T]]: Entry<AllTables[T][F]> };
};

/** Stands where a number stood, as in messaging/rows.ts. */
const NO_NUMBER = '•';
/** No link has a dot in it, so nobody can present this one; and it is unique, as links are. */
const DEAD_LINK = 'erased.';
export const isErasedLink = (linkToken: string): boolean => linkToken.startsWith(DEAD_LINK);

const FIGURES = 'without a name it says nothing about whom; numbers and statistics rest on it';

export const PSEUDONYM = {
  kind: 'pseudonym',
  of: 'customer',
  purpose: 'ties the rows of one visit together',
  retention: 'statistics',
  erased: { kept: FIGURES },
} as const satisfies Personal;
export const BY_STAFF = {
  kind: 'pseudonym',
  of: 'staff',
  purpose: 'who did what, for the audit and for who serves whom',
  retention: 'audit',
  erased: { kept: 'whose id it is can be told no more once the person’s own row is erased' },
} as const satisfies Personal;
const conduct = (purpose: string) =>
  ({ kind: 'conduct', of: 'customer', purpose, retention: 'statistics', erased: { kept: FIGURES } }) as const;
const WAIT = conduct('order of calls, estimates, statistics');
const typed = (purpose: string) =>
  ({ kind: 'text', of: 'customer', purpose, retention: 'days', erased: { to: null } }) as const;
const consent = {
  kind: 'consent',
  of: 'customer',
  purpose: 'proof that a message was wanted: when, where and in which words',
  retention: 'statistics',
  erased: { kept: 'the proof stays; without the number it says nothing about whom' },
} as const;
const employment = (purpose: string) =>
  ({
    kind: 'employment',
    of: 'staff',
    purpose,
    retention: 'employment',
    erased: { kept: 'who was allowed what is part of the audit, by id alone' },
  }) as const;
const NAME_AT_WORK = {
  kind: 'name',
  of: 'staff',
  purpose: 'to be known to colleagues and in the audit',
  retention: 'employment',
  erased: { to: '' },
} as const;
const GUEST = {
  kind: 'name',
  of: 'customer',
  purpose: 'to know whom a booking is for, and to check in by it',
  retention: 'days',
  erased: { to: '' },
} as const;

const MAY = employment('what one person may or may not do');
const base = { id: 'none', organisationId: 'none', archivedAt: 'none' } as const;
const ofPerson = {
  ...base,
  personId: BY_STAFF,
  locationIds: employment('where somebody works'),
  everywhere: employment('where somebody works'),
  assignedBy: BY_STAFF,
  assignedAt: employment('since when somebody may it'),
  expiresAt: employment('until when somebody may it'),
  active: employment('whether it still counts'),
} as const;
const here = { ...base, locationId: 'none' } as const;
const ofVisit = { ...here, visitId: PSEUDONYM } as const;
const nothing = <Key extends string>(...keys: readonly Key[]) =>
  Object.fromEntries(keys.map((key) => [key, 'none'])) as { readonly [K in Key]: 'none' };

export const ROWS = {
  organisations: {
    ...base,
    ...nothing('name', 'language', 'currency', 'recordReads', 'secondFactorRequired'),
  },
  people: {
    ...base,
    id: BY_STAFF,
    name: NAME_AT_WORK,
    email: { ...NAME_AT_WORK, kind: 'contact', purpose: 'to sign in, and to be invited' },
    role: employment('what somebody may do'),
    locationIds: employment('where somebody works'),
    everywhere: employment('where somebody works'),
    roleExpiresAt: employment('until when somebody may it'),
    roleAssignedBy: BY_STAFF,
    roleAssignedAt: employment('since when somebody may it'),
    language: employment('the language of the screens'),
    active: employment('whether somebody may sign in'),
  },
  roles: { ...base, name: 'none', parents: 'none', grants: 'none' },
  roleAssignments: { ...ofPerson, role: employment('what somebody may do') },
  personGrants: {
    ...ofPerson,
    ...{ permission: MAY, scope: MAY, condition: MAY, effect: MAY },
  },
  // Address and number of a house, which stand on its door.
  locations: {
    ...here,
    ...nothing('code', 'name', 'kind', 'address', 'phone', 'timeZone', 'hours', 'dayStart', 'endOfDay'),
    ...nothing('languages', 'waitingArea', 'houseMessage', 'joinByPhone', 'smsCountries', 'approachingPlace'),
    ...nothing('approachingMin', 'noShowAfterCalls', 'noShowAfterS', 'isPickup', 'isReturn', 'capacity'),
    ...nothing('latitude', 'longitude', 'smsPerDay', 'smsPerMonth', 'smsMonth', 'smsMonthSent'),
  },
  devices: { ...here, ...nothing('kind', 'name', 'settings', 'health', 'pairedAt', 'revokedAt') },
  services: {
    ...here,
    ...nothing('kind', 'letter', 'colour', 'name', 'hint', 'position', 'active', 'serviceMin', 'maxWaiting'),
    ...nothing('hours', 'earlyMin', 'lateMin', 'creditMin', 'selfService'),
  },
  counters: { ...here, ...nothing('name', 'position', 'serviceIds', 'active') },
  presences: {
    ...here,
    counterId: 'none',
    personId: BY_STAFF,
    personName: { ...NAME_AT_WORK, purpose: 'who works at a counter, shown to colleagues' },
    state: { ...BY_STAFF, kind: 'conduct', purpose: 'who is on a break' },
    since: { ...BY_STAFF, kind: 'conduct', purpose: 'since when a counter is staffed' },
    away: {
      ...BY_STAFF,
      kind: 'conduct',
      purpose: 'which customers are kept for a counter without the server',
    },
  },
  numberSeries: { ...here, ...nothing('businessDay', 'series', 'lastNumber') },
  numberBlocks: { ...here, ...nothing('businessDay', 'deviceId', 'first', 'last', 'given', 'leasedAt') },
  visits: {
    ...here,
    id: PSEUDONYM,
    businessDay: WAIT,
    series: WAIT,
    number: conduct('what is called; unique in its day, and without a gap'),
    language: conduct('in which language to speak and write'),
    source: conduct('statistics of how people join'),
    presence: conduct('whether somebody can be called'),
    linkToken: {
      kind: 'link',
      of: 'customer',
      purpose: 'the customer’s own page',
      retention: 'link',
      erased: { from: (id: string) => `${DEAD_LINK}${id}` },
    },
    name: { ...typed('to recognise somebody at the counter'), kind: 'name' },
    note: typed('what a clerk tells the next'),
    reservationId: PSEUDONYM,
    reservationReference: { ...typed('which booking is checked in'), kind: 'pseudonym' },
    smsOptIn: {
      ...consent,
      purpose: 'whether messages are wanted',
      retention: 'days',
      erased: { to: false },
    },
    pushOptIn: {
      ...consent,
      purpose: 'whether the browser is told of a call',
      retention: 'days',
      erased: { to: false },
    },
    delays: WAIT,
    arrivedAt: WAIT,
    endedAt: WAIT,
    rating: conduct('how the service was'),
    comingAt: WAIT,
  },
  visitContacts: {
    ...ofVisit,
    phoneE164: {
      kind: 'contact',
      of: 'customer',
      purpose: 'to tell the customer that the turn approaches, and has come',
      retention: 'day',
      erased: { to: '' },
    },
    consentAt: consent,
    consentLanguage: consent,
    consentWording: consent,
    consentSource: consent,
    deviceId: 'none',
  },
  stages: {
    ...ofVisit,
    ...nothing('serviceId', 'forCounterId', 'counterId', 'version', 'fromStageId', 'holdOwner', 'alsoCalled'),
    ...nothing('creditMin', 'quotedLowMin', 'quotedHighMin', 'expectedMin'),
    businessDay: WAIT,
    status: WAIT,
    effectiveAt: WAIT,
    notBefore: WAIT,
    forPersonId: BY_STAFF,
    personId: BY_STAFF,
    callNo: WAIT,
    calledAt: WAIT,
    startedAt: WAIT,
    endedAt: WAIT,
    heldAt: WAIT,
    holdReason: typed('why a customer was put aside'),
    resumeAt: WAIT,
    heldS: WAIT,
    endReason: typed('how it ended'),
    arrivedAt: WAIT,
    bookedAt: WAIT,
    undo: typed('the state before the last action, with its texts'),
  },
  calls: {
    ...ofVisit,
    ...nothing('businessDay', 'order', 'stageId', 'serviceId', 'counterId', 'counterName', 'callNo'),
    series: WAIT,
    number: WAIT,
    language: WAIT,
    calledAt: WAIT,
    withdrawnAt: WAIT,
  },
  callReceipts: { ...here, ...nothing('callId', 'deviceId', 'order', 'shownAt', 'sound') },
  helpRequests: {
    ...here,
    ...nothing('deviceId', 'requestedAt', 'resolvedAt'),
    resolvedBy: BY_STAFF,
  },
  messages: {
    ...ofVisit,
    ...nothing(
      'businessDay',
      'stageId',
      'template',
      'dedupeKey',
      'channel',
      'segments',
      'status',
      'attempts',
    ),
    ...nothing('claimedUntil', 'expiresAt', 'errorCode'),
    toE164: {
      kind: 'contact',
      of: 'customer',
      purpose: 'where the message goes',
      retention: 'day',
      erased: { to: NO_NUMBER },
    },
    language: WAIT,
    body: {
      kind: 'message',
      of: 'customer',
      purpose: 'what was said; it holds the customer’s link',
      retention: 'day',
      erased: { to: '' },
    },
    queuedAt: WAIT,
    sentAt: WAIT,
    deliveredAt: WAIT,
    providerId: {
      kind: 'pseudonym',
      of: 'customer',
      purpose: 'to ask the carrier what became of it, which keeps the number',
      retention: 'day',
      erased: { to: null },
    },
  },
  reservations: {
    ...here,
    id: PSEUDONYM,
    reference: {
      ...PSEUDONYM,
      purpose: 'to check in by, and the number of the business that was done',
      erased: { kept: 'the books refer to it; without a name it leads to nobody here' },
    },
    lastName: GUEST,
    firstName: GUEST,
    subject: { ...GUEST, kind: 'text', purpose: 'what the clerk prepares; it may name a vehicle' },
    serviceId: 'none',
    businessDay: WAIT,
    bookedAt: WAIT,
    status: WAIT,
    visitId: PSEUDONYM,
  },
} as const satisfies Rows;

/** The row as it is once what is held on its person is gone, of what is kept no longer than `retentions` say. */
export function erasedRow<T extends keyof AllTables>(
  table: T,
  row: AllTables[T],
  retentions: readonly Retention[],
): AllTables[T] {
  const entries = Object.entries(ROWS[table] as Readonly<Record<string, Entry>>);
  const erased = entries.flatMap(([field, entry]) => {
    if (entry === 'none' || !retentions.includes(entry.retention) || 'kept' in entry.erased) return [];
    return [[field, 'to' in entry.erased ? entry.erased.to : entry.erased.from(row.id)] as const];
  });
  return { ...row, ...Object.fromEntries(erased) };
}

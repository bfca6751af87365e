import { z } from 'zod';
import { sees, type Audience } from '../kernel/audience.ts';
import { Id } from '../kernel/ids.ts';
import { defineTable, type Live } from '../kernel/live.ts';
import { Day, Instant } from '../kernel/time-schemas.ts';
import { Language } from '../kernel/text.ts';
import type { DirectoryTables } from '../directory/rows.ts';

const base = { id: Id, organisationId: Id, locationId: Id, archivedAt: Instant.nullable() };

/** The last number given of one series on one business day. */
export const NumberSeries = z.object({
  ...base,
  businessDay: Day,
  series: z.string(),
  lastNumber: z.number().int(),
});
export type NumberSeries = z.output<typeof NumberSeries>;

/** Numbers that one kiosk may give on one business day without asking: see blocks.ts. */
export const NumberBlock = z.object({
  ...base,
  businessDay: Day,
  deviceId: Id,
  first: z.number().int(),
  last: z.number().int(),
  /** How many of them have joined the queue. */
  given: z.number().int(),
  leasedAt: Instant,
});
export type NumberBlock = z.output<typeof NumberBlock>;

export const VISIT_SOURCES = ['kiosk', 'phone', 'staff', 'api'] as const;
export const PRESENCES = ['on_site', 'remote'] as const;

/** One customer's stay: a number, a language, a link, and one or more stages. */
export const Visit = z.object({
  ...base,
  businessDay: Day,
  /** "B" and 42, said as "B042". */
  series: z.string(),
  number: z.number().int(),
  language: Language,
  source: z.enum(VISIT_SOURCES),
  /** A remote customer keeps the place, but is called only once on site. */
  presence: z.enum(PRESENCES),
  /** 128 random bits or more, made on the device that issued; null from the moment the visit ends + grace. */
  linkToken: z.string(),
  name: z.string().nullable(),
  note: z.string().nullable(),
  /** The booking that this visit checks in: reference and time, as the card shows them. */
  reservationId: Id.nullable(),
  reservationReference: z.string().nullable(),
  /** The customer wants messages, and has consented. The number itself is in `visitContacts`. */
  smsOptIn: z.boolean(),
  /** The customer's browser is told of a call; where it is reached, the server alone knows. */
  pushOptIn: z.boolean(),
  /** How often the customer asked for five more minutes. */
  delays: z.number().int(),
  arrivedAt: Instant,
  endedAt: Instant.nullable(),
  rating: z.number().int().min(1).max(5).nullable(),
  /** Acknowledged on the phone ("I am coming"), for the current call. */
  comingAt: Instant.nullable(),
});
export type Visit = z.output<typeof Visit>;

/** Everything that identifies a customer beyond the number; seen by the server alone, erased early. */
export const VisitContact = z.object({
  ...base,
  visitId: Id,
  phoneE164: z.string(),
  consentAt: Instant,
  consentLanguage: Language,
  consentWording: z.string(),
  consentSource: z.enum(VISIT_SOURCES),
  /** The paired device it was typed on; null on somebody's own phone. */
  deviceId: Id.nullable(),
});
export type VisitContact = z.output<typeof VisitContact>;

export const STAGE_STATUSES = [
  'waiting',
  'called',
  'serving',
  'held',
  'transferred',
  'done',
  'no_show',
  'left',
  'cancelled',
  'closed',
  'voided',
] as const;
export type StageStatus = (typeof STAGE_STATUSES)[number];
export const OPEN_STATUSES = [
  'waiting',
  'called',
  'serving',
  'held',
] as const satisfies readonly StageStatus[];

export const HOLD_OWNERS = ['clerk', 'counter', 'any'] as const;

/** The fields of a stage that an action may change, kept for the ten-second undo. */
const stageState = {
  status: z.enum(STAGE_STATUSES),
  /** Where the stage stands in the order of calls; see docs/spec/queue.md. */
  effectiveAt: Instant,
  /** The customer asked for time: not called before. */
  notBefore: Instant.nullable(),
  /** Reserved for one counter or one person (a transfer, a hold). */
  forCounterId: Id.nullable(),
  forPersonId: Id.nullable(),
  /** Where it is or was served. */
  counterId: Id.nullable(),
  personId: Id.nullable(),
  /** How often it has been called at this stage. */
  callNo: z.number().int(),
  calledAt: Instant.nullable(),
  startedAt: Instant.nullable(),
  endedAt: Instant.nullable(),
  heldAt: Instant.nullable(),
  holdReason: z.string().nullable(),
  holdOwner: z.enum(HOLD_OWNERS).nullable(),
  resumeAt: Instant.nullable(),
  /** Seconds spent in `held` while being served: not service time. */
  heldS: z.number().int(),
  endReason: z.string().nullable(),
};

export const StageState = z.object(stageState);
export type StageState = z.output<typeof StageState>;

export const Stage = z.object({
  ...base,
  ...stageState,
  visitId: Id,
  serviceId: Id,
  businessDay: Day,
  /** When the customer joined; a transfer keeps it. */
  arrivedAt: Instant,
  bookedAt: Instant.nullable(),
  /** Minutes of credit of the customer's class, in halves. */
  creditMin: z.number(),
  /** The range that was promised when the stage began; null where none could be said. */
  quotedLowMin: z.number().nullable(),
  quotedHighMin: z.number().nullable(),
  /** What one customer of this service was expected to take when the stage began. */
  expectedMin: z.number(),
  fromStageId: Id.nullable(),
  version: z.number().int(),
  /** Each counter without the server that called it by voice too, and which counters have been told of that (Q66). */
  alsoCalled: z.array(z.object({ counterId: Id, at: Instant, knownTo: z.array(Id) })).nullable(),
  /** The last action, as long as it may be undone. */
  undo: z
    .object({
      action: z.string(),
      at: Instant,
      personId: Id.nullable(),
      counterId: Id.nullable(),
      before: StageState,
      /** The stage that a transfer made. */
      madeStageId: Id.nullable(),
      visitEndedAt: Instant.nullable(),
    })
    .nullable(),
});
export type Stage = z.output<typeof Stage>;

/** One call to the wall. `order` is gapless per location and business day: displays show calls by it. */
export const Call = z.object({
  ...base,
  businessDay: Day,
  order: z.number().int(),
  visitId: Id,
  stageId: Id,
  callNo: z.number().int(),
  series: z.string(),
  number: z.number().int(),
  serviceId: Id,
  counterId: Id,
  counterName: z.string(),
  language: Language,
  calledAt: Instant,
  /** The call was undone or is over: it leaves the wall and is announced no more. */
  withdrawnAt: Instant.nullable(),
});
export type Call = z.output<typeof Call>;

/** How a display made a call heard. */
export const CALL_SOUNDS = ['spoken', 'chime', 'silent'] as const;

/** What one display did with one call. Its id is derived from both, so that it exists once. */
export const CallReceipt = z.object({
  ...base,
  callId: Id,
  deviceId: Id,
  order: z.number().int(),
  shownAt: Instant,
  sound: z.enum(CALL_SOUNDS),
});
export type CallReceipt = z.output<typeof CallReceipt>;

export const HelpRequest = z.object({
  ...base,
  deviceId: Id,
  requestedAt: Instant,
  resolvedAt: Instant.nullable(),
  resolvedBy: Id.nullable(),
});
export type HelpRequest = z.output<typeof HelpRequest>;

export interface QueueTables extends DirectoryTables {
  numberSeries: NumberSeries;
  numberBlocks: NumberBlock;
  visits: Visit;
  visitContacts: VisitContact;
  stages: Stage;
  calls: Call;
  callReceipts: CallReceipt;
  helpRequests: HelpRequest;
}
export type QueueLive = Live<QueueTables>;

/** What everybody on site may see of a visit: its number. */
function maskVisit(audience: Audience, row: Visit): Visit {
  if (sees(audience, 'staff')) return { ...row, linkToken: '' };
  return {
    ...row,
    linkToken: '',
    name: null,
    note: null,
    reservationId: null,
    reservationReference: null,
    smsOptIn: false,
    pushOptIn: false,
    rating: null,
  };
}

function maskStage(audience: Audience, row: Stage): Stage {
  if (sees(audience, 'staff')) return row;
  return {
    ...row,
    personId: null,
    forPersonId: null,
    holdReason: null,
    endReason: null,
    alsoCalled: null,
    undo: null,
  };
}

export const queueTables = {
  numberSeries: defineTable<NumberSeries>({
    name: 'numberSeries',
    stream: 'location',
    schema: NumberSeries,
    mask: (audience, row) => (sees(audience, 'staff') ? row : null),
  }),
  numberBlocks: defineTable<NumberBlock>({
    name: 'numberBlocks',
    stream: 'location',
    schema: NumberBlock,
    mask: (audience, row) => (sees(audience, 'staff') || audience === 'kiosk' ? row : null),
  }),
  visits: defineTable<Visit>({ name: 'visits', stream: 'location', schema: Visit, mask: maskVisit }),
  visitContacts: defineTable<VisitContact>({
    name: 'visitContacts',
    stream: 'location',
    schema: VisitContact,
    mask: () => null,
  }),
  stages: defineTable<Stage>({ name: 'stages', stream: 'location', schema: Stage, mask: maskStage }),
  calls: defineTable<Call>({ name: 'calls', stream: 'location', schema: Call, mask: (_a, row) => row }),
  callReceipts: defineTable<CallReceipt>({
    name: 'callReceipts',
    stream: 'location',
    schema: CallReceipt,
    mask: (audience, row) => (sees(audience, 'staff') || audience === 'display' ? row : null),
  }),
  helpRequests: defineTable<HelpRequest>({
    name: 'helpRequests',
    stream: 'location',
    schema: HelpRequest,
    mask: (audience, row) =>
      sees(audience, 'staff') || audience === 'kiosk' ? { ...row, resolvedBy: null } : null,
  }),
};

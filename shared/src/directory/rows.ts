import { z } from 'zod';
import { sees } from '../kernel/audience.ts';
import { Id } from '../kernel/ids.ts';
import { defineTable, type Live } from '../kernel/live.ts';
import { Hours, Instant } from '../kernel/time-schemas.ts';
import { Localised } from '../kernel/text.ts';
import type { PlatformTables } from '../platform/rows.ts';

const base = { id: Id, organisationId: Id, locationId: Id, archivedAt: Instant.nullable() };

/** Four kinds ship; a service of any kind can be added, renamed and switched off. */
export const SERVICE_KINDS = ['walk_in', 'appointment', 'return', 'inquiry'] as const;

export const Service = z.object({
  ...base,
  kind: z.enum(SERVICE_KINDS),
  /** The series of its numbers: one capital letter, unique among the location's services. */
  letter: z.string(),
  /** 1 to 8: the colour's place in the design tokens, never the colour alone. */
  colour: z.number().int().min(1).max(8),
  name: Localised(40),
  /** A second line on the kiosk's tile. */
  hint: Localised(60),
  position: z.number().int(),
  active: z.boolean(),
  /** What one customer takes, until enough have been served today to know better. */
  serviceMin: z.number().int().min(1).max(240),
  /** Issue stops at this many waiting; null for no limit. */
  maxWaiting: z.number().int().min(1).max(500).nullable(),
  /** null: the location's own hours. */
  hours: Hours.nullable(),
  /** Appointment window: checked in this much before or after the booked time, the booked time counts. */
  earlyMin: z.number().int().min(0).max(240),
  lateMin: z.number().int().min(0).max(240),
  /** Credit of waiting that the class of this service's customers brings along; half minutes are told apart. */
  creditMin: z.number().multipleOf(0.5).min(0).max(120),
  /** Offered on the kiosk and to phones. */
  selfService: z.boolean(),
});
export type Service = z.output<typeof Service>;

export const Counter = z.object({
  ...base,
  /** What is called: "3". */
  name: z.string(),
  position: z.number().int(),
  serviceIds: z.array(Id),
  active: z.boolean(),
});
export type Counter = z.output<typeof Counter>;

export const PRESENCE_STATES = ['available', 'break'] as const;

/** Who works at a counter now. Its id is the counter's id, so that a counter has one person at most. */
export const Presence = z.object({
  ...base,
  counterId: Id,
  personId: Id,
  personName: z.string(),
  state: z.enum(PRESENCE_STATES),
  since: Instant,
  /** Without the server: since when, until when the share is kept, and which counters were open (docs/spec/queue.md Q62). */
  away: z.object({ since: Instant, until: Instant, counterIds: z.array(Id) }).nullable(),
});
export type Presence = z.output<typeof Presence>;

export interface DirectoryTables extends PlatformTables {
  services: Service;
  counters: Counter;
  presences: Presence;
}
export type DirectoryLive = Live<DirectoryTables>;

export const directoryTables = {
  services: defineTable<Service>({
    name: 'services',
    stream: 'location',
    schema: Service,
    mask: (_a, row) => row,
  }),
  counters: defineTable<Counter>({
    name: 'counters',
    stream: 'location',
    schema: Counter,
    mask: (_a, row) => row,
  }),
  presences: defineTable<Presence>({
    name: 'presences',
    stream: 'location',
    schema: Presence,
    // The public needs to know which counters are open, never who works there.
    mask: (audience, row) =>
      sees(audience, 'staff') ? row : { ...row, personId: row.counterId, personName: '', away: null },
  }),
};

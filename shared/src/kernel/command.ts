import { z } from 'zod';
import { deriveId } from './derive-id.ts';
import { Id } from './ids.ts';
import type { Actor } from './actor.ts';
import type { AnyChange, Change, StreamKind } from './live.ts';
import type { Rejection } from './rejections.ts';
import type { Permission } from './permission.ts';

/** What somebody wants. The id is made on the device and stored there before sending. */
export const CommandEnvelope = z.strictObject({
  commandId: Id,
  streamId: Id,
  type: z.string().min(1).max(64),
  input: z.unknown(),
  occurredAt: z.iso.datetime({ offset: true }),
});
export type CommandEnvelope = z.output<typeof CommandEnvelope>;

/** What a command is, beside its rule. */
export interface CommandSpec<Schema extends z.ZodType = z.ZodType> {
  readonly stream: StreamKind;
  readonly permission: Permission;
  readonly input: Schema;
  /** What a device without a network does with it: keep it in its outbox, or say no at once. */
  readonly offline: 'queue' | 'refuse';
  /** A command older than this, by the server's clock, is refused: a stale "call next" must not fire. */
  readonly expiresAfterMs: number | null;
  /** A request may be refused; a record (it has happened) is always accepted. */
  readonly kind: 'request' | 'record';
  /** True where the command is the first of its stream. */
  readonly opensStream?: boolean;
  /** True where it erases what is held on a person: its entry stands for what was redacted because of it. */
  readonly erases?: true;
  /**
   * There where a person has to prove anew that it is they: to whom or what it is done, which the proof is bound to.
   * The command is a `ProofAction` then.
   */
  proof?(input: z.output<Schema>): string;
  /** One line for the API's description. */
  readonly summary: string;
}

export const command = <Schema extends z.ZodType>(spec: CommandSpec<Schema>): CommandSpec<Schema> => spec;

/** Cold facts that the server's loaders fetched for this command; empty on devices. */
export interface Given {
  /** A phone number checked against the numbering plan of its country. */
  readonly phone?:
    | { readonly ok: true; readonly e164: string; readonly country: string }
    | { readonly ok: false; readonly code: 'phoneInvalid' | 'phoneNotMobile' | 'phoneCountryNotAllowed' };
  /** The short code of the wall was shown and is still fresh: the person stands on site. */
  readonly arrivalCodeFresh?: boolean;
  /** The location's code (short name in addresses) belongs to another one. */
  readonly codeTaken?: boolean;
  /** Rows that the command is about and that have left the live set. */
  readonly archived?: readonly AnyChange[];
  /** Messages already accepted for this number today, at whichever location. */
  readonly messagesToday?: { readonly toNumber: number };
}

/** What a rule may use beside the live set. It never reads a clock, chance or a database. */
export interface Context {
  /** ISO 8601 in UTC with milliseconds, the server's clock. */
  readonly now: string;
  /** When the person acted, by the device's clock corrected to the server's; equals `now` when online. */
  readonly occurredAt: string;
  readonly streamId: string;
  readonly organisationId: string;
  readonly commandId: string;
  readonly actor: Actor;
  readonly given: Given;
  /** The n-th id that belongs to this command, the same wherever it is decided. */
  id(n: number): string;
}

export const contextIds = (commandId: string) => (n: number) => deriveId(commandId, n);

/** What happened, in the past tense: journal, audit, messages, printing, reports, webhooks. */
export interface FactBase {
  readonly type: string;
}

export type Decision<T, F extends FactBase = FactBase> =
  | {
      readonly ok: true;
      readonly changes: readonly Change<T>[];
      readonly facts: readonly F[];
      /** What the sender gets back with the ack (the number of a ticket, say). */
      readonly result?: unknown;
    }
  | Rejection;

/** One rule per command, exhaustive by type: a command without a rule does not compile. */
export type Decide<Specs extends Record<string, CommandSpec>, LiveSet, T, F extends FactBase> = {
  readonly [K in keyof Specs]: (
    live: LiveSet,
    input: z.output<Specs[K]['input']>,
    ctx: Context,
  ) => Decision<T, F>;
};

/** What a sender gets for a command, now and whenever it sends the same id again. */
export type Answer = { readonly ok: true; readonly seq: number; readonly result: unknown } | Rejection;

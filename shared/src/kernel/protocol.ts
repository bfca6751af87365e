import type { Audience } from './audience.ts';
import type { AnyChange, BaseRow } from './live.ts';
import type { Answer, CommandEnvelope } from './command.ts';

/**
 * The read path: five messages. A device that speaks another PROTOCOL gets a snapshot and, where it is too
 * old, the rejection `protocolTooOld`.
 */
export const PROTOCOL = 1;
/** Devices and servers from this one on are understood: at least those of the release before (UP8). */
export const OLDEST_PROTOCOL = 1;
/** What commands may say; raised by each release that adds a command, or a field to one (`dialects.ts`). */
export const DIALECT = 2;
/** The protocol and the dialect of a server that says nothing of them: the first release. */
export const FIRST = 1;

/**
 * up, on connecting and on any gap. `lastSeq` 0 asks for a snapshot. A place is a sequence and the mark of the entry that
 * stands there: a house that was restored from an older copy has other entries at the same numbers, some of them of the
 * same commands, sent again.
 */
export interface Hello {
  readonly streamId: string;
  readonly audience: Audience;
  readonly lastSeq: number;
  /** Absent where the device does not know it: a version before this field, or a server of one. */
  readonly lastMark?: string | undefined;
  readonly protocol: number;
}
export type HelloAnswer = Welcome | Extract<Answer, { ok: false }>;
export interface Welcome {
  readonly ok: true;
  readonly audience: Audience;
  /** The server's; absent: the first. */
  readonly protocol?: number;
  readonly dialect?: number;
}

/** down, first time, far behind, another protocol, or a place that this journal does not have. */
export interface Snapshot {
  readonly streamId: string;
  readonly seq: number;
  /** Of the entry at `seq`. */
  readonly mark?: string | undefined;
  /** The mark of the device's place, where this history has another one: this counts, whatever its own place. */
  readonly anew?: string | undefined;
  readonly rows: Readonly<Record<string, readonly BaseRow[]>>;
}

/** down, in order, gapless for every audience: an entry that is masked whole goes out empty. */
export interface Entry {
  readonly seq: number;
  readonly commandId: string;
  /** Tells it from the entry of another history at the same place. Absent: a server of before. */
  readonly mark?: string | undefined;
  readonly changes: readonly AnyChange[];
}
export interface Entries {
  readonly streamId: string;
  /** The mark of the entry before the first of them. */
  readonly after?: string | undefined;
  readonly entries: readonly Entry[];
}

/** A range of minutes from now until the call; null where no counter is open. */
export interface WaitRange {
  readonly lowMin: number;
  readonly highMin: number;
}

/** down, not durable, the latest of its kind wins. */
export type Signal = { readonly streamId: string } & (
  | {
      /** Every HEARTBEAT_MS: the server's clock, and the head, so that a lost frame is noticed. */
      readonly kind: 'heartbeat';
      readonly now: string;
      readonly seq: number;
    }
  | {
      readonly kind: 'estimates';
      readonly at: string;
      readonly services: readonly {
        readonly serviceId: string;
        readonly waiting: number;
        readonly countersOpen: number;
        /** Before somebody who joined now: all who wait for the same counters. */
        readonly ahead: number;
        /** For somebody who joined now. */
        readonly range: WaitRange | null;
      }[];
      readonly tickets: readonly {
        readonly stageId: string;
        readonly visitId: string;
        readonly ahead: number;
        readonly range: WaitRange | null;
      }[];
    }
  | {
      readonly kind: 'devices';
      readonly connected: readonly string[];
    }
  | {
      /** For kiosk and display alone: proves that somebody who scans it stands on site. */
      readonly kind: 'arrivalCode';
      readonly code: string;
      readonly validUntil: string;
    }
);

export const HEARTBEAT_MS = 5_000;
/** A screen that has heard nothing for this long says that it is not live (two heartbeats lost). */
export const STALE_AFTER_MS = 12_000;

/** Names of the Socket.IO events. */
export interface UpEvents {
  hello: (message: Hello, ack: (answer: HelloAnswer) => void) => void;
  command: (message: CommandEnvelope, ack: (answer: Answer) => void) => void;
}
export interface DownEvents {
  snapshot: (message: Snapshot) => void;
  entries: (message: Entries) => void;
  signal: (message: Signal) => void;
}

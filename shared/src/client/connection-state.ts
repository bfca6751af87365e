import type { Audience } from '../kernel/audience.ts';
import type { Live } from '../kernel/live.ts';
import type { Signal } from '../kernel/protocol.ts';
import type { Rejection, RejectionCode } from '../kernel/rejections.ts';
import type { Instant } from '../kernel/time.ts';
import type { Predict } from './replica.ts';
import type { CommandPolicy, QueuedAnswer, Sent } from './sender.ts';
import type { Refusal, StorageState, Store } from './store.ts';
import type { DeviceClock, Transport } from './transport.ts';
import type { Windows } from './windows.ts';

/** `connecting` and `catchingUp` are short; what lasts longer is `notLive`, and `refused` lasts. */
export type ConnectionStatus = 'connecting' | 'live' | 'catchingUp' | 'notLive' | 'refused';

type SignalOf<Kind extends Signal['kind']> = Extract<Signal, { kind: Kind }>;
export type Heartbeat = SignalOf<'heartbeat'>;
export interface Signals {
  readonly estimates: SignalOf<'estimates'> | null;
  readonly devices: SignalOf<'devices'> | null;
  readonly arrivalCode: SignalOf<'arrivalCode'> | null;
}

/** A new object for every change; nothing in one that was given out ever changes. */
export interface ConnectionState<T> {
  /** What the screen shows: confirmed rows with this device's pending commands on top. */
  readonly live: Live<T>;
  readonly seq: number;
  readonly status: ConnectionStatus;
  /** While the screen is not live: when it last was, by the server's clock. */
  readonly since: Instant | null;
  /** Why, where the status is 'refused'. */
  readonly refusedBy: RejectionCode | null;
  /** Commands without an answer. */
  readonly pending: { readonly count: number; readonly oldestAt: Instant | null };
  /** Oldest first, until dismissed. */
  readonly refusals: readonly Refusal[];
  readonly signals: Signals;
  /** Server's clock minus device's. */
  readonly offsetMs: number;
  /** Unless it works, a reload now would lose what waits. */
  readonly storage: StorageState;
  /** The line stands, but answers do not come: since when, by the server's clock. null where they do, or where no line is. */
  readonly halfOpenSince: Instant | null;
}

export interface Connection<T> {
  getState(): ConnectionState<T>;
  subscribe(listener: (state: ConnectionState<T>) => void): () => void;
  /** The server's answer; 'queued' where it comes later; a refusal at once where the command can't wait. */
  send(type: string, input: unknown): Promise<Sent>;
  /**
   * For what has happened already: resolves as soon as it is on the disk, whether the line stands or not; refused
   * where the disk does not take it. Its answer is nobody's business but the outbox's.
   */
  keep(type: string, input: unknown): Promise<QueuedAnswer | Rejection>;
  /** By the server's clock. */
  now(): Instant;
  dismissRefusal(commandId: string): void;
  close(): void;
}

export interface ConnectionOptions<T> {
  readonly transport: Transport;
  /** Of this stream and this person alone. */
  readonly store: Store;
  readonly clock: DeviceClock;
  /** A fresh UUID v7. */
  readonly newCommandId: () => string;
  readonly streamId: string;
  readonly audience: Audience;
  readonly tables: readonly (keyof T & string)[];
  /** `specOf` of the registry, or the few commands that a small app sends. */
  readonly policyOf: (type: string) => CommandPolicy | undefined;
  /** Other windows with the same store; without it this one is alone. */
  readonly windows?: Windows | undefined;
  /** See predict.ts; without it a screen shows confirmed rows alone. */
  readonly predict?: Predict<T>;
}

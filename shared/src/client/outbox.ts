import type { Answer, CommandEnvelope } from '../kernel/command.ts';
import { reject, type Rejection, type RejectionCode } from '../kernel/rejections.ts';
import type { Instant } from '../kernel/time.ts';
import type { ConnectionOptions } from './connection-state.ts';
import { addPending, settle, settledBetween, unanswered, type Replica } from './replica.ts';
import { Sender, type QueuedAnswer, type Sent } from './sender.ts';
import type { Queued, Refusal } from './store.ts';
import type { WindowMessage } from './windows.ts';
import type { Writer } from './writer.ts';

/** More than anybody reads; the oldest go first. */
export const MAX_REFUSALS = 50;

/** What the other windows are told of; whether a command is on the common disk is this window's own business. */
export type OutboxNews =
  | (Extract<WindowMessage, { kind: 'put' }> & { readonly isKept: boolean })
  | Exclude<WindowMessage, { kind: 'put' }>;

export interface OutboxHost<T> {
  replica(): Replica<T>;
  /** Takes the replica and tells the screens. */
  changed(replica: Replica<T>): void;
  /** Commands may go out. */
  isReady(): boolean;
  now(): Instant;
  signedOut(code: RejectionCode): void;
  /** The stored rows and the outbox have been read. */
  readonly loaded: Promise<void>;
}

/** What was done on this device and is not settled; for a window that is alone (several: shared-outbox.ts). */
export class Outbox<T> {
  protected readonly options: ConnectionOptions<T>;
  protected readonly host: OutboxHost<T>;
  protected readonly writer: Writer;
  protected readonly sender: Sender;
  protected refused: readonly Refusal[] = [];
  protected closed = false;

  constructor(options: ConnectionOptions<T>, writer: Writer, host: OutboxHost<T>) {
    const { transport, clock } = options;
    this.options = options;
    this.host = host;
    this.writer = writer;
    this.sender = new Sender(
      {
        sendable: () => unanswered(host.replica()).filter((command) => this.maySend(command)),
        policyOf: options.policyOf,
        serverNow: () => Date.parse(host.now()),
        markSent: (command) => writer.other((store) => store.putOutbox({ command, sent: true })),
        answered: (command, answer, late) => this.#onAnswer(command, answer, late),
        signedOut: (code) => host.signedOut(code),
        silent: () => host.changed(host.replica()),
      },
      transport,
      clock,
    );
  }

  /** Since when commands go out and no answer comes back, though the line stands. */
  get silentSince(): Instant | null {
    const ms = this.sender.silentSince;
    return ms === null ? null : new Date(ms).toISOString();
  }

  get refusals(): readonly Refusal[] {
    return this.refused;
  }

  /** What an earlier run left behind. */
  restore(outbox: readonly Queued[], refusals: readonly Refusal[]): void {
    this.refused = refusals.slice(-MAX_REFUSALS);
    this.host.changed(this.withStored(this.host.replica(), outbox));
  }

  start(): void {
    if (!this.closed) this.sender.pump();
  }

  setReady(ready: boolean): void {
    this.sender.setReady(ready);
  }

  /**
   * On a new line: what was accepted on an earlier one and never came among the rows is asked about once more. The house may
   * have been brought back from an older copy since, which does not have it.
   */
  inDoubtAgain(replica: Replica<T>): Replica<T> {
    const pending = replica.pending.map((one) => {
      const { command, ackSeq } = one;
      const mayWait = this.options.policyOf(command.type)?.offline === 'queue';
      if (ackSeq === null || !mayWait || !this.maySend(command)) return one;
      this.sender.knowInDoubt(command.commandId);
      return { ...one, ackSeq: null };
    });
    return { ...replica, pending };
  }

  close(): void {
    this.closed = true;
    this.sender.close();
  }

  async send(type: string, input: unknown): Promise<Sent> {
    const policy = this.options.policyOf(type);
    if (policy === undefined) return reject('unknownCommand');
    const command = this.#command(type, input);
    await this.host.loaded;
    const isReady = this.host.isReady();
    if (this.closed || (policy.offline === 'refuse' && !isReady)) return reject('unavailable');
    const sent = isReady && this.maySend(command);
    const kept = await this.writer.other((store) => store.putOutbox({ command, sent }));
    if (!kept && !this.host.isReady()) return reject('notKept');
    if (sent) this.sender.knowSent(command.commandId);
    this.#put(command, kept);
    return this.sender.expectAnswer(command);
  }

  async keep(type: string, input: unknown): Promise<QueuedAnswer | Rejection> {
    const command = this.#command(type, input);
    await this.host.loaded;
    const kept = await this.writer.other((store) => store.putOutbox({ command, sent: false }));
    if (!kept || this.closed) return reject('unavailable');
    this.#put(command, kept);
    this.sender.pump();
    return { ok: 'queued', commandId: command.commandId };
  }

  dismissRefusal(commandId: string): void {
    this.dismiss(commandId);
    this.tell({ kind: 'dismissed', commandId });
  }

  /** At the time when somebody pressed it, not when the store had room. */
  #command(type: string, input: unknown): CommandEnvelope {
    const { newCommandId, streamId } = this.options;
    return { commandId: newCommandId(), streamId, type, input, occurredAt: this.host.now() };
  }

  #put(command: CommandEnvelope, isKept: boolean): void {
    this.host.changed(addPending(this.host.replica(), command));
    this.tell({ kind: 'put', command, isKept });
  }

  /** This window's to send. */
  protected maySend(_command: CommandEnvelope): boolean {
    return true;
  }

  /** To the other windows; there are none. */
  protected tell(_news: OutboxNews): void {
    return undefined;
  }

  #onAnswer(command: CommandEnvelope, answer: Answer, late: boolean): void {
    const before = this.host.replica();
    const after = this.settle(before, command.commandId, answer);
    // Told before the store knows it: who dies in between has it still in the outbox, for the next.
    this.tell({ kind: 'answered', command, answer });
    if (answer.ok) {
      // Where its entry is still to come, it leaves the store together with that entry.
      const settled = settledBetween(before, after);
      if (settled.length > 0) void this.writer.remove((store) => store.removeOutbox(settled));
    } else {
      const refusal = this.refuse(command, answer, late);
      void this.writer.other((store) => store.refuse(refusal));
    }
    this.host.changed(after);
  }

  protected settle(replica: Replica<T>, commandId: string, answer: Answer): Replica<T> {
    return settle(replica, commandId, answer);
  }

  protected refuse(command: CommandEnvelope, answer: Rejection, late: boolean): Refusal {
    const { commandId, type, input, occurredAt } = command;
    const { code, details = null } = answer;
    const at = this.host.now();
    const refusal: Refusal = { commandId, type, input, code, details, at, occurredAt, late };
    const others = this.refused.filter((one) => one.commandId !== commandId);
    this.refused = [...others, refusal].slice(-MAX_REFUSALS);
    return refusal;
  }

  protected dismiss(commandId: string): void {
    this.refused = this.refused.filter((one) => one.commandId !== commandId);
    void this.writer.remove((store) => store.dismiss(commandId));
    this.host.changed(this.host.replica());
  }

  /** An earlier run's commands, in front of what was done since. */
  protected withStored(replica: Replica<T>, outbox: readonly Queued[]): Replica<T> {
    return outbox.reduce((next, { command, sent }) => {
      if (sent) this.sender.knowInDoubt(command.commandId);
      return addPending(next, command);
    }, replica);
  }
}

import type { Answer, CommandEnvelope, CommandSpec } from '../kernel/command.ts';
import { reject, type RejectionCode } from '../kernel/rejections.ts';
import type { DeviceClock, Transport } from './transport.ts';

/** What a device has to know of a command; the registry's specs fit. */
export type CommandPolicy = Pick<CommandSpec, 'offline' | 'expiresAfterMs'>;

/** Kept on this device and sent when it can be; what became of it shows in the rows or in `refusals`. */
export interface QueuedAnswer {
  readonly ok: 'queued';
  readonly commandId: string;
}
export type Sent = Answer | QueuedAnswer;

/** Between two tries of one command while the line stands but the server can't answer. */
const RETRY_MS = 2_000;
/** Where the server says when, then; but no limit on commands lasts longer than this. */
const RETRY_MS_MAX = 60_000;
/** Somebody who waits for an answer is told after this long that it is still open. */
const DOUBT_MS = 15_000;

const SIGNED_OUT: ReadonlySet<RejectionCode> = new Set(['notSignedIn', 'deviceRevoked']);
/** No answer to what was asked: it is asked again where it may wait. */
export const ASKED_AGAIN: ReadonlySet<RejectionCode> = new Set([...SIGNED_OUT, 'unavailable', 'rateLimited']);

function retryMs(answer: Answer | null): number {
  const seconds = answer?.ok === false ? answer.details?.['retryAfterS'] : undefined;
  return typeof seconds === 'number' ? Math.min(seconds * 1_000, RETRY_MS_MAX) : RETRY_MS;
}

/** What the sender needs of the connection it works for. */
export interface SenderHost {
  /** Oldest first: without an answer, and this window's to send. */
  sendable(): readonly CommandEnvelope[];
  policyOf(type: string): CommandPolicy | undefined;
  /** Milliseconds by the server's clock. */
  serverNow(): number;
  /** Written down before it goes out: from now on only the server can say what became of it. */
  markSent(command: CommandEnvelope): Promise<unknown>;
  answered(command: CommandEnvelope, answer: Answer, late: boolean): void;
  signedOut(code: RejectionCode): void;
  /** Answers have stopped to come, or come again. */
  silent(): void;
}

interface Waiter {
  readonly type: string;
  readonly resolve: (sent: Sent) => void;
  readonly cancel: () => void;
}

/** Sends the outbox in order, one at a time: the next goes out when the one before has its answer. */
export class Sender {
  readonly #host: SenderHost;
  readonly #transport: Transport;
  readonly #clock: DeviceClock;
  readonly #sent = new Set<string>();
  /** Tried before without an answer: it may have taken effect, and only its own answer says so. */
  readonly #inDoubt = new Set<string>();
  readonly #waiters = new Map<string, Waiter>();
  #ready = false;
  #busy = false;
  #closed = false;
  #silentSince: number | null = null;
  #cancelRetry: () => void = () => undefined;
  #cancelExpiry: () => void = () => undefined;

  constructor(host: SenderHost, transport: Transport, clock: DeviceClock) {
    this.#host = host;
    this.#transport = transport;
    this.#clock = clock;
  }

  /** By the server's clock: when the first of the commands went out that got no answer over a line that stands. */
  get silentSince(): number | null {
    return this.#silentSince;
  }

  /** Written down as sent. */
  knowSent(commandId: string): void {
    this.#sent.add(commandId);
  }

  /** Sent by an earlier run, which has not lived to hear the answer. */
  knowInDoubt(commandId: string): void {
    this.#sent.add(commandId);
    this.#inDoubt.add(commandId);
  }

  /** The answer, or 'queued' as soon as it is clear that it comes later. */
  expectAnswer(command: CommandEnvelope): Promise<Sent> {
    const queued: QueuedAnswer = { ok: 'queued', commandId: command.commandId };
    const refusable = this.#host.policyOf(command.type)?.offline === 'refuse';
    const answer =
      this.#ready || refusable
        ? new Promise<Sent>((resolve) => {
            const cancel = this.#clock.after(DOUBT_MS, () => this.#resolve(command.commandId, queued));
            this.#waiters.set(command.commandId, { type: command.type, resolve, cancel });
          })
        : Promise.resolve(queued);
    this.pump();
    return answer;
  }

  /** Somebody on this page waits for its answer. */
  waits(commandId: string): boolean {
    return this.#waiters.has(commandId);
  }

  answeredElsewhere(commandId: string, answer: Answer): void {
    this.#sent.delete(commandId);
    this.#inDoubt.delete(commandId);
    this.#resolve(commandId, answer);
  }

  setReady(ready: boolean): void {
    this.#ready = ready;
    if (ready) return this.pump();
    this.#silentSince = null;
    this.#queueTheQueueable();
  }

  close(): void {
    this.#closed = true;
    this.#cancelRetry();
    this.#cancelExpiry();
    for (const commandId of [...this.#waiters.keys()]) this.#resolve(commandId, { ok: 'queued', commandId });
  }

  pump(): void {
    if (this.#closed) return;
    this.#expire();
    if (!this.#ready || this.#busy) return;
    const [next] = this.#host.sendable();
    if (next !== undefined) void this.#sendOne(next);
  }

  async #sendOne(command: CommandEnvelope): Promise<void> {
    this.#busy = true;
    this.#cancelRetry();
    if (!this.#sent.has(command.commandId)) {
      this.#sent.add(command.commandId);
      await this.#host.markSent(command);
    }
    const sentAt = this.#host.serverNow();
    const answer = await this.#transport.sendCommand(command);
    this.#busy = false;
    if (this.#closed) return;
    const silentSince =
      answer === null && this.#transport.isConnected() ? (this.#silentSince ?? sentAt) : null;
    if (silentSince !== this.#silentSince) {
      this.#silentSince = silentSince;
      this.#host.silent();
    }
    if (answer === null || this.#mayComeLater(command, answer)) {
      if (answer === null) this.#inDoubt.add(command.commandId);
      this.#queueTheQueueable();
      this.#cancelRetry = this.#clock.after(retryMs(answer), () => this.pump());
      return;
    }
    this.#finish(command, answer);
    this.pump();
  }

  /**
   * Not decided: kept where the command may wait; who must not wait hears it now. Not so where an earlier try
   * is in doubt: "unavailable" would be believed, and the ticket be there all the same.
   */
  #mayComeLater(command: CommandEnvelope, answer: Answer): boolean {
    if (answer.ok) return false;
    if (SIGNED_OUT.has(answer.code)) this.#host.signedOut(answer.code);
    const mayWait = this.#host.policyOf(command.type)?.offline === 'queue';
    return (mayWait || this.#inDoubt.has(command.commandId)) && ASKED_AGAIN.has(answer.code);
  }

  #finish(command: CommandEnvelope, answer: Answer): void {
    const waited = this.#waiters.has(command.commandId);
    this.#sent.delete(command.commandId);
    this.#inDoubt.delete(command.commandId);
    this.#host.answered(command, answer, !waited);
    this.#resolve(command.commandId, answer);
  }

  #resolve(commandId: string, sent: Sent): void {
    const waiter = this.#waiters.get(commandId);
    this.#waiters.delete(commandId);
    waiter?.cancel();
    waiter?.resolve(sent);
  }

  #queueTheQueueable(): void {
    for (const [commandId, { type }] of [...this.#waiters]) {
      if (this.#host.policyOf(type)?.offline === 'queue')
        this.#resolve(commandId, { ok: 'queued', commandId });
    }
  }

  #expiresAt(command: CommandEnvelope): number {
    const after = this.#host.policyOf(command.type)?.expiresAfterMs ?? null;
    return after === null ? Number.POSITIVE_INFINITY : Date.parse(command.occurredAt) + after;
  }

  /** Only what never left this device can be said to be too late without asking the server. */
  #expire(): void {
    this.#cancelExpiry();
    const unsent = this.#host.sendable().filter((c) => !this.#sent.has(c.commandId));
    const now = this.#host.serverNow();
    for (const command of unsent) {
      if (this.#expiresAt(command) <= now) this.#finish(command, reject('commandExpired'));
    }
    const next = Math.min(...unsent.map((c) => this.#expiresAt(c)).filter((at) => at > now));
    if (Number.isFinite(next)) this.#cancelExpiry = this.#clock.after(next - now, () => this.pump());
  }
}

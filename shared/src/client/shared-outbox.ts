import type { Answer, CommandEnvelope } from '../kernel/command.ts';
import { reject } from '../kernel/rejections.ts';
import type { ConnectionOptions } from './connection-state.ts';
import { MAX_REFUSALS, Outbox, type OutboxHost, type OutboxNews } from './outbox.ts';
import { addPending, inOrderOf, unanswered, type Replica } from './replica.ts';
import type { Queued } from './store.ts';
import type { WindowMessage, Windows } from './windows.ts';
import type { Writer } from './writer.ts';

/** A message between two windows is lost with the one that was killed at that moment; the store knows. */
const LOOK_MS = 30_000;

/**
 * The outbox that several windows of one browser share: the one that has the turn sends it and writes rows; the others add
 * to it and hear what became of it. Apart from `Outbox`, so that a wall, which is alone, does not load it.
 */
export class SharedOutbox<T> extends Outbox<T> {
  readonly #windows: Windows;
  /** On the common disk: where it is gone from there, another window has settled it. */
  readonly #ofStore = new Set<string>();
  /** What this window knows the answer of, so that a disk that lags behind brings nothing back. */
  readonly #settled = new Set<string>();
  #hasTurn = false;
  #endings: (() => void)[] = [];
  #cancelLook: () => void = () => undefined;

  constructor(
    options: ConnectionOptions<T> & { readonly windows: Windows },
    writer: Writer,
    host: OutboxHost<T>,
  ) {
    super(options, writer, host);
    this.#windows = options.windows;
    writer.setRows(false);
    // From the first moment: what is told while the store is still being read counts after it.
    this.#endings.push(this.#windows.listen((message) => void host.loaded.then(() => this.#onTold(message))));
  }

  override start(): void {
    if (this.closed) return;
    this.#endings.push(this.#windows.takeTurn(() => void this.#onTurn()));
    this.#lookLater();
    super.start();
  }

  override close(): void {
    super.close();
    this.#cancelLook();
    this.#endings.forEach((end) => end());
  }

  #isShared = ({ type }: CommandEnvelope): boolean => this.#windows.shares?.(type) ?? true;

  protected override maySend(command: CommandEnvelope): boolean {
    return this.#hasTurn || !this.#isShared(command);
  }

  protected override tell(news: OutboxNews): void {
    if (news.kind === 'dismissed') return this.#windows.tell(news);
    if (!this.#isShared(news.command)) return;
    if (news.kind === 'answered') return this.#windows.tell(news);
    const { command, isKept } = news;
    if (isKept) this.#ofStore.add(command.commandId);
    this.#windows.tell({ kind: 'put', command });
  }

  protected override settle(replica: Replica<T>, commandId: string, answer: Answer): Replica<T> {
    this.#settled.add(commandId);
    return super.settle(replica, commandId, answer);
  }

  #onTold(message: WindowMessage): void {
    if (this.closed) return;
    if (message.kind === 'dismissed') return this.dismiss(message.commandId);
    const { command } = message;
    if (message.kind === 'put') {
      this.host.changed(this.withStored(this.host.replica(), [{ command, sent: false }]));
      return this.sender.pump();
    }
    const { answer } = message;
    if (!answer.ok) this.refuse(command, answer, !this.sender.waits(command.commandId));
    this.host.changed(this.settle(this.host.replica(), command.commandId, answer));
    this.sender.answeredElsewhere(command.commandId, answer);
  }

  /** The one before has closed or died: what it sent last is in doubt, and the stored rows may be older than these. */
  async #onTurn(): Promise<void> {
    // What it had heard of and not yet written down is asked once more.
    this.#settled.clear();
    await this.#look();
    if (this.closed) return;
    this.#hasTurn = true;
    this.writer.setRows(true);
    this.sender.pump();
  }

  #lookLater(): void {
    this.#cancelLook = this.options.clock.after(LOOK_MS, () => {
      void this.#look().then(() => {
        if (this.closed) return;
        this.#lookLater();
        this.sender.pump();
      });
    });
  }

  async #look(): Promise<void> {
    const known = unanswered(this.host.replica()).filter(({ commandId }) => this.#ofStore.has(commandId));
    const stored = await this.writer.read((store) => store.unsettled());
    if (stored === null || this.closed) return;
    const { seq, outbox, refusals } = stored;
    const kept = outbox.map(({ command }) => command.commandId);
    const refused = new Map(refusals.map((refusal) => [refusal.commandId, refusal]));
    const missed = refusals.filter(({ commandId }) => !this.#settled.has(commandId));
    const others = this.refused.filter(({ commandId }) => !refused.has(commandId));
    if (missed.length > 0) this.refused = [...others, ...refusals].slice(-MAX_REFUSALS);
    let replica = this.host.replica();
    const gone = this.#hasTurn ? [] : known.filter(({ commandId }) => !kept.includes(commandId));
    for (const { commandId } of gone) {
      const refusal = refused.get(commandId);
      const answer: Answer = refusal === undefined ? { ok: true, seq, result: null } : reject(refusal.code);
      replica = this.settle(replica, commandId, answer);
      this.sender.answeredElsewhere(commandId, answer);
    }
    this.host.changed(inOrderOf(this.withStored(replica, outbox), kept));
  }

  protected override withStored(replica: Replica<T>, outbox: readonly Queued[]): Replica<T> {
    const pending = new Set(replica.pending.map(({ command }) => command.commandId));
    let next = replica;
    for (const { command, sent } of outbox) {
      const { commandId } = command;
      if (this.#settled.has(commandId)) continue;
      if (sent && !(this.#hasTurn && pending.has(commandId))) this.sender.knowInDoubt(commandId);
      if (pending.has(commandId)) continue;
      next = addPending(next, command);
      this.#ofStore.add(commandId);
    }
    return next;
  }
}

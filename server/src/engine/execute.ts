import type { Actor } from '@schalter/shared/kernel/actor.ts';
import { CommandEnvelope, type Answer, type Given } from '@schalter/shared/kernel/command.ts';
import { reject, type Rejection } from '@schalter/shared/kernel/rejections.ts';
import { can } from '@schalter/shared/platform/access.ts';
import { specOf, type AllLive } from '@schalter/shared/registry.ts';
import type { Clock } from '../ports/clock.ts';
import { BrokenRule, decideBatch, type DecidedBatch, type React, type Submission } from './decide-batch.ts';
import {
  ConstraintViolation,
  OutcomeUnknown,
  type Batch,
  type JournalEntry,
  type Store,
  type StoredAnswer,
  type StreamHead,
} from './store.ts';
import { advance, markAt, markOf, remember, type CachedStream } from './streams.ts';
import { rejectionOfConstraint } from './constraints.ts';
import {
  CATCH_UP_PAGE,
  current,
  forget,
  isWanted,
  loadLane,
  mayDecideAhead,
  newLane,
  shared,
  type Lane,
  type Waiting,
} from './lane.ts';
import { unstorableField } from './storable.ts';

/** Commands in one transaction: enough to fill a commit, few enough that the last waits some ms. */
export const MAX_BATCH = 256;
/** Commands that may wait for one stream; beyond it a sender is told to come back. */
export const MAX_LANE = 10_000;

export interface CommandRequest {
  readonly envelope: unknown;
  readonly actor: Actor;
  /** The organisation of a stream that the system opens; a person's own otherwise. */
  readonly organisationId?: string;
}

/** Fetches the cold facts that a command's rule needs. It runs before the lane, outside the transaction. */
export type Load = (
  type: string,
  input: unknown,
  stream: { streamId: string; now: string },
) => Promise<Given>;

type Origin = 'here' | 'elsewhere';

/** What became of a batch that is committed. */
interface Written {
  readonly cached: CachedStream;
  /** Of other processes, not told to the listeners yet. */
  readonly untold: readonly JournalEntry[];
  readonly entries: readonly JournalEntry[];
  readonly answers: readonly Answer[];
}
const NOTHING_KNOWN: ReadonlyMap<string, StoredAnswer> = new Map();
const idsOf = (batch: readonly Waiting[]) => batch.map(({ submission }) => submission.envelope.commandId);
const isEmpty = ({ entries, refusals }: Batch) => entries.length + refusals.length === 0;

/** Hears of every entry once, in order, after its commit: the fan-out, the signals, other processes. */
export type OnEntries = (stream: CachedStream, entries: readonly JournalEntry[], origin: Origin) => void;

export interface EngineOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly react: React;
  readonly load: Load;
  /** What is wrong with a live set that a batch would leave; left out, nobody looks. For development and tests. */
  readonly brokenInvariants?: (live: AllLive) => readonly string[];
  /** Resolves once the answers just given are on their way; left out, whoever listens may hear first. */
  readonly acksLeft?: () => Promise<void>;
}

/** The only writer of domain rows. Its ten steps are those of ARCHITECTURE.md. */
export class Engine {
  readonly #options: EngineOptions;
  readonly #lanes = new Map<string, Lane>();
  readonly #listeners = new Set<OnEntries>();

  constructor(options: EngineOptions) {
    this.#options = options;
  }

  onEntries(listener: OnEntries): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async execute({ envelope: raw, actor, organisationId }: CommandRequest): Promise<Answer> {
    // 1. Parse the envelope and its input once.
    const envelope = CommandEnvelope.safeParse(raw);
    if (!envelope.success) return reject('invalidInput', { field: fieldOf(envelope.error) });
    const spec = specOf(envelope.data.type);
    if (spec === undefined) return reject('unknownCommand');
    const input = spec.input.safeParse(envelope.data.input);
    if (!input.success) return reject('invalidInput', { field: fieldOf(input.error) });
    const unstorable = unstorableField(input.data);
    if (unstorable !== null) return reject('invalidInput', { field: unstorable });
    const { streamId, type } = envelope.data;
    let given: Given;
    try {
      // 2. Authorise: the engine's own check in the lane is the one that counts; this one opens streams.
      if (spec.opensStream === true && !(await this.#open(streamId, spec.stream, actor, organisationId)))
        return reject('notPermitted');
      given = await this.#options.load(type, input.data, { streamId, now: this.#options.clock.now() });
    } catch (error) {
      this.onError?.(error, type);
      return reject('unavailable');
    }
    return this.#enqueue(streamId, { envelope: { ...envelope.data, input: input.data }, actor, given });
  }

  async #open(
    streamId: string,
    kind: StreamHead['kind'],
    actor: Actor,
    organisationId?: string,
  ): Promise<boolean> {
    const owner = actor.kind === 'person' ? actor.organisationId : organisationId;
    if (owner === undefined) return false;
    const scope = { organisationId: owner, locationId: kind === 'location' ? streamId : null };
    if (!can(actor, kind === 'location' ? 'location.open' : 'organisation.set', scope)) return false;
    await this.#options.store.openStream({ id: streamId, kind, ...scope });
    return true;
  }

  // 3. Take the stream's turn: commands that wait are taken together, as one batch in one transaction.
  #enqueue(streamId: string, submission: Submission): Promise<Answer> {
    const lane = this.#lane(streamId);
    if (lane.waiting.length >= MAX_LANE) return Promise.resolve(reject('unavailable'));
    return new Promise((answer) => {
      lane.waiting.push({ submission, answer });
      this.#run(streamId, lane);
    });
  }

  #lane(streamId: string): Lane {
    const lane = this.#lanes.get(streamId) ?? newLane();
    this.#lanes.set(streamId, lane);
    return lane;
  }

  #run(streamId: string, lane: Lane): void {
    // A tick later: what is sent in the same breath is one batch, and a reader may call back into the engine.
    lane.turn ??= Promise.resolve()
      .then(() => this.#turns(streamId, lane))
      .finally(() => {
        lane.turn = null;
        if (isWanted(lane)) this.#run(streamId, lane);
        else if (lane.told === null) this.#lanes.delete(streamId);
      });
  }

  async #turns(streamId: string, lane: Lane): Promise<void> {
    while (isWanted(lane)) {
      if (lane.catchUpWanted || (lane.readers.length > 0 && lane.cached === null)) {
        lane.catchUpWanted = false;
        await this.#catchUp(streamId, lane).catch((error: unknown) => {
          forget(lane);
          // "It could not be read" is not "there is no such stream": a device would believe that for good.
          for (const { fail } of lane.readers.splice(0)) fail(error);
          this.onError?.(error, 'catchUp');
        });
      }
      for (const { look } of lane.readers.splice(0)) look(lane.cached);
      const batch = lane.waiting.splice(0, MAX_BATCH);
      if (batch.length > 0) await this.#batch(streamId, lane, batch);
    }
  }

  async #batch(streamId: string, lane: Lane, batch: readonly Waiting[]): Promise<void> {
    try {
      const written = (await this.#append(lane, batch)) ?? (await this.#transact(streamId, lane, batch));
      // 10. After the commit: the acks first, then everybody else.
      batch.forEach(({ answer }, i) => answer(written?.answers[i] ?? reject('unknownStream')));
      if (written === null) return;
      remember(written.cached, written.entries);
      const { acksLeft } = this.#options;
      if (acksLeft !== undefined) await acksLeft();
      this.#publish(lane, written.cached, written.untold, 'elsewhere');
      this.#publish(lane, written.cached, written.entries, 'here');
    } catch (error) {
      forget(lane);
      await this.#failed(streamId, lane, batch, error);
    }
  }

  // 9. A batch that a constraint or a mistake of ours breaks is run again one command at a time.
  async #failed(streamId: string, lane: Lane, batch: readonly Waiting[], error: unknown): Promise<void> {
    const [first] = batch;
    const isOfOne = error instanceof ConstraintViolation || error instanceof BrokenRule;
    if (batch.length > 1 && isOfOne) {
      for (const one of batch) await this.#batch(streamId, lane, [one]);
      return;
    }
    const answer = answerTo(error);
    this.onError?.(error, first?.submission.envelope.type ?? '');
    for (const waiting of batch) waiting.answer(answer);
  }

  /** What the log is told; a failed transaction is not the sender's fault. */
  onError: ((error: unknown, type: string) => void) | undefined;

  /**
   * Steps 4 to 8 where this process is alone: it decides on the live set it has, and the write fails where that was
   * not the stream's. One round trip; null where it was, or has to be, done with the lock.
   */
  async #append(lane: Lane, batch: readonly Waiting[]): Promise<Written | null> {
    const { store } = this.#options;
    const ids = idsOf(batch);
    const { cached } = lane;
    if (!mayDecideAhead(lane, ids) || cached === null) return null;
    const decided = this.#decide(cached.head, cached.live, NOTHING_KNOWN, batch);
    const { entries } = decided.batch;
    // Who may not is told so by the lock's way, which first looks whether it was decided before.
    if (isEmpty(decided.batch)) return null;
    if (await store.append(cached.head, ids, decided.batch))
      return { cached, untold: [], entries, answers: decided.answers };
    forget(lane);
    return null;
  }

  async #transact(streamId: string, lane: Lane, batch: readonly Waiting[]): Promise<Written | null> {
    const { store } = this.#options;
    // 4. The lock between processes, and the order of the world: the row of the stream.
    return store.transact(streamId, idsOf(batch), async (tx) => {
      // 6. The live state is the cached one where its seq is current; otherwise it catches up.
      const { cached, untold } = await current(lane, tx);
      const decided = this.#decide(tx.head, cached.live, tx.known, batch);
      // 8. Rows, journal, answers and jobs, in one transaction.
      if (!isEmpty(decided.batch)) await tx.write(decided.batch);
      return { cached, untold, entries: decided.batch.entries, answers: decided.answers };
    });
  }

  #decide(
    head: StreamHead,
    live: AllLive,
    known: ReadonlyMap<string, StoredAnswer>,
    batch: readonly Waiting[],
  ): DecidedBatch {
    const { clock, react, brokenInvariants } = this.#options;
    const submissions = batch.map(({ submission }) => submission);
    const decided = decideBatch(head, live, known, submissions, clock.now(), react);
    const broken = brokenInvariants?.(live) ?? [];
    if (broken.length > 0)
      throw new BrokenRule(submissions[0]?.envelope.type ?? '', new Error(broken.join('; ')));
    return decided;
  }

  #publish(lane: Lane, stream: CachedStream, entries: readonly JournalEntry[], origin: Origin): void {
    lane.told = entries.at(-1)?.seq ?? lane.told ?? stream.head.seq;
    if (entries.length === 0) return;
    for (const listener of this.#listeners) {
      try {
        listener(stream, entries, origin);
      } catch (error) {
        // What one listener stumbles over is committed all the same, and the others must hear of it.
        this.onError?.(error, 'listener');
      }
    }
  }

  /**
   * Reads a stream between two batches, when its live set is exactly that of its head; null where there is
   * no such stream, and it throws where the database cannot be asked. `look` must not keep the live set: it
   * changes in place.
   */
  read<T>(streamId: string, look: (stream: CachedStream) => T): Promise<T | null> {
    return this.#look(this.#lane(streamId), streamId, look);
  }

  /** As `read`, after whatever another process has committed by now, whether this one has heard of it or not. */
  readCurrent<T>(streamId: string, look: (stream: CachedStream) => T): Promise<T | null> {
    const lane = this.#lane(streamId);
    lane.catchUpWanted = true;
    return this.#look(lane, streamId, look);
  }

  #look<T>(lane: Lane, streamId: string, look: (stream: CachedStream) => T): Promise<T | null> {
    return new Promise((resolve, reject_) => {
      const fail = (error: unknown) => {
        reject_(error instanceof Error ? error : new Error(String(error)));
      };
      lane.readers.push({
        fail,
        look: (stream) => {
          try {
            resolve(stream === null ? null : look(stream));
          } catch (error) {
            fail(error);
          }
        },
      });
      this.#run(streamId, lane);
    });
  }

  /** The mark of a place of the journal; null where it has no such place. */
  async markAt(streamId: string, seq: number): Promise<string | null> {
    const cached = this.#lanes.get(streamId)?.cached ?? null;
    const known = cached === null ? undefined : markAt(cached, seq);
    if (known !== undefined) return known;
    const [entry] = await this.#options.store.journalAfter(streamId, seq - 1, 1);
    return entry?.seq === seq ? markOf(entry) : null;
  }

  /** Streams that this process holds, for the poll that backs up a lost wake-up. */
  get held(): readonly { streamId: string; seq: number }[] {
    return [...this.#lanes].flatMap(([streamId, { told }]) =>
      told === null ? [] : [{ streamId, seq: told }],
    );
  }

  /** Another process has written: read on, where this process holds the stream. */
  wake(streamId: string, seq: number): void {
    const lane = this.#lanes.get(streamId);
    if (lane?.told == null || lane.told >= seq) return;
    lane.catchUpWanted = true;
    this.#run(streamId, lane);
  }

  async #catchUp(streamId: string, lane: Lane): Promise<void> {
    const { store } = this.#options;
    if (lane.cached === null) {
      const untold = await loadLane(lane, streamId, store);
      if (lane.cached !== null) this.#publish(lane, lane.cached, untold, 'elsewhere');
      return;
    }
    for (;;) {
      const page = await store.journalAfter(streamId, lane.cached.head.seq, CATCH_UP_PAGE);
      shared(lane, page);
      this.#publish(lane, lane.cached, advance(lane.cached, page), 'elsewhere');
      if (page.length < CATCH_UP_PAGE) return;
    }
  }

  /** Resolves when no lane has anything left to do: for a clean stop. */
  async drained(): Promise<void> {
    await Promise.all([...this.#lanes.values()].map((lane) => lane.turn ?? Promise.resolve()));
  }
}

/** Nobody knows yet: sent again with the same id, it is answered, and has taken effect once. */
export const UNDECIDED: Rejection = reject('unavailable', { undecided: true });

function answerTo(error: unknown): Rejection {
  if (error instanceof ConstraintViolation) return rejectionOfConstraint(error.constraint);
  if (error instanceof BrokenRule) return reject('internal');
  return error instanceof OutcomeUnknown ? UNDECIDED : reject('unavailable');
}

const fieldOf = (error: { issues: readonly { path: readonly PropertyKey[] }[] }): string =>
  (error.issues[0]?.path ?? []).map(String).join('.');

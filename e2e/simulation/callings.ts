import type { JournalEntry } from '@schalter/server/src/engine/store.ts';
import { ms } from '@schalter/shared/kernel/time.ts';
import { MOVES } from '@schalter/shared/queue/moves.ts';
import { reservedCounter } from '@schalter/shared/queue/order.ts';
import { keptForAway } from '@schalter/shared/queue/shares.ts';
import type { StageStatus } from '@schalter/shared/queue/rows.ts';
import type { AllLive, Fact } from '@schalter/shared/registry.ts';

/** Somebody said a number into the room. */
interface Voice {
  readonly who: string;
  readonly personId: string;
  readonly stageId: string;
  readonly counterId: string;
  readonly atMs: number;
}

interface Called {
  readonly seq: number;
  readonly stageId: string;
  readonly counterId: string;
  readonly personId: string | null;
  readonly atMs: number;
  readonly heardMs: number;
  readonly isTold: boolean;
  readonly before: StageStatus | undefined;
}

/** Who called whom, as the rooms heard it, and as the house knows it. */
export class Callings {
  readonly #now: () => number;
  readonly #voices = new Map<string, Voice>();
  readonly #called = new Map<string, Called>();
  /** By command: what the house knew of the customer when it first said no, or, where it was not asked, the device. */
  readonly #refused = new Map<
    string,
    { heardMs: number; before: StageStatus | undefined; at: string | null }
  >();
  readonly broken: string[] = [];

  constructor(now: () => number) {
    this.#now = now;
  }

  aloud(commandId: string, voice: Omit<Voice, 'atMs'>): void {
    this.#voices.set(commandId, { ...voice, atMs: this.#now() });
  }

  refused(commandId: string, live: AllLive): void {
    if (!this.#voices.has(commandId) || this.#refused.has(commandId)) return;
    const stage = live.rows.stages.get(this.#voices.get(commandId)?.stageId ?? '');
    const known = { before: stage?.status, at: stage?.counterId ?? null };
    this.#refused.set(commandId, { heardMs: this.#now(), ...known });
  }

  /** The house was brought back from before these. */
  restored(lost: ReadonlySet<string>): void {
    for (const commandId of lost) this.#called.delete(commandId);
  }

  /** Before it is applied. */
  onEntry({ seq, commandId, at, occurredAt, actor, input, facts }: JournalEntry, live: AllLive): void {
    // When it was pressed; the house may hear of it much later.
    const atMs = this.#now() - Math.max(0, ms(at) - ms(occurredAt));
    const personId = actor.kind === 'person' ? actor.personId : null;
    for (const fact of facts as readonly Fact[]) {
      const isTold = fact.type === 'queue.ticketCalledTwice';
      if (!isTold && fact.type !== 'queue.ticketCalled' && fact.type !== 'queue.ticketCalledAloud') continue;
      const { stageId, counterId } = fact;
      const stage = live.rows.stages.get(stageId);
      const called = {
        seq,
        stageId,
        counterId,
        personId,
        atMs,
        heardMs: this.#now(),
        isTold,
        before: stage?.status,
      };
      this.#called.set(commandId, called);
      const isByVoice = fact.type !== 'queue.ticketCalled' || 'aloud' in (input as object);
      if (isByVoice || stage?.status !== 'waiting' || reservedCounter(live, stage) !== null) continue;
      const keeper = keptForAway(live, stage, at);
      if (keeper !== null && keeper !== counterId)
        this.broken.push(`stage ${stageId} was called by ${counterId}, and is kept for ${keeper}`);
    }
  }

  /** Nobody is called twice without both knowing; and who was called by voice is recorded as called. */
  check(commands: ReadonlyMap<string, number>): readonly string[] {
    const problems = [...this.broken];
    for (const [commandId, voice] of this.#voices) {
      const { who, personId, stageId, counterId, atMs } = voice;
      const entry = this.#called.get(commandId);
      if (entry === undefined && commands.has(commandId)) {
        problems.push(`${who} called stage ${stageId} by voice, and the journal does not say so`);
        continue;
      }
      const heard = entry ?? this.#refused.get(commandId);
      // Switched off before it was written down: nobody can know.
      if (heard === undefined || entry?.isTold === true) continue;
      // Whoever had called the customer meanwhile has sent them back since, or the day is over: nobody is there any more.
      if (heard.before === undefined || MOVES.call.includes(heard.before)) continue;
      // Nobody has the customer any more, or this very counter has, which somebody has taken over and called from.
      const refused = this.#refused.get(commandId);
      if (refused !== undefined && (refused.at === null || refused.at === counterId)) continue;
      const others = [...this.#called.values()].filter(
        (other) =>
          other.stageId === stageId &&
          other.counterId !== counterId &&
          // Who has gone to another counter knows whom they called at the last one.
          other.personId !== personId &&
          other.atMs >= atMs &&
          other.atMs <= heard.heardMs &&
          (entry === undefined || other.seq < entry.seq),
      );
      if (others.length > 0)
        problems.push(`stage ${stageId} was called by ${who} and another, who is not told`);
    }
    return problems;
  }
}

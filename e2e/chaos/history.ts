// What people and devices did and what they were told: the only thing the check believes beside the database.
import type { Answer } from '@schalter/shared/kernel/command.ts';

export interface Operation {
  readonly who: string;
  readonly commandId: string;
  readonly type: string;
  /** Milliseconds since 1970, of the device. */
  readonly startedAt: number;
  endedAt: number | null;
  /** Every answer that came, in order: the same command is sent again where none came. */
  readonly answers: Answer[];
}

/** What one screen was sent, in the order in which it came. */
export interface Frame {
  /** A snapshot's place; of entries that of the first. */
  readonly seq: number;
  /** null for a snapshot. */
  readonly entries: readonly { readonly seq: number; readonly commandId: string }[] | null;
}
export interface Watched {
  readonly who: string;
  readonly frames: Frame[];
}

export class History {
  readonly screens: Watched[] = [];
  readonly #operations = new Map<string, Operation>();

  get operations(): readonly Operation[] {
    return [...this.#operations.values()];
  }

  /** The first time that it is sent, or once more. */
  sent(who: string, { commandId, type }: { readonly commandId: string; readonly type: string }): void {
    if (this.#operations.has(commandId)) return;
    const begun = { who, commandId, type, startedAt: Date.now(), endedAt: null, answers: [] };
    this.#operations.set(commandId, begun);
  }

  answered(commandId: string, answer: Answer): void {
    const operation = this.#operations.get(commandId);
    operation?.answers.push(answer);
    if (operation !== undefined) operation.endedAt = Date.now();
  }

  watch(who: string): Watched {
    const screen = { who, frames: [] };
    this.screens.push(screen);
    return screen;
  }
}

import { remember, remembered } from '../device/memory.ts';

/** What the last run said of this tablet's outbox, outside of the database that holds it. */
export interface Lost {
  readonly unsent: number;
  /** By the server's clock. */
  readonly at: string;
}

/**
 * A browser that is short of room, or a person who clears "site data", deletes databases without a word. Where the
 * database had to be made anew and the mark says that there was one, it was thrown away.
 */
export function lostBefore(isNew: boolean): Lost | null {
  const mark = isNew ? remembered('kept') : null;
  if (mark === null) return null;
  const [unsent = '', at = ''] = mark.split(' ');
  return Number.isInteger(Number(unsent)) && at !== '' ? { unsent: Number(unsent), at } : null;
}

/** Written where the number changes, and once a minute: a disk of its own, a few bytes. */
const EVERY_MS = 60_000;

export class KeptMarker {
  #unsent = -1;
  #at = '';

  note(unsent: number, at: string): void {
    if (unsent === this.#unsent && Date.parse(at) - Date.parse(this.#at) < EVERY_MS) return;
    this.#unsent = unsent;
    this.#at = at;
    remember('kept', `${unsent} ${at}`);
  }
}

/**
 * What is being typed about a customer, until it stands in the outbox. A reload, a crash or a sign-out in the
 * middle of a sentence loses nothing: whoever signs out finds it in the outbox.
 */
export interface Typed {
  readonly name: string;
  readonly note: string;
}

export interface DraftStorage {
  readonly length: number;
  key(index: number): string | null;
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
}

const PREFIX = 'schalter.staff.draft.';
const keyOf = (visitId: string): string => PREFIX + visitId;

export function keepDraft(storage: DraftStorage, visitId: string, typed: Typed): void {
  try {
    storage.setItem(keyOf(visitId), JSON.stringify(typed));
  } catch {
    // Storage is full or forbidden: the field itself still holds it.
  }
}

export function dropDraft(storage: DraftStorage, visitId: string): void {
  try {
    storage.removeItem(keyOf(visitId));
  } catch {
    // As above.
  }
}

export function draftOf(storage: DraftStorage, visitId: string): Typed | null {
  try {
    const value = JSON.parse(storage.getItem(keyOf(visitId)) ?? 'null') as Partial<Typed> | null;
    if (typeof value?.name !== 'string' || typeof value.note !== 'string') return null;
    return { name: value.name, note: value.note };
  } catch {
    return null;
  }
}

/** All of them, for whoever signs out in the middle of a sentence; none is left behind. */
export function takeDrafts(storage: DraftStorage): readonly (Typed & { readonly visitId: string })[] {
  try {
    const keys = Array.from({ length: storage.length }, (_, i) => storage.key(i) ?? '');
    const visitIds = keys.filter((key) => key.startsWith(PREFIX)).map((key) => key.slice(PREFIX.length));
    return visitIds.flatMap((visitId) => {
      const typed = draftOf(storage, visitId);
      dropDraft(storage, visitId);
      return typed === null ? [] : [{ visitId, ...typed }];
    });
  } catch {
    // Forbidden storage holds nothing.
    return [];
  }
}

const plain = (text: string): string => text.normalize('NFC').replace(/\s+/gu, ' ').trim();

/** The server tidies spaces and line ends; that is no reason to move somebody's cursor. */
export const sameText = (a: string, b: string): boolean => plain(a) === plain(b);

/** What a field shows when the row changes under somebody's hands: their own words, unless they are saved. */
export function merged(shown: string, saved: string, incoming: string): string {
  return sameText(shown, saved) && !sameText(saved, incoming) ? incoming : shown;
}

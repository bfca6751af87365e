import { v7 as uuid } from 'uuid';
import { LIMITS } from '../counter/limits.ts';
import { takeDrafts } from '../counter/note-draft.ts';

interface Leaving {
  /** Who was signed in, and where; null where nobody knows any more. */
  readonly personId: string | null;
  readonly streamId: string | null;
  /** The person gives up what was never sent. */
  readonly discard: boolean;
}

/** Longer than this nobody is kept: what a stuck disk still holds goes at the next start. */
const WIPE_MS_MAX = 3_000;

/**
 * Nobody is signed in on this device any more, so nothing of customers stays on it but what was never sent. Answers
 * how much of that there is. A half-written note is unsent as well.
 */
export async function leave(leaving: Leaving): Promise<number> {
  const drafts = takeDrafts(localStorage);
  const late = new Promise<number>((resolve) => setTimeout(() => resolve(0), WIPE_MS_MAX));
  // A browser that keeps nothing has nothing to wipe.
  return Promise.race([late, wiped(leaving, drafts).catch(() => 0)]);
}

async function wiped(
  { personId, streamId, discard }: Leaving,
  drafts: ReturnType<typeof takeDrafts>,
): Promise<number> {
  const { dexieStore, discardOutbox, waitingInAll, wipe } =
    await import('@schalter/shared/ui/dexie-store.ts');
  await wipe();
  if (personId === null) return waitingInAll();
  if (discard) {
    await discardOutbox({ personId });
    return waitingInAll();
  }
  if (streamId === null) return waitingInAll();
  const store = dexieStore({ streamId, personId });
  for (const { visitId, name, note } of drafts) {
    const input = { visitId, name: textOf(name, LIMITS.name), note: textOf(note, LIMITS.note) };
    const command = { commandId: uuid(), streamId, type: 'queue.setNote', input, occurredAt: now() };
    await store.putOutbox({ command, sent: false });
  }
  return waitingInAll();
}

const now = (): string => new Date().toISOString();
const textOf = (text: string, most: number): string | null =>
  text.trim() === '' ? null : text.slice(0, most);

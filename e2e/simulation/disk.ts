import { memoryStore, type Refusal, type Store } from '@schalter/shared/client/store.ts';
import type { Chance } from './chance.ts';
import type { VirtualTime } from './virtual-time.ts';

const WRITE_MS = 8;

/** What a device has stored; it outlives the page. */
export type Disk = Store;
export const newDisk = (): Disk => memoryStore();

/**
 * A running page's way to its disk. A write takes a moment; whoever is switched off meanwhile has it on the disk
 * or has not, and never hears which.
 */
export function mounted(
  disk: Disk,
  parts: {
    time: VirtualTime;
    chance: Chance;
    isRunning: () => boolean;
    /** Rows and place were written. */
    onRows: () => void;
    onOutbox: (commandId: string) => void;
    onRefused: (refusal: Refusal) => void;
  },
): Store {
  const { time, chance, isRunning } = parts;
  const never = new Promise<never>(() => undefined);
  const run = async <T>(work: () => Promise<T>, written?: () => void): Promise<T> => {
    await time.wait(chance.below(WRITE_MS));
    if (!isRunning()) return never;
    const result = await work();
    written?.();
    await time.wait(chance.below(WRITE_MS));
    return isRunning() ? result : never;
  };
  return {
    load: () => run(() => disk.load()),
    unsettled: () => run(() => disk.unsettled()),
    saveSnapshot: (rows, head, settled) => run(() => disk.saveSnapshot(rows, head, settled), parts.onRows),
    saveEntries: (changes, head, settled) =>
      run(() => disk.saveEntries(changes, head, settled), parts.onRows),
    putOutbox: (queued) =>
      run(
        () => disk.putOutbox(queued),
        () => parts.onOutbox(queued.command.commandId),
      ),
    removeOutbox: (ids) => run(() => disk.removeOutbox(ids)),
    refuse: (refusal) =>
      run(
        () => disk.refuse(refusal),
        () => parts.onRefused(refusal),
      ),
    dismiss: (commandId) => run(() => disk.dismiss(commandId)),
  };
}

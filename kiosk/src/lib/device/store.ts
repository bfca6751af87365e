import type { Store } from '@schalter/shared/client/store.ts';
import type { Windows } from '@schalter/shared/client/windows.ts';
import { browserWindows } from '@schalter/shared/ui/browser-windows.ts';
import type { Visit } from '@schalter/shared/queue/rows.ts';
import type { NumberStock } from './number-stock.ts';

/** What a kiosk has done on its own and has to tell. Anything else that it asks for goes with its person. */
const KEPT = 'queue.recordTicket';
const databaseOf = (deviceId: string): string => `schalter-kiosk-${deviceId}`;

/** Two windows of one kiosk: what is on the disk is sent by one of them, what is not by the one that was asked. */
export const windowsOf = (deviceId: string): Windows | undefined =>
  browserWindows(databaseOf(deviceId), (type) => type === KEPT);

/** A device that is no longer paired keeps nothing. */
export const wipeStore = async (deviceId: string): Promise<void> =>
  (await import('@schalter/shared/ui/dexie-store.ts')).deleteDatabase(databaseOf(deviceId));

/**
 * The kiosk's replica on its disk, so that it starts and works without the server. The database is fetched when it is
 * needed: the first screen of a new kiosk does not wait for it.
 */
export const kioskStore = (of: { streamId: string; deviceId: string }, stock: NumberStock): Store =>
  keepingNumbers(
    import('@schalter/shared/ui/dexie-store.ts').then(({ dexieStore }) =>
      dexieStore({ streamId: of.streamId, personId: of.deviceId, database: databaseOf(of.deviceId) }),
    ),
    stock,
  );

/**
 * Of what people asked for, only the numbers that the kiosk gave itself are written down (a phone number never is); and
 * each of them is taken out of the stock.
 */
export function keepingNumbers(disk: Promise<Store>, stock: NumberStock): Store {
  const unkept = new Set<string>();
  return {
    async load() {
      const stored = await (await disk).load();
      for (const { command } of stored.outbox) {
        const { blockId, number } = command.input as { blockId: string; number: number };
        stock.used(blockId, number);
      }
      stock.given((stored.rows['visits'] ?? []) as readonly Visit[]);
      return stored;
    },
    unsettled: async () => (await disk).unsettled(),
    saveSnapshot: async (...rows) => (await disk).saveSnapshot(...rows),
    saveEntries: async (...rows) => (await disk).saveEntries(...rows),
    async putOutbox(queued) {
      if (queued.command.type === KEPT) await (await disk).putOutbox(queued);
      else unkept.add(queued.command.commandId);
    },
    async removeOutbox(commandIds) {
      await (await disk).removeOutbox(commandIds.filter((id) => !unkept.delete(id)));
    },
    // What was refused has been said on the screen.
    refuse: async ({ commandId }) => (await disk).removeOutbox([commandId]),
    dismiss: () => Promise.resolve(),
  };
}

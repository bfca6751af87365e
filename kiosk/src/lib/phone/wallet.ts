/** Where this phone keeps the secrets of its tickets. Both may be switched off; then a reload loses the page. */
export interface Wallet {
  /** The ticket of this tab. */
  current(): string | null;
  setCurrent(linkToken: string): void;
  /** The last ticket of a location, so that a second scan there confirms the arrival instead of joining twice. */
  of(locationId: string): string | null;
  keep(locationId: string, linkToken: string | null): void;
  /** Its ticket is over: nothing of it stays, wherever it was kept. */
  drop(linkToken: string): void;
}

const CURRENT = 'schalter.ticket';
const keyOf = (locationId: string): string => `schalter.ticket.${locationId}`;

export function wallet(tab: Storage, device: Storage): Wallet {
  const read = (storage: Storage, key: string): string | null => {
    try {
      return storage.getItem(key);
    } catch {
      return null;
    }
  };
  const write = (storage: Storage, key: string, value: string | null): void => {
    try {
      if (value === null) storage.removeItem(key);
      else storage.setItem(key, value);
    } catch {
      // Private windows of some browsers keep nothing: the ticket lives as long as the page.
    }
  };
  return {
    current: () => read(tab, CURRENT),
    setCurrent: (linkToken) => write(tab, CURRENT, linkToken),
    of: (locationId) => read(device, keyOf(locationId)),
    keep: (locationId, linkToken) => write(device, keyOf(locationId), linkToken),
    drop(linkToken) {
      if (read(tab, CURRENT) === linkToken) write(tab, CURRENT, null);
      const keys = Object.keys(device).filter((key) => key.startsWith(`${CURRENT}.`));
      for (const key of keys) if (read(device, key) === linkToken) write(device, key, null);
    },
  };
}

/**
 * Small things that a tablet remembers between two starts. Everything of the queue is in Dexie; here is only
 * what has to be known before it can be opened.
 */
interface Remembered {
  language: string;
  theme: string;
  /** The station's own id, where this tablet has been paired. */
  deviceId: string;
  /** The last profile, as JSON: the app starts with it where no network answers. */
  profile: string;
  locationId: string;
  /** How much was unsent when: what the database held, should the browser throw it away. */
  kept: string;
  /** Somebody signed out while no network was there: the server hears it first of all. */
  signOutPending: string;
}

const PREFIX = 'schalter.staff.';

// A browser may forbid storage (private mode, a policy): the app then works, and remembers nothing.
export function remembered(key: keyof Remembered): string | null {
  try {
    return localStorage.getItem(PREFIX + key);
  } catch {
    return null;
  }
}

export function remember(key: keyof Remembered, value: string | null): void {
  try {
    if (value === null) localStorage.removeItem(PREFIX + key);
    else localStorage.setItem(PREFIX + key, value);
  } catch {
    // Full or forbidden: see above.
  }
}

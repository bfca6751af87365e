import { isKeptAwake } from './wake-lock.ts';

/** Nothing here changes by itself all the time: what is reported is a row, and each change of it an entry. */
interface OwnState {
  readonly screen: string;
  readonly wakeLock: boolean;
  readonly storageKept: boolean;
}

let storageKept = false;

/** Asks that what is stored stays; a browser that does not answer keeps nothing for sure. */
export async function learnStorage(): Promise<void> {
  storageKept = (await navigator.storage?.persist?.().catch(() => false)) ?? false;
}

export const ownState = (): OwnState => ({
  screen: `${screen.width}x${screen.height}`,
  wakeLock: isKeptAwake(),
  storageKept,
});

import type { RegisterSWOptions } from 'vite-plugin-pwa/types';

/** A new version reaches every wall within half an hour of its release. */
const CHECK_MS = 15 * 60_000;
/** How often a waiting version looks for a quiet moment. */
const QUIET_MS = 5_000;

/** `registerSW` of the PWA plugin; what it returns takes the waiting version and loads the page anew. */
export type Register = (options: RegisterSWOptions) => (reload: boolean) => Promise<void>;

/**
 * Fetches a new version in the background and takes it between calls. Where the page has no service worker
 * (plain http in a house's own network), nothing is fetched: there a restart takes the new version.
 */
export function keepUpToDate(register: Register, isIdle: () => boolean): () => void {
  let checking: ReturnType<typeof setInterval> | undefined;
  let waiting: ReturnType<typeof setInterval> | undefined;
  const takeNewVersion = register({
    immediate: true,
    onRegisteredSW(_url, registration) {
      // Without a network the check fails, and the next one comes.
      checking = setInterval(() => void registration?.update().catch(() => undefined), CHECK_MS);
    },
    onNeedRefresh() {
      waiting ??= setInterval(() => {
        if (isIdle()) void takeNewVersion(true);
      }, QUIET_MS);
    },
  });
  return () => {
    clearInterval(checking);
    clearInterval(waiting);
  };
}

import { registerSW } from 'virtual:pwa-register';

/** A new version reaches every kiosk within half an hour of its release. */
const CHECK_MS = 15 * 60_000;
/** How often a waiting version looks for a moment in which nobody stands there. */
const QUIET_MS = 5_000;

/**
 * Fetches a new version in the background and takes it between customers. Where the page has no service worker
 * (plain http in a house's own network), nothing is fetched: there a restart takes the new version.
 */
export function keepUpToDate(isIdle: () => boolean): () => void {
  let checking: ReturnType<typeof setInterval> | undefined;
  let waiting: ReturnType<typeof setInterval> | undefined;
  const takeNewVersion = registerSW({
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

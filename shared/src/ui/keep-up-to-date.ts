/** A new version reaches every screen within half an hour of its release, also one that is never closed. */
const CHECK_MS = 15 * 60_000;
/** A server that comes back is often a new release; a house of screens asks it spread over this long. */
const SPREAD_MS = 60_000;
/** How often a waiting version looks for a quiet moment. */
const QUIET_LOOK_MS = 5_000;

/** `registerSW` of the PWA plugin; what it returns takes the waiting version and loads the page anew. */
export type Register = (options: {
  readonly immediate: boolean;
  readonly onRegisteredSW: (
    url: string,
    registration: Pick<ServiceWorkerRegistration, 'update'> | undefined,
  ) => void;
  readonly onNeedRefresh: () => void;
}) => (reload: boolean) => Promise<void>;

export interface UpdateOptions {
  readonly register: Register;
  /** Nobody would miss the screen for two seconds, and nothing of theirs would be lost. */
  readonly isQuiet: () => boolean;
  /** For a page without a service worker (plain http in a house's own network). */
  readonly plain: {
    /** Whether the server has another version than this page; false where it does not say. */
    readonly isOutdated: () => Promise<boolean>;
    readonly reload: () => void;
  };
  readonly hasWorker: boolean;
  readonly onWaiting?: () => void;
}

export interface Updates {
  /** The server is there again, or refuses this version. */
  readonly lookSoon: () => void;
  /** Somebody has pressed for it. */
  readonly take: () => Promise<void>;
  readonly stop: () => void;
}

/** Fetches a new version in the background, and takes it in a quiet moment. */
export function keepUpToDate(options: UpdateOptions): Updates {
  const { isQuiet, plain, hasWorker, onWaiting } = options;
  const timers = new Set<ReturnType<typeof setInterval>>();
  let isWaiting = false;
  let soon: ReturnType<typeof setTimeout> | null = null;
  let fetchNewer: () => Promise<unknown> = () => Promise.resolve();
  let takeNewer: (reload: boolean) => Promise<void> = () => Promise.resolve();

  const found = (): void => {
    if (isWaiting) return;
    isWaiting = true;
    onWaiting?.();
    timers.add(setInterval(() => isQuiet() && void take(), QUIET_LOOK_MS));
  };
  // Without a network the look fails, and the next one comes.
  const look = (): void => void fetchNewer().catch(() => undefined);
  const take = async (): Promise<void> => {
    if (hasWorker && isWaiting) await takeNewer(true);
    else plain.reload();
  };

  if (hasWorker)
    takeNewer = options.register({
      immediate: true,
      onRegisteredSW: (_url, registration) => {
        fetchNewer = () => registration?.update() ?? Promise.resolve();
      },
      onNeedRefresh: found,
    });
  else fetchNewer = async () => void ((await plain.isOutdated()) && found());
  timers.add(setInterval(look, CHECK_MS));

  return {
    lookSoon: () => {
      soon ??= setTimeout(() => {
        soon = null;
        look();
      }, Math.random() * SPREAD_MS);
    },
    take,
    stop: () => {
      for (const timer of timers) clearInterval(timer);
      if (soon !== null) clearTimeout(soon);
    },
  };
}

/** For `plain`: what the app's build has written beside it, compared with what the page was built as. */
export const outdatedBy = (url: string, version: string) => async (): Promise<boolean> => {
  const response = await fetch(url, { cache: 'no-store' });
  if (!response.ok) return false;
  const told: unknown = await response.json();
  return typeof told === 'object' && told !== null && 'version' in told && told.version !== version;
};

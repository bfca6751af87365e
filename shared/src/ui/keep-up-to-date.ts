import type { ConnectionStatus } from '../client/connection-state.ts';

/** A new version reaches every screen within half an hour of its release, also one that is never closed. */
const CHECK_MS = 15 * 60_000;
/** A server that comes back is often a new release; a house of screens asks it spread over this long. */
const SPREAD_MS = 60_000;
/** How often a waiting version looks for a quiet moment. */
const QUIET_LOOK_MS = 5_000;

/** `registerSW` of the PWA plugin; what it returns has the waiting version take the page over. */
export type Register = (options: {
  readonly immediate: boolean;
  readonly onRegisteredSW: (
    url: string,
    registration: Pick<ServiceWorkerRegistration, 'update'> | undefined,
  ) => void;
  readonly onNeedRefresh: () => void;
  readonly onNeedReload: () => void;
}) => () => Promise<void>;

export interface UpdateOptions {
  readonly register: Register;
  /** Nobody would miss the screen for two seconds, and nothing of theirs would be lost. */
  readonly isQuiet: () => boolean;
  /** What the page was built as, and where the build that the server has now tells what it is. */
  readonly version: string;
  readonly versionUrl: string;
  readonly onWaiting?: () => void;
}

/** What of the browser it needs; a page on plain http in a house's own network has no workers. */
interface Surroundings {
  readonly workers: Pick<ServiceWorkerContainer, 'addEventListener'> | undefined;
  readonly reload: () => void;
}
const browser = (): Surroundings => ({
  workers: navigator.serviceWorker,
  reload: () => location.reload(),
});

export interface Updates {
  /** The line has another state: a server that is there again may be a new release, and one that refuses this page is. */
  readonly lineIs: (status: ConnectionStatus | undefined) => void;
  /** Somebody has pressed for it. */
  readonly take: () => Promise<void>;
  readonly stop: () => void;
}

/** Fetches a new version in the background, and takes it in a quiet moment. */
export function keepUpToDate(options: UpdateOptions, { workers, reload } = browser()): Updates {
  const { isQuiet, version, versionUrl, onWaiting } = options;
  const timers = new Set<ReturnType<typeof setInterval>>();
  let isWaiting = false;
  let isAsked = false;
  let isTaken = false;
  let soon: ReturnType<typeof setTimeout> | null = null;
  let fetchNewer: () => Promise<unknown> = () => Promise.resolve();
  let takeNewer: () => Promise<void> = () => Promise.resolve();

  const found = (): void => {
    if (isWaiting) return;
    isWaiting = true;
    onWaiting?.();
    timers.add(setInterval(() => isQuiet() && void take(), QUIET_LOOK_MS));
  };
  // Without a network the look fails, and the next one comes.
  const look = (): void => void fetchNewer().catch(() => undefined);
  const take = async (): Promise<void> => {
    if (workers === undefined || !isWaiting || isTaken) return reload();
    isAsked = true;
    await takeNewer();
  };
  // The plugin loads a page anew only where a worker had it from its first moment on: a wall that was opened once would
  // stay as it is for good. And it does so in every window, whatever somebody is typing there.
  const takenOver = (): void => {
    if (!isWaiting) return;
    isTaken = true;
    if (isAsked) reload();
  };

  if (workers !== undefined) {
    workers.addEventListener('controllerchange', takenOver);
    takeNewer = options.register({
      immediate: true,
      onNeedReload: () => undefined,
      onRegisteredSW: (_url, registration) => {
        fetchNewer = () => registration?.update() ?? Promise.resolve();
      },
      onNeedRefresh: found,
    });
  } else fetchNewer = async () => void ((await isOutdated(versionUrl, version)) && found());
  timers.add(setInterval(look, CHECK_MS));

  return {
    lineIs: (status) => {
      if (status !== 'live' && status !== 'refused') return;
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

/** False where the server does not say. */
async function isOutdated(url: string, version: string): Promise<boolean> {
  const response = await fetch(url, { cache: 'no-store' });
  if (!response.ok) return false;
  const told = (await response.json()) as { readonly version?: unknown } | null;
  return told?.version !== undefined && told.version !== version;
}

/** Chromium's own event; no standard names it. */
interface InstallOffer extends Event {
  prompt(): Promise<unknown>;
}

let offer = $state.raw<InstallOffer | null>(null);
let installed = $state(matchMedia('(display-mode: standalone)').matches || isOnHomeScreen());

/** Safari's own word, for an app on the home screen of an iPad or iPhone; null elsewhere. */
function homeScreen(): boolean | null {
  return 'standalone' in navigator && typeof navigator.standalone === 'boolean' ? navigator.standalone : null;
}
function isOnHomeScreen(): boolean {
  return homeScreen() === true;
}

// The offer comes once and early, before anybody has opened the page that shows it.
addEventListener('beforeinstallprompt', (event) => {
  event.preventDefault();
  offer = event as InstallOffer;
});
addEventListener('appinstalled', () => {
  offer = null;
  installed = true;
});

type InstallState = 'installed' | 'offered' | 'byHomeScreen' | 'byMenu';
export function installState(): InstallState {
  if (installed) return 'installed';
  if (offer !== null) return 'offered';
  return homeScreen() === false ? 'byHomeScreen' : 'byMenu';
}

export async function install(): Promise<void> {
  const taken = offer;
  // An offer is good for one question.
  offer = null;
  await taken?.prompt();
}

type Lack = 'lackStorage' | 'lackSerial' | 'lackBadge' | 'lackWakeLock' | 'lackWorker';

/** What this browser cannot do here: each asked of it. */
export async function lacks(): Promise<readonly Lack[]> {
  const keeps = (await navigator.storage?.persisted?.().catch(() => false)) ?? false;
  const found: readonly [Lack, boolean][] = [
    ['lackWorker', !('serviceWorker' in navigator)],
    ['lackStorage', !keeps && !installed],
    ['lackSerial', !('serial' in navigator)],
    ['lackBadge', !('setAppBadge' in navigator)],
    ['lackWakeLock', !('wakeLock' in navigator)],
  ];
  return found.flatMap(([lack, isSo]) => (isSo ? [lack] : []));
}

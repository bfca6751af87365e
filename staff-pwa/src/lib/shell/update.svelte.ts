import { registerSW } from 'virtual:pwa-register';
import { version } from '$app/environment';
import { asset } from '$app/paths';
import { keepUpToDate, type Updates } from '@schalter/shared/ui/keep-up-to-date.ts';

/** Nobody has touched anything for this long: a reload disturbs nobody. */
const QUIET_MS = 5_000;

let updates: Updates | null = null;
let waiting = $state(false);
let touchedAt = 0;
/** Where nobody is signed in there is nothing to be in the middle of. */
let isBetween: () => boolean = () => true;

/** A word that is half written would be lost, whoever has looked away from it. */
function isWriting(): boolean {
  const at = document.activeElement;
  return (at instanceof HTMLInputElement || at instanceof HTMLTextAreaElement) && at.value !== '';
}

/** What is unsent is in Dexie. */
const isQuiet = (): boolean =>
  performance.now() - touchedAt >= QUIET_MS &&
  !isWriting() &&
  document.querySelector('[role=dialog]') === null &&
  isBetween();

export function startUpdates(): () => void {
  const touched = (): void => void (touchedAt = performance.now());
  for (const kind of ['pointerdown', 'keydown', 'input']) addEventListener(kind, touched, { capture: true });
  updates = keepUpToDate({
    register: registerSW,
    isQuiet,
    version,
    versionUrl: asset('/_app/version.json'),
    onWaiting: () => (waiting = true),
  });
  return updates.stop;
}

/** While this holds a new version waits for a moment between two customers. */
export function takeUpdatesWhen(between: () => boolean): () => void {
  isBetween = between;
  return () => (isBetween = () => true);
}

export const lineIs: Updates['lineIs'] = (status) => updates?.lineIs(status);
export const updateWaits = (): boolean => waiting;
export const takeUpdate = (): void => void (updates?.take() ?? location.reload());

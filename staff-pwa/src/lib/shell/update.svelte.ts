import { registerSW } from 'virtual:pwa-register';

/** A tablet that is never closed asks for a new version this often. */
const ASK_MS = 30 * 60_000;
/** Nobody has touched anything for this long: a reload disturbs nobody. */
const QUIET_MS = 5_000;

let ready = false;
let apply: (() => Promise<void>) | null = null;
let touchedAt = 0;

export function startUpdates(): void {
  const update = registerSW({
    onNeedRefresh: () => (ready = true),
    onRegisteredSW: (_url, registration) => {
      if (registration === undefined) return;
      // Offline the request fails, and the next one is half an hour later.
      setInterval(() => void registration.update().catch(() => undefined), ASK_MS);
    },
  });
  apply = () => update(true);
  const touched = (): void => void (touchedAt = performance.now());
  for (const kind of ['pointerdown', 'keydown', 'input']) addEventListener(kind, touched, { capture: true });
}

/** Takes the new version if it waits and nobody is in the middle of something. What is unsent is in Dexie. */
export function updateIfQuiet(): void {
  if (!ready || apply === null || performance.now() - touchedAt < QUIET_MS) return;
  ready = false;
  void apply();
}

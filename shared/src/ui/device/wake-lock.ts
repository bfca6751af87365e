let held = false;
/** Whether the browser keeps the panel on for this page. */
export const isKeptAwake = (): boolean => held;

/** Keeps the panel awake. The browser takes the lock away with a hidden page and gives none on plain http. */
export function keepAwake(): () => void {
  let lock: WakeLockSentinel | null = null;
  let over = false;
  const request = async (): Promise<void> => {
    if (over || document.visibilityState !== 'visible' || !('wakeLock' in navigator)) return;
    try {
      lock = await navigator.wakeLock.request('screen');
      held = true;
      lock.addEventListener('release', () => (held = false));
    } catch {
      // Refused (low battery, policy): the panel's own settings decide.
    }
  };
  const onVisible = (): void => void request();
  document.addEventListener('visibilitychange', onVisible);
  void request();
  return () => {
    over = true;
    document.removeEventListener('visibilitychange', onVisible);
    void lock?.release();
  };
}

/** The number on the app's icon; 0 takes it away. Where the system shows none, nothing happens. */
export function showOnIcon(n: number): void {
  if (!('setAppBadge' in navigator)) return;
  // Refused where the app is not installed.
  void (n > 0 ? navigator.setAppBadge(n) : navigator.clearAppBadge()).catch(() => undefined);
}

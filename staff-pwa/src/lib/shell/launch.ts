/** The app's shortcut in a menu of the system; whoever pressed it is waiting for it now. */
export const CALL_NEXT = 'callNext';
/** A shortcut that took longer to open (a sign-in, a server that was away) is not meant any more. */
const MEANT_MS = 10_000;

interface LaunchQueue {
  setConsumer(consumer: (launch: { readonly targetURL?: string }) => void): void;
}

/** By the page's own clock, which begins with its load: the shortcut may have loaded it. */
let launchedAt = 0;
const loadedAs = location.href;

/** A shortcut comes to the window that is open: `open` goes to its address without loading anything anew. */
export function followLaunches(open: (address: URL) => void): void {
  const { launchQueue } = globalThis as { launchQueue?: LaunchQueue };
  let isFirst = true;
  launchQueue?.setConsumer(({ targetURL }) => {
    // The launch that loaded this page is told as well, and is under way already.
    const isOwn = isFirst && targetURL === loadedAs;
    isFirst = false;
    if (isOwn || targetURL === undefined) return;
    launchedAt = performance.now();
    open(new URL(targetURL));
  });
}

/** Whether what the shortcut asked for is still meant. */
export const isStillMeant = (): boolean => performance.now() - launchedAt < MEANT_MS;

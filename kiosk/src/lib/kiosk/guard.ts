import { leadsOut } from './keys.ts';
import { feed, NO_BURST } from './scanner.ts';

/** What a browser does by itself and a kiosk must not. */
const SWALLOWED = [
  ...['contextmenu', 'selectstart', 'dragstart', 'dragover', 'drop', 'copy', 'cut', 'paste', 'auxclick'],
  // Safari's pinch; elsewhere `touch-action` and the wheel below.
  ...['gesturestart', 'gesturechange'],
] as const;

export interface GuardParts {
  readonly onTouch: () => void;
  /** A code reader has typed a whole code. */
  readonly onScan: (text: string) => void;
}

/** Nothing leads out of the kiosk, and every touch and key is known. Returns how to end it. */
export function guardKiosk({ onTouch, onScan }: GuardParts): () => void {
  const off = new AbortController();
  const options = { capture: true, passive: false, signal: off.signal } as const;
  let burst = NO_BURST;

  for (const type of SWALLOWED) document.addEventListener(type, (event) => event.preventDefault(), options);
  document.addEventListener('pointerdown', onTouch, options);
  document.addEventListener(
    'touchmove',
    (event) => {
      if (event.touches.length > 1) event.preventDefault();
    },
    options,
  );
  document.addEventListener(
    'wheel',
    (event) => {
      if (event.ctrlKey) event.preventDefault();
    },
    options,
  );
  document.addEventListener(
    'keydown',
    (event) => {
      onTouch();
      const { key, ctrlKey, altKey, metaKey } = event;
      const fed = feed(burst, key, event.timeStamp);
      burst = fed.burst;
      const altGraph = event.getModifierState('AltGraph');
      if (fed.swallow || leadsOut({ key, ctrlKey, altKey, metaKey, altGraph })) {
        event.preventDefault();
        event.stopPropagation();
      }
      if (fed.scanned !== null) onScan(fed.scanned);
    },
    options,
  );
  return () => off.abort();
}

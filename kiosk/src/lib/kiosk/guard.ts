import { guardScreen } from '@schalter/shared/ui/device/guard.ts';
import { feed, NO_BURST } from './scanner.ts';

interface KioskGuardParts {
  readonly onTouch: () => void;
  /** A code reader has typed a whole code. */
  readonly onScan: (text: string) => void;
}

/** The guard of every screen in a hall, and the code reader among its keys. Returns how to end it. */
export function guardKiosk({ onTouch, onScan }: KioskGuardParts): () => void {
  let burst = NO_BURST;
  return guardScreen({
    onTouch,
    onKey: (event) => {
      const fed = feed(burst, event.key, event.timeStamp);
      burst = fed.burst;
      if (fed.scanned !== null) onScan(fed.scanned);
      return fed.swallow;
    },
  });
}

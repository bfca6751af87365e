import { SharedOutbox } from '../client/shared-outbox.ts';
import type { WindowMessage, Windows } from '../client/windows.ts';

/**
 * The windows of this browser that have the same store: a Web Lock is the turn, which the browser hands on when its
 * holder closes, crashes or is killed. undefined where a browser has no locks; each window then sends for itself,
 * which the engine makes harmless.
 */
export function browserWindows(
  name: string,
  shares: (type: string) => boolean = () => true,
): Windows | undefined {
  const locks = (navigator as Partial<Navigator>).locks;
  if (locks === undefined || typeof BroadcastChannel === 'undefined') return undefined;
  const channel = new BroadcastChannel(name);
  return {
    shares,
    outbox: (...parts) => new SharedOutbox(...parts),
    takeTurn(onTurn) {
      const waiting = new AbortController();
      let giveBack: () => void = () => undefined;
      const held = new Promise<void>((done) => (giveBack = done));
      const { signal } = waiting;
      void locks
        .request(name, { signal }, () => {
          onTurn();
          return held;
        })
        .catch(() => {
          // A browser that has locks and gives none: this window sends for itself.
          if (!signal.aborted) onTurn();
        });
      return () => {
        waiting.abort();
        giveBack();
      };
    },
    tell: (message) => channel.postMessage(message),
    listen(onMessage) {
      const hear = ({ data }: MessageEvent<WindowMessage>): void => onMessage(data);
      channel.addEventListener('message', hear);
      return () => {
        channel.removeEventListener('message', hear);
        channel.close();
      };
    },
  };
}

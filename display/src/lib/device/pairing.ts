import type { DeviceClock } from '@schalter/shared/client/transport.ts';
import type { DeviceApi, PairingCode } from './api.ts';
import type { Identity } from './memory.ts';

export type PairingView =
  | { readonly state: 'starting' }
  | { readonly state: 'unreachable' }
  | { readonly state: 'code'; readonly code: string; readonly expiresAt: string };

const POLL_MS = 2_000;
const RETRY_MS = 5_000;
/** The server asks for patience in seconds; somebody stands in front of the wall. */
const RETRY_MS_MAX = 60_000;

/** Shows a code until a manager has approved it; a code that ran out is replaced. Returns how to stop. */
export function startPairing(parts: {
  readonly api: DeviceApi;
  readonly clock: DeviceClock;
  readonly show: (view: PairingView) => void;
  readonly onPaired: (identity: Identity) => void;
}): () => void {
  const { api, clock, show, onPaired } = parts;
  let stopped = false;
  let cancel: () => void = () => undefined;
  const later = (ms: number, run: () => Promise<void>): void => {
    if (!stopped) cancel = clock.after(ms, () => void run());
  };

  const request = async (): Promise<void> => {
    const reply = await api.requestPairing();
    if (stopped) return;
    if (!reply.ok) {
      show({ state: 'unreachable' });
      later(Math.min(RETRY_MS_MAX, (reply.retryAfterS ?? 0) * 1_000 || RETRY_MS), request);
      return;
    }
    const { code, expiresAt } = reply.value;
    show({ state: 'code', code, expiresAt });
    later(POLL_MS, () => poll(reply.value));
  };
  const poll = async (pairing: PairingCode): Promise<void> => {
    const reply = await api.collectPairing(pairing.pairingId, pairing.secret);
    if (stopped) return;
    if (reply.ok && reply.value.state === 'approved') {
      const { deviceId, locationId } = reply.value;
      onPaired({ deviceId, locationId });
    } else if (!reply.ok && (reply.code === 'pairingCodeExpired' || reply.code === 'pairingCodeUnknown')) {
      await request();
    } else {
      // Waiting, or no answer: the code on the screen is still good.
      later(POLL_MS, () => poll(pairing));
    }
  };

  show({ state: 'starting' });
  void request();
  return () => {
    stopped = true;
    cancel();
  };
}

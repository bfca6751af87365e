import type { Identity } from './memory.ts';

/** What the server said; 'unreachable' where it said nothing that could be understood. */
export type Reply<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly code: string; readonly retryAfterS: number | null };

export interface PairingCode {
  readonly pairingId: string;
  readonly code: string;
  readonly secret: string;
  readonly expiresAt: string;
}
export type PairingState = { readonly state: 'waiting' } | ({ readonly state: 'approved' } & Identity);

export interface DeviceApi {
  requestPairing(): Promise<Reply<PairingCode>>;
  collectPairing(pairingId: string, secret: string): Promise<Reply<PairingState>>;
  demoDevice(slot: number): Promise<Reply<Identity>>;
  describe(deviceId: string): Promise<Reply<{ readonly publicUrl: string }>>;
}

/** A display has time, but a request that hangs must not stop it. */
const ANSWER_MS = 8_000;
const json = (body: object): RequestInit => ({
  method: 'POST',
  headers: { 'Content-Type': 'application/json' },
  body: JSON.stringify(body),
});

async function ask<T>(path: string, init: RequestInit): Promise<Reply<T>> {
  try {
    const response = await fetch(`/api/v1${path}`, { ...init, signal: AbortSignal.timeout(ANSWER_MS) });
    const body = (await response.json()) as T & { readonly code?: string };
    if (response.ok) return { ok: true, value: body };
    const retryAfterS = Number(response.headers.get('Retry-After')) || null;
    return { ok: false, code: body.code ?? 'unreachable', retryAfterS };
  } catch {
    return { ok: false, code: 'unreachable', retryAfterS: null };
  }
}

export const deviceApi: DeviceApi = {
  requestPairing: () => ask('/pairings', json({ kind: 'display' })),
  collectPairing: (pairingId, secret) =>
    ask(`/pairings/${pairingId}`, { headers: { Authorization: `Bearer ${secret}` } }),
  demoDevice: (slot) => ask('/demo/devices', json({ kind: 'display', slot })),
  describe: (deviceId) => ask('/device', { headers: { 'X-Schalter-Device': deviceId } }),
};

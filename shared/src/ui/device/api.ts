import type { DeviceKind } from '../../kernel/actor.ts';
import type { Language } from '../../kernel/text.ts';
import type { Device } from '../../platform/rows.ts';

/** What the server said; 'unreachable' where it said nothing that could be understood. */
export type Reply<T> =
  /** `serverMs`: the server's clock to the second, where it said so. */
  | { readonly ok: true; readonly value: T; readonly serverMs?: number | null }
  | { readonly ok: false; readonly code: string; readonly retryAfterS: number | null };

/** What a paired device keeps of itself; its token is in a cookie that no script reads. */
export interface DeviceIdentity {
  readonly deviceId: string;
  readonly locationId: string;
}
export interface PairingCode {
  readonly pairingId: string;
  readonly code: string;
  readonly secret: string;
  readonly expiresAt: string;
}
export type PairingState = { readonly state: 'waiting' } | ({ readonly state: 'approved' } & DeviceIdentity);

export interface DeviceDescription {
  readonly device: Device;
  readonly location: {
    readonly id: string;
    readonly code: string;
    readonly name: string;
    readonly timeZone: string;
    readonly languages: readonly Language[];
  };
  readonly publicUrl: string;
}

export interface DeviceApi {
  requestPairing(): Promise<Reply<PairingCode>>;
  collectPairing(pairingId: string, secret: string): Promise<Reply<PairingState>>;
  demoDevice(slot: number): Promise<Reply<DeviceIdentity>>;
  describe(deviceId: string): Promise<Reply<DeviceDescription>>;
}

/** A device has time, but a request that hangs must not stop it. */
const ANSWER_MS = 8_000;

const json = (body: object): RequestInit => ({
  method: 'POST',
  headers: { 'Content-Type': 'application/json' },
  body: JSON.stringify(body),
});

/** One request below /api/v1; never throws. */
export async function ask<T>(path: string, init: RequestInit = {}): Promise<Reply<T>> {
  try {
    const response = await fetch(`/api/v1${path}`, { ...init, signal: AbortSignal.timeout(ANSWER_MS) });
    const body = (response.status === 204 ? {} : await response.json()) as T & { readonly code?: string };
    if (response.ok) {
      const serverMs = Date.parse(response.headers.get('Date') ?? '') || null;
      return { ok: true, value: body, serverMs };
    }
    const retryAfterS = Number(response.headers.get('Retry-After')) || null;
    return { ok: false, code: body.code ?? 'unreachable', retryAfterS };
  } catch {
    return { ok: false, code: 'unreachable', retryAfterS: null };
  }
}

export const deviceApi = (kind: DeviceKind): DeviceApi => ({
  requestPairing: () => ask('/pairings', json({ kind })),
  collectPairing: (pairingId, secret) =>
    ask(`/pairings/${pairingId}`, { headers: { Authorization: `Bearer ${secret}` } }),
  demoDevice: (slot) => ask('/demo/devices', json({ kind, slot })),
  describe: (deviceId) => ask('/device', { headers: { 'X-Schalter-Device': deviceId } }),
});

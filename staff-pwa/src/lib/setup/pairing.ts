import type { DeviceKind } from '@schalter/shared/kernel/actor.ts';
import { request, type Result } from '../device/api.ts';
import { remember } from '../device/memory.ts';

/** A device that waits for somebody to say which one it is. */
export interface Claimed {
  readonly pairingId: string;
  readonly kind: DeviceKind;
  readonly requestedAt: string;
  readonly address: string;
  readonly userAgent: string;
}

export const claim = (code: string): Promise<Result<Claimed>> => request('POST', '/pairings/claim', { code });

export const approve = (
  pairingId: string,
  locationId: string,
  name: string,
): Promise<Result<{ deviceId: string }>> =>
  request('POST', `/pairings/${pairingId}/approve`, { locationId, name });

interface Requested {
  readonly pairingId: string;
  readonly code: string;
  readonly secret: string;
}
interface Collected {
  readonly state: 'waiting' | 'approved';
  readonly deviceId?: string;
}

/** This tablet becomes a station: it asks for a code, claims it and approves itself, as the manager who holds it. */
export async function makeStation(locationId: string, name: string): Promise<Result<{ deviceId: string }>> {
  const requested = await request<Requested>('POST', '/pairings', { kind: 'station' });
  if (!requested.ok) return requested;
  const { pairingId, code, secret } = requested.data;
  const claimed = await claim(code);
  if (!claimed.ok) return claimed;
  const approved = await approve(pairingId, locationId, name);
  if (!approved.ok) return approved;
  // Brings the device's own cookie, once.
  const collected = await request<Collected>('GET', `/pairings/${pairingId}`, undefined, secret);
  if (collected.ok) remember('deviceId', approved.data.deviceId);
  return collected.ok ? approved : collected;
}

/** "Chrome auf Windows": as much of a user agent as helps to tell two tablets apart. */
export function browserOf(userAgent: string): string {
  const browser = /(Edg|OPR|Firefox|Chrome|Safari)\//.exec(userAgent)?.[1] ?? '';
  const system = /(Windows|Android|iPad|iPhone|Mac OS X|CrOS|Linux)/.exec(userAgent)?.[1] ?? '';
  const names: Readonly<Record<string, string>> = {
    Edg: 'Edge',
    OPR: 'Opera',
    CrOS: 'ChromeOS',
    'Mac OS X': 'macOS',
  };
  return [browser, system]
    .filter((part) => part !== '')
    .map((part) => names[part] ?? part)
    .join(', ');
}

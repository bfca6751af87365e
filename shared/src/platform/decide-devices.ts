import type { Context, Decide } from '../kernel/command.ts';
import { reject, type Rejection } from '../kernel/rejections.ts';
import type { PlatformCommands } from './commands.ts';
import type { PlatformFact } from './facts.ts';
import type { Device, PlatformLive, PlatformTables } from './rows.ts';

type Rules = Decide<PlatformCommands, PlatformLive, PlatformTables, PlatformFact>;

type Found = { readonly ok: true; readonly device: Device } | Rejection;

function workingDevice(live: PlatformLive, deviceId: string | null): Found {
  const device = deviceId === null ? undefined : live.rows.devices.get(deviceId);
  if (device === undefined) return reject('deviceUnknown');
  return device.revokedAt === null ? { ok: true, device } : reject('deviceRevoked');
}

const REPORTED = ['printer', 'sound', 'version', 'screen', 'wakeLock', 'storageKept'] as const;
type Reported = Omit<NonNullable<Device['health']>, 'at'>;
const isSame = (was: Reported, now: Reported): boolean =>
  REPORTED.every((field) => (was[field] ?? null) === (now[field] ?? null));

/** A device speaks of itself; a person speaks of the tablet in the hand. */
const ownDeviceId = ({ actor }: Context): string | null =>
  actor.kind === 'device' || actor.kind === 'person' ? actor.deviceId : null;

export const decideDevices = {
  'platform.registerDevice': (live, { deviceId, kind, name, settings }, ctx) => {
    const before = live.rows.devices.get(deviceId);
    if (before !== undefined && before.revokedAt !== null) return reject('deviceRevoked');
    const row: Device = {
      id: deviceId,
      organisationId: ctx.organisationId,
      locationId: ctx.streamId,
      archivedAt: null,
      kind,
      name,
      settings,
      health: null,
      pairedAt: ctx.now,
      revokedAt: null,
    };
    return {
      ok: true,
      changes: [{ table: 'devices', row }],
      facts: [{ type: 'platform.deviceRegistered', deviceId, kind }],
      result: { deviceId },
    };
  },

  'platform.setDevice': (live, { deviceId, name, settings }) => {
    const found = workingDevice(live, deviceId);
    if (!found.ok) return found;
    return {
      ok: true,
      changes: [{ table: 'devices', row: { ...found.device, name, settings } }],
      facts: [{ type: 'platform.deviceChanged', deviceId }],
    };
  },

  'platform.revokeDevice': (live, { deviceId }, ctx) => {
    const found = workingDevice(live, deviceId);
    if (!found.ok) return found;
    return {
      ok: true,
      changes: [{ table: 'devices', row: { ...found.device, revokedAt: ctx.now } }],
      facts: [{ type: 'platform.deviceRevoked', deviceId }],
    };
  },

  'platform.reportHealth': (live, input, ctx) => {
    const found = workingDevice(live, ownDeviceId(ctx));
    if (!found.ok) return found;
    const { device } = found;
    // A device that repeats itself (after each reconnect) must not fill the journal.
    if (device.health !== null && isSame(device.health, input)) return { ok: true, changes: [], facts: [] };
    return {
      ok: true,
      changes: [{ table: 'devices', row: { ...device, health: { ...input, at: ctx.now } } }],
      facts: [{ type: 'platform.healthReported', deviceId: device.id }],
    };
  },
} satisfies Partial<Rules>;

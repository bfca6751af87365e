import type { Device } from '@schalter/shared/platform/rows.ts';
import type { AllLive } from '@schalter/shared/registry.ts';

export const PROBLEMS = [
  'disconnected',
  'paperOut',
  'coverOpen',
  'printerOffline',
  'printerGone',
  'soundLocked',
  'soundOff',
] as const;
export type DeviceProblem = (typeof PROBLEMS)[number];

export interface DeviceLine {
  readonly device: Device;
  /** null: not known, because this device itself is not live. */
  readonly connected: boolean | null;
  readonly problems: readonly DeviceProblem[];
}

const KINDS: readonly Device['kind'][] = ['kiosk', 'display', 'station'];

/** What is wrong with a device as it says itself; a kiosk without a printer was set up like that. */
function ownProblems({ kind, health }: Device): DeviceProblem[] {
  if (health === null) return [];
  const printer: Partial<Record<NonNullable<typeof health.printer>, DeviceProblem>> = {
    paperOut: 'paperOut',
    coverOpen: 'coverOpen',
    offline: 'printerOffline',
    disconnected: 'printerGone',
  };
  const sound: Partial<Record<NonNullable<typeof health.sound>, DeviceProblem>> = {
    locked: 'soundLocked',
    off: 'soundOff',
  };
  const found = [
    kind === 'kiosk' && health.printer !== null ? printer[health.printer] : undefined,
    kind === 'display' && health.sound !== null ? sound[health.sound] : undefined,
  ];
  return found.filter((problem): problem is DeviceProblem => problem !== undefined);
}

/** Paired devices, each with what is wrong with it. A station is away whenever its tablet sleeps: no problem. */
export function deviceLinesOf(
  live: AllLive,
  connectedIds: readonly string[] | null,
  online: boolean,
): readonly DeviceLine[] {
  return [...live.rows.devices.values()]
    .filter((device) => device.revokedAt === null)
    .map((device): DeviceLine => {
      const connected = online && connectedIds !== null ? connectedIds.includes(device.id) : null;
      const gone = connected === false && device.kind !== 'station';
      return { device, connected, problems: gone ? ['disconnected'] : ownProblems(device) };
    })
    .sort(
      (a, b) =>
        KINDS.indexOf(a.device.kind) - KINDS.indexOf(b.device.kind) ||
        a.device.name.localeCompare(b.device.name),
    );
}

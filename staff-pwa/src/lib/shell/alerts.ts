import type { AllLive } from '@schalter/shared/registry.ts';
import { deviceLinesOf, type DeviceProblem } from '../overview/devices.ts';

/** What needs somebody to get up. `id` stays the same for as long as the same thing is wrong. */
export type Alert =
  | { readonly kind: 'help'; readonly id: string; readonly device: string; readonly since: string }
  | {
      readonly kind: 'device';
      readonly id: string;
      readonly device: string;
      readonly deviceKind: 'kiosk' | 'display' | 'station';
      readonly problem: DeviceProblem;
    };

/** People first, then devices. */
export function alertsOf(
  live: AllLive,
  connectedIds: readonly string[] | null,
  online: boolean,
): readonly Alert[] {
  const help = [...live.rows.helpRequests.values()]
    .filter((request) => request.resolvedAt === null)
    .sort((a, b) => (a.requestedAt < b.requestedAt ? -1 : 1))
    .map((request): Alert => ({
      kind: 'help',
      id: request.id,
      device: live.rows.devices.get(request.deviceId)?.name ?? '',
      since: request.requestedAt,
    }));
  const devices = deviceLinesOf(live, connectedIds, online).flatMap(({ device, problems }) =>
    problems.map((problem): Alert => ({
      kind: 'device',
      id: `${device.id}/${problem}`,
      device: device.name,
      deviceKind: device.kind,
      problem,
    })),
  );
  return [...help, ...devices];
}

import { doubleCallsFor } from '@schalter/shared/queue/double-calls.ts';
import type { AllLive } from '@schalter/shared/registry.ts';
import { numberOf } from '../counter/stage-label.ts';
import { deviceLinesOf, type DeviceProblem } from '../overview/devices.ts';

/** What needs somebody to get up. `id` stays the same for as long as the same thing is wrong. */
export type Alert =
  | {
      /** The same customer was called at several counters, by voice at those without the server. */
      readonly kind: 'doubleCall';
      readonly id: string;
      readonly stageId: string;
      readonly counterId: string;
      /** The counter without the server that called by voice; several may have. */
      readonly aloudCounterId: string;
      readonly number: string;
      /** The other of the two. */
      readonly counter: string;
      readonly since: string;
      /** The customer is or was here, and the other counter called by voice. */
      readonly here: boolean;
    }
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
  counterId: string | null,
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
  return [...(counterId === null ? [] : doubleCallsOf(live, counterId)), ...help, ...devices];
}

function doubleCallsOf(live: AllLive, counterId: string): readonly Alert[] {
  return [...live.rows.stages.values()].flatMap((stage): Alert[] => {
    const here = stage.counterId === counterId;
    return doubleCallsFor(stage, counterId).map((call) => ({
      kind: 'doubleCall',
      id: `${stage.id}/${call.counterId}`,
      stageId: stage.id,
      counterId,
      aloudCounterId: call.counterId,
      number: numberOf(live, stage),
      counter: live.rows.counters.get(here ? call.counterId : (stage.counterId ?? ''))?.name ?? '',
      since: call.at,
      here,
    }));
  });
}

import type { Actor } from '@schalter/shared/kernel/actor.ts';
import type { Language } from '@schalter/shared/kernel/text.ts';
import { can } from '@schalter/shared/platform/access.ts';
import { openStages } from '@schalter/shared/queue/views.ts';
import type { Stage } from '@schalter/shared/queue/rows.ts';
import { atCounter, ticketLabel } from '@schalter/shared/queue/select.ts';
import type { AllLive, Fact } from '@schalter/shared/registry.ts';
import { pushWords, type PushValues } from './push-texts.ts';

/** What somebody may be told while nobody looks at the screen. */
export type Notice =
  | { readonly kind: 'called'; readonly stageId: string; readonly callId: string }
  | { readonly kind: 'approaching'; readonly stageId: string }
  | { readonly kind: 'assigned'; readonly stageId: string }
  | { readonly kind: 'firstWaiting'; readonly stageId: string }
  | { readonly kind: 'printer'; readonly deviceId: string };
export type NoticeKind = Notice['kind'];

type Person = Extract<Actor, { kind: 'person' }>;

/** A notice as it is at this moment: for whom, and what it says. */
export interface Told {
  readonly to: { readonly visitId: string } | { readonly isFor: (person: Person) => boolean };
  /** Notices of the same tag replace each other on a screen, and at the service while the browser is away. */
  readonly tag: string;
  readonly path: string;
  readonly values: PushValues;
  /** The language of the reader, where it is known here: of a customer. */
  readonly language: Language | null;
}

/** How long a notice is worth keeping for a browser that is away, in seconds. */
export const TTL_S: Readonly<Record<NoticeKind, number>> = {
  called: 300,
  approaching: 600,
  assigned: 600,
  firstWaiting: 300,
  printer: 3_600,
};

const OUT_OF_ORDER = ['paperOut', 'coverOpen'] as const;

/** What a fact gives reason to tell; whom, and whether it is still so, is asked when it is told. */
export function noticesOf(fact: Fact, live: AllLive): readonly Notice[] {
  switch (fact.type) {
    case 'queue.ticketCalled':
    case 'queue.ticketRecalled': {
      const { stageId, callId } = fact;
      return live.rows.visits.get(fact.visitId)?.pushOptIn === true
        ? [{ kind: 'called', stageId, callId }]
        : [];
    }
    case 'queue.ticketTransferred':
      return isReserved(live.rows.stages.get(fact.toStageId))
        ? [{ kind: 'assigned', stageId: fact.toStageId }]
        : [];
    case 'queue.ticketIssued':
    case 'queue.ticketRecorded':
      return isFirst(live, fact.stageId) ? [{ kind: 'firstWaiting', stageId: fact.stageId }] : [];
    case 'platform.healthReported':
      return problemOf(live, fact.deviceId) === null ? [] : [{ kind: 'printer', deviceId: fact.deviceId }];
    default:
      return [];
  }
}

const isReserved = (stage: Stage | undefined): boolean =>
  stage !== undefined && (stage.forCounterId !== null || stage.forPersonId !== null);

/** Nobody else waits for this service. */
function isFirst(live: AllLive, stageId: string): boolean {
  const stage = live.rows.stages.get(stageId);
  if (stage?.status !== 'waiting') return false;
  for (const other of openStages(live))
    if (other !== stage && other.status === 'waiting' && other.serviceId === stage.serviceId) return false;
  return true;
}

function problemOf(live: AllLive, deviceId: string): (typeof OUT_OF_ORDER)[number] | null {
  const device = live.rows.devices.get(deviceId);
  if (device === undefined || device.revokedAt !== null) return null;
  return OUT_OF_ORDER.find((state) => state === device.health?.printer) ?? null;
}

/** null where it is not so any more. */
export function told(live: AllLive, notice: Notice): Told | null {
  if (notice.kind === 'printer') return printerTold(live, notice.deviceId);
  const stage = live.rows.stages.get(notice.stageId);
  const visit = stage === undefined ? undefined : live.rows.visits.get(stage.visitId);
  if (stage === undefined || visit === undefined) return null;
  const { letter, digits } = ticketLabel(visit.series, visit.number);
  const service = live.rows.services.get(stage.serviceId)?.name;
  const place = live.rows.locations.get(stage.locationId)?.name ?? '';
  const about = { number: letter + digits, place, service };
  const { kind } = notice;
  switch (kind) {
    case 'called':
    case 'approaching': {
      const isSo = stage.status === (kind === 'called' ? 'called' : 'waiting') && visit.pushOptIn;
      if (!isSo || (kind === 'called' && isOver(live, notice.callId))) return null;
      const counter = live.rows.counters.get(stage.counterId ?? '')?.name;
      return {
        to: { visitId: visit.id },
        tag: `ticket-${visit.id}`,
        // Behind the "#", so that the customer's secret reaches no server's log.
        path: `/t#${visit.linkToken}`,
        values: { kind, ...about, counter },
        language: visit.language,
      };
    }
    case 'assigned':
      if (stage.status !== 'waiting' || !isReserved(stage)) return null;
      return {
        ...forStaff(`stage-${stage.id}`, { kind, ...about }),
        to: { isFor: ({ personId }) => isAssigned(live, stage, personId) },
      };
    case 'firstWaiting':
      if (stage.status !== 'waiting') return null;
      return {
        ...forStaff(`first-${stage.serviceId}`, { kind, ...about }),
        to: { isFor: ({ personId }) => isFreeFor(live, stage.serviceId, personId) },
      };
  }
}

const forStaff = (tag: string, values: PushValues) => ({
  tag,
  path: '/staff/counter',
  values,
  language: null,
});

function isOver(live: AllLive, callId: string): boolean {
  const call = live.rows.calls.get(callId);
  return call === undefined || call.withdrawnAt !== null;
}

function printerTold(live: AllLive, deviceId: string): Told | null {
  const device = live.rows.devices.get(deviceId);
  const problem = problemOf(live, deviceId);
  if (device === undefined || problem === null) return null;
  const { organisationId, locationId } = device;
  const place = live.rows.locations.get(locationId)?.name ?? '';
  return {
    ...forStaff(`device-${deviceId}`, { kind: 'printer', device: device.name, problem, place }),
    path: '/staff/overview',
    to: {
      isFor: (person) =>
        can(person, 'devices.set', { organisationId, locationId }) ||
        presencesOf(live, person.personId).length > 0,
    },
  };
}

const presencesOf = (live: AllLive, personId: string) =>
  [...live.rows.presences.values()].filter((presence) => presence.personId === personId);

const isAssigned = (live: AllLive, { forPersonId, forCounterId }: Stage, personId: string): boolean =>
  forPersonId === personId || presencesOf(live, personId).some(({ counterId }) => counterId === forCounterId);

/** At an open counter that serves this, with nobody there. */
const isFreeFor = (live: AllLive, serviceId: string, personId: string): boolean =>
  presencesOf(live, personId).some(
    ({ counterId, state }) =>
      state === 'available' &&
      live.rows.counters.get(counterId)?.serviceIds.includes(serviceId) === true &&
      atCounter(live, counterId) === null,
  );

/** The words of a notice, as the service worker of the apps shows them (shared/src/ui/push-worker.js). */
export function noticeText(
  { values, tag, path }: Pick<Told, 'values' | 'tag' | 'path'>,
  language: Language,
): string {
  const { title, body } = pushWords(values, language);
  return JSON.stringify({ title, body, tag, path, language });
}

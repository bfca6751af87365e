import { v7 as uuid } from 'uuid';
import type { Actor } from '@schalter/shared/kernel/actor.ts';
import { rightsAs } from '@schalter/shared/platform/access.ts';
import type { App } from '@schalter/server/src/app.ts';
import { closedLoop, type LoopResult } from './closed-loop.ts';
import { must, openStation, ticketInput, type Station, type Submit } from './station.ts';

/** What is measured: so many clerks, each at a counter of their own, spread evenly over so many locations. */
export interface Load {
  readonly callers: number;
  readonly locations: number;
}

const ORGANISATION_ID = uuid();
const PEOPLE: string[] = [];
function personOf(i: number): Actor {
  PEOPLE[i] ??= uuid();
  return {
    kind: 'person',
    personId: PEOPLE[i] ?? '',
    organisationId: ORGANISATION_ID,
    name: `Clerk ${i + 1}`,
    rights: rightsAs('owner', 'all'),
    deviceId: null,
  };
}

const submitTo =
  ({ parts }: App): Submit =>
  (actor, streamId, type, input) =>
    parts.engine.execute({
      envelope: { commandId: uuid(), streamId, type, input, occurredAt: parts.clock.now() },
      actor,
      organisationId: ORGANISATION_ID,
    });

/** The streams of fresh locations, so that every round begins on the same morning. */
export async function openLocations(app: App, { callers, locations }: Load): Promise<readonly Station[]> {
  const submit = submitTo(app);
  await submit({ kind: 'system' }, ORGANISATION_ID, 'platform.createOrganisation', {
    name: 'Bench',
    language: 'de',
    currency: 'CHF',
  });
  const counters = Math.ceil(callers / locations);
  const stations = [];
  for (let i = 0; i < locations; i += 1) stations.push(await openStation(submit, personOf(0), counters));
  return stations;
}

/** Issue, call next, start, complete: in turn and as fast as it goes, through `execute` of the whole product. */
export async function serve(
  app: App,
  stations: readonly Station[],
  callers: number,
  durationMs: number,
): Promise<LoopResult> {
  const submit = submitTo(app);
  const clerks = Array.from({ length: callers }, (_, i) => {
    const station = stations[i % stations.length];
    const counterId = station?.counterIds[Math.floor(i / stations.length)];
    if (station === undefined || counterId === undefined) throw new Error('more callers than counters');
    return { ...station, counterId, actor: personOf(i), stageId: '' };
  });
  for (const { actor, streamId, counterId } of clerks)
    await must(submit(actor, streamId, 'directory.signOn', { counterId, takeOver: false }), 'sign-on');
  return closedLoop(callers, durationMs, async (caller, n) => {
    const clerk = clerks[caller];
    if (clerk === undefined) throw new Error('more callers than clerks');
    const send = (type: string, input: unknown) =>
      must(submit(clerk.actor, clerk.streamId, type, input), type);
    switch (n % 4) {
      case 0:
        return void (await send('queue.issueTicket', ticketInput(clerk.serviceId)));
      case 1:
        clerk.stageId = (
          (await send('queue.callNext', { counterId: clerk.counterId })) as { stageId: string }
        ).stageId;
        return;
      case 2:
        return void (await send('queue.start', { stageId: clerk.stageId }));
      default:
        return void (await send('queue.complete', { stageId: clerk.stageId, outcome: null }));
    }
  });
}

// The whole product on a clock that is driven from outside, and a day's customers in the same process.
import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { pino } from 'pino';
import { v7 as uuid } from 'uuid';
import type { Actor } from '@schalter/shared/kernel/actor.ts';
import { instant } from '@schalter/shared/kernel/time.ts';
import { rightsAs } from '@schalter/shared/platform/access.ts';
import { outboxEmail } from '@schalter/server/src/adapters/outbox-email.ts';
import { webPushBy } from '@schalter/server/src/adapters/web-push.ts';
import { outboxSms } from '@schalter/server/src/adapters/outbox-sms.ts';
import { startApp, type App } from '@schalter/server/src/app.ts';
import { readConfig } from '@schalter/server/src/config.ts';
import { answerParent } from './child.ts';
import { must, openStation, ticketInput, type Station, type Submit } from './station.ts';

export interface Hour {
  readonly fromMs: number;
  readonly tickets: number;
}
export interface Sample {
  readonly heapBytes: number;
  readonly rssBytes: number;
  /** Tickets in the live set. */
  readonly live: number;
}
export interface Opened {
  readonly port: number;
  readonly streamId: string;
  readonly token: string;
}

const COUNTERS = 16;
const HOUR_MS = 3_600_000;
/** The day's end is looked for every half minute of real time. */
const DAY_END_MS_MAX = 60_000;
const ORGANISATION_ID = uuid();
const admin: Actor = {
  kind: 'person',
  personId: uuid(),
  organisationId: ORGANISATION_ID,
  name: 'Admin',
  rights: rightsAs('owner', 'all'),
  deviceId: null,
};
const clerks: readonly Actor[] = Array.from({ length: COUNTERS }, () => ({ ...admin, personId: uuid() }));

setFlagsFromString('--expose_gc');
const collect = runInNewContext('gc') as () => void;

let nowMs = 0;
let app: App;
let station: Station;

const submit: Submit = (actor, streamId, type, input) =>
  app.parts.engine.execute({
    envelope: { commandId: uuid(), streamId, type, input, occurredAt: instant(nowMs) },
    actor,
    organisationId: ORGANISATION_ID,
  });
const send = (actor: Actor, type: string, input: unknown): Promise<unknown> =>
  must(submit(actor, station.streamId, type, input), type);

async function open({ databaseUrl, fromMs }: { databaseUrl: string; fromMs: number }): Promise<Opened> {
  nowMs = fromMs;
  app = await startApp({
    config: readConfig({ PORT: '0', HOST: '127.0.0.1', DATABASE_URL: databaseUrl }, process.cwd()),
    databaseUrl,
    clock: { now: () => instant(nowMs) },
    sms: outboxSms(),
    email: outboxEmail(),
    push: webPushBy({ contact: null, services: [] }),
    log: pino({ level: 'error' }),
    links: [],
    signIns: [],
  });
  const organisation = { name: 'Bench', language: 'de', currency: 'CHF' };
  await submit({ kind: 'system' }, ORGANISATION_ID, 'platform.createOrganisation', organisation);
  station = await openStation(submit, admin, COUNTERS);
  const deviceId = uuid();
  const text = { de: '', fr: '', it: '', en: '' };
  const settings = { serviceIds: [], languages: ['de'], takeoverMs: 8_000, speech: false, paperMm: 80 };
  await send(admin, 'platform.registerDevice', {
    ...{ deviceId, kind: 'display', name: 'Wall' },
    settings: { ...settings, media: 'none', mediaText: text },
  });
  const device = { organisationId: ORGANISATION_ID, locationId: station.streamId, deviceId };
  const token = await app.parts.credentials.issueDeviceToken(device, instant(nowMs));
  return { port: app.port, streamId: station.streamId, token };
}

/** An hour's customers, evenly spread, each from number to farewell. */
async function hour({ fromMs, tickets }: Hour): Promise<void> {
  nowMs = fromMs;
  await Promise.all(
    clerks.map((actor, i) =>
      send(actor, 'directory.signOn', { counterId: station.counterIds[i], takeOver: true }),
    ),
  );
  // The clock moves only between two waves: nobody's command grows old on its way.
  for (let served = 0; served < tickets; served += COUNTERS) {
    nowMs = fromMs + (HOUR_MS * served) / tickets;
    const wave = clerks.slice(0, tickets - served);
    await Promise.all(wave.map((actor, i) => serve(actor, station.counterIds[i] ?? '')));
  }
}

async function serve(actor: Actor, counterId: string): Promise<void> {
  await send(actor, 'queue.issueTicket', ticketInput(station.serviceId));
  const { stageId } = (await send(actor, 'queue.callNext', { counterId })) as { stageId: string };
  await send(actor, 'queue.start', { stageId });
  await send(actor, 'queue.complete', { stageId, outcome: null });
}

const liveVisits = async (): Promise<number> =>
  (await app.parts.engine.read(station.streamId, ({ live }) => live.rows.visits.size)) ?? 0;

/** Until the product itself has ended the day that is over. */
async function dayEnd(atMs: number): Promise<void> {
  nowMs = atMs;
  const until = performance.now() + DAY_END_MS_MAX;
  const left = () =>
    app.parts.engine.read(station.streamId, ({ live }) => live.rows.visits.size + live.rows.presences.size);
  // Who forgot to sign off is signed off with it.
  while ((await left()) !== 0) {
    if (performance.now() > until) throw new Error('the day was not ended');
    await sleep(250);
  }
}

async function sample(): Promise<Sample> {
  const live = await liveVisits();
  collect();
  // What finalisers let go of is collected the second time.
  await sleep(50);
  collect();
  const { heapUsed, external, rss } = process.memoryUsage();
  return { heapBytes: heapUsed + external, rssBytes: rss, live };
}

answerParent({ open, hour, dayEnd, sample });
process.once('SIGTERM', () => void app.stop().finally(() => process.exit(0)));

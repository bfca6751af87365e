import { pino } from 'pino';
import { v7 as uuid } from 'uuid';
import type { Actor } from '@schalter/shared/kernel/actor.ts';
import { systemClock } from '@schalter/server/src/adapters/clock.ts';
import { outboxSms } from '@schalter/server/src/adapters/outbox-sms.ts';
import { startApp, type App } from '@schalter/server/src/app.ts';
import { readConfig } from '@schalter/server/src/config.ts';
import { closedLoop, type LoopResult } from '../lib/closed-loop.ts';
import { startDatabase } from '../lib/database.ts';
import { fixed, type Figure, type Measurement } from '../lib/figure.ts';
import { startPgFloor, type PgFloor } from '../lib/pg-floor.ts';
import { interleave, median } from '../lib/stats.ts';
import { must, openStation, ticketInput, type Submit } from '../lib/station.ts';

const CALLERS = 32;
const ROUNDS = 5;
/** A round at one location is about a busy day's commands there, and long enough for checkpoints to show. */
const ROUND_MS = 2_000;
const TARGET_RATIO = 1;

export const throughput: Measurement = {
  key: 'throughput',
  takesS: 35,
  async measure({ say }) {
    const database = await startDatabase();
    const app = await startProduct(database.url);
    let floor: PgFloor | null = null;
    try {
      // A database that has never counted its rows guesses its plans, and stays with them: after a minute of work
      // autovacuum would do this.
      await measureExecute(app);
      await database.analyze();
      const entry = await database.journalEntry();
      const plain = await startPgFloor(database.url, CALLERS, entry);
      floor = plain;
      const results = { ours: [] as LoopResult[], floor: [] as LoopResult[] };
      const compared = await interleave(
        ROUNDS,
        async () => {
          const result = await measureExecute(app);
          results.ours.push(result);
          say(`execute ${fixed(result.perSecond, 0)}/s`);
          return result.perSecond;
        },
        async () => {
          const result = await plain.measure(ROUND_MS);
          results.floor.push(result);
          say(`floor ${fixed(result.perSecond, 0)}/s`);
          return result.perSecond;
        },
      );
      return [figureOf(compared, results, entry.length)];
    } finally {
      await floor?.stop();
      await app.stop();
      await database.stop();
    }
  },
};

function figureOf(
  { ratio, ratios, ours, floor }: Awaited<ReturnType<typeof interleave>>,
  results: { ours: readonly LoopResult[]; floor: readonly LoopResult[] },
  bytes: number,
): Figure {
  const latency = (of: readonly LoopResult[], key: 'p50' | 'p99'): string =>
    fixed(median(of.map((result) => result.latencyMs[key])));
  return {
    name: `commands per second on one location, ${CALLERS} callers, by the floor`,
    value: `${fixed(ratio, 2)} ×`,
    target: `≥ ${fixed(TARGET_RATIO, 1)} ×`,
    ok: ratio >= TARGET_RATIO,
    details: [
      `execute ${fixed(median(ours), 0)}/s (p50 ${latency(results.ours, 'p50')} ms, p99 ${latency(results.ours, 'p99')} ms): ` +
        'issue, call next, start, complete in turn',
      `floor ${fixed(median(floor), 0)}/s (p50 ${latency(results.floor, 'p50')} ms, p99 ${latency(results.floor, 'p99')} ms): ` +
        `one prepared insert of ${bytes} bytes with returning each, what a journal entry weighs; fsync on`,
      `ratios of the rounds: ${ratios.map((r) => fixed(r, 2)).join(', ')}`,
    ],
  };
}

/** The product as it runs, in this process: engine, jobs, signals, sockets without a listener. */
function startProduct(databaseUrl: string): Promise<App> {
  return startApp({
    config: { ...readConfig({ PORT: '0', HOST: '127.0.0.1', DATABASE_URL: databaseUrl }, process.cwd()) },
    databaseUrl,
    clock: systemClock,
    sms: outboxSms(),
    log: pino({ level: 'error' }),
    links: [],
    signIns: [],
  });
}

const ORGANISATION_ID = uuid();

async function measureExecute(app: App): Promise<LoopResult> {
  const submit: Submit = (actor, streamId, type, input) =>
    app.parts.engine.execute({
      envelope: { commandId: uuid(), streamId, type, input, occurredAt: app.parts.clock.now() },
      actor,
      organisationId: ORGANISATION_ID,
    });
  await submit({ kind: 'system' }, ORGANISATION_ID, 'platform.createOrganisation', {
    name: 'Bench',
    language: 'de',
    currency: 'CHF',
  });
  const station = await openStation(submit, personOf(0), CALLERS);
  const clerks = station.counterIds.map((counterId, i) => ({ counterId, actor: personOf(i) }));
  for (const { counterId, actor } of clerks) {
    await must(
      submit(actor, station.streamId, 'directory.signOn', { counterId, takeOver: false }),
      'sign-on',
    );
  }
  const serving = new Map<number, string>();
  return closedLoop(CALLERS, ROUND_MS, async (caller, n) => {
    const clerk = clerks[caller];
    if (clerk === undefined) throw new Error('more callers than clerks');
    const send = (type: string, input: unknown) =>
      must(submit(clerk.actor, station.streamId, type, input), type);
    const stageId = serving.get(caller) ?? '';
    switch (n % 4) {
      case 0:
        return void (await send('queue.issueTicket', ticketInput(station.serviceId)));
      case 1:
        return void serving.set(
          caller,
          ((await send('queue.callNext', { counterId: clerk.counterId })) as { stageId: string }).stageId,
        );
      case 2:
        return void (await send('queue.start', { stageId }));
      default:
        return void (await send('queue.complete', { stageId, outcome: null }));
    }
  });
}

const PEOPLE = Array.from({ length: CALLERS }, () => uuid());
const personOf = (i: number): Actor => ({
  kind: 'person',
  personId: PEOPLE[i] ?? '',
  organisationId: ORGANISATION_ID,
  name: `Clerk ${i + 1}`,
  role: 'admin',
  locationIds: 'all',
  deviceId: null,
});

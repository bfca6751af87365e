// Who uses the house while everything fails: customers at kiosks, clerks at counters.
import { setTimeout as delay } from 'node:timers/promises';
import { v7 as uuid } from 'uuid';
import { counters, services } from '@schalter/drizzle/seed/station.ts';
import type { Connection } from '@schalter/shared/client/connection-state.ts';
import type { Answer } from '@schalter/shared/kernel/command.ts';
import type { AllTables } from '@schalter/shared/registry.ts';
import { newLinkToken, type Caller } from '../support/api.ts';
import type { History } from './history.ts';

/** A caller over HTTP gives up a try after this long and sends the same command again. */
export const TRY_MS_MAX = 4_000;
const AGAIN_MS = 300;
/** Between two touches; a clerk who finds nobody waiting looks again. */
const PAUSE_MS = 150;
/** Whoever sees that nothing is answered stops pressing. */
const PRESSES_MAX = 10;
/** Said of what nobody decided. */
const UNDECIDED = new Set(['unavailable', 'rateLimited', 'internal']);

export const isDecided = (answer: Answer): boolean => answer.ok || !UNDECIDED.has(answer.code);

/** One command over HTTP until somebody has decided it, or `over` says that nobody will. */
export async function insist(
  { caller, history, who }: { caller: Caller; history: History; who: string },
  command: { readonly streamId: string; readonly type: string; readonly input: unknown },
  over: () => boolean,
): Promise<Answer | null> {
  const commandId = uuid();
  while (!over()) {
    history.sent(who, { commandId, type: command.type });
    const answer = await caller.command(command.streamId, command.type, command.input, commandId).then(
      (given) => given,
      () => null,
    );
    // A proxy's own page, or half an answer, is no answer.
    const isAnswer = answer !== null && (answer.ok || typeof answer.code === 'string');
    if (isAnswer) history.answered(commandId, answer);
    if (isAnswer && isDecided(answer)) return answer;
    await delay(AGAIN_MS);
  }
  return null;
}

const WALK_IN = services.filter(({ service }) => service.kind !== 'appointment');

/** Takes numbers for one customer after the other; every third wants a message. */
export async function beKiosk(
  who: { caller: Caller; history: History; who: string },
  streamId: string,
  { over, givenUp, phoneOf }: { over: () => boolean; givenUp: () => boolean; phoneOf: () => string },
): Promise<void> {
  for (let n = 0; !over(); n += 1) {
    const contact = { phone: phoneOf(), consentWording: 'kiosk-1', consentLanguage: 'de' };
    const input = {
      serviceId: WALK_IN[n % WALK_IN.length]?.serviceId,
      language: 'de',
      linkToken: newLinkToken(),
      contact: n % 3 === 0 ? contact : null,
      name: null,
      note: null,
    };
    // What was begun is finished, also after the faults have stopped.
    await insist(who, { streamId, type: 'queue.issueTicket', input }, givenUp);
    await delay(PAUSE_MS * 2);
  }
}

/** Calls, starts and completes whatever the screen shows at the clerk's own counter. */
export async function beClerk(
  connection: Connection<AllTables>,
  counterId: string,
  over: () => boolean,
): Promise<void> {
  while (!over()) {
    const { live, pending } = connection.getState();
    if (pending.count >= PRESSES_MAX) {
      await delay(PAUSE_MS);
      continue;
    }
    const mine = [...live.rows.stages.values()].find(
      (stage) => stage.counterId === counterId && (stage.status === 'called' || stage.status === 'serving'),
    );
    const isThere = [...live.rows.presences.values()].some((presence) => presence.counterId === counterId);
    if (!isThere) await connection.send('directory.signOn', { counterId, takeOver: true });
    else if (mine === undefined) await connection.send('queue.callNext', { counterId });
    else if (mine.status === 'called') await connection.send('queue.start', { stageId: mine.id });
    else await connection.send('queue.complete', { stageId: mine.id, outcome: null });
    await delay(PAUSE_MS);
  }
}

export const COUNTER_IDS = counters.map(({ counterId }) => counterId);

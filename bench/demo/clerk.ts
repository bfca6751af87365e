import type { RejectionCode } from '@schalter/shared/kernel/rejections.ts';
import type { Stage } from '@schalter/shared/queue/rows.ts';
import type { Proof } from '../lib/api.ts';
import { handling, type Handling } from './script.ts';
import type { Hall } from './hall.ts';

export interface Clerk {
  readonly name: string;
  readonly personId: string;
  readonly proof: Proof;
  /** Which of the free counters this clerk goes to first. */
  readonly likes: number;
}

/** Somebody real has taken the counter, or the customer: the game gives way. */
const GIVES_WAY: readonly RejectionCode[] = [
  'notSignedOn',
  'counterTaken',
  'versionConflict',
  'illegalMove',
  'stageUnknown',
];
const NOBODY: readonly RejectionCode[] = ['queueEmpty', 'onlyEarlyBookings'];
/** How long an absent customer is called for. */
const COMES_WITHIN_MIN = 0.8;
const CALLS_MAX = 2;
const BREAK_SHARE = 0.05;
const BREAK_MIN = 6;
const HOLD_MIN = 5;

/** A clerk's morning: signs on at a free counter, then one customer after the other. */
export async function work(hall: Hall, clerk: Clerk, isAbsent: (visitId: string) => boolean): Promise<void> {
  const counterId = await signOn(hall, clerk);
  if (counterId === null) return;
  const own = { counterId };
  // A morning that was broken off has left somebody at the counter.
  for (const stage of hall.atCounter(counterId)) {
    if (stage.status === 'called')
      await hall.command(clerk.proof, 'queue.start', { stageId: stage.id }, GIVES_WAY);
    await hall.command(clerk.proof, 'queue.complete', { stageId: stage.id, outcome: null }, GIVES_WAY);
  }
  while (!hall.over) {
    if (hall.presences.find((presence) => presence.id === counterId)?.personId !== clerk.personId) {
      // The sign-on may not have come back yet; one who really was replaced goes home.
      if (!(await hall.until(() => isAt(hall, clerk, counterId), 1))) return;
    }
    const called = await hall.command(clerk.proof, 'queue.callNext', own, [
      ...NOBODY,
      ...GIVES_WAY,
      'counterBusy',
    ]);
    if (called.ok) {
      await serve(hall, clerk, (called.result as { stageId: string }).stageId, isAbsent);
      if (hall.chance() < BREAK_SHARE) await takeBreak(hall, clerk, counterId);
    } else {
      const before = hall.waiting;
      await hall.until(() => hall.waiting !== before, 2);
    }
    await hall.minutes(0.1 + 0.2 * hall.chance());
  }
  await hall.command(clerk.proof, 'directory.signOff', own, GIVES_WAY);
}

const isAt = (hall: Hall, clerk: Clerk, counterId: string): boolean =>
  hall.presences.some((presence) => presence.id === counterId && presence.personId === clerk.personId);

async function signOn(hall: Hall, clerk: Clerk): Promise<string | null> {
  const mine = hall.presences.find((presence) => presence.personId === clerk.personId);
  const taken = new Set(hall.presences.map((presence) => presence.id));
  const counters = [...hall.counters].sort((a, b) => a.position - b.position);
  // The last counter is the favourite of the first: as in the station's pictures.
  const favourite = counters.at((clerk.likes - 1) % counters.length);
  const free = counters
    .filter((counter) => counter.id === mine?.id || !taken.has(counter.id))
    .sort((a, b) => Number(b.id === favourite?.id) - Number(a.id === favourite?.id));
  for (const counter of free) {
    const input = { counterId: counter.id, takeOver: false };
    const answer = await hall.command(clerk.proof, 'directory.signOn', input, [
      'counterTaken',
      'counterBusy',
    ]);
    if (!answer.ok) continue;
    hall.say(`${clerk.name} works at counter ${counter.name}`);
    return counter.id;
  }
  hall.say(`${clerk.name} finds no free counter`);
  return null;
}

async function takeBreak(hall: Hall, clerk: Clerk, counterId: string): Promise<void> {
  const answer = await hall.command(clerk.proof, 'directory.setBreak', { counterId, onBreak: true }, [
    ...GIVES_WAY,
    'counterBusy',
  ]);
  if (!answer.ok) return;
  hall.say(`${clerk.name} takes a break`);
  await hall.minutes(BREAK_MIN);
  await hall.command(clerk.proof, 'directory.setBreak', { counterId, onBreak: false }, GIVES_WAY);
}

async function serve(
  hall: Hall,
  clerk: Clerk,
  stageId: string,
  isAbsent: (visitId: string) => boolean,
): Promise<void> {
  await hall.until(() => hall.stage(stageId) !== undefined, 1);
  const stage = hall.stage(stageId);
  if (stage === undefined) return;
  const number = hall.number(stage.visitId);
  const service = hall.service(stage.serviceId);
  hall.say(`${number} is called by ${clerk.name}`);
  const plan = handling(hall.chance, service?.serviceMin ?? 5);
  if (isAbsent(stage.visitId)) return callInVain(hall, clerk, stageId, number);
  await hall.minutes(plan.walkMin);
  const started = await hall.command(clerk.proof, 'queue.start', { stageId }, GIVES_WAY);
  if (!started.ok) return;
  await hall.minutes(plan.serviceMin);
  await finish(hall, clerk, stage, plan, number);
}

async function callInVain(hall: Hall, clerk: Clerk, stageId: string, number: string): Promise<void> {
  for (let calls = 1; calls < CALLS_MAX; calls += 1) {
    await hall.minutes(COMES_WITHIN_MIN);
    await hall.command(clerk.proof, 'queue.recall', { stageId }, GIVES_WAY);
    hall.say(`${number} is called again`);
  }
  await hall.minutes(COMES_WITHIN_MIN);
  const missed = await hall.command(clerk.proof, 'queue.markNoShow', { stageId }, [
    ...GIVES_WAY,
    'tooEarlyForNoShow',
  ]);
  if (missed.ok) hall.say(`${number} did not come`);
  else await hall.command(clerk.proof, 'queue.cancel', { stageId, reason: 'nicht erschienen' }, GIVES_WAY);
}

async function finish(hall: Hall, clerk: Clerk, stage: Stage, plan: Handling, number: string): Promise<void> {
  const stageId = stage.id;
  if (plan.ends === 'hold') {
    const resumeInMin = Math.max(1, Math.round(hall.serverMinutes(HOLD_MIN)));
    const input = { stageId, reason: 'Ausweis fehlt', owner: 'any', resumeInMin };
    const held = await hall.command(clerk.proof, 'queue.hold', input, GIVES_WAY);
    if (held.ok) {
      hall.say(`${number} fetches a document and waits again in ${resumeInMin} min`);
      return;
    }
  }
  const other = hall.services.find((service) => service.kind === 'inquiry' && service.id !== stage.serviceId);
  if (plan.ends === 'transfer' && other !== undefined) {
    const input = { stageId, serviceId: other.id, counterId: null, personId: null, note: 'Rechnung klären' };
    const handed = await hall.command(clerk.proof, 'queue.transfer', input, [
      ...GIVES_WAY,
      'transferNowhere',
    ]);
    if (handed.ok) {
      hall.say(`${number} is handed to ${other.name.en}`);
      return;
    }
  }
  await hall.command(clerk.proof, 'queue.complete', { stageId, outcome: null }, GIVES_WAY);
}

import { randomBytes } from 'node:crypto';
import type { Language } from '@schalter/shared/kernel/text.ts';
import type { WaitRange } from '@schalter/shared/kernel/protocol.ts';
import { asCustomer, nobody, type Proof } from '../lib/api.ts';
import type { Hall } from './hall.ts';
import type { Visitor } from './script.ts';

export interface Doors {
  readonly kiosk: Proof;
  /** A booking of about now, as the reservation desk has taken it down. */
  readonly reserve: () => Promise<{ readonly reference: string; readonly lastName: string } | null>;
  /** The code on the wall now; null until it has been heard. */
  readonly arrivalCode: () => string | null;
}

interface Issued {
  readonly visitId: string;
  readonly range: WaitRange | null;
}

const newLinkToken = (): string => randomBytes(24).toString('base64url');
const WAITS_MIN_MAX = 90;
/** From the car park to the hall. */
const WALKS_IN_MIN = 4;

/** One customer's visit, from the number to the rating. */
export async function visit(
  hall: Hall,
  doors: Doors,
  visitor: Visitor,
  staysAway: (visitId: string) => void,
): Promise<void> {
  const linkToken = newLinkToken();
  const issued = await takeNumber(hall, doors, visitor, linkToken);
  if (issued === null) return;
  const { visitId, range } = issued;
  if (visitor.temper === 'absent') staysAway(visitId);
  const me = asCustomer(linkToken);
  await hall.until(() => hall.visit(visitId) !== undefined, 1);
  hall.say(`${hall.number(visitId)} ${FROM[visitor.comes]}, ${said(range)}`);
  if (visitor.comes === 'phone') await arrive(hall, doors, visitId, me);
  await waitForCall(hall, visitor, visitId, me);
  const ended = await hall.until(() => hall.visit(visitId)?.endedAt != null, WAITS_MIN_MAX);
  const wasServed = hall.callsOf(visitId).length > 0 || visitor.temper === 'patient';
  if (ended && wasServed && visitor.rating !== null) {
    await hall.command(me, 'queue.rate', { rating: visitor.rating }, [
      'visitUnknown',
      'illegalMove',
      'notSignedIn',
      'deviceRevoked',
    ]);
  }
}

const FROM: Readonly<Record<Visitor['comes'], string>> = {
  kiosk: 'takes a number at the kiosk',
  reservation: 'checks in with a reservation',
  phone: 'joins from the car park by phone',
};
const said = (range: WaitRange | null): string =>
  range === null ? 'no wait can be said' : `${range.lowMin}–${range.highMin} min`;

async function takeNumber(
  hall: Hall,
  doors: Doors,
  visitor: Visitor,
  linkToken: string,
): Promise<Issued | null> {
  const language: Language = visitor.language;
  const reservation = visitor.comes === 'reservation' ? await doors.reserve() : null;
  if (reservation !== null) {
    const input = { ...reservation, language, linkToken, contact: null };
    const answer = await hall.command(doors.kiosk, 'booking.checkIn', input, BUSY);
    return answer.ok ? (answer.result as Issued) : null;
  }
  const service = hall.services.find(({ kind }) => kind === visitor.serviceKind);
  if (service === undefined) return null;
  const input = { serviceId: service.id, language, linkToken, contact: null };
  const answer =
    visitor.comes === 'phone'
      ? await hall.command(nobody, 'queue.joinByPhone', { ...input, arrivalCode: null }, BUSY)
      : await hall.command(doors.kiosk, 'queue.issueTicket', { ...input, name: null, note: null }, BUSY);
  return answer.ok ? (answer.result as Issued) : null;
}

/** Full, closed or too fast: the customer goes away, as customers do. */
const BUSY = [
  'queueFull',
  'serviceClosed',
  'locationClosed',
  'closesBeforeTurn',
  'rateLimited',
  'phoneJoinOff',
] as const;

async function arrive(hall: Hall, doors: Doors, visitId: string, me: Proof): Promise<void> {
  await hall.minutes(WALKS_IN_MIN);
  const arrivalCode = doors.arrivalCode();
  if (arrivalCode === null) return;
  const answer = await hall.command(me, 'queue.confirmArrival', { arrivalCode }, [
    'visitUnknown',
    'illegalMove',
  ]);
  if (answer.ok) hall.say(`${hall.number(visitId)} is here and has scanned the wall`);
}

async function waitForCall(hall: Hall, visitor: Visitor, visitId: string, me: Proof): Promise<void> {
  const isOpen = (): boolean => hall.openStageOf(visitId)?.status === 'waiting';
  const called = (): boolean => !isOpen();
  if (visitor.temper === 'leaves') {
    if (await hall.until(called, visitor.leavesAfterMin)) return;
    const answer = await hall.command(me, 'queue.leave', {}, ['illegalMove', 'visitUnknown']);
    if (answer.ok) hall.say(`${hall.number(visitId)} has left the queue`);
    return;
  }
  if (visitor.temper === 'late' && !(await hall.until(called, 2))) {
    const answer = await hall.command(me, 'queue.delay', {}, [
      'illegalMove',
      'tooManyDelays',
      'visitUnknown',
    ]);
    if (answer.ok) hall.say(`${hall.number(visitId)} asks for five more minutes`);
  }
  await hall.until(called, WAITS_MIN_MAX);
  if (visitor.temper !== 'absent' && hall.openStageOf(visitId)?.status === 'called') {
    await hall.command(me, 'queue.confirmComing', {}, ['illegalMove', 'visitUnknown']);
  }
}

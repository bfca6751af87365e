import type { Sent } from '@schalter/shared/client/sender.ts';
import type { Answer } from '@schalter/shared/kernel/command.ts';
import type { WaitRange } from '@schalter/shared/kernel/protocol.ts';
import { deriveId } from '@schalter/shared/kernel/derive-id.ts';
import type { Language } from '@schalter/shared/kernel/text.ts';
import { ask, type Reply } from '@schalter/shared/ui/device/api.ts';
import type { Contact } from '../consent.ts';
import type { LateAnswers } from '../device/answers.ts';
import type { KioskMemory } from '../device/memory.ts';
import type { Issued, Wish } from './flow.ts';

/** What the server answers to a number that was asked for (docs/api.md). */
interface IssueResult {
  readonly visitId: string;
  readonly stageId: string;
  readonly serviceId: string;
  readonly series: string;
  readonly number: number;
  readonly ahead: number;
  readonly range: WaitRange | null;
}

export type TicketFound = Pick<Issued, 'visitId' | 'series' | 'number' | 'smsOptIn'>;

export interface Desk {
  /** Resolves once the line stands. */
  readonly whenLive: () => Promise<void>;
  /** Resolves once the server is not to be waited for: the line is broken for good, or there is no answer. */
  readonly whenGivenUp: () => Promise<void>;
  readonly isLive: () => boolean;
  readonly send: (type: string, input: unknown) => Promise<Sent>;
  readonly keep: (type: string, input: unknown) => Promise<Sent>;
  readonly lateAnswers: Pick<LateAnswers, 'of'>;
  readonly memory: Pick<KioskMemory, 'giving' | 'setGiving' | 'abandoned' | 'setAbandoned'>;
  /** The next number of this kiosk's own, of the day that it is; null where there is none. */
  readonly takeNumber: () => { readonly blockId: string; readonly number: number } | null;
  readonly seriesOf: (serviceId: string) => string | null;
  /** The ticket of a secret, as the server knows it. */
  readonly ticketOf: (linkToken: string) => Promise<Reply<TicketFound>>;
  /** Gives back a number that nobody has seen. */
  readonly giveBack: (linkToken: string) => Promise<void>;
  readonly newLinkToken: () => string;
  readonly now: () => string;
  readonly nowMs: () => number;
}

/** Which id of `queue.recordTicket` is the visit's (queue/ticket.ts). */
const VISIT = 0;

const inputOf = (wish: Wish, contact: Contact | null, language: Language, linkToken: string) => {
  const common = {
    language,
    linkToken,
    contact: contact === null ? null : { ...contact, consentLanguage: language },
  };
  return wish.kind === 'service'
    ? { ...common, serviceId: wish.serviceId, name: null, note: null }
    : { ...common, reference: wish.reference, lastName: wish.lastName };
};

export interface Asked {
  readonly wish: Wish;
  readonly contact: Contact | null;
  readonly language: Language;
  /** False once whoever asked has left. */
  readonly isWanted: () => boolean;
}

export type Outcome = { readonly ok: true; readonly issued: Issued } | Extract<Answer, { ok: false }>;

/**
 * A number: the server's, or one of the kiosk's own where the server does not answer. Then the server's, if it should
 * have given one all the same, goes back. null: nobody wants it any more, and none was given.
 */
export async function issueNumber(desk: Desk, asked: Asked): Promise<Outcome | null> {
  const linkToken = desk.newLinkToken();
  const fromServer = askServer(desk, asked, linkToken);
  const gone = desk.whenGivenUp().then(() => 'gone' as const);
  const first = await Promise.race([fromServer, gone]);
  if (first !== 'gone') return first;
  const own = asked.isWanted() ? await giveOwn(desk, asked) : null;
  if (own === null) return fromServer;
  desk.memory.setAbandoned([...desk.memory.abandoned(), linkToken]);
  void fromServer.then(async (outcome) => {
    if (outcome?.ok === true) await desk.giveBack(linkToken);
    forget(desk, linkToken);
  });
  return { ok: true, issued: own };
}

/** Says nothing of the ticket: the line was gone, or the server without its database. */
const UNANSWERED: ReadonlySet<string> = new Set(['unavailable', 'unreachable', 'rateLimited']);

const forget = ({ memory }: Pick<Desk, 'memory'>, linkToken: string): void =>
  memory.setAbandoned(memory.abandoned().filter((other) => other !== linkToken));

/** What was abandoned before the page was lost. Called once the line stands. */
export async function giveBackAbandoned(desk: Pick<Desk, 'memory' | 'giveBack' | 'ticketOf'>): Promise<void> {
  for (const linkToken of desk.memory.abandoned()) {
    const reply = await desk.ticketOf(linkToken);
    // Where nobody answers, it is asked again at the next start.
    if (!reply.ok && UNANSWERED.has(reply.code)) continue;
    if (reply.ok) await desk.giveBack(linkToken);
    forget(desk, linkToken);
  }
}

/**
 * A number of this kiosk's block. It is on the disk before anybody sees it; what can't be written down is not given.
 * No phone number is taken along: without the server nobody can say whether it is one.
 */
async function giveOwn(desk: Desk, { wish, contact, language }: Asked): Promise<Issued | null> {
  if (wish.kind !== 'service') return null;
  const { serviceId } = wish;
  const series = desk.seriesOf(serviceId);
  const taken = series === null ? null : desk.takeNumber();
  if (series === null || taken === null) return null;
  const linkToken = desk.newLinkToken();
  const kept = await desk.keep('queue.recordTicket', { ...taken, serviceId, language, linkToken });
  if (kept.ok !== 'queued') return null;
  const ids = { visitId: deriveId(kept.commandId, VISIT), stageId: '', serviceId };
  const unknown = { ahead: null, range: null, smsOptIn: false, smsLost: contact !== null };
  const issued = { ...ids, series, number: taken.number, ...unknown, linkToken, at: desk.now() };
  desk.memory.setGiving({ linkToken, atMs: desk.nowMs(), issued });
  return issued;
}

/**
 * Asks for one number with one command. However long the line is broken, the same command is sent again until
 * it is answered, so that a number is neither given twice nor lost.
 */
async function askServer(desk: Desk, asked: Asked, linkToken: string): Promise<Outcome | null> {
  const { wish, contact, language, isWanted } = asked;
  desk.memory.setGiving({ linkToken, atMs: desk.nowMs() });
  const settled = (): void => {
    if (desk.memory.giving()?.linkToken === linkToken) desk.memory.setGiving(null);
  };
  const type = wish.kind === 'service' ? 'queue.issueTicket' : 'booking.checkIn';
  const input = inputOf(wish, contact, language, linkToken);
  let sent = await desk.send(type, input);
  // Not a word has left this device while the line is broken: what is asked for waits for it.
  while (sent.ok === false && sent.code === 'unavailable' && !desk.isLive()) {
    await desk.whenLive();
    if (!isWanted() || desk.memory.abandoned().includes(linkToken)) {
      settled();
      return null;
    }
    sent = await desk.send(type, input);
  }
  const answer = sent.ok === 'queued' ? await desk.lateAnswers.of(sent.commandId) : sent;
  if (!answer.ok) {
    settled();
    return answer;
  }
  const result = answer.result as IssueResult;
  return { ok: true, issued: { ...result, linkToken, smsOptIn: contact !== null, at: desk.now() } };
}

/** A number that was being given when the page was lost is looked for this long. */
const FOUND_AGAIN_MS = 120_000;

/** A number that was being given when the page was lost (a crash, a cut of power); null where there was none. */
export async function findAgain({
  memory,
  ticketOf,
  now,
  nowMs,
}: Pick<Desk, 'memory' | 'ticketOf' | 'now' | 'nowMs'>): Promise<Issued | null> {
  const giving = memory.giving();
  if (giving === null) return null;
  const { linkToken, atMs } = giving;
  const isRecent = nowMs() - atMs < FOUND_AGAIN_MS;
  // One of the kiosk's own: nobody else knows of it yet.
  if (isRecent && giving.issued !== undefined) return giving.issued;
  const reply = isRecent ? await ticketOf(linkToken) : null;
  if (reply?.ok !== true) {
    memory.setGiving(null);
    return null;
  }
  const { visitId, series, number, smsOptIn } = reply.value;
  const unknown = { stageId: '', serviceId: '', ahead: null, range: null };
  return { visitId, series, number, smsOptIn, ...unknown, linkToken, at: now() };
}

export const ticketOf = (linkToken: string): Promise<Reply<TicketFound>> => ask('/ticket', as(linkToken));

/** Leaves the queue in the name of a ticket that nobody has seen: nobody would answer its call. */
export async function giveBack(
  linkToken: string,
  streamId: string,
  commandId: string,
  now: string,
): Promise<void> {
  const command = { commandId, streamId, type: 'queue.leave', input: {}, occurredAt: now };
  const { headers } = as(linkToken);
  await ask('/commands', {
    method: 'POST',
    headers: { ...headers, 'Content-Type': 'application/json' },
    body: JSON.stringify(command),
  });
}

const as = (linkToken: string) => ({ headers: { Authorization: `Ticket ${linkToken}` } });

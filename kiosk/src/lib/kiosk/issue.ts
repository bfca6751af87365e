import type { Sent } from '@schalter/shared/client/sender.ts';
import type { Answer } from '@schalter/shared/kernel/command.ts';
import type { WaitRange } from '@schalter/shared/kernel/protocol.ts';
import type { Language } from '@schalter/shared/kernel/text.ts';
import { ask } from '@schalter/shared/ui/device/api.ts';
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

export interface Desk {
  /** Resolves once the line stands. */
  readonly whenLive: () => Promise<void>;
  readonly isLive: () => boolean;
  readonly send: (type: string, input: unknown) => Promise<Sent>;
  readonly lateAnswers: Pick<LateAnswers, 'of'>;
  readonly memory: Pick<KioskMemory, 'giving' | 'setGiving'>;
  readonly newLinkToken: () => string;
  readonly now: () => string;
  readonly nowMs: () => number;
}

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
 * Asks for one number with one command. However long the line is broken, the same command is sent again until
 * it is answered, so that a number is neither given twice nor lost. null: nobody wants it any more, and none
 * was given.
 */
export async function issueNumber(desk: Desk, asked: Asked): Promise<Outcome | null> {
  const { wish, contact, language, isWanted } = asked;
  const linkToken = desk.newLinkToken();
  desk.memory.setGiving({ linkToken, atMs: desk.nowMs() });
  const type = wish.kind === 'service' ? 'queue.issueTicket' : 'booking.checkIn';
  const input = inputOf(wish, contact, language, linkToken);
  let sent = await desk.send(type, input);
  // Not a word has left this device while the line is broken: what is asked for waits for it.
  while (sent.ok === false && sent.code === 'unavailable' && !desk.isLive()) {
    await desk.whenLive();
    if (!isWanted()) {
      desk.memory.setGiving(null);
      return null;
    }
    sent = await desk.send(type, input);
  }
  const answer = sent.ok === 'queued' ? await desk.lateAnswers.of(sent.commandId) : sent;
  if (!answer.ok) {
    desk.memory.setGiving(null);
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
  now,
  nowMs,
}: Pick<Desk, 'memory' | 'now' | 'nowMs'>): Promise<Issued | null> {
  const giving = memory.giving();
  if (giving === null) return null;
  const { linkToken, atMs } = giving;
  const isRecent = nowMs() - atMs < FOUND_AGAIN_MS;
  const reply = isRecent
    ? await ask<Pick<Issued, 'visitId' | 'series' | 'number' | 'smsOptIn'>>('/ticket', as(linkToken))
    : null;
  if (reply?.ok !== true) {
    memory.setGiving(null);
    return null;
  }
  const { visitId, series, number, smsOptIn } = reply.value;
  const unknown = { stageId: '', serviceId: '', ahead: null, range: null };
  return { visitId, series, number, smsOptIn, ...unknown, linkToken, at: now() };
}

/** Leaves the queue in the name of a ticket that nobody has seen: nobody would answer its call. */
export async function giveBack(
  { linkToken }: Issued,
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

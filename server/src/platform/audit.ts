import type { AuditItem, AuditSubject } from '@schalter/shared/audit.ts';
import { maskText } from '@schalter/shared/audit-fields.ts';
import { SecurityEvent } from '@schalter/shared/platform/security.ts';

/** What the audit needs of an entry of the journal, read from the entry itself. */

export interface Subject {
  readonly kind: AuditSubject['kind'];
  /** A call and a message stand for the ticket that they are about. */
  readonly by: 'id' | 'call' | 'message';
  readonly id: string;
}

/** More than a line can name; the entry itself has them all. */
const SUBJECTS_MAX = 3;

interface Written {
  readonly type: string;
  readonly input: unknown;
  readonly actor: unknown;
  readonly deviceId: string | null;
}

/** An event is written by the server; who did it, and on which device, is what the event says. */
function securityEventOf({ type, input }: Pick<Written, 'type' | 'input'>): SecurityEvent | null {
  if (type !== 'platform.recordSecurityEvent') return null;
  const event = SecurityEvent.safeParse(input);
  return event.success ? event.data : null;
}

export function eventOf(entry: Pick<Written, 'type' | 'input'>): AuditItem['event'] {
  const event = securityEventOf(entry);
  return event && { name: event.event, what: event.what, count: event.count };
}

export function actorOf(entry: Written): {
  readonly actor: { readonly kind: AuditItem['actor']['kind']; readonly id: string | null };
  readonly deviceId: string | null;
} {
  const event = securityEventOf(entry);
  if (event !== null) {
    const { byPersonId, deviceId } = event;
    if (byPersonId !== null) return { actor: { kind: 'person', id: byPersonId }, deviceId };
    // Whoever tried is not known: somebody, at that device.
    if (event.personId !== null) return { actor: { kind: 'anonymous', id: null }, deviceId };
    return { actor: { kind: deviceId === null ? 'system' : 'device', id: deviceId }, deviceId };
  }
  const actor = entry.actor as { kind: AuditItem['actor']['kind']; personId?: string; deviceId?: string };
  const id = actor.kind === 'person' ? actor.personId : actor.kind === 'device' ? actor.deviceId : null;
  return { actor: { kind: actor.kind, id: id ?? null }, deviceId: entry.deviceId };
}

type Fact = Readonly<Record<string, unknown>>;

/** What the facts of an entry are about, each once, the ticket first. */
export function subjectsOf(facts: readonly Fact[]): Subject[] {
  const found = new Map<string, Subject>();
  for (const fact of facts) {
    for (const subject of subjectsOfFact(fact)) {
      if (found.size < SUBJECTS_MAX) found.set(subject.id, subject);
    }
  }
  return [...found.values()];
}

function subjectsOfFact(fact: Fact): Subject[] {
  const idOf = (key: string): string | null => (typeof fact[key] === 'string' ? fact[key] : null);
  const found: Subject[] = [];
  const add = (kind: Subject['kind'], id: string | null, by: Subject['by'] = 'id'): void => {
    if (id !== null) found.push({ kind, by, id });
  };
  const visitId = idOf('visitId');
  if (visitId !== null) add('ticket', visitId);
  else {
    add('ticket', idOf('callId'), 'call');
    add('ticket', idOf('messageId'), 'message');
    add('reservation', idOf('reservationId'));
  }
  add('counter', idOf('counterId'));
  // A ticket's service is one of many things about it; a change of the service itself is about nothing else.
  if (visitId === null) add('service', idOf('serviceId'));
  add('person', idOf('personId'));
  add('device', idOf('deviceId'));
  return found;
}

/** Why, in the words of whoever did it, where a command asks for them. */
export function whyOf(type: string, input: unknown): string | null {
  if (!type.startsWith('queue.')) return null;
  const { reason, outcome } = (input ?? {}) as { reason?: unknown; outcome?: unknown };
  const said = [reason, outcome].find((text) => typeof text === 'string' && text !== '');
  return typeof said === 'string' ? maskText(said) : null;
}

/** True where the id follows from the command's own (kernel/ids.ts): the row did not exist before. */
export const isMadeBy = (commandId: string, id: string): boolean =>
  id.charAt(14) === '8' &&
  id.slice(0, 14) === commandId.slice(0, 14) &&
  id.slice(15, -4) === commandId.slice(15, -4);

const ID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
/** All ids among some values, lists included. */
export const idsIn = (values: readonly unknown[]): string[] =>
  values.flat().filter((value): value is string => typeof value === 'string' && ID.test(value));

const NUMBER = /^([A-Za-z]?)\s*0*(\d{1,6})$/;
/** A ticket's number in any form that people say it in: "A012", "a 12", "12". */
export function numberIn(text: string): { readonly series: string | null; readonly number: number } | null {
  const [, series = '', number] = NUMBER.exec(text) ?? [];
  if (number === undefined) return null;
  return { series: series === '' ? null : series.toUpperCase(), number: Number(number) };
}

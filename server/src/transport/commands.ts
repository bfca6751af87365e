import type { Actor } from '@schalter/shared/kernel/actor.ts';
import type { Answer } from '@schalter/shared/kernel/command.ts';
import { reject } from '@schalter/shared/kernel/rejections.ts';
import { specOf } from '@schalter/shared/registry.ts';
import type { Engine } from '../engine/execute.ts';
import type { SecurityEvents, Told } from '../platform/security-events.ts';
import type { Identity } from '../platform/identity.ts';
import type { Limits, LimitName } from './limits.ts';

/** The one handler of commands: `POST /api/v1/commands` and the socket's `command` both end here. */
export function commandHandler(
  engine: Engine,
  limits: Pick<Limits, 'take'>,
  security: Pick<SecurityEvents, 'record'>,
) {
  return async (envelope: unknown, identity: Identity, address: string): Promise<Answer> => {
    if (identity.revoked) return reject('deviceRevoked');
    if (identity.actor.kind === 'anonymous' && !isOpen(envelope)) return reject('notSignedIn');
    const [limit, key] = limitOf(identity.actor, envelope, address);
    const limited = await limits.take(limit, key);
    if (limited !== null) return limited;
    const answer = await engine.execute({ envelope, actor: identity.actor });
    if (!answer.ok && answer.code === 'notPermitted') {
      const denied = deniedTo(identity, typeOf(envelope));
      if (denied !== null) void security.record(denied);
    }
    return answer;
  };
}

/** Whoever is known and asks for what is not theirs; a guest is nobody, and the limits stand before it. */
export function deniedTo(
  { actor, deviceId }: Pick<Identity, 'actor' | 'deviceId'>,
  what: unknown,
): Told | null {
  if (actor.kind !== 'person' && actor.kind !== 'device') return null;
  return {
    event: 'accessDenied',
    organisationId: actor.organisationId,
    byPersonId: actor.kind === 'person' ? actor.personId : null,
    deviceId,
    what: typeof what === 'string' ? what : null,
  };
}
export type HandleCommand = ReturnType<typeof commandHandler>;

const typeOf = (envelope: unknown): unknown =>
  typeof envelope === 'object' && envelope !== null && 'type' in envelope ? envelope.type : null;

/** What somebody without a name may ask for; an unknown command is told as such. */
function isOpen(envelope: unknown): boolean {
  const type = typeOf(envelope);
  const spec = typeof type === 'string' ? specOf(type) : undefined;
  return spec === undefined || spec.permission === 'ticket.join';
}

const NUMBERS: readonly unknown[] = ['queue.issueTicket', 'booking.checkIn'];

function limitOf(actor: Actor, envelope: unknown, address: string): [LimitName, string] {
  switch (actor.kind) {
    case 'anonymous':
      return ['join', address];
    case 'customer':
      return ['customer', actor.visitId];
    case 'device':
      return [NUMBERS.includes(typeOf(envelope)) ? 'kioskTicket' : 'command', actor.deviceId];
    case 'person':
      return ['command', actor.personId];
    case 'system':
      return ['command', 'system'];
  }
}

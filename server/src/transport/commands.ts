import type { Actor } from '@schalter/shared/kernel/actor.ts';
import { CommandEnvelope, type Answer } from '@schalter/shared/kernel/command.ts';
import { reject } from '@schalter/shared/kernel/rejections.ts';
import { can } from '@schalter/shared/platform/access.ts';
import { PROOF_ACTIONS, type Elevation } from '@schalter/shared/platform/proof.ts';
import { specOf } from '@schalter/shared/registry.ts';
import type { Engine } from '../engine/execute.ts';
import type { SecurityEvents, Told } from '../platform/security-events.ts';
import type { Identity } from '../platform/identity.ts';
import type { ProofStore } from '../platform/proof-store.ts';
import { provenly } from '../platform/proof.ts';
import type { Parts } from './caller.ts';
import type { Limits, LimitName } from './limits.ts';

/** The one handler of commands: `POST /api/v1/commands` and the socket's `command` both end here. */
export function commandHandler(
  engine: Engine,
  parts: Pick<Parts, 'clock'> & {
    readonly proofs: Pick<ProofStore, 'take' | 'giveBack'>;
    readonly limits: Pick<Limits, 'take'>;
    readonly security: Pick<SecurityEvents, 'record'>;
  },
) {
  const { limits, security } = parts;
  return async (envelope: unknown, identity: Identity, address: string): Promise<Answer> => {
    if (identity.revoked) return reject('deviceRevoked');
    if (identity.actor.kind === 'anonymous' && !isOpen(envelope)) return reject('notSignedIn');
    const [limit, key] = limitOf(identity.actor, envelope, address);
    const limited = await limits.take(limit, key);
    if (limited !== null) return limited;
    const execute = () => engine.execute({ envelope, actor: identity.actor });
    const wanted = await elevationOf(engine, envelope, identity.actor);
    const answer =
      wanted === null
        ? await execute()
        : await provenly(parts, identity, wanted, execute, (told) => !told.ok);
    if (!answer.ok && answer.code === 'notPermitted') {
      const denied = deniedTo(identity, typeOf(envelope));
      if (denied !== null) void security.record(denied);
    }
    return answer;
  };
}

/**
 * What a command needs a fresh proof for. Only whoever may send it is asked for one: anybody else is refused as ever, and
 * so is what is not well formed.
 */
async function elevationOf(engine: Engine, envelope: unknown, actor: Actor): Promise<Elevation | null> {
  if (actor.kind !== 'person') return null;
  const sent = CommandEnvelope.safeParse(envelope);
  const spec = sent.success ? specOf(sent.data.type) : undefined;
  if (!sent.success || spec?.proof === undefined) return null;
  const input = spec.input.safeParse(sent.data.input);
  if (!input.success) return null;
  const scope = await engine.read(sent.data.streamId, ({ head }) => ({
    organisationId: head.organisationId,
    locationId: head.locationId,
  }));
  if (scope === null || !can(actor, spec.permission, scope)) return null;
  const action = PROOF_ACTIONS.find((one) => one === sent.data.type);
  return action === undefined ? null : { action, target: spec.proof(input.data) };
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

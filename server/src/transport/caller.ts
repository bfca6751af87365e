import type { Request } from 'express';
import { v7 as uuid } from 'uuid';
import type { z } from 'zod';
import type { Actor } from '@schalter/shared/kernel/actor.ts';
import type { Answer } from '@schalter/shared/kernel/command.ts';
import { reject, type Rejection } from '@schalter/shared/kernel/rejections.ts';
import type { CommandType } from '@schalter/shared/registry.ts';
import type { Engine } from '../engine/execute.ts';
import type { Job } from '../jobs/job.ts';
import type { Clock } from '../ports/clock.ts';
import type { CredentialStore } from '../platform/credential-store.ts';
import type { DeviceTokens } from '../platform/device-token-store.ts';
import type { FactorStore } from '../platform/factor-store.ts';
import type { FieldCipher } from '../platform/field-encryption.ts';
import { proofOf, type Identities, type Identity } from '../platform/identity.ts';
import type { LinkStore } from '../platform/link-store.ts';
import type { PasskeyStore } from '../platform/passkey-store.ts';
import type { ProofStore } from '../platform/proof-store.ts';
import type { PlatformQueries } from '../platform/queries.ts';
import type { SecurityEvents } from '../platform/security-events.ts';
import type { SessionStore } from '../platform/session-store.ts';
import type { Limits } from './limits.ts';

/** What the routes of the capabilities are made of; `app.ts` puts it together. */
export interface Parts {
  readonly engine: Engine;
  readonly clock: Clock;
  readonly credentials: CredentialStore;
  readonly devices: DeviceTokens;
  readonly sessions: SessionStore;
  readonly proofs: ProofStore;
  readonly factors: FactorStore;
  readonly passkeys: PasskeyStore;
  readonly links: LinkStore;
  /** Adds a job by itself: done even where this process ends at once. */
  readonly later: (job: Job) => Promise<void>;
  readonly queries: PlatformQueries;
  readonly identities: Identities;
  readonly limits: Limits;
  readonly security: SecurityEvents;
  /** Seals and opens what the database shall hold but not be able to read. */
  readonly fields: FieldCipher;
  /** Where customers and staff reach this house, without a slash at the end. */
  readonly publicUrl: () => string;
  readonly demo: boolean;
}

export const identify = (
  parts: Parts,
  request: Request,
  as: 'person' | 'device' | 'any',
): Promise<Identity> =>
  parts.identities.identify(proofOf(request.headers, { deviceId: request.get('x-schalter-device') }), as);

/** Parses a body at the edge; a rejection names the first field that is wrong. */
export function parse<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
): { ok: true; data: z.output<Schema> } | Rejection {
  const parsed = schema.safeParse(value);
  if (parsed.success) return { ok: true, data: parsed.data };
  return reject('invalidInput', { field: (parsed.error.issues[0]?.path ?? []).map(String).join('.') });
}

/** Submits a command on somebody's behalf, as a route does it after its own checks. */
export function submit(
  parts: Pick<Parts, 'engine' | 'clock'>,
  command: {
    streamId: string;
    type: CommandType;
    input: unknown;
    actor: Actor;
    organisationId?: string;
    commandId?: string;
  },
): Promise<Answer> {
  const { streamId, type, input, actor, organisationId, commandId } = command;
  return parts.engine.execute({
    envelope: { commandId: commandId ?? uuid(), streamId, type, input, occurredAt: parts.clock.now() },
    actor,
    ...(organisationId === undefined ? {} : { organisationId }),
  });
}

export const cookieOptions = (parts: Parts) =>
  ({
    httpOnly: true,
    sameSite: 'strict',
    path: '/',
    secure: parts.publicUrl().startsWith('https:'),
  }) as const;

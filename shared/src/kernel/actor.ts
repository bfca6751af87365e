import { z } from 'zod';
import type { Right } from './permission.ts';

/** `station` is a paired staff tablet or desktop: people sign in on it with a PIN. */
export const DeviceKind = z.enum(['kiosk', 'display', 'station']);
export type DeviceKind = z.output<typeof DeviceKind>;

/** Who acts. It comes from the connection, never from a command's input. */
export type Actor =
  | {
      readonly kind: 'person';
      readonly personId: string;
      readonly organisationId: string;
      readonly name: string;
      /** What this person may now: of all roles, grants and denials, made when it was asked who this is. */
      readonly rights: readonly Right[];
      readonly deviceId: string | null;
    }
  | {
      readonly kind: 'device';
      readonly deviceId: string;
      readonly deviceKind: DeviceKind;
      readonly organisationId: string;
      readonly locationId: string;
    }
  | {
      readonly kind: 'customer';
      readonly visitId: string;
      readonly organisationId: string;
      readonly locationId: string;
    }
  | { readonly kind: 'anonymous' }
  /** The server itself: jobs, timers, the seed. */
  | { readonly kind: 'system' };

/** The paired device that it was done on. */
export const deviceOf = (actor: Actor): string | null => ('deviceId' in actor ? actor.deviceId : null);

type Person = Extract<Actor, { kind: 'person' }>;
/**
 * Who did it, as the journal keeps it: what somebody might have done as well would be most of an entry, and a name
 * could not be taken out of a hundred thousand of them when its owner is erased.
 */
export type Author = Exclude<Actor, Person> | Omit<Person, 'rights' | 'name'>;

export function authorOf(actor: Actor): Author {
  if (actor.kind !== 'person') return actor;
  const { kind, personId, organisationId, deviceId } = actor;
  return { kind, personId, organisationId, deviceId };
}

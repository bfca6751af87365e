import { z } from 'zod';

/** Shipped roles. The deeper model (hierarchies, scopes, grants) grows in platform/access.ts. */
export const Role = z.enum(['admin', 'manager', 'clerk']);
export type Role = z.output<typeof Role>;

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
      readonly role: Role;
      /** The locations this person works at; 'all' for admins. */
      readonly locationIds: readonly string[] | 'all';
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

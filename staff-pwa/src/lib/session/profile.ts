import type { Actor } from '@schalter/shared/kernel/actor.ts';
import type { Language } from '@schalter/shared/kernel/text.ts';
import type { Permission, Right } from '@schalter/shared/kernel/permission.ts';
import { can } from '@schalter/shared/platform/access.ts';

/** Who is signed in, as `GET /auth/profile` says it. */
export interface Profile {
  readonly person: {
    readonly id: string;
    readonly name: string;
    readonly email: string;
    readonly role: string;
    readonly locationIds: readonly string[];
    readonly language: Language;
  };
  /** What this person may now; the screens ask it, without a network as well. */
  readonly rights: readonly Right[];
  /** Rights to set up rest until a second factor has come; left out by an older server. */
  readonly needsSecondFactor?: boolean;
  readonly organisation: { readonly id: string; readonly name: string };
  readonly locations: readonly ProfileLocation[];
  readonly device: { readonly id: string; readonly name: string; readonly locationId: string } | null;
  readonly hasPin: boolean;
  readonly publicUrl?: string;
  /** With a sign-in alone: wrong ones since the one before. */
  readonly failedAttempts?: number;
}

export interface ProfileLocation {
  readonly id: string;
  readonly code: string;
  readonly name: string;
  readonly timeZone: string;
}

/** A paired tablet that people share, as `GET /device` says it. */
export interface Station {
  readonly device: { readonly id: string; readonly name: string };
  readonly location: ProfileLocation;
  readonly people: readonly StationPerson[];
}

export interface StationPerson {
  readonly id: string;
  readonly name: string;
  readonly hasPin: boolean;
}

export const actorOf = ({
  person,
  rights,
  organisation,
  device,
}: Profile): Extract<Actor, { kind: 'person' }> => ({
  kind: 'person',
  personId: person.id,
  organisationId: organisation.id,
  name: person.name,
  // One that ends meanwhile is not offered any more, without a network as well.
  rights: rights.filter(({ until }) => until === null || until > new Date().toISOString()),
  deviceId: device?.id ?? null,
});

/** The same question that the server asks, so that nobody is offered what would be refused. */
export const mayAt = (profile: Profile, permission: Permission, locationId: string | null): boolean =>
  can(actorOf(profile), permission, { organisationId: profile.organisation.id, locationId });

/** "LK" of "Lea Keller"; two letters at most. */
export function initials(name: string): string {
  const words = name.split(/[\s-]+/u).filter((word) => word !== '');
  const letters = words.length > 1 ? [words[0], words.at(-1)] : [words[0]];
  return letters.map((word) => [...(word ?? '')][0]?.toUpperCase() ?? '').join('');
}

/** "Lea" of "Lea Keller": what colleagues call each other. */
export const firstName = (name: string): string => name.split(/\s+/u)[0] ?? name;

export function parseProfile(json: string | null): Profile | null {
  if (json === null) return null;
  try {
    const value = JSON.parse(json) as Partial<Profile>;
    const whole =
      value.person?.id !== undefined &&
      value.organisation?.id !== undefined &&
      value.locations !== undefined &&
      value.rights !== undefined;
    return whole ? (value as Profile) : null;
  } catch {
    // Written by an older version, or damaged: a sign-in makes a new one.
    return null;
  }
}

import { lineage, roleOf } from './roles.ts';
import type { PlatformLive } from './rows.ts';

/** What is true of every live set, whatever commands led to it: the sentences that are not. */
export function platformInvariants(live: PlatformLive): readonly string[] {
  const broken: string[] = [];
  const emails = new Set<string>();
  for (const person of live.rows.people.values()) {
    if (emails.has(person.email)) broken.push(`two people have the address of ${person.id}`);
    emails.add(person.email);
    if (roleOf(person.role) === 'owner' && person.locationIds.length > 0) {
      broken.push(`owner ${person.id} works everywhere and is bound to places`);
    }
  }
  for (const role of live.rows.roles.values()) {
    if (role.parents.some((parent) => lineage(live.rows.roles, parent).includes(role.id))) {
      broken.push(`role ${role.id} contains itself`);
    }
  }
  for (const row of [...live.rows.roleAssignments.values(), ...live.rows.personGrants.values()]) {
    if (!row.active) broken.push(`${row.id} was taken back and still counts`);
    if (!live.rows.people.has(row.personId)) broken.push(`${row.id} is nobody's`);
  }
  for (const location of live.rows.locations.values()) {
    if (location.id !== location.locationId) broken.push(`location ${location.id} lies in another one`);
  }
  for (const device of live.rows.devices.values()) {
    if (device.revokedAt !== null && device.revokedAt < device.pairedAt) {
      broken.push(`device ${device.id} was revoked before it was paired`);
    }
  }
  return broken;
}

import { worksAt } from '@schalter/shared/platform/access.ts';
import { actorOfPerson } from '@schalter/shared/platform/rights.ts';
import { withoutSetUp } from '@schalter/shared/platform/set-up-rights.ts';
import type { Person as PersonRow } from '@schalter/shared/platform/rows.ts';
import type { Parts } from '../transport/caller.ts';

export const readPerson = (
  parts: Parts,
  organisationId: string,
  personId: string,
): Promise<PersonRow | null> =>
  parts.engine.read(organisationId, (stream) => stream.live.rows.people.get(personId) ?? null);

export const isActive = async (
  parts: Parts,
  person: { id: string; organisationId: string },
): Promise<boolean> => (await readPerson(parts, person.organisationId, person.id))?.active === true;

/** Somebody as they would act now, whether they may sign in or not. */
export const readActor = (parts: Parts, organisationId: string, personId: string, deviceId: string | null) =>
  parts.engine.read(organisationId, ({ live }) => {
    const person = live.rows.people.get(personId);
    return person === undefined ? null : actorOfPerson(live, person, { deviceId, now: parts.clock.now() });
  });

export async function isStaffAt(
  parts: Parts,
  person: { id: string; organisationId: string },
  locationId: string,
): Promise<boolean> {
  const { organisationId } = person;
  const actor = await readActor(parts, organisationId, person.id, null);
  return actor !== null && (await isActive(parts, person)) && worksAt(actor, { organisationId, locationId });
}

/** Who somebody is and where they work: what a screen needs before it can open a stream. */
export async function profile(
  parts: Parts,
  organisationId: string,
  personId: string,
  deviceId: string | null,
  isStrong: boolean,
) {
  const [person, actor, organisation, locations, stored] = await Promise.all([
    readPerson(parts, organisationId, personId),
    readActor(parts, organisationId, personId, deviceId),
    parts.engine.read(organisationId, (stream) => stream.live.rows.organisations.get(organisationId) ?? null),
    parts.queries.locations(organisationId),
    parts.credentials.credentials(organisationId, personId),
  ]);
  const full = actor?.rights ?? [];
  const rights = organisation?.secondFactorRequired === true && !isStrong ? withoutSetUp(full) : full;
  const own = locations.filter((l) => actor !== null && worksAt(actor, { organisationId, locationId: l.id }));
  return {
    person: person && pick(person, ['id', 'name', 'email', 'role', 'locationIds', 'language']),
    rights,
    /** Some rights rest until the second factor has come. */
    needsSecondFactor: rights.length < full.length,
    organisation: organisation && pick(organisation, ['id', 'name']),
    locations: own.map((l) => pick(l, ['id', 'code', 'name', 'timeZone'])),
    device:
      deviceId === null
        ? null
        : await stationOf(
            parts,
            own.map((l) => l.id),
            deviceId,
          ),
    hasPin: (stored?.pinHash ?? null) !== null,
    publicUrl: parts.publicUrl(),
  };
}

async function stationOf(parts: Parts, locationIds: readonly string[], deviceId: string) {
  for (const locationId of locationIds) {
    const row = await parts.engine.read(
      locationId,
      (stream) => stream.live.rows.devices.get(deviceId) ?? null,
    );
    if (row !== null) return { id: row.id, name: row.name, locationId };
  }
  return null;
}

const pick = <T extends object, K extends keyof T>(row: T, keys: readonly K[]): Pick<T, K> =>
  Object.fromEntries(keys.map((key) => [key, row[key]])) as Pick<T, K>;

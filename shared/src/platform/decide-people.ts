import type { Context, Decide, Decision } from '../kernel/command.ts';
import { reject, type Rejection } from '../kernel/rejections.ts';
import type { PlatformCommands } from './commands.ts';
import { mayDecideOver, mayTurn } from './escalation.ts';
import type { PlatformFact } from './facts.ts';
import { rightsOf } from './rights.ts';
import { roleOf } from './roles.ts';
import type { Person, PlatformLive, PlatformTables } from './rows.ts';

type Rules = Decide<PlatformCommands, PlatformLive, PlatformTables, PlatformFact>;

const sameSelf = (a: Person, b: Person): boolean =>
  a.name === b.name && a.email === b.email && a.language === b.language && a.active === b.active;

/** P3: nobody gives or takes what he does not hold, and nobody changes a person who holds more. */
function mayChange(ctx: Context, before: Person | undefined, after: Person): Rejection | null {
  const { actor } = ctx;
  if (actor.kind === 'system') return null;
  if (actor.kind !== 'person') return reject('notPermitted');
  const had = before === undefined ? [] : rightsOf(before);
  if (!mayTurn(actor.rights, had, rightsOf(after)))
    return reject('notPermitted', { field: before?.role === after.role ? 'locationIds' : 'role' });
  // An e-mail address leads to a new password: whoever sets it can sign in as that person.
  const isTouched = before !== undefined && !sameSelf(before, after);
  return isTouched && !mayDecideOver(actor.rights, had) ? reject('notPermitted') : null;
}

const isWorkingOwner = (person: Person): boolean => roleOf(person.role) === 'owner' && person.active;

function setPerson(live: PlatformLive, after: Person, ctx: Context): Decision<PlatformTables, PlatformFact> {
  const before = live.rows.people.get(after.id);
  const refused = mayChange(ctx, before, after);
  if (refused !== null) return refused;
  const others = [...live.rows.people.values()].filter((p) => p.id !== after.id);
  if (others.some((p) => p.email === after.email)) return reject('emailTaken');
  if (
    before !== undefined &&
    isWorkingOwner(before) &&
    !isWorkingOwner(after) &&
    !others.some(isWorkingOwner)
  ) {
    return reject('lastAdmin');
  }
  const fact: PlatformFact =
    before === undefined
      ? { type: 'platform.personAdded', personId: after.id }
      : { type: 'platform.personChanged', personId: after.id, active: after.active };
  return {
    ok: true,
    changes: [{ table: 'people', row: after }],
    facts: [fact],
    result: { personId: after.id },
  };
}

export const decidePeople = {
  'platform.setPerson': (live, { personId, ...input }, ctx) =>
    setPerson(
      live,
      {
        ...input,
        id: personId,
        organisationId: ctx.organisationId,
        archivedAt: null,
        locationIds: roleOf(input.role) === 'owner' ? [] : [...new Set(input.locationIds)],
      },
      ctx,
    ),

  'platform.setOwnProfile': (live, { name, language }, { actor }) => {
    const before = actor.kind === 'person' ? live.rows.people.get(actor.personId) : undefined;
    if (before === undefined) return reject('personUnknown');
    return {
      ok: true,
      changes: [{ table: 'people', row: { ...before, name, language } }],
      facts: [{ type: 'platform.personChanged', personId: before.id, active: before.active }],
    };
  },
} satisfies Pick<Rules, 'platform.setPerson' | 'platform.setOwnProfile'>;

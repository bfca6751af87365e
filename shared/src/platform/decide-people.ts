import type { Context, Decide, Decision } from '../kernel/command.ts';
import { reject, type Rejection } from '../kernel/rejections.ts';
import type { PlatformCommands } from './commands.ts';
import type { PlatformFact } from './facts.ts';
import type { Person, PlatformLive, PlatformTables } from './rows.ts';

type Rules = Decide<PlatformCommands, PlatformLive, PlatformTables, PlatformFact>;

/** P3: a manager neither makes nor changes admins, and gives and takes only locations of the own ones. */
function mayChange(ctx: Context, before: Person | undefined, after: Person): Rejection | null {
  const { actor } = ctx;
  if (actor.kind === 'system') return null;
  if (actor.kind !== 'person' || actor.role === 'clerk') return reject('notPermitted');
  if (actor.role === 'admin' || actor.locationIds === 'all') return null;
  if (after.role === 'admin' || before?.role === 'admin') return reject('notPermitted', { field: 'role' });
  const own = actor.locationIds;
  const was = before?.locationIds ?? [];
  const moved = [
    ...after.locationIds.filter((id) => !was.includes(id)),
    ...was.filter((id) => !after.locationIds.includes(id)),
  ];
  if (moved.some((id) => !own.includes(id))) return reject('notPermitted', { field: 'locationIds' });
  // Without this, a manager of one place could lock out the people of another.
  if (before !== undefined && !was.some((id) => own.includes(id))) return reject('notPermitted');
  return null;
}

const isWorkingAdmin = (person: Person): boolean => person.role === 'admin' && person.active;

function setPerson(live: PlatformLive, after: Person, ctx: Context): Decision<PlatformTables, PlatformFact> {
  const before = live.rows.people.get(after.id);
  const refused = mayChange(ctx, before, after);
  if (refused !== null) return refused;
  const others = [...live.rows.people.values()].filter((p) => p.id !== after.id);
  if (others.some((p) => p.email === after.email)) return reject('emailTaken');
  if (
    before !== undefined &&
    isWorkingAdmin(before) &&
    !isWorkingAdmin(after) &&
    !others.some(isWorkingAdmin)
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
        locationIds: input.role === 'admin' ? [] : [...new Set(input.locationIds)],
      },
      ctx,
    ),
} satisfies Pick<Rules, 'platform.setPerson'>;

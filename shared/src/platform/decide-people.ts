import { apply, copyLive, type Change } from '../kernel/live.ts';
import type { Context, Decide, Decision } from '../kernel/command.ts';
import type { Right } from '../kernel/permission.ts';
import { reject, type Rejection } from '../kernel/rejections.ts';
import type { PlatformCommands } from './commands.ts';
import { mayDecideOver, mayTurn } from './escalation.ts';
import type { PlatformFact } from './facts.ts';
import { assignedRole, given, hasOwner, mainRole, rightOfGrant, rightsOfHeld } from './rights.ts';
import { roleDef, SYSTEM_ROLES, PERSON_ROLES } from './roles.ts';
import type { Person, PlatformLive, PlatformTables } from './rows.ts';

type Rules = Decide<PlatformCommands, PlatformLive, PlatformTables, PlatformFact>;
type PeopleChange = Extract<Change<PlatformTables>, { table: 'people' | 'roleAssignments' | 'personGrants' }>;

const sameSelf = (a: Person, b: Person): boolean =>
  a.name === b.name && a.email === b.email && a.language === b.language && a.active === b.active;

/** What one row gives; what another gives as well is given twice, and the one may be taken back. */
function ofRow(live: PlatformLive, { table, row: { id } }: PeopleChange): readonly Right[] {
  const { people, roleAssignments, personGrants } = live.rows;
  const grant = table === 'personGrants' ? personGrants.get(id) : undefined;
  if (grant !== undefined) return [rightOfGrant(grant)];
  const [person, assignment] = [people.get(id), roleAssignments.get(id)];
  if (table === 'people' && person !== undefined) return rightsOfHeld(live, mainRole(person));
  if (table === 'roleAssignments' && assignment !== undefined)
    return rightsOfHeld(live, assignedRole(assignment));
  return [];
}
const isDenial = ({ effect }: Right): boolean => effect === 'deny';

/** P3: nobody gives or takes what he does not hold, and nobody changes a person who holds more. */
function mayChange(
  live: PlatformLive,
  after: PlatformLive,
  change: PeopleChange,
  { actor, now }: Context,
): Rejection | null {
  if (actor.kind === 'system') return null;
  if (actor.kind !== 'person') return reject('notPermitted');
  const { table, row } = change;
  const was = live.rows.people.get(table === 'people' ? row.id : row.personId);
  const [had, has] = [ofRow(live, change), ofRow(after, change)];
  const denials = [...had, ...has].filter(isDenial);
  if (denials.length === 0 && !mayTurn(actor.rights, had, has))
    return reject('notPermitted', {
      field: table === 'people' && was?.role !== row.role ? 'role' : 'locationIds',
    });
  // An e-mail address leads to a new password: whoever sets it can sign in as that person.
  const isTouched = table === 'people' && was !== undefined && !sameSelf(was, row);
  if (!isTouched && denials.length === 0) return null;
  const all = was === undefined ? [] : given(live, was.id, now);
  return mayDecideOver(actor.rights, [...all, ...had, ...has]) ? null : reject('notPermitted');
}

/** P10: a role that people can be given, shipped or the organisation's own. */
const isGivable = (live: PlatformLive, role: string): boolean =>
  roleDef(live.rows.roles, role) !== null &&
  (!Object.hasOwn(SYSTEM_ROLES, role) || PERSON_ROLES.some((name) => name === role));

/** One row that says what somebody may, with the rules that hold for all of them. */
function setting(
  live: PlatformLive,
  change: PeopleChange,
  ctx: Context,
  fact: PlatformFact & { readonly personId: string },
): Decision<PlatformTables, PlatformFact> {
  const after = apply(copyLive(live), [change]);
  const refused = mayChange(live, after, change, ctx);
  if (refused !== null) return refused;
  if (hasOwner(live, ctx.now) && !hasOwner(after, ctx.now)) return reject('lastOwner');
  return { ok: true, changes: [change], facts: [fact], result: { personId: fact.personId } };
}

const assignedBy = ({ actor }: Context): string | null => (actor.kind === 'person' ? actor.personId : null);

/** Everywhere is said in one way: without locations beside it. */
const where = (input: { everywhere: boolean; locationIds: readonly string[] }) => ({
  everywhere: input.everywhere,
  locationIds: input.everywhere ? [] : [...new Set(input.locationIds)],
});

export const decidePeople = {
  'platform.setPerson': (live, { personId, ...input }, ctx) => {
    const before = live.rows.people.get(personId);
    if (before?.role !== input.role && !isGivable(live, input.role)) return reject('roleUnknown');
    if ([...live.rows.people.values()].some((p) => p.id !== personId && p.email === input.email))
      return reject('emailTaken');
    const row: Person = {
      ...input,
      ...where({ ...input, everywhere: input.everywhere || input.role === 'owner' }),
      id: personId,
      organisationId: ctx.organisationId,
      archivedAt: null,
      roleAssignedBy: assignedBy(ctx),
      roleAssignedAt: ctx.now,
    };
    const isSame =
      before?.role === row.role &&
      before.roleExpiresAt === row.roleExpiresAt &&
      before.everywhere === row.everywhere &&
      String(before.locationIds) === String(row.locationIds);
    const { roleAssignedBy, roleAssignedAt } = isSame ? before : row;
    const fact =
      before === undefined
        ? ({ type: 'platform.personAdded', personId } as const)
        : ({ type: 'platform.personChanged', personId, active: row.active } as const);
    const change = { table: 'people', row: { ...row, roleAssignedBy, roleAssignedAt } } as const;
    return setting(live, change, ctx, fact);
  },

  'platform.setOwnProfile': (live, { name, language }, { actor }) => {
    const before = actor.kind === 'person' ? live.rows.people.get(actor.personId) : undefined;
    if (before === undefined) return reject('personUnknown');
    return {
      ok: true,
      changes: [{ table: 'people', row: { ...before, name, language } }],
      facts: [{ type: 'platform.personChanged', personId: before.id, active: before.active }],
    };
  },

  'platform.setAssignment': (live, { assignmentId, active, ...input }, ctx) => {
    const before = live.rows.roleAssignments.get(assignmentId);
    if (!live.rows.people.has(input.personId) || (before !== undefined && before.personId !== input.personId))
      return reject('personUnknown');
    if (active && !isGivable(live, input.role)) return reject('roleUnknown');
    const row = {
      ...(before !== undefined && !active ? before : { ...input, ...where(input) }),
      id: assignmentId,
      organisationId: ctx.organisationId,
      archivedAt: active ? null : ctx.now,
      assignedBy: assignedBy(ctx),
      assignedAt: ctx.now,
      active,
    };
    const fact = { type: 'platform.assignmentChanged', personId: row.personId, assignmentId } as const;
    return setting(live, { table: 'roleAssignments', row }, ctx, fact);
  },

  'platform.setGrant': (live, { grantId, grant, active, ...input }, ctx) => {
    const before = live.rows.personGrants.get(grantId);
    if (!live.rows.people.has(input.personId) || (before !== undefined && before.personId !== input.personId))
      return reject('personUnknown');
    const row = {
      ...(before !== undefined && !active ? before : { ...input, ...grant, ...where(input) }),
      id: grantId,
      organisationId: ctx.organisationId,
      archivedAt: active ? null : ctx.now,
      assignedBy: assignedBy(ctx),
      assignedAt: ctx.now,
      active,
    };
    const fact = { type: 'platform.grantChanged', personId: row.personId, grantId } as const;
    return setting(live, { table: 'personGrants', row }, ctx, fact);
  },
} satisfies Partial<Rules>;

import type { Context, Decide } from '../kernel/command.ts';
import { reject } from '../kernel/rejections.ts';
import { rightsOfRole } from './access.ts';
import type { PlatformCommands } from './commands.ts';
import { mayTurn } from './escalation.ts';
import type { PlatformFact } from './facts.ts';
import { lineage, roleDef, type OwnRoles } from './roles.ts';
import type { PlatformLive, PlatformTables, Role } from './rows.ts';

type Rules = Decide<PlatformCommands, PlatformLive, PlatformTables, PlatformFact>;

/** P3 for a role: anybody anywhere may have it, so what it gives or loses is held everywhere. */
function mayShape({ actor }: Context, roleId: string, before: OwnRoles, after: OwnRoles): boolean {
  if (actor.kind === 'system') return true;
  if (actor.kind !== 'person') return false;
  return mayTurn(actor.rights, rightsOfRole(before, roleId, 'all'), rightsOfRole(after, roleId, 'all'));
}

function isInUse({ rows }: PlatformLive, roleId: string): boolean {
  const holders = [...rows.people.values(), ...rows.roleAssignments.values()];
  return (
    holders.some(({ role }) => role === roleId) ||
    [...rows.roles.values()].some(({ parents }) => parents.includes(roleId))
  );
}

export const decideRoles = {
  'platform.setRole': (live, { roleId, name, ...input }, ctx) => {
    const { roles } = live.rows;
    const sameName = (role: Role): boolean => role.name.toLowerCase() === name.toLowerCase();
    if ([...roles.values()].some((role) => role.id !== roleId && sameName(role)))
      return reject('roleNameTaken');
    const parents = [...new Set(input.parents)];
    if (parents.some((parent) => parent !== roleId && roleDef(roles, parent) === null))
      return reject('roleUnknown');
    const row: Role = {
      ...{ id: roleId, organisationId: ctx.organisationId, archivedAt: null },
      ...{ name, parents, grants: input.grants },
    };
    const after = new Map(roles).set(roleId, row);
    if (parents.some((parent) => lineage(after, parent).includes(roleId))) return reject('roleCycle');
    if (!mayShape(ctx, roleId, roles, after)) return reject('notPermitted', { field: 'grants' });
    return {
      ok: true,
      changes: [{ table: 'roles', row }],
      facts: [{ type: 'platform.roleChanged', roleId }],
      result: { roleId },
    };
  },

  'platform.archiveRole': (live, { roleId }, ctx) => {
    const role = live.rows.roles.get(roleId);
    if (role === undefined) return reject('roleUnknown');
    if (isInUse(live, roleId)) return reject('roleInUse');
    return {
      ok: true,
      changes: [{ table: 'roles', row: { ...role, archivedAt: ctx.now } }],
      facts: [{ type: 'platform.roleArchived', roleId }],
    };
  },
} satisfies Partial<Rules>;

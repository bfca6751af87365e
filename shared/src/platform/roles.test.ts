// What the roles give, to whom, where, how long and on which condition; and that nobody gives more than that.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Actor } from '../kernel/actor.ts';
import {
  ACTIONS,
  PERMISSION,
  PERMISSIONS,
  SCOPES,
  type Permission,
  type Right,
} from '../kernel/permission.ts';
import { addMs } from '../kernel/time.ts';
import { ADMIN, LOCATION, MANAGER, ORGANISATION, Station, person } from '../queue/station.testing.ts';
import { specOf, type CommandType } from '../registry.ts';
import { can, canBeyondOwn, rightsAs } from './access.ts';
import { mayTurn } from './escalation.ts';
import { actorOfPerson, reasonsOf, rightsOf } from './rights.ts';
import { GRANTABLE, PERSON_ROLES, SYSTEM_ROLES, grantsOf } from './roles.ts';

const id = (n: number) => `01900000-0000-7000-80e1-${String(n).padStart(12, '0')}`;
const ELSEWHERE = id(900);
const AT = { organisationId: ORGANISATION, locationId: LOCATION };
const THERE = { organisationId: ORGANISATION, locationId: ELSEWHERE };
const WHOLE = { organisationId: ORGANISATION, locationId: null };

const human = (n: number, over: object = {}) => ({
  personId: id(n),
  name: `Person ${n}`,
  email: `person${n}@example.ch`,
  role: 'clerk',
  locationIds: [LOCATION],
  language: 'de',
  active: true,
  ...over,
});
const assignment = (n: number, personId: string, over: object = {}) => ({
  ...{ assignmentId: id(n), personId, role: 'manager', locationIds: [LOCATION], everywhere: false },
  ...{ expiresAt: null, active: true },
  ...over,
});
const grant = (n: number, personId: string, permission: Permission, over: object = {}) => ({
  ...{ grantId: id(n), personId, effect: 'allow', locationIds: [LOCATION], everywhere: false },
  grant: { permission, scope: 'location', condition: null },
  ...{ expiresAt: null, active: true },
  ...over,
});
const roleOf = (n: number, over: object = {}) => ({
  roleId: id(n),
  name: `Role ${n}`,
  parents: [],
  grants: [{ permission: 'day.close', scope: 'location', condition: null }],
  ...over,
});

function house(): Station {
  const s = new Station();
  s.do('platform.createOrganisation', { name: 'Muster AG', language: 'de', currency: 'CHF' });
  s.do('platform.setPerson', human(1, { role: 'owner' }));
  s.do('platform.setPerson', human(2));
  return s;
}
/** Somebody as the server would know them now. */
function as(s: Station, n: number, deviceId: string | null = null): Extract<Actor, { kind: 'person' }> {
  const row = s.live.rows.people.get(id(n)) ?? expect.fail('nobody');
  return actorOfPerson(s.live, row, { deviceId, now: s.now });
}

describe('[AC7] [PM-03] permissions', () => {
  it('have a unique name, a resource, one of five actions, and the scopes at which they make sense', () => {
    expect(new Set(PERMISSIONS).size).toBe(Object.keys(PERMISSION).length);
    expect(ACTIONS).toEqual(['create', 'read', 'update', 'delete', 'execute']);
    const wrong = PERMISSIONS.filter((name) => {
      const { resource, action, scopes } = PERMISSION[name];
      return (
        resource === ('' as string) || !ACTIONS.includes(action) || scopes.some((x) => !SCOPES.includes(x))
      );
    });
    expect(wrong).toEqual([]);
  });

  it('are given at such a scope alone', () => {
    const s = house();
    const wide = { permission: 'people.read', scope: 'location', condition: null };
    expect(specOf('platform.setRole')?.input.safeParse(roleOf(5, { grants: [wide] })).success).toBe(false);
    expect(
      Object.values(SYSTEM_ROLES)
        .flatMap(({ grants }) => grants)
        .filter(
          ({ permission, scope }) => !(PERMISSION[permission].scopes as readonly string[]).includes(scope),
        ),
    ).toEqual([]);
    expect(s.live.rows.roles.size).toBe(0);
  });
});

describe('[AC8] [PM-07] [PM-09] shipped roles', () => {
  it('are nine, and that of a tablet with nobody signed in', () => {
    expect(Object.keys(SYSTEM_ROLES).sort()).toEqual(
      [...PERSON_ROLES, 'customer', 'display', 'kiosk', 'station'].sort(),
    );
    expect(PERSON_ROLES).toEqual(['owner', 'manager', 'clerk', 'technician', 'dispatcher', 'accountant']);
  });

  it('owners have all that can be given, at the widest scope but for what is one’s own', () => {
    const owner = grantsOf(new Map(), 'owner');
    expect(owner.map(({ permission }) => permission).sort()).toEqual([...GRANTABLE].sort());
    expect(owner.filter(({ scope }) => scope !== 'organisation').map((g) => g.permission)).toEqual([
      'device.report',
      'profile.set',
    ]);
  });

  it('can be neither changed, emptied nor removed: nothing that is sent names them', () => {
    for (const roleId of PERSON_ROLES) {
      expect(specOf('platform.setRole')?.input.safeParse({ ...roleOf(5), roleId }).success).toBe(false);
      expect(specOf('platform.archiveRole')?.input.safeParse({ roleId }).success).toBe(false);
    }
  });

  it('of machines and customers are given to nobody', () => {
    const s = house();
    for (const role of ['kiosk', 'display', 'station', 'customer']) {
      expect(specOf('platform.setPerson')?.input.safeParse(human(3, { role })).success).toBe(false);
    }
    expect(s.run('platform.setPerson', human(3, { role: id(77) }))).toMatchObject({ code: 'roleUnknown' });
  });
});

describe('[AC9] [PM-01] [ID-14] own roles', () => {
  it('have what their parents have, and theirs', () => {
    const s = house();
    s.do('platform.setRole', roleOf(10, { name: 'Vendor', parents: ['technician'] }), ADMIN);
    s.do('platform.setRole', roleOf(11, { parents: [id(10)], grants: [] }), ADMIN);
    s.do('platform.setPerson', human(2, { role: id(11) }), ADMIN);
    const may = as(s, 2);
    expect(can(may, 'queue.read', AT)).toBe(true);
    expect(can(may, 'day.close', AT)).toBe(true);
    expect(can(may, 'ticket.issue', AT)).toBe(false);
    s.do('platform.setRole', roleOf(10, { name: 'Vendor', parents: ['clerk'] }), ADMIN);
    expect(can(as(s, 2), 'ticket.issue', AT)).toBe(true);
  });

  it('a cycle is refused, of one, of two and of three', () => {
    const s = house();
    expect(s.run('platform.setRole', roleOf(10, { parents: [id(10)] }))).toMatchObject({ code: 'roleCycle' });
    s.do('platform.setRole', roleOf(10));
    s.do('platform.setRole', roleOf(11, { parents: [id(10)] }));
    expect(s.run('platform.setRole', roleOf(10, { parents: [id(11)] }))).toMatchObject({ code: 'roleCycle' });
    s.do('platform.setRole', roleOf(12, { parents: [id(11)] }));
    expect(s.run('platform.setRole', roleOf(10, { parents: [id(12)] }))).toMatchObject({ code: 'roleCycle' });
  });

  it('one that somebody has, or that another contains, is not removed; nor is its name taken twice', () => {
    const s = house();
    s.do('platform.setRole', roleOf(10));
    s.do('platform.setRole', roleOf(11, { parents: [id(10)] }));
    s.do('platform.setPerson', human(2, { role: id(11) }));
    for (const roleId of [id(10), id(11)]) {
      expect(s.run('platform.archiveRole', { roleId })).toMatchObject({ code: 'roleInUse' });
    }
    expect(s.run('platform.setRole', roleOf(12, { name: 'role 10' }))).toMatchObject({
      code: 'roleNameTaken',
    });
    expect(s.run('platform.setRole', roleOf(12, { parents: [id(99)] }))).toMatchObject({
      code: 'roleUnknown',
    });
    s.do('platform.setPerson', human(2));
    s.do('platform.archiveRole', { roleId: id(11) });
    expect(s.run('platform.archiveRole', { roleId: id(11) })).toMatchObject({ code: 'roleUnknown' });
  });
});

describe('[AC10] [PM-02] assignments', () => {
  it('say who gave them, when and until when; from that second on they give nothing', () => {
    const s = house();
    const expiresAt = addMs(s.now, 60_000);
    s.do('platform.setAssignment', assignment(20, id(2), { expiresAt }), as(s, 1));
    expect(s.live.rows.roleAssignments.get(id(20))).toMatchObject({
      ...{ assignedBy: id(1), assignedAt: s.now, expiresAt, active: true },
    });
    expect(can(as(s, 2), 'day.close', AT)).toBe(true);
    s.now = addMs(expiresAt, -1);
    expect(can(as(s, 2), 'day.close', AT)).toBe(true);
    s.now = expiresAt;
    expect(can(as(s, 2), 'day.close', AT)).toBe(false);
    expect(can(as(s, 2), 'ticket.issue', AT)).toBe(true);
  });

  it('taken back they are archived, no more active, and give nothing; so with the role of the row itself', () => {
    const s = house();
    s.do('platform.setAssignment', assignment(20, id(2)), ADMIN);
    s.do('platform.setAssignment', assignment(20, id(2), { active: false }), ADMIN);
    expect(s.changes[0]?.row).toMatchObject({ active: false, archivedAt: s.now, role: 'manager' });
    expect(can(as(s, 2), 'day.close', AT)).toBe(false);
    const roleExpiresAt = addMs(s.now, 1_000);
    s.do('platform.setPerson', human(2, { roleExpiresAt }), as(s, 1));
    expect(s.live.rows.people.get(id(2))).toMatchObject({ roleAssignedBy: id(1), roleAssignedAt: s.now });
    s.now = roleExpiresAt;
    expect(as(s, 2).rights).toEqual([]);
  });

  it('count at their locations alone; everywhere counts at those that open later as well', () => {
    const s = house();
    expect(can(as(s, 2), 'queue.read', THERE)).toBe(false);
    s.do('platform.setAssignment', assignment(20, id(2), { everywhere: true }), ADMIN);
    expect(can(as(s, 2), 'day.close', { ...WHOLE, locationId: id(901) })).toBe(true);
  });
});

describe('[AC11] [PM-04] scopes', () => {
  const manager = { ...MANAGER } as Extract<Actor, { kind: 'person' }>;
  it('own reaches the own counter, location that of colleagues', () => {
    expect(can(person(1), 'counter.serve', AT)).toBe(true);
    expect(canBeyondOwn(person(1), 'counter.serve', AT)).toBe(false);
    expect(canBeyondOwn(manager, 'counter.serve', AT)).toBe(true);
    expect(canBeyondOwn(manager, 'counter.serve', THERE)).toBe(false);
  });

  it('organisation reaches every location, wherever the role itself was given, and never another organisation', () => {
    const accountant = { ...manager, rights: rightsAs('accountant', [LOCATION]) };
    expect(can(accountant, 'audit.read', THERE)).toBe(true);
    expect(can(accountant, 'audit.read', { ...THERE, organisationId: id(902) })).toBe(false);
    expect(can(manager, 'location.open', WHOLE)).toBe(false);
  });
});

describe('[AC12] [PM-05] grants and denials to one person', () => {
  it('a grant gives what no role gives, a denial takes what every role gives', () => {
    const s = house();
    s.do('platform.setGrant', grant(30, id(2), 'day.close'), ADMIN);
    expect(can(as(s, 2), 'day.close', AT)).toBe(true);
    s.do('platform.setGrant', grant(31, id(2), 'day.close', { effect: 'deny' }), ADMIN);
    s.do('platform.setGrant', grant(32, id(2), 'ticket.issue', { effect: 'deny' }), ADMIN);
    expect(can(as(s, 2), 'day.close', AT)).toBe(false);
    expect(can(as(s, 2), 'ticket.issue', AT)).toBe(false);
    s.do('platform.setGrant', grant(32, id(2), 'ticket.issue', { effect: 'deny', active: false }), ADMIN);
    expect(can(as(s, 2), 'ticket.issue', AT)).toBe(true);
  });

  it('a denial at one location leaves the others, and ends when it says', () => {
    const s = house();
    s.do('platform.setPerson', human(2, { everywhere: true }), ADMIN);
    const expiresAt = addMs(s.now, 1_000);
    s.do('platform.setGrant', grant(30, id(2), 'ticket.issue', { effect: 'deny', expiresAt }), ADMIN);
    expect(can(as(s, 2), 'ticket.issue', AT)).toBe(false);
    expect(can(as(s, 2), 'ticket.issue', THERE)).toBe(true);
    s.now = expiresAt;
    expect(can(as(s, 2), 'ticket.issue', AT)).toBe(true);
  });

  it('each right says where it comes from', () => {
    const s = house();
    s.do('platform.setGrant', grant(30, id(2), 'day.close'), ADMIN);
    const row = s.live.rows.people.get(id(2)) ?? expect.fail('nobody');
    const reasons = reasonsOf(s.live, row, s.now);
    expect(reasons.find(({ right }) => right.permission === 'day.close')?.role).toBeNull();
    expect(reasons.find(({ right }) => right.permission === 'ticket.issue')?.role).toBe('clerk');
  });
});

it('[AC13] [PM-06] a condition is looked at when the right is used', () => {
  const s = house();
  const onDevice = { permission: 'day.close', scope: 'location', condition: { kind: 'onPairedDevice' } };
  s.do('platform.setGrant', { ...grant(30, id(2), 'day.close'), grant: onDevice }, ADMIN);
  expect(can(as(s, 2), 'day.close', AT)).toBe(false);
  expect(can(as(s, 2, id(40)), 'day.close', AT)).toBe(true);
});

describe('[P3] [P5] [AC14] nobody raises anybody', () => {
  it('a manager gives no further role, grant or denial that she does not hold, there, as wide and as long', () => {
    const s = house();
    s.do('platform.setPerson', human(3, { role: 'manager', roleExpiresAt: addMs(s.now, 60_000) }));
    const refused = (type: CommandType, input: unknown) =>
      expect(s.run(type, input, as(s, 3)), JSON.stringify(input)).toMatchObject({ code: 'notPermitted' });
    refused('platform.setAssignment', assignment(20, id(3), { role: 'owner', everywhere: true }));
    refused('platform.setAssignment', assignment(20, id(2), { role: 'clerk', locationIds: [ELSEWHERE] }));
    refused('platform.setAssignment', assignment(20, id(2), { role: 'clerk', everywhere: true }));
    // Until she is manager herself, and not longer.
    refused('platform.setAssignment', assignment(20, id(2)));
    const until = { expiresAt: addMs(s.now, 60_000) };
    s.do('platform.setAssignment', assignment(20, id(2), until), as(s, 3));
    refused('platform.setGrant', grant(30, id(1), 'ticket.issue', { effect: 'deny' }));
    const roles = { permission: 'roles.set', scope: 'organisation', condition: null };
    refused('platform.setGrant', { ...grant(30, id(3), 'day.close'), grant: roles });
    refused('platform.setRole', roleOf(10));
  });

  it('what somebody has is not given again by who does not hold it: it would stay when the first is taken back', () => {
    const s = house();
    s.do('platform.setPerson', human(3, { role: 'manager', locationIds: [ELSEWHERE] }));
    const again = assignment(20, id(2), { role: 'clerk' });
    expect(s.run('platform.setAssignment', again, as(s, 3))).toMatchObject({ code: 'notPermitted' });
  });

  it('nobody erases somebody who may more', () => {
    const s = house();
    s.do('platform.setPerson', human(3, { role: 'manager' }));
    s.do('platform.setPerson', human(4, { role: 'owner' }));
    const erase = (n: number, by: number) => s.run('privacy.erasePerson', { personId: id(n) }, as(s, by));
    expect(erase(4, 3)).toMatchObject({ code: 'notPermitted' });
    expect(erase(2, 3)).toMatchObject({ ok: true });
    expect(erase(4, 1)).toMatchObject({ ok: true });
  });

  it('a denial that was set on somebody is not lifted by them, nor given on to others', () => {
    const s = house();
    s.do('platform.setPerson', human(3, { role: 'manager' }));
    s.do('platform.setGrant', grant(30, id(3), 'day.close', { effect: 'deny' }));
    const lift = grant(30, id(3), 'day.close', { effect: 'deny', active: false });
    expect(s.run('platform.setGrant', lift, as(s, 3))).toMatchObject({ code: 'notPermitted' });
    expect(s.run('platform.setAssignment', assignment(20, id(2)), as(s, 3))).toMatchObject({
      code: 'notPermitted',
    });
  });

  it('the last owner stays one: neither blocked, nor moved, nor until a day, nor denied anything, nor erased', () => {
    const s = house();
    const last = (type: CommandType, input: unknown) =>
      expect(s.run(type, input, ADMIN)).toMatchObject({ code: 'lastOwner' });
    last('platform.setPerson', human(1, { role: 'owner', active: false }));
    last('platform.setPerson', human(1));
    last('platform.setPerson', human(1, { role: 'owner', roleExpiresAt: addMs(s.now, 1) }));
    last('platform.setGrant', grant(30, id(1), 'people.set', { effect: 'deny' }));
    last('privacy.erasePerson', { personId: id(1) });
    s.do('platform.setAssignment', assignment(20, id(2), { role: 'owner', everywhere: true }), ADMIN);
    s.do('platform.setPerson', human(1), ADMIN);
  });

  const places = fc.constantFrom([LOCATION], [ELSEWHERE], [LOCATION, ELSEWHERE], []);
  const roleName = fc.constantFrom<string>(...PERSON_ROLES, id(10), id(11));
  const until = fc.constantFrom(null, '2026-05-20T08:30:00.000Z', '2026-05-20T12:00:00.000Z');
  const who = fc.integer({ min: 1, max: 6 });
  const given = fc
    .record({ permission: fc.constantFrom(...GRANTABLE), condition: fc.constant(null) })
    .chain((g) =>
      fc.record({
        ...{ permission: fc.constant(g.permission), condition: fc.constant(null) },
        scope: fc.constantFrom(...PERMISSION[g.permission].scopes),
      }),
    );
  const flags = { everywhere: fc.boolean(), active: fc.boolean(), expiresAt: until, locationIds: places };
  const wish = fc.oneof(
    fc
      .record({ n: who, role: roleName, roleExpiresAt: until, locationIds: places, everywhere: fc.boolean() })
      .map(({ n, ...over }) => ['platform.setPerson', human(n, over)] as const),
    fc
      .record({ n: fc.integer({ min: 20, max: 24 }), to: who, role: roleName, ...flags })
      .map(({ n, to, ...over }) => ['platform.setAssignment', assignment(n, id(to), over)] as const),
    fc
      .record({
        n: fc.integer({ min: 30, max: 34 }),
        to: who,
        grant: given,
        effect: fc.constantFrom('allow', 'deny'),
        ...flags,
      })
      .map(({ n, to, ...over }) => ['platform.setGrant', grant(n, id(to), 'day.close', over)] as const),
    fc
      .record({
        n: fc.constantFrom(10, 11),
        parents: fc.array(roleName, { maxLength: 2 }),
        grants: fc.array(given, { maxLength: 3 }),
      })
      .map(({ n, ...over }) => ['platform.setRole', roleOf(n, over)] as const),
  );
  const step = fc.record({ by: fc.integer({ min: 2, max: 6 }), wish, minutes: fc.nat(20) });

  /** An organisation with an owner, a manager here, one of both, a clerk, and somebody who may shape roles. */
  function people(): Station {
    const s = house();
    s.checked = false;
    s.do('platform.setRole', roleOf(10, { parents: ['clerk'] }));
    s.do('platform.setRole', roleOf(11, { parents: ['technician'], grants: [] }));
    s.do('platform.setPerson', human(3, { role: 'manager' }));
    s.do('platform.setPerson', human(4, { role: 'manager', locationIds: [LOCATION, ELSEWHERE] }));
    s.do('platform.setPerson', human(5, { role: 'manager', everywhere: true }));
    s.do('platform.setPerson', human(6, { role: id(10), roleExpiresAt: '2026-05-20T12:00:00.000Z' }));
    const shape = { permission: 'roles.set', scope: 'organisation', condition: null };
    s.do('platform.setGrant', { ...grant(34, id(5), 'day.close', { everywhere: true }), grant: shape });
    return s;
  }
  const rightsOfAll = (s: Station): Map<string, readonly Right[]> =>
    new Map([...s.live.rows.people.values()].map((row) => [row.id, rightsOf(s.live, row, s.now)]));
  const effective = (rights: readonly Right[]): readonly Right[] =>
    rights.filter((r) => r.effect === 'allow');

  it('no sequence of commands of people who are no owners gives anybody what the actor does not hold', () => {
    let accepted = 0;
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 25 }), (steps) => {
        const s = people();
        for (const {
          by,
          wish: [type, input],
          minutes,
        } of steps) {
          s.pass(minutes);
          const actor = as(s, by);
          if (!can(actor, specOf(type)?.permission ?? 'message.run', WHOLE)) continue;
          const before = rightsOfAll(s);
          if (!s.run(type, input, actor).ok) continue;
          accepted++;
          for (const [personId, after] of rightsOfAll(s)) {
            const had = before.get(personId) ?? [];
            const ok = mayTurn([...actor.rights], effective(had), effective(after));
            expect(ok, `${type} ${JSON.stringify(input)} by ${by} on ${personId}`).toBe(true);
          }
        }
        expect(s.violations()).toEqual([]);
        expect(as(s, 1).rights.length).toBeGreaterThanOrEqual(GRANTABLE.length);
      }),
      { numRuns: 150 },
    );
    expect(accepted).toBeGreaterThan(50);
  });
});

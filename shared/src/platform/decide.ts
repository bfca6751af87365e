import type { Context, Decide } from '../kernel/command.ts';
import { reject, type Rejection } from '../kernel/rejections.ts';
import { isTimeZone } from '../kernel/time.ts';
import type { PlatformCommands } from './commands.ts';
import { decideDevices } from './decide-devices.ts';
import { decidePeople } from './decide-people.ts';
import { decideRoles } from './decide-roles.ts';
import type { PlatformFact } from './facts.ts';
import { hoursValid } from './hours.ts';
import type { Location, PlatformLive, PlatformTables } from './rows.ts';

type Given = 'id' | 'organisationId' | 'locationId' | 'archivedAt' | 'smsMonth' | 'smsMonthSent';
type LocationSettings = Omit<Location, Given>;

function locationProblem(input: LocationSettings, ctx: Context): Rejection | null {
  if (!isTimeZone(input.timeZone)) return reject('timeZoneUnknown', { timeZone: input.timeZone });
  if (!hoursValid(input.hours)) return reject('hoursInvalid');
  if (ctx.given.codeTaken === true) return reject('codeTaken', { code: input.code });
  return null;
}

/** A location's id is the id of its stream. */
const locationRow = (input: LocationSettings, ctx: Context, before?: Location): Location => ({
  ...input,
  smsMonth: before?.smsMonth ?? null,
  smsMonthSent: before?.smsMonthSent ?? 0,
  id: ctx.streamId,
  locationId: ctx.streamId,
  organisationId: ctx.organisationId,
  archivedAt: null,
});

export const decidePlatform: Decide<PlatformCommands, PlatformLive, PlatformTables, PlatformFact> = {
  ...decidePeople,
  ...decideRoles,
  ...decideDevices,

  'platform.createOrganisation': (live, input, ctx) => {
    if (ctx.actor.kind !== 'system') return reject('notPermitted');
    if (live.rows.organisations.size > 0) return reject('codeTaken');
    const row = {
      ...input,
      id: ctx.organisationId,
      organisationId: ctx.organisationId,
      archivedAt: null,
      recordReads: false,
      secondFactorRequired: false,
    };
    return {
      ok: true,
      changes: [{ table: 'organisations', row }],
      facts: [{ type: 'platform.organisationCreated' }],
      result: { organisationId: row.id },
    };
  },

  'platform.setAuditPolicy': (live, { recordReads }, ctx) => {
    const row = live.rows.organisations.get(ctx.organisationId);
    if (row === undefined) return reject('notFound');
    return {
      ok: true,
      changes: [{ table: 'organisations', row: { ...row, recordReads } }],
      facts: [{ type: 'platform.auditPolicyChanged', recordReads }],
    };
  },

  'platform.setSignInPolicy': (live, { secondFactorRequired }, ctx) => {
    const row = live.rows.organisations.get(ctx.organisationId);
    if (row === undefined) return reject('notFound');
    return {
      ok: true,
      changes: [{ table: 'organisations', row: { ...row, secondFactorRequired } }],
      facts: [{ type: 'platform.signInPolicyChanged', secondFactorRequired }],
    };
  },

  'platform.recordSecurityEvent': (_live, { event, ...told }, ctx) => {
    if (ctx.actor.kind !== 'system') return reject('notPermitted');
    return { ok: true, changes: [], facts: [{ type: `platform.${event}`, ...told }] };
  },

  'platform.openLocation': (live, input, ctx) => {
    if (live.rows.locations.has(ctx.streamId)) return reject('codeTaken', { code: input.code });
    const problem = locationProblem(input, ctx);
    if (problem !== null) return problem;
    return {
      ok: true,
      changes: [{ table: 'locations', row: locationRow(input, ctx) }],
      facts: [{ type: 'platform.locationOpened' }],
      result: { locationId: ctx.streamId },
    };
  },

  'platform.setLocation': (live, input, ctx) => {
    const before = live.rows.locations.get(ctx.streamId);
    if (before === undefined) return reject('unknownLocation');
    const problem = locationProblem(input, ctx);
    if (problem !== null) return problem;
    return {
      ok: true,
      changes: [{ table: 'locations', row: locationRow(input, ctx, before) }],
      facts: [{ type: 'platform.locationChanged' }],
    };
  },
};

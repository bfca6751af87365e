import { describe, expect, it } from 'vitest';
import { changedFields } from './audit-fields.ts';
import { AUDIENCES, type Audience } from './kernel/audience.ts';
import type { BaseRow } from './kernel/live.ts';
import {
  COUNTERS,
  DISPLAYS,
  KIOSK,
  MANAGER,
  PEOPLE,
  SERVICES,
  SYSTEM,
  customer,
  person,
  reservationId,
  station,
  type Station,
} from './queue/station.testing.ts';
import { TABLE_NAMES, tables } from './registry.ts';

const PHONE = '+41791234567';
const NAME = 'Zaphod Beeblebrox';
const NOTE = 'Kindersitz 9kg';
const REFERENCE = 'ZRH-4711';
const SUBJECT = 'VW Golf, ZH 482 113';
const REASON = 'streitet';
const OUTCOME = 'Vertrag 99';

/** A station in which every table has a row, and everything that is nobody's business is in some row. */
function full(): Station {
  const s = station();
  s.do('platform.createOrganisation', { name: 'Muster AG', language: 'de', currency: 'CHF' });
  const email = 'eva.secret@example.ch';
  s.do(
    'platform.setPerson',
    {
      personId: PEOPLE[0],
      name: 'Eva Geheim',
      email,
      role: 'clerk',
      locationIds: [],
      language: 'de',
      active: true,
    },
    SYSTEM,
  );
  const role = { name: 'Aushilfe', parents: ['technician'], grants: [] };
  s.do('platform.setRole', { roleId: reservationId(2), ...role });
  const given = { personId: PEOPLE[0], locationIds: [], everywhere: false, expiresAt: null, active: true };
  s.do('platform.setAssignment', { assignmentId: reservationId(3), role: reservationId(2), ...given });
  const grant = { permission: 'day.close', scope: 'location', condition: null };
  s.do('platform.setGrant', { grantId: reservationId(4), effect: 'allow', grant, ...given });
  s.do(
    'booking.recordReservation',
    {
      reservationId: reservationId(1),
      reference: REFERENCE,
      lastName: 'Beeblebrox',
      firstName: 'Zaphod',
      serviceId: SERVICES.B,
      bookedAt: s.now,
      subject: SUBJECT,
    },
    MANAGER,
  );
  const contact = { phone: '079 123 45 67', consentWording: 'kiosk-sms-1', consentLanguage: 'de' };
  const { visitId, stageId } = s.do<{ visitId: string; stageId: string }>(
    'booking.checkIn',
    { reference: REFERENCE, lastName: 'Beeblebrox', language: 'de', linkToken: LINK, contact },
    KIOSK,
    { phone: { ok: true, e164: PHONE, country: 'CH' } },
  );
  s.do('queue.setNote', { visitId, name: NAME, note: NOTE }, person(1));
  s.do('queue.allowPush', { allowed: true }, customer(visitId));
  const { callId } = s.callNext(0);
  s.do(
    'messaging.prepare',
    { stageId, template: 'called', link: `https://schalter.example.ch/t#${LINK}` },
    SYSTEM,
    { messagesToday: { toNumber: 0 } },
  );
  s.do('queue.reportCall', { callId, shownAt: s.now, sound: 'spoken' }, DISPLAYS[0]);
  const help = s.do<{ helpRequestId: string }>('queue.requestHelp', {}, KIOSK);
  s.do('queue.resolveHelp', help, person(1));
  s.do('queue.leaseNumbers', { businessDay: '2026-05-20' }, KIOSK);
  s.do('queue.start', { stageId }, person(1));
  s.do('queue.hold', { stageId, reason: REASON, owner: 'clerk', resumeInMin: null }, person(1));
  s.do('queue.resume', { stageId }, person(1));
  s.callNext(0);
  s.do('queue.start', { stageId }, person(1));
  s.do('queue.complete', { stageId, outcome: OUTCOME }, person(1));
  s.do('queue.rate', { rating: 2 }, customer(visitId));
  return s;
}
const LINK = 'VerySecretLinkOfTheCustomer';

const shown = (s: Station, audience: Audience): Map<string, BaseRow[]> => {
  const seen = new Map<string, BaseRow[]>();
  for (const name of TABLE_NAMES) {
    const table = tables.get(name) ?? expect.fail(`no table ${name}`);
    const rows = [...(s.live.rows[name] as Map<string, BaseRow>).values()];
    seen.set(
      name,
      rows.map((row) => table.mask(audience, row)).filter((row) => row !== null),
    );
  }
  return seen;
};

/** Nobody but the server. */
const SERVER_ONLY = [PHONE, LINK];
/** Staff and managers. */
const STAFF_ONLY = [
  NAME,
  'Zaphod',
  'Beeblebrox',
  NOTE,
  REFERENCE,
  SUBJECT,
  REASON,
  OUTCOME,
  PEOPLE[0],
  'Person 1',
];
/** Managers. */
const MANAGER_ONLY = ['eva.secret@example.ch', 'Eva Geheim'];

describe('masks', () => {
  const s = full();

  it('[DI-04] the test speaks of every table: each has a row', () => {
    for (const name of TABLE_NAMES) expect(s.live.rows[name].size, name).toBeGreaterThan(0);
    const everything = JSON.stringify(TABLE_NAMES.map((name) => [...s.live.rows[name].values()]));
    for (const secret of [...SERVER_ONLY, ...STAFF_ONLY, ...MANAGER_ONLY])
      expect(everything).toContain(secret);
  });

  it('[AU6] the audit shows managers no phone number and no link', () => {
    const shownThere = TABLE_NAMES.map((name) =>
      [...s.live.rows[name].values()].map((row) => changedFields(name, null, row as never)),
    );
    const text = JSON.stringify(shownThere);
    for (const secret of SERVER_ONLY) expect(text).not.toContain(secret);
    expect(text).toContain(`••• ${PHONE.slice(-3)}`);
  });

  const forbidden: Readonly<Record<Audience, readonly string[]>> = {
    display: [...SERVER_ONLY, ...STAFF_ONLY, ...MANAGER_ONLY],
    kiosk: [...SERVER_ONLY, ...STAFF_ONLY, ...MANAGER_ONLY],
    customer: [...SERVER_ONLY, ...STAFF_ONLY, ...MANAGER_ONLY],
    staff: [...SERVER_ONLY, ...MANAGER_ONLY],
    manager: SERVER_ONLY,
  };
  const cases = TABLE_NAMES.flatMap((table) => AUDIENCES.map((audience) => [table, audience] as const));
  it.each(cases)(
    '[DI-04] [Q47] [Q50] [DR9] [B7] [P8] %s to %s: nothing that is not theirs',
    (table, audience) => {
      const rows = JSON.stringify(shown(s, audience).get(table));
      for (const secret of forbidden[audience]) expect(rows).not.toContain(secret);
    },
  );

  it('[DI-04] [Q50] below staff a visit is its number: no rating, no opt-in', () => {
    for (const audience of ['display', 'kiosk', 'customer'] as const) {
      expect(shown(s, audience).get('visits')).toMatchObject([
        {
          series: 'B',
          number: 1,
          name: null,
          note: null,
          rating: null,
          smsOptIn: false,
          pushOptIn: false,
          reservationId: null,
        },
      ]);
    }
    expect(shown(s, 'staff').get('visits')).toMatchObject([
      { name: NAME, note: NOTE, rating: 2, smsOptIn: true, pushOptIn: true },
    ]);
  });

  it('[P8] [B7] [DR9] whole tables: people for managers, reservations for staff, no devices for customers', () => {
    const audiencesOf = (table: string) => AUDIENCES.filter((a) => (shown(s, a).get(table)?.length ?? 0) > 0);
    for (const table of ['people', 'roles', 'roleAssignments', 'personGrants']) {
      expect(audiencesOf(table)).toEqual(['manager']);
    }
    expect(audiencesOf('reservations')).toEqual(['staff', 'manager']);
    expect(audiencesOf('messages')).toEqual(['staff', 'manager']);
    expect(audiencesOf('visitContacts')).toEqual([]);
    expect(audiencesOf('devices')).toEqual(['display', 'kiosk', 'staff', 'manager']);
    expect(shown(s, 'display').get('presences')).toHaveLength(COUNTERS.length);
  });

  it('[DI-04] [Q50] a mask never adds and never invents: what is shown has the form of the table', () => {
    for (const audience of AUDIENCES) {
      for (const [name, rows] of shown(s, audience)) {
        for (const row of rows) {
          const problem = tables.get(name)?.schema.safeParse(row).error;
          expect(problem?.message ?? 'fits', `${name} to ${audience}`).toBe('fits');
        }
      }
    }
  });
});

import { describe, expect, it } from 'vitest';
import {
  ADMIN,
  DISPLAYS,
  DISPLAY_IDS,
  KIOSK,
  KIOSK_ID,
  LOCATION,
  MANAGER,
  ORGANISATION,
  SYSTEM,
  Station,
  deviceSettings,
  locationInput,
  person,
  station,
} from '../queue/station.testing.ts';
import { LOCATION_KINDS } from './rows.ts';

const founded = () => {
  const s = new Station();
  s.do('platform.createOrganisation', { name: 'Muster AG', language: 'de', currency: 'CHF' });
  return s;
};
const id = (n: number) => `01900000-0000-7000-80e0-${String(n).padStart(12, '0')}`;
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

describe('organisation', () => {
  it('[P1] is created once, and by the server alone', () => {
    const input = { name: 'Muster AG', language: 'de', currency: 'CHF' };
    expect(new Station().run('platform.createOrganisation', input, ADMIN)).toEqual({
      ok: false,
      code: 'notPermitted',
    });
    const s = founded();
    expect(s.live.rows.organisations.get(ORGANISATION)?.name).toBe('Muster AG');
    expect(s.run('platform.createOrganisation', input)).toMatchObject({ ok: false });
  });
});

describe('locations', () => {
  it('[LO-01] [P2] a location has code, name, kind, address, coordinates, phone, hours, capacity and flags', () => {
    const s = new Station();
    const input = locationInput({
      code: 'gva-1',
      kind: 'hotel',
      address: 'Rue du Rhône 1, 1204 Genève',
      phone: '+41 22 000 00 00',
      latitude: 46.2,
      longitude: 6.15,
      capacity: 40,
      isPickup: true,
      isReturn: false,
    });
    s.do('platform.openLocation', input, ADMIN);
    expect(s.live.rows.locations.get(LOCATION)).toEqual({
      ...input,
      id: LOCATION,
      locationId: LOCATION,
      organisationId: ORGANISATION,
      archivedAt: null,
      smsMonth: null,
      smsMonthSent: 0,
    });
  });

  it('[LO-01] [EM-02] the kinds are the five of the list, and nothing else is one', () => {
    expect([...LOCATION_KINDS].sort()).toEqual(['airport', 'downtown', 'hotel', 'mall', 'residential']);
    expect(() =>
      new Station().run('platform.openLocation', { ...locationInput(), kind: 'beach' }, ADMIN),
    ).toThrow();
  });

  it('[LO-01] [P2] a code that another location has is refused', () => {
    const given = { codeTaken: true };
    expect(new Station().run('platform.openLocation', locationInput(), ADMIN, given)).toMatchObject({
      code: 'codeTaken',
      details: { code: 'zrh' },
    });
    expect(station().run('platform.setLocation', locationInput(), MANAGER, given)).toMatchObject({
      code: 'codeTaken',
    });
    expect(station().run('platform.openLocation', locationInput(), ADMIN)).toMatchObject({
      code: 'codeTaken',
    });
  });

  it('[P2] a time zone that does not exist is refused', () => {
    const input = locationInput({ timeZone: 'Europe/Zuerich' });
    expect(new Station().run('platform.openLocation', input, ADMIN)).toMatchObject({
      code: 'timeZoneUnknown',
    });
  });

  it('[LO-02] [P2] hours that overlap, or a day that is an exception twice, are refused', () => {
    const { week } = locationInput().hours;
    const overlapping = [
      { from: '08:00', to: '12:00' },
      { from: '11:59', to: '18:00' },
    ];
    const holiday = { day: '2026-08-01', intervals: [], name: 'Bundesfeier' };
    const wrong = [
      { week: { ...week, 1: overlapping }, exceptions: [] },
      { week, exceptions: [{ ...holiday, intervals: overlapping }] },
      { week, exceptions: [holiday, holiday] },
    ];
    const s = station();
    for (const hours of wrong) {
      expect(s.run('platform.setLocation', locationInput({ hours }), MANAGER)).toMatchObject({
        code: 'hoursInvalid',
      });
    }
    s.do('platform.setLocation', locationInput({ hours: { week, exceptions: [holiday] } }), MANAGER);
  });
});

describe('people', () => {
  it('[P3] a manager neither makes nor changes an admin; an admin does', () => {
    const s = founded();
    expect(s.run('platform.setPerson', human(1, { role: 'admin' }), MANAGER)).toMatchObject({
      code: 'notPermitted',
    });
    s.do('platform.setPerson', human(1, { role: 'admin' }), ADMIN);
    expect(s.run('platform.setPerson', human(1), MANAGER)).toMatchObject({ code: 'notPermitted' });
  });

  it('[P3] a manager gives and takes only the own locations, so never gives herself another', () => {
    const s = founded();
    const elsewhere = id(99);
    const both = { locationIds: [LOCATION, elsewhere] };
    expect(s.run('platform.setPerson', human(9, both), MANAGER)).toMatchObject({ code: 'notPermitted' });
    s.do('platform.setPerson', human(2, both), ADMIN);
    expect(s.run('platform.setPerson', human(2), MANAGER)).toMatchObject({ code: 'notPermitted' });
    s.do('platform.setPerson', human(3, { locationIds: [elsewhere] }), ADMIN);
    expect(
      s.run('platform.setPerson', human(3, { locationIds: [elsewhere], active: false }), MANAGER),
    ).toMatchObject({
      code: 'notPermitted',
    });
  });

  it('[P3] who holds more is changed by nobody who holds less: an address leads to a new password', () => {
    const s = founded();
    const both = { locationIds: [LOCATION, id(99)] };
    s.do('platform.setPerson', human(2, both), ADMIN);
    const over = [{ name: 'Neuer Name' }, { email: 'mine@example.ch' }, { active: false }];
    for (const change of over) {
      expect(s.run('platform.setPerson', human(2, { ...both, ...change }), MANAGER)).toMatchObject({
        code: 'notPermitted',
      });
    }
    // The own location may still be taken from such a person.
    s.do('platform.setPerson', human(2, { locationIds: [id(99)] }), MANAGER);
  });

  it('[P3] a clerk sets nobody', () => {
    expect(founded().run('platform.setPerson', human(1), person(1))).toMatchObject({ code: 'notPermitted' });
  });

  it('[P4] an address is one person’s, whatever its case', () => {
    const s = founded();
    s.do('platform.setPerson', human(1), ADMIN);
    const again = human(2, { email: 'PERSON1@Example.ch' });
    expect(s.run('platform.setPerson', again, ADMIN)).toEqual({ ok: false, code: 'emailTaken' });
    s.do('platform.setPerson', human(1, { name: 'Neuer Name' }), ADMIN);
  });

  it('[P5] the last working admin stays one', () => {
    const s = founded();
    s.do('platform.setPerson', human(1, { role: 'admin' }), SYSTEM);
    const over = [{ role: 'admin', active: false }, { role: 'manager' }];
    for (const change of over) {
      expect(s.run('platform.setPerson', human(1, change), ADMIN)).toEqual({ ok: false, code: 'lastOwner' });
    }
    s.do('platform.setPerson', human(2, { role: 'admin' }), ADMIN);
    s.do('platform.setPerson', human(1, { role: 'manager' }), ADMIN);
  });
});

describe('devices', () => {
  it('[RT-06] [P6] a revoked device refuses every change and never comes back', () => {
    const s = station();
    s.do('platform.revokeDevice', { deviceId: KIOSK_ID }, MANAGER);
    const settings = deviceSettings();
    const health = { printer: 'ready', sound: null, version: '1' };
    expect(s.run('platform.revokeDevice', { deviceId: KIOSK_ID }, MANAGER)).toMatchObject({
      code: 'deviceRevoked',
    });
    expect(s.run('platform.setDevice', { deviceId: KIOSK_ID, name: 'X', settings }, MANAGER)).toMatchObject({
      code: 'deviceRevoked',
    });
    expect(
      s.run('platform.registerDevice', { deviceId: KIOSK_ID, kind: 'kiosk', name: 'X', settings }, MANAGER),
    ).toMatchObject({ code: 'deviceRevoked' });
    expect(s.run('platform.reportHealth', health, KIOSK)).toMatchObject({ code: 'deviceRevoked' });
  });

  it('[P6] a device that there is not is unknown; settings are kept per device', () => {
    const s = station();
    expect(s.run('platform.revokeDevice', { deviceId: id(77) }, MANAGER)).toMatchObject({
      code: 'deviceUnknown',
    });
    const settings = { ...deviceSettings(), takeoverMs: 4_000 };
    s.do('platform.setDevice', { deviceId: DISPLAY_IDS[0], name: 'Halle Ost', settings }, MANAGER);
    expect(s.live.rows.devices.get(DISPLAY_IDS[0])).toMatchObject({ name: 'Halle Ost', settings });
    expect(s.live.rows.devices.get(DISPLAY_IDS[1])?.settings.takeoverMs).toBe(8_000);
  });

  it('[P7] a device reports itself; the same report again changes nothing', () => {
    const s = station();
    const health = { printer: null, sound: 'voice', version: '1.2' };
    s.do('platform.reportHealth', health, DISPLAYS[0]);
    expect(s.live.rows.devices.get(DISPLAY_IDS[0])?.health).toEqual({ ...health, at: s.now });
    expect(s.live.rows.devices.get(DISPLAY_IDS[1])?.health).toBeNull();
    s.pass(1);
    expect(s.run('platform.reportHealth', health, DISPLAYS[0])).toMatchObject({ ok: true, changes: [] });
    expect(s.run('platform.reportHealth', health, person(1))).toMatchObject({ code: 'deviceUnknown' });
  });

  it('[P10] it reports its screen, panel and storage; devices of before say nothing of them', () => {
    const s = station();
    const before = { printer: null, sound: 'voice', version: '1.2' };
    s.do('platform.reportHealth', before, DISPLAYS[0]);
    const health = { ...before, screen: '1920x1080', wakeLock: true, storageKept: false };
    s.do('platform.reportHealth', health, DISPLAYS[0]);
    expect(s.live.rows.devices.get(DISPLAY_IDS[0])?.health).toEqual({ ...health, at: s.now });
    expect(s.run('platform.reportHealth', health, DISPLAYS[0])).toMatchObject({ ok: true, changes: [] });
    s.do('platform.reportHealth', { ...health, wakeLock: false }, DISPLAYS[0]);
    expect(s.live.rows.devices.get(DISPLAY_IDS[0])?.health?.wakeLock).toBe(false);
  });

  it('[P7] a person reports for the tablet in the hand', () => {
    const s = station();
    const holding = { ...person(1), deviceId: KIOSK_ID };
    s.do('platform.reportHealth', { printer: 'paperOut', sound: null, version: '1' }, holding);
    expect(s.live.rows.devices.get(KIOSK_ID)?.health?.printer).toBe('paperOut');
  });
});

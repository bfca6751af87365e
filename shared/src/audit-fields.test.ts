import { describe, expect, it } from 'vitest';
import { changedFields, maskText } from './audit-fields.ts';

const visit = { id: 'v', linkToken: 'secret', name: null, note: null, language: 'de', smsOptIn: false };

describe('what changed', () => {
  it('[AU5] is the fields that differ, before and after; of a new row those that are not empty', () => {
    expect(changedFields('visits', visit, { ...visit, note: 'Kindersitz' })).toEqual([
      { field: 'note', before: null, after: 'Kindersitz' },
    ]);
    expect(changedFields('visits', visit, visit)).toEqual([]);
    expect(changedFields('visits', null, visit)).toEqual([
      { field: 'language', before: null, after: 'de' },
      { field: 'smsOptIn', before: null, after: false },
    ]);
  });

  it('[AU5] is told part by part where a field has parts, and a list is one value', () => {
    const name = { de: 'Auto', fr: 'Voiture', it: 'Auto', en: 'Car' };
    const hours = { week: { '1': [{ from: '08:00', to: '18:00' }] }, exceptions: [] };
    const before = { id: 's', name, hours, position: 1 };
    const after = {
      ...before,
      name: { ...name, fr: 'Véhicule' },
      hours: { ...hours, week: { '1': [{ from: '09:00', to: '18:00' }] } },
    };
    expect(changedFields('services', before, after)).toEqual([
      { field: 'name.fr', before: 'Voiture', after: 'Véhicule' },
      {
        field: 'hours.week.1',
        before: [{ from: '08:00', to: '18:00' }],
        after: [{ from: '09:00', to: '18:00' }],
      },
    ]);
  });

  it('[AU5] of a counter that lost its line is since when, how long its share is kept and which others were open', () => {
    const since = '2026-05-20T08:00:00.000Z';
    const until = '2026-05-20T08:15:00.000Z';
    const there = { id: 'c', state: 'available', since, away: null };
    const lost = { ...there, away: { since, until, counterIds: ['c', 'd'] } };
    expect(changedFields('presences', there, lost)).toEqual([
      { field: 'away.since', before: null, after: since },
      { field: 'away.until', before: null, after: until },
      { field: 'away.counterIds', before: null, after: ['c', 'd'] },
    ]);
    const released = { ...lost, away: { ...lost.away, until: since } };
    expect(changedFields('presences', lost, released)).toEqual([
      { field: 'away.until', before: until, after: since },
    ]);
    expect(changedFields('presences', lost, there).map(({ after }) => after)).toEqual([null, null, null]);
  });

  it('[AU5] [Q66] of a customer who was called twice is who called, when, and who has been told', () => {
    const at = '2026-05-20T08:00:00.000Z';
    const alone = { id: 's', alsoCalled: null };
    const twice = { id: 's', alsoCalled: [{ counterId: 'b', at, knownTo: ['a'] }] };
    const told = { id: 's', alsoCalled: [{ counterId: 'b', at, knownTo: ['a', 'b'] }] };
    expect(changedFields('stages', alone, twice)).toEqual([
      { field: 'alsoCalled.by', before: null, after: ['b'] },
      { field: 'alsoCalled.at', before: null, after: [at] },
      { field: 'alsoCalled.knownTo', before: null, after: ['a'] },
    ]);
    expect(changedFields('stages', twice, told)).toEqual([
      { field: 'alsoCalled.knownTo', before: ['a'], after: ['a', 'b'] },
    ]);
  });

  it('[AU5] of hours that are given or taken away is each of their parts', () => {
    const hours = { week: { '1': [{ from: '08:00', to: '12:00' }] }, exceptions: [] };
    expect(changedFields('services', { id: 's', hours: null }, { id: 's', hours })).toEqual([
      { field: 'hours.week.1', before: null, after: [{ from: '08:00', to: '12:00' }] },
    ]);
  });

  it('[AU6] of what nobody has named is nothing: an unknown table, an unknown field, a secret', () => {
    expect(changedFields('people', null, { id: 'p', passwordHash: 'x' })).toEqual([]);
    expect(changedFields('vaults', null, { id: 'p', name: 'x' })).toEqual([]);
    expect(changedFields('visits', visit, { ...visit, linkToken: 'another' })).toEqual([]);
  });
});

describe('what is personal', () => {
  it('[AU6] a phone number shows its last three digits, wherever it was typed', () => {
    const contact = { id: 'c', phoneE164: '+41791234567' };
    expect(changedFields('visitContacts', null, contact)[0]).toMatchObject({ after: '••• 567' });
    // Two numbers that look alike once masked are still a change.
    expect(changedFields('visitContacts', contact, { ...contact, phoneE164: '+41791239567' })).toHaveLength(
      1,
    );
    expect(maskText('Ruft an: 079 123 45 67, sonst +41 (0)44/999.88.77')).toBe(
      'Ruft an: ••• 567, sonst ••• 877',
    );
    expect(maskText('ZRH-20931, VW Golf, ZH 482 113, um 08:30')).toBe(
      'ZRH-20931, VW Golf, ZH 482 113, um 08:30',
    );
  });

  it('[AU6] a customer’s link is cut off', () => {
    expect(maskText('B042: https://haus.example/t#AbC_-123')).toBe('B042: https://haus.example/t#…');
  });
});

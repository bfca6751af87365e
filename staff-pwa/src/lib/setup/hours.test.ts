import { expect, test } from 'vitest';
import { Hours } from '@schalter/shared/kernel/time-schemas.ts';
import { added, allWeek, readTime, replaced, usualHours } from './hours.ts';

test('[LO-05] a time is read as people write it', () => {
  expect(readTime('8', false)).toBe('08:00');
  expect(readTime('830', false)).toBe('08:30');
  expect(readTime(' 8.30 ', false)).toBe('08:30');
  expect(readTime('18h15', false)).toBe('18:15');
  expect(readTime('12:05', true)).toBe('12:05');
  expect(readTime('0', true)).toBe('24:00');
  expect(readTime('0', false)).toBe('00:00');
  expect(readTime('halb neun', false)).toBe('halb neun');
});

test('what the editor makes is what the schema takes', () => {
  expect(Hours.safeParse(usualHours()).success).toBe(true);
  expect(Hours.safeParse({ week: allWeek([{ from: '00:00', to: '24:00' }]), exceptions: [] }).success).toBe(
    true,
  );
  expect(Hours.safeParse({ ...usualHours(), week: allWeek([{ from: '18:00', to: '08:00' }]) }).success).toBe(
    false,
  );
});

test('intervals are added behind the last and replaced in place', () => {
  const morning = { from: '08:00', to: '12:00' };
  expect(added([])).toEqual([{ from: '08:00', to: '18:00' }]);
  expect(added([morning])).toEqual([morning, { from: '13:00', to: '24:00' }]);
  expect(replaced([morning, morning], 1, null)).toEqual([morning]);
  expect(replaced([morning], 0, { from: '09:00', to: '12:00' })).toEqual([{ from: '09:00', to: '12:00' }]);
});

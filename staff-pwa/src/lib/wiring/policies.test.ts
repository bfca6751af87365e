import { expect, test } from 'vitest';
import { commands, TABLE_NAMES } from '@schalter/shared/registry.ts';
import { POLICIES, type StaffCommand } from './policies.ts';
import { TABLES } from './rules.ts';

test('what this app knows of a command is what the registry says', () => {
  for (const [type, policy] of Object.entries(POLICIES)) {
    const { offline, expiresAfterMs } = commands[type as StaffCommand];
    expect({ type, ...policy }).toEqual({ type, offline, expiresAfterMs });
  }
});

test('the replica has every table there is', () => {
  expect([...TABLES].sort()).toEqual([...TABLE_NAMES].sort());
});

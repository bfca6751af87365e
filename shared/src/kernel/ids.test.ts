import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { deriveId, pairId } from './derive-id.ts';
import { Id } from './ids.ts';

const uuidV7 = fc.uuid({ version: 7 });

describe('ids', () => {
  it('[K1] a derived id is an id, the same each time, and never a command id', () => {
    fc.assert(
      fc.property(uuidV7, fc.nat(50), (commandId, n) => {
        const id = deriveId(commandId, n);
        expect(Id.safeParse(id).success).toBe(true);
        expect(deriveId(commandId, n)).toBe(id);
        expect(id).not.toBe(commandId);
        expect(id.charAt(14)).toBe('8');
      }),
    );
  });

  it('[K1] the ids of one command differ from each other', () => {
    fc.assert(
      fc.property(uuidV7, (commandId) => {
        const ids = Array.from({ length: 20 }, (_, n) => deriveId(commandId, n));
        expect(new Set(ids).size).toBe(20);
      }),
    );
  });

  it('[K2] the id of a pair is an id, the same each time, and another one for every other pair', () => {
    fc.assert(
      fc.property(fc.uniqueArray(uuidV7, { minLength: 3, maxLength: 6 }), (ids) => {
        const [a = '', ...others] = ids;
        const pairs = others.map((b) => pairId(a, b));
        for (const pair of pairs) expect(Id.safeParse(pair).success).toBe(true);
        expect(new Set(pairs).size).toBe(others.length);
        expect(others.map((b) => pairId(a, b))).toEqual(pairs);
      }),
    );
  });
});

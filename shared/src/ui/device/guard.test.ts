import { describe, expect, it } from 'vitest';
import { leadsOut, type Key } from './guard.ts';

const key = (name: string, held: Partial<Key> = {}): Key => ({
  key: name,
  ctrlKey: false,
  altKey: false,
  metaKey: false,
  altGraph: false,
  ...held,
});

describe('keys', () => {
  it.each(['F1', 'F5', 'F11', 'F12', 'ContextMenu', 'BrowserBack', 'Home', 'PrintScreen', 'AudioVolumeUp'])(
    '%s leads nowhere',
    (name) => expect(leadsOut(key(name))).toBe(true),
  );
  it.each([
    ['l', { ctrlKey: true }],
    ['ArrowLeft', { altKey: true }],
    ['r', { metaKey: true }],
    ['Delete', { ctrlKey: true, altKey: true }],
  ] as const)('%s with %o leads nowhere', (name, held) => expect(leadsOut(key(name, held))).toBe(true));
  it.each(['a', 'É', '7', ' ', 'Enter', 'Tab', 'Escape', 'Backspace', 'ArrowDown', 'Shift', 'Dead'])(
    '%j is for the customer',
    (name) => expect(leadsOut(key(name))).toBe(false),
  );
  it('AltGr writes, though Windows calls it Ctrl and Alt', () => {
    expect(leadsOut(key('@', { ctrlKey: true, altKey: true, altGraph: true }))).toBe(false);
  });
});

import { describe, expect, it } from 'vitest';
import { isDirection, leadsOut, neighbour, type Box, type Key } from './keys.ts';

const key = (name: string, held: Partial<Key> = {}): Key => ({
  key: name,
  ctrlKey: false,
  altKey: false,
  metaKey: false,
  altGraph: false,
  ...held,
});
const box = (left: number, top: number, width = 100, height = 100): Box => ({
  left,
  top,
  right: left + width,
  bottom: top + height,
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
  it('knows the arrows', () => {
    expect(isDirection('ArrowUp')).toBe(true);
    expect(isDirection('Enter')).toBe(false);
  });
});

describe('arrows', () => {
  // Two columns, and a wide button below both.
  const boxes = [box(0, 0), box(120, 0), box(0, 120), box(120, 120), box(0, 240, 220)];
  const go = (from: number, direction: Parameters<typeof neighbour>[2]) =>
    neighbour(boxes, boxes[from] ?? box(0, 0), direction);
  it('follow rows and columns', () => {
    expect(go(0, 'ArrowRight')).toBe(1);
    expect(go(0, 'ArrowDown')).toBe(2);
    expect(go(3, 'ArrowLeft')).toBe(2);
    expect(go(3, 'ArrowUp')).toBe(1);
    expect(go(3, 'ArrowDown')).toBe(4);
  });
  it('stay where there is nothing', () => {
    expect(go(0, 'ArrowUp')).toBeNull();
    expect(go(1, 'ArrowRight')).toBeNull();
  });
});
